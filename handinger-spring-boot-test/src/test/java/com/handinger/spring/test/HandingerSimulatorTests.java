/*
 * Copyright 2026 the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package com.handinger.spring.test;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import com.handinger.spring.test.simulator.RecordedDelivery;
import com.handinger.spring.test.simulator.RecordedRequest;
import com.handinger.spring.test.simulator.RecordedTask;
import com.handinger.spring.test.simulator.RecordedTurn;
import com.handinger.spring.test.simulator.SimulatorState;
import com.handinger.spring.test.simulator.TurnStatus;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static com.handinger.spring.test.HandingerSimulator.containsString;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link HandingerSimulator}, over HTTP and without the library.
 */
class HandingerSimulatorTests {

	private static final Duration HOUR = Duration.ofHours(1);

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private final HandingerSimulator handinger = HandingerSimulator.start();

	private final HttpClient httpClient = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	@AfterEach
	void close() {
		this.handinger.close();
	}

	private CompletableFuture<Answer> send(String method, String path, Object body) {
		HttpRequest request = HttpRequest.newBuilder(URI.create(this.handinger.url() + path))
			.timeout(Duration.ofMinutes(1))
			.header("Authorization", "Bearer " + this.handinger.apiKey())
			.header("Content-Type", "application/json")
			.method(method, HttpRequest.BodyPublishers.ofString(MAPPER.writeValueAsString(body)))
			.build();
		return this.httpClient.sendAsync(request, HttpResponse.BodyHandlers.ofString())
			.thenApply((response) -> new Answer(response.statusCode(),
					response.headers().firstValue("Retry-After").orElse(null), MAPPER.readTree(response.body())));
	}

	private CompletableFuture<Answer> run(String taskId, String input) {
		return send("POST", "/api/tasks", Map.of("input", input, "taskId", taskId));
	}

	private CompletableFuture<Answer> runOf(String workerId, String input, String budget) {
		return send("POST", "/api/tasks", Map.of("input", input, "workerId", workerId, "budget", budget));
	}

	private void schedule(Map<String, ?> when) {
		this.handinger.addWorker("wrk_1");
		assertThat(
				send("POST", "/api/workers/wrk_1/schedules", Map.of("input", "Report", "when", when)).join().status())
			.isEqualTo(200);
	}

	@Test
	void simulatorIsReadyWhenItHasStarted() {
		assertThat(this.handinger.url()).isEqualTo("http://localhost:" + this.handinger.port());
		assertThat(run("tsk_1", "Say hello").join().outputText()).isNotEmpty();
	}

	@Test
	void twoSimulatorsRunSideBySide() {
		try (HandingerSimulator other = HandingerSimulator.start()) {
			run("tsk_1", "Say hello").join();
			assertThat(other.port()).isNotEqualTo(this.handinger.port());
			assertThat(other.tasks()).isEmpty();
		}
	}

	@Test
	void portAndDurationOfTurnsAreConfigured() {
		int port = this.handinger.port();
		this.handinger.close();
		try (HandingerSimulator other = HandingerSimulator.builder().port(port).turnDuration(HOUR).start()) {
			assertThat(other.port()).isEqualTo(port);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { -1, 65_536 })
	void portThatIsNoneIsRefused(int port) {
		assertThatIllegalArgumentException().isThrownBy(() -> HandingerSimulator.builder().port(port))
			.withMessage("The port must be from 0 to 65535: " + port);
	}

	@Test
	void nullIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> HandingerSimulator.containsString(null))
			.withMessage("'text' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> this.handinger.addWorker(null))
			.withMessage("'id' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> this.handinger.advance(null))
			.withMessage("'duration' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> HandingerSimulator.builder().turnDuration(null))
			.withMessage("'turnDuration' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> HandingerSimulator.builder().apiVersion(null))
			.withMessage("'apiVersion' must not be null");
	}

	@Nested
	class Rules {

		@Test
		void taskIsAnsweredAsTheRuleSays() {
			handinger.whenInput(containsString("Barcelona")).thenAnswer("Sunny.");
			assertThat(run("tsk_1", "Forecast for Barcelona").join().outputText()).isEqualTo("Sunny.");
			assertThat(run("tsk_2", "Forecast for Oslo").join().outputText()).isNotEqualTo("Sunny.");
		}

		@Test
		void firstRuleThatMatchesWins() {
			handinger.whenInput(containsString("Barcelona")).thenAnswer("Sunny.");
			handinger.whenInput((input) -> true).thenAnswer("Rain.");
			assertThat(run("tsk_1", "Forecast for Barcelona").join().outputText()).isEqualTo("Sunny.");
			assertThat(run("tsk_2", "Forecast for Oslo").join().outputText()).isEqualTo("Rain.");
		}

		@Test
		void exactInputIsMatched() {
			handinger.whenInput("Hello").thenAnswer("Hello yourself.");
			assertThat(run("tsk_1", "Hello").join().outputText()).isEqualTo("Hello yourself.");
			assertThat(run("tsk_2", "Hello!").join().outputText()).isNotEqualTo("Hello yourself.");
		}

		@Test
		void workerAndBudgetAreMatched() {
			handinger.whenWorker("wrk_1").andBudget("HIGH").thenAnswer("Both.");
			handinger.whenWorker("wrk_1"::equals).thenAnswer("Worker.");
			handinger.whenBudget(CreditLimit.HIGH).thenAnswer("Budget.");
			assertThat(runOf("wrk_1", "a", "high").join().outputText()).isEqualTo("Both.");
			assertThat(runOf("wrk_1", "a", "low").join().outputText()).isEqualTo("Worker.");
			assertThat(runOf("wrk_2", "a", "high").join().outputText()).isEqualTo("Budget.");
		}

		@Test
		void followUpIsMatchedByTheWorkerOfItsTask() {
			Answer first = run("tsk_1", "one").join();
			handinger.whenWorker(first.json().path("id").stringValue()).thenAnswer("Again.");
			assertThat(run("tsk_1", "two").join().outputText()).isEqualTo("Again.");
		}

		@Test
		void recordIsStructuredOutput() {
			handinger.whenInput("a").thenAnswer(new Forecast("Barcelona", 24));
			JsonNode worker = run("tsk_1", "a").join().json();
			assertThat(worker.path("structured_output").toString())
				.isEqualTo("{\"city\":\"Barcelona\",\"degrees\":24}");
			assertThat(worker.path("output_text").stringValue()).isEqualTo("{\"city\":\"Barcelona\",\"degrees\":24}");
		}

		@Test
		void textAndStructuredOutputAccumulate() {
			handinger.whenInput("a").thenAnswer("Sunny.").thenAnswer(Map.of("degrees", 24));
			JsonNode worker = run("tsk_1", "a").join().json();
			assertThat(worker.at("/structured_output/degrees").intValue()).isEqualTo(24);
			assertThat(worker.path("output_text").stringValue()).isEqualTo("Sunny.");
		}

		@Test
		void taskFailsOrIsAborted() {
			handinger.whenInput("a").thenFail("No access.");
			handinger.whenInput("b").thenAbort();
			assertThat(run("tsk_1", "a").join().outputText()).isEqualTo("No access.");
			run("tsk_2", "b").join();
			assertThat(handinger.task("tsk_1").status()).isEqualTo(TurnStatus.ERROR);
			assertThat(handinger.task("tsk_2").status()).isEqualTo(TurnStatus.ABORTED);
		}

		@Test
		void connectionIsDroppedAndTheTaskRuns() {
			handinger.whenInput("a").thenAnswer("Sunny.").thenDropConnection();
			assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> run("tsk_1", "a").join())
				.withCauseInstanceOf(IOException.class);
			assertThat(handinger.task("tsk_1").posts()).isOne();
			assertThat(handinger.requests().get(0).toString()).endsWith("connection closed) -> no response");
		}

		@Test
		void statusIsAnsweredAndTheTaskRuns() {
			handinger.whenInput("a").thenRespond(503);
			assertThat(run("tsk_1", "a").join().status()).isEqualTo(503);
			assertThat(handinger.tasks()).hasSize(1);
		}

		@Test
		void requestIsRejectedUntilItsTimeHasPassed() {
			handinger.whenInput("a").thenReject(429, Duration.ofSeconds(30)).thenAnswer("Sunny.");
			Answer first = run("tsk_1", "a").join();
			assertThat(first.status()).isEqualTo(429);
			assertThat(first.retryAfter()).isEqualTo("30");
			handinger.advance(Duration.ofSeconds(20));
			Answer second = run("tsk_1", "a").join();
			assertThat(second.status()).isEqualTo(429);
			assertThat(Integer.parseInt(second.retryAfter())).isBetween(1, 10);
			assertThat(handinger.tasks()).isEmpty();
			handinger.advance(Duration.ofSeconds(10));
			assertThat(run("tsk_1", "a").join().outputText()).isEqualTo("Sunny.");
			assertThat(handinger.task("tsk_1").posts()).isEqualTo(3);
			assertThat(handinger.state().rejected()).isEqualTo(2);
		}

		@Test
		void requestIsRejectedForTheLongestTime() {
			handinger.whenInput("a").thenReject(429, ChronoUnit.FOREVER.getDuration());
			Answer answer = run("tsk_1", "a").join();
			assertThat(answer.status()).isEqualTo(429);
			assertThat(Long.parseLong(answer.retryAfter())).isEqualTo(Duration.ofDays(36_500).toSeconds());
		}

		@Test
		void requestIsRejectedAlways() {
			handinger.whenInput("a").thenReject(403);
			assertThat(run("tsk_1", "a").join().status()).isEqualTo(403);
			Answer second = run("tsk_1", "a").join();
			assertThat(second.status()).isEqualTo(403);
			assertThat(second.retryAfter()).isNull();
			assertThat(handinger.tasks()).isEmpty();
		}

		@Test
		void ruleOverridesTheDirectives() {
			handinger.whenInput(containsString("hour")).thenFail("Late.").after(Duration.ZERO);
			assertThat(run("tsk_1", "One hour [delay=60m] [end=aborted]").join().outputText()).isEqualTo("Late.");
			assertThat(handinger.task("tsk_1").status()).isEqualTo(TurnStatus.ERROR);
		}

		@Test
		void answerOverridesTheEndThatADirectiveSays() {
			handinger.whenInput(containsString("a")).thenAnswer("Sunny.");
			assertThat(run("tsk_1", "a [end=error]").join().outputText()).isEqualTo("Sunny.");
			assertThat(handinger.task("tsk_1").status()).isEqualTo(TurnStatus.COMPLETED);
		}

		@Test
		void statusOverridesTheConnectionThatADirectiveDrops() {
			handinger.whenInput(containsString("a")).thenRespond(503);
			assertThat(run("tsk_1", "a [drop]").join().status()).isEqualTo(503);
		}

		@Test
		void rejectionOverridesThatOfADirective() {
			handinger.whenInput(containsString("a")).thenReject(503, Duration.ZERO);
			assertThat(run("tsk_1", "a [reject=429]").join().status()).isEqualTo(503);
			assertThat(run("tsk_1", "a [reject=429]").join().status()).isEqualTo(200);
		}

		@Test
		void conditionThatFailsIsShown() {
			handinger.whenInput((input) -> {
				throw new IllegalStateException("No forecast.");
			}).thenAnswer("Sunny.");
			Answer answer = run("tsk_1", "a").join();
			assertThat(answer.status()).isEqualTo(500);
			assertThat(answer.json().path("error").stringValue()).endsWith("IllegalStateException: No forecast.");
			assertThat(handinger.requests().get(0).toString()).contains("No forecast.");
		}

		@Test
		void structuredOutputThatIsNoObjectIsRefused() {
			assertThatIllegalArgumentException().isThrownBy(() -> handinger.whenInput("a").thenAnswer(List.of(1)))
				.withMessageContaining("answer with a record or a map");
		}

		@ParameterizedTest
		@ValueSource(ints = { 0, 199, 600 })
		void statusThatIsNoneIsRefused(int status) {
			assertThatIllegalArgumentException().isThrownBy(() -> handinger.whenInput("a").thenRespond(status))
				.withMessage("'status' must be from 200 to 599: " + status);
		}

		@Test
		void budgetThatIsUnknownIsRefused() {
			assertThatIllegalArgumentException().isThrownBy(() -> handinger.whenBudget("huge"))
				.withMessage("'budget' must be low, standard, high or unlimited: huge");
		}

	}

	@Nested
	class Time {

		@Test
		void taskOfAnHourEndsWhenTheClockHasMoved() {
			handinger.whenInput("a").thenAnswer("Done.").after(HOUR);
			CompletableFuture<Answer> answer = run("tsk_1", "a");
			handinger.advance(HOUR);
			assertThat(answer.join().outputText()).isEqualTo("Done.");
			RecordedTurn turn = handinger.task("tsk_1").turns().get(0);
			assertThat(Duration.between(turn.startedAt(), turn.completedAt())).isBetween(HOUR, HOUR.plusSeconds(1));
		}

		@Test
		void taskRunsUntilItsTimeHasPassed() {
			handinger.whenInput("a").after(HOUR);
			CompletableFuture<Answer> answer = run("tsk_1", "a");
			handinger.awaitTasks(1);
			handinger.advance(Duration.ofMinutes(59));
			assertThat(handinger.task("tsk_1").status()).isEqualTo(TurnStatus.RUNNING);
			assertThat(answer).isNotDone();
			handinger.advance(Duration.ofMinutes(1));
			assertThat(handinger.task("tsk_1").status()).isEqualTo(TurnStatus.COMPLETED);
		}

		@ParameterizedTest
		@ValueSource(strings = { "PT8784000H", "PT2562047788015215H" })
		void longestTaskIsRunning(Duration duration) {
			handinger.whenInput("a").after(duration);
			run("tsk_1", "a");
			handinger.awaitTasks(1);
			handinger.advance(HOUR);
			assertThat(handinger.task("tsk_1").status()).isEqualTo(TurnStatus.RUNNING);
			handinger.finish("tsk_1");
			assertThat(handinger.task("tsk_1").status()).isEqualTo(TurnStatus.COMPLETED);
		}

		@Test
		void taskThatFollowsAnotherStartsAtItsEnd() {
			handinger.whenInput((input) -> true).after(HOUR);
			CompletableFuture<Answer> second = run("tsk_1", "a").thenCompose((first) -> run("tsk_2", "b"));
			handinger.advance(HOUR);
			handinger.awaitTasks(2);
			handinger.advance(HOUR);
			assertThat(second.join().status()).isEqualTo(200);
			RecordedTurn turn = handinger.task("tsk_2").turns().get(0);
			assertThat(Duration.between(handinger.task("tsk_1").turns().get(0).completedAt(), turn.startedAt()))
				.isLessThan(Duration.ofMinutes(1));
		}

		@Test
		void clockMovesAsFarAsItIsTold() {
			run("tsk_1", "[delay=1m]");
			handinger.awaitTasks(1);
			Instant before = handinger.now();
			handinger.advance(HOUR);
			assertThat(Duration.between(before, handinger.now())).isBetween(HOUR, HOUR.plusSeconds(5));
		}

		@Test
		void clockMovesAlthoughNothingIsDue() {
			Instant before = handinger.now();
			handinger.advance(HOUR);
			assertThat(Duration.between(before, handinger.now())).isGreaterThanOrEqualTo(HOUR);
		}

		@ParameterizedTest
		@ValueSource(strings = { "PT0S", "PT-1S", "P40000D" })
		void clockMovesForward(Duration duration) {
			assertThatIllegalArgumentException().isThrownBy(() -> handinger.advance(duration))
				.withMessageStartingWith("The clock moves forward");
		}

		@Test
		void waitOnTheClockEndsWhenItHasMoved() {
			run("tsk_1", "[delay=1m]");
			CompletableFuture<Long> wait = Mono.delay(Duration.ofMinutes(5), handinger.clock()).toFuture();
			handinger.advance(Duration.ofMinutes(4));
			assertThat(wait).isNotDone();
			run("tsk_2", "[delay=1m]");
			handinger.advance(Duration.ofMinutes(1));
			assertThat(wait).isCompleted();
		}

		@Test
		void threadThatMustNotBlockCanNotMoveTheClock() {
			CompletableFuture<Void> moved = Mono.delay(Duration.ofMillis(1), handinger.clock())
				.doOnNext((tick) -> handinger.advance(HOUR))
				.then()
				.toFuture();
			assertThat(moved).failsWithin(Duration.ofMinutes(1))
				.withThrowableThat()
				.havingCause()
				.withMessage("advance waits: call it from the thread of the test.");
		}

	}

	@Nested
	class Held {

		@Test
		void taskRunsUntilItIsFinished() {
			handinger.whenInput("a").thenAnswer("Done.");
			handinger.hold();
			CompletableFuture<Answer> answer = run("tsk_1", "a");
			handinger.awaitTasks(1);
			handinger.advance(HOUR);
			assertThat(handinger.task("tsk_1").status()).isEqualTo(TurnStatus.RUNNING);
			assertThat(answer).isNotDone();
			handinger.finish("tsk_1");
			assertThat(handinger.task("tsk_1").status()).isEqualTo(TurnStatus.COMPLETED);
			assertThat(answer.join().outputText()).isEqualTo("Done.");
		}

		@Test
		void taskThatHasNotArrivedYetIsFinished() {
			handinger.hold();
			CompletableFuture<Answer> answer = run("tsk_1", "a");
			handinger.finish("tsk_1");
			assertThat(answer.join().status()).isEqualTo(200);
		}

		@Test
		void turnsOfATaskAreFinishedOneAfterTheOther() {
			handinger.hold();
			run("tsk_1", "one");
			handinger.finish("tsk_1");
			CompletableFuture<Answer> second = run("tsk_1", "two");
			while (handinger.task("tsk_1").turns().size() < 2) {
				Thread.onSpinWait();
			}
			assertThat(second).isNotDone();
			handinger.finish("tsk_1");
			assertThat(second.join().status()).isEqualTo(200);
		}

		@Test
		void taskOfAnHourIsFinishedBefore() {
			handinger.whenInput("a").thenFail("Stopped.").after(HOUR);
			CompletableFuture<Answer> answer = run("tsk_1", "a");
			handinger.finish("tsk_1");
			assertThat(answer.join().outputText()).isEqualTo("Stopped.");
			handinger.advance(HOUR);
			assertThat(handinger.task("tsk_1").turns()).hasSize(1);
		}

		@Test
		void taskThatHasEndedCanNotBeFinished() {
			run("tsk_1", "a").join();
			assertThatIllegalStateException().isThrownBy(() -> handinger.finish("tsk_1"))
				.withMessage(
						"Task tsk_1 has no running turn: its status is completed. Call hold() before the task is run.");
		}

		@Test
		void unknownTaskIsReportedWithTheKnownOnes() {
			assertThatIllegalArgumentException().isThrownBy(() -> handinger.finish("tsk_none"))
				.withMessage(
						"There is no task tsk_none in the simulator: no task has arrived. Call awaitTasks(1) before.");
			run("tsk_1", "a").join();
			assertThatIllegalArgumentException().isThrownBy(() -> handinger.task("tsk_none"))
				.withMessage("There is no task tsk_none in the simulator: use one of [tsk_1].");
		}

	}

	@Nested
	class Schedules {

		@Test
		void taskRunsAtItsDate() {
			Instant date = handinger.now().plus(Duration.ofDays(30));
			schedule(Map.of("type", "scheduled", "date", date.toString()));
			handinger.advance(Duration.ofDays(29));
			assertThat(handinger.tasks()).isEmpty();
			handinger.advance(Duration.ofDays(1));
			assertThat(handinger.tasks()).singleElement().satisfies((task) -> {
				assertThat(task.workerId()).isEqualTo("wrk_1");
				assertThat(task.input()).isEqualTo("Report");
				assertThat(task.status()).isEqualTo(TurnStatus.COMPLETED);
				assertThat(task.posts()).isZero();
				assertThat(task.turns().get(0).startedAt()).isBetween(date, date.plusSeconds(1));
			});
			assertThat(listed()).isZero();
		}

		@Test
		void taskRunsAfterItsDelay() {
			schedule(Map.of("type", "delayed", "delayInSeconds", 3600));
			handinger.advance(HOUR);
			assertThat(handinger.tasks()).hasSize(1);
			assertThat(listed()).isZero();
		}

		@Test
		void taskIsCountedAlthoughNobodyHasPostedIt() {
			schedule(Map.of("type", "delayed", "delayInSeconds", 3600));
			handinger.advance(HOUR);
			assertThat(handinger.state().tasks()).containsExactly(Map.entry(handinger.tasks().get(0).id(),
					new SimulatorState.TaskState(0, 1, 0, TurnStatus.COMPLETED)));
		}

		@Test
		void taskRunsInIntervals() {
			Instant start = handinger.now();
			schedule(Map.of("type", "interval", "intervalSeconds", 600));
			handinger.advance(HOUR.plusSeconds(1));
			assertThat(handinger.tasks()).hasSize(6);
			assertThat(handinger.tasks().get(5).turns().get(0).startedAt()).isBetween(start.plus(HOUR),
					start.plus(HOUR).plusSeconds(2));
			assertThat(listed()).isOne();
		}

		@Test
		void scheduleGoesOnAfterAConditionHasFailed() {
			AtomicInteger runs = new AtomicInteger();
			handinger.whenInput((input) -> 1 / runs.getAndIncrement() > 0).thenAnswer("Sunny.");
			schedule(Map.of("type", "interval", "intervalSeconds", 600));
			handinger.advance(HOUR.plusSeconds(1));
			assertThat(handinger.tasks()).hasSize(5);
		}

		@Test
		void taskRunsByItsCronExpression() {
			schedule(Map.of("type", "cron", "cron", "0 9 * * *"));
			handinger.advance(Duration.ofDays(3));
			assertThat(handinger.tasks()).hasSize(3)
				.allSatisfy((task) -> assertThat(task.turns().get(0).startedAt().toString()).contains("T09:00:0"));
		}

		@Test
		void scheduleOfTheLastYearIsAcceptedAndOneThatHasPassedRunsAtOnce() {
			schedule(Map.of("type", "scheduled", "date", "9999-12-31T23:59:59Z"));
			schedule(Map.of("type", "scheduled", "date", "2020-01-01T00:00:00Z"));
			handinger.awaitTasks(1);
			assertThat(handinger.tasks()).hasSize(1);
			assertThat(schedules().at("/schedules/0/nextRunAt").stringValue()).startsWith("9999");
		}

		@Test
		void cancelledScheduleRunsNothing() {
			schedule(Map.of("type", "delayed", "delayInSeconds", 60));
			String id = schedules().at("/schedules/0/id").stringValue();
			send("DELETE", "/api/workers/wrk_1/schedules/" + id, Map.of()).join();
			handinger.advance(HOUR);
			assertThat(handinger.tasks()).isEmpty();
		}

		@Test
		void scheduleOfADeletedWorkerRunsNothing() {
			schedule(Map.of("type", "interval", "intervalSeconds", 60));
			send("DELETE", "/api/workers/wrk_1", Map.of()).join();
			handinger.advance(HOUR);
			assertThat(handinger.tasks()).isEmpty();
		}

		@Test
		void taskIsAnsweredAsTheRuleSays() {
			handinger.whenInput("Report").thenAnswer("All is well.");
			schedule(Map.of("type", "delayed", "delayInSeconds", 60));
			handinger.advance(HOUR);
			assertThat(handinger.tasks()).extracting(RecordedTask::outputText).containsExactly("All is well.");
			String path = "/api/tasks/" + handinger.tasks().get(0).id();
			assertThat(send("GET", path, Map.of()).join().json().at("/task/triggeredBy").stringValue())
				.isEqualTo("schedule");
		}

		@Test
		void directiveThatIsNotUnderstoodIsUnprocessable() {
			handinger.addWorker("wrk_1");
			assertThat(send("POST", "/api/workers/wrk_1/schedules",
					Map.of("input", "[delay=soon]", "when", Map.of("type", "interval", "intervalSeconds", 60)))
				.join()
				.status()).isEqualTo(422);
		}

		private JsonNode schedules() {
			return send("GET", "/api/workers/wrk_1/schedules", Map.of()).join().json();
		}

		private int listed() {
			return schedules().path("schedules").size();
		}

	}

	@Nested
	class Webhooks {

		private final LoopResources loops = LoopResources.create("receiver", 1, true);

		private final List<String> received = new CopyOnWriteArrayList<>();

		private final DisposableServer receiver = HttpServer.create()
			.port(0)
			.runOn(this.loops)
			.handle((request, response) -> request.receive().aggregate().asString().flatMap((body) -> {
				String token = request.requestHeaders().get("X-Handinger-Token");
				this.received.add(token + " " + MAPPER.readTree(body).path("taskId").stringValue());
				Mono<Void> answer = response.status(token.equals("whk_1") ? 204 : 401).send();
				return request.uri().endsWith("/slow") ? Mono.delay(Duration.ofMillis(2500)).then(answer) : answer;
			}))
			.bindNow();

		private final String url = "http://localhost:" + this.receiver.port() + "/webhook";

		@AfterEach
		void close() {
			this.receiver.disposeNow();
			this.loops.dispose();
		}

		@Test
		void endIsDeliveredToTheDefaultWebhook() {
			handinger.webhook(this.url, "whk_1");
			deliverOf("a");
			RecordedDelivery delivery = handinger.task("tsk_1").deliveries().get(0);
			assertThat(delivery.url()).isEqualTo(this.url);
			assertThat(delivery.responseStatus()).isEqualTo(204);
			assertThat(delivery.isSuccess()).isTrue();
			assertThat(this.received).containsExactly("whk_1 tsk_1");
			assertThat(handinger.state().tasks().get("tsk_1").deliveries()).isOne();
		}

		/**
		 * Run a task whose end is delivered while the clock moves.
		 */
		private void deliverOf(String input) {
			run("tsk_1", "[delay=1m] " + input);
			handinger.advance(Duration.ofMinutes(2));
		}

		@Test
		void deliveriesAreAwaited() {
			handinger.webhook(this.url, "whk_1");
			run("tsk_1", "a");
			run("tsk_2", "b");
			handinger.awaitDeliveries(2);
			assertThat(this.received).containsExactlyInAnyOrder("whk_1 tsk_1", "whk_1 tsk_2");
		}

		@Test
		void deliveriesThatAreNotMadeAreAnError() {
			run("tsk_1", "a").join();
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> handinger.awaitDeliveries(1))
				.withMessageContaining("Expected 1 delivery, but 0 have ended.")
				.withMessageContaining("POST /api/tasks (input: \"a\", budget: standard, task: tsk_1) -> 200");
		}

		@Test
		void deliveryThatIsNotAnsweredEndsWhenTheSimulatorIsClosed() {
			CompletableFuture<Void> arrived = new CompletableFuture<>();
			DisposableServer silent = HttpServer.create().port(0).runOn(this.loops).handle((request, response) -> {
				arrived.complete(null);
				return Mono.never();
			}).bindNow();
			handinger.webhook("http://localhost:" + silent.port(), "whk_1");
			handinger.whenInput("a").loseWebhook();
			run("tsk_1", "a").join();
			CompletableFuture<RecordedDelivery> delivery = CompletableFuture
				.supplyAsync(() -> handinger.deliver("tsk_1"));
			arrived.join();
			handinger.close();
			assertThat(delivery).failsWithin(Duration.ofSeconds(2))
				.withThrowableThat()
				.withMessageContaining("The simulator was closed before the delivery was answered.");
			silent.disposeNow();
		}

		@Test
		void webhookOfTheWorkerComesFirst() {
			handinger.webhook("http://localhost:1/none", "whk_2");
			handinger.addWorker("wrk_1");
			send("PUT", "/api/workers/wrk_1/webhook", Map.of("url", this.url)).join();
			runOf("wrk_1", "[delay=1m]", "low");
			handinger.advance(Duration.ofMinutes(2));
			assertThat(this.received).hasSize(1);
		}

		@Test
		void duplicateIsDelivered() {
			handinger.webhook(this.url, "whk_1");
			deliverOf("a");
			assertThat(handinger.deliver("tsk_1").responseStatus()).isEqualTo(204);
			assertThat(this.received).containsExactly("whk_1 tsk_1", "whk_1 tsk_1");
			assertThat(handinger.task("tsk_1").deliveries()).hasSize(2);
		}

		@Test
		void clockWaitsForASlowListener() {
			handinger.webhook(this.url + "/slow", "whk_1");
			deliverOf("a");
			assertThat(handinger.task("tsk_1").deliveries()).singleElement()
				.satisfies((delivery) -> assertThat(delivery.isSuccess()).isTrue());
		}

		@Test
		void lostDeliveryIsMadeLate() {
			handinger.webhook(this.url, "whk_1");
			handinger.whenInput(containsString("a")).loseWebhook();
			deliverOf("a");
			assertThat(this.received).isEmpty();
			assertThat(handinger.deliver("tsk_1").isSuccess()).isTrue();
			assertThat(handinger.task("tsk_1").deliveries()).extracting(RecordedDelivery::isSuccess)
				.containsExactly(false, true);
		}

		@Test
		void forgedDeliveryHasAnotherTokenAndIsNotRecorded() {
			handinger.webhook(this.url, "whk_1");
			deliverOf("a");
			RecordedDelivery forged = handinger.deliverForged("tsk_1");
			assertThat(forged.responseStatus()).isEqualTo(401);
			assertThat(forged.isSuccess()).isFalse();
			assertThat(this.received).hasSize(2).last().asString().doesNotStartWith("whk_1");
			assertThat(handinger.task("tsk_1").deliveries()).hasSize(1);
		}

		@Test
		void deliveryIsMadeTwice() {
			handinger.webhook(this.url, "whk_1");
			handinger.whenInput(containsString("a")).deliverTwice();
			deliverOf("a");
			assertThat(this.received).hasSize(2);
		}

		@Test
		void everyRunOfAScheduleIsDelivered() {
			handinger.webhook(this.url, "whk_1");
			schedule(Map.of("type", "interval", "intervalSeconds", 600));
			handinger.advance(HOUR.plusSeconds(1));
			handinger.awaitDeliveries(6);
			assertThat(this.received).hasSize(6);
		}

		@Test
		void runningTaskCanNotBeDelivered() {
			handinger.webhook(this.url, "whk_1");
			handinger.hold();
			run("tsk_1", "a");
			assertThatIllegalStateException().isThrownBy(() -> handinger.deliver("tsk_1"))
				.withMessageContaining("call finish(taskId) or advance(duration) before");
		}

		@Test
		void deliveryWithoutAWebhookSaysWhatToSet() {
			run("tsk_1", "a").join();
			assertThatIllegalStateException().isThrownBy(() -> handinger.deliver("tsk_1"))
				.withMessageContaining("has no webhook: set one with webhook(url, token)");
		}

		@ParameterizedTest
		@ValueSource(
				strings = { "", "/webhook", "localhost:8080/webhook", "ftp://localhost/webhook", "http://local host" })
		void webhookThatIsNoUrlIsRefused(String url) {
			assertThatIllegalArgumentException().isThrownBy(() -> handinger.webhook(url, "whk_1"))
				.withMessageStartingWith("The URL of a webhook is absolute");
		}

	}

	@Nested
	class Records {

		@Test
		void taskIsRecorded() {
			handinger.whenInput("Say hello").thenAnswer("Hello.");
			runOf("wrk_1", "Say hello", "high").join();
			RecordedTask task = handinger.tasks().get(0);
			assertThat(task.workerId()).isEqualTo("wrk_1");
			assertThat(task.budget()).isEqualTo("high");
			assertThat(task.posts()).isOne();
			assertThat(task).hasToString(task.id() + " of wrk_1, completed, posts: 1, turns: "
					+ "[\"Say hello\" (high budget) completed: \"Hello.\"], deliveries: []");
		}

		@Test
		void stateIsCountedByTaskId() {
			run("tsk_1", "one").join();
			run("tsk_1", "two").join();
			SimulatorState state = handinger.state();
			assertThat(state.posts()).isEqualTo(2);
			assertThat(state.tasksRun()).isOne();
			assertThat(state.tasks()).containsOnlyKeys("tsk_1");
			assertThat(state.tasks().get("tsk_1"))
				.isEqualTo(new SimulatorState.TaskState(2, 2, 0, TurnStatus.COMPLETED));
		}

		@Test
		void requestsAreRecordedInTheirOrder() {
			run("tsk_1", "Say hello").join();
			send("GET", "/api/tasks/tsk_2?x=1", Map.of()).join();
			assertThat(handinger.requests()).extracting(RecordedRequest::toString)
				.containsExactly("POST /api/tasks (input: \"Say hello\", budget: standard, task: tsk_1) -> 200",
						"GET /api/tasks/tsk_2?x=1 -> 404");
		}

		@Test
		void taskToWhichNoRuleAppliesIsMarked() {
			handinger.whenInput("Say hello").thenAnswer("Hello.");
			run("tsk_1", "Say hello").join();
			run("tsk_2", "Say bye").join();
			assertThat(handinger.requests()).extracting(RecordedRequest::description)
				.containsExactly("input: \"Say hello\", budget: standard, task: tsk_1",
						"input: \"Say bye\", budget: standard, task: tsk_2, no rule applies");
		}

		@Test
		void tasksThatDoNotArriveAreAnErrorWithTheRequests() {
			send("GET", "/api/tasks/tsk_2", Map.of()).join();
			send("GET", "/api/tasks/tsk_2", Map.of()).join();
			assertThatExceptionOfType(AssertionError.class).isThrownBy(() -> handinger.awaitTasks(1))
				.withMessageContaining("Expected 1 task, but 0 have reached the simulator")
				.withMessageContaining("GET /api/tasks/tsk_2 -> 404 (2 times)");
		}

	}

	@Nested
	class Reset {

		@Test
		void everythingIsForgotten() {
			handinger.whenInput("a").thenAnswer("Sunny.");
			run("tsk_1", "a").join();
			handinger.reset();
			assertThat(handinger.tasks()).isEmpty();
			assertThat(handinger.requests()).isEmpty();
			assertThat(handinger.state().posts()).isZero();
			assertThat(handinger.state().workers()).isZero();
			assertThat(run("tsk_1", "a").join().outputText()).isNotEqualTo("Sunny.");
			assertThat(handinger.task("tsk_1").posts()).isOne();
		}

		@Test
		void heldTaskLosesItsConnectionAndTheNextOneRuns() {
			handinger.hold();
			CompletableFuture<Answer> held = run("tsk_1", "a");
			handinger.awaitTasks(1);
			handinger.reset();
			assertThat(held).failsWithin(Duration.ofMinutes(1));
			assertThat(run("tsk_1", "a").join().status()).isEqualTo(200);
		}

		@Test
		void clockReturnsToRealTimeAndWaitsStay() {
			CompletableFuture<Long> wait = Mono.delay(HOUR.multipliedBy(2), handinger.clock()).toFuture();
			run("tsk_1", "[delay=60m]");
			handinger.advance(HOUR);
			handinger.reset();
			assertThat(handinger.now()).isCloseTo(Instant.now(), within(10, ChronoUnit.SECONDS));
			run("tsk_2", "[delay=1m]");
			handinger.advance(HOUR.minusSeconds(10));
			assertThat(wait).isNotDone();
			run("tsk_3", "[delay=5s]");
			handinger.awaitTasks(2);
			handinger.advance(Duration.ofSeconds(10));
			assertThat(wait).isCompleted();
		}

		@Test
		void scheduleRunsNoMore() {
			schedule(Map.of("type", "interval", "intervalSeconds", 60));
			handinger.reset();
			handinger.advance(HOUR);
			assertThat(handinger.tasks()).isEmpty();
		}

	}

	@Nested
	class Closed {

		@Test
		void ruleSaysWhatToDo() {
			handinger.close();
			assertThatIllegalStateException().isThrownBy(() -> handinger.whenInput("a"))
				.withMessageStartingWith("The simulator is closed: start another one with HandingerSimulator.start()");
		}

		@Test
		void answerOfAnOlderRuleSaysWhatToDo() {
			var rule = handinger.whenInput("a");
			handinger.close();
			assertThatIllegalStateException().isThrownBy(() -> rule.thenAnswer("a"))
				.withMessageStartingWith("The simulator is closed");
		}

		@Test
		void requestMeanwhileIsAnswered() {
			handinger.clock().dispose();
			assertThat(run("tsk_1", "a").join().status()).isEqualTo(503);
		}

		@Test
		void threadsEnd() throws Exception {
			Set<Thread> before = Thread.getAllStackTraces().keySet();
			HandingerSimulator other = HandingerSimulator.start();
			Mono.delay(HOUR, other.clock()).subscribe();
			httpClient.send(HttpRequest.newBuilder(URI.create(other.url() + "/simulator/state")).build(),
					HttpResponse.BodyHandlers.discarding());
			Set<Thread> started = new HashSet<>(Thread.getAllStackTraces().keySet());
			started.removeAll(before);
			started.removeIf((thread) -> !thread.getName().startsWith("simulator"));
			assertThat(started).isNotEmpty();
			other.close();
			await().atMost(Duration.ofSeconds(1)).until(() -> started.stream().noneMatch(Thread::isAlive));
		}

		@Test
		void clockDoesNotMove() {
			handinger.close();
			assertThatIllegalStateException().isThrownBy(() -> handinger.advance(HOUR))
				.withMessageStartingWith("The simulator is closed");
		}

		@Test
		void whatHasArrivedCanStillBeRead() {
			run("tsk_1", "a").join();
			handinger.close();
			assertThat(handinger.tasks()).hasSize(1);
			handinger.close();
		}

	}

	private enum CreditLimit {

		HIGH

	}

	private record Forecast(String city, int degrees) {
	}

	private record Answer(int status, String retryAfter, JsonNode json) {

		private String outputText() {
			return this.json.path("output_text").stringValue();
		}

	}

}
