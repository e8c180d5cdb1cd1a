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

package com.handinger.spring.task;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.stream.Stream;

import com.handinger.spring.autoconfigure.HandingerConnectionDetails;
import com.handinger.spring.http.AuthenticationException;
import com.handinger.spring.http.ConflictException;
import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.http.PermissionDeniedException;
import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.http.UnprocessableContentException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.Tasks;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.support.TasksServer.Exchange;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;

import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Whatever becomes of its connection, a run is one POST and gives the finished task.
 */
class RunTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final CreateTask TASK = CreateTask.of("What's the weather?");

	/**
	 * What becomes of the connection of a task that was taken.
	 */
	enum Fault {

		NONE(Exchange::answer),

		RESET((exchange) -> exchange.run().reset()),

		CLOSE((exchange) -> exchange.run().close()),

		SILENCE(Exchange::run),

		RESET_OF_A_REUSED_CONNECTION((exchange) -> {
			if (exchange.connection().isReused()) {
				exchange.run().reset();
			}
			else {
				exchange.answer();
			}
		}),

		STATUS_408((exchange) -> exchange.run().json(408, "{}")),

		STATUS_409((exchange) -> exchange.run().json(409, "{}")),

		STATUS_500((exchange) -> exchange.run().json(500, "{}")),

		STATUS_502((exchange) -> exchange.run()
			.write("HTTP/1.1 502 Bad\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>")),

		STATUS_503((exchange) -> exchange.run().json(503, "{}", "Retry-After: 0")),

		STATUS_504((exchange) -> exchange.run().json(504, "{}")),

		SILENCE_AND_504((exchange) -> {
			exchange.run();
			exchange.pause(Duration.ofMillis(900)).json(504, "<html>");
		}),

		CUT_BODY((exchange) -> {
			exchange.run()
				.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"id\":");
			exchange.connection().close();
		}),

		CUT_CHUNKS((exchange) -> {
			exchange.run()
				.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
						+ "6\r\n{\"id\":\r\n");
			exchange.connection().reset();
		}),

		EMPTY_BODY((exchange) -> exchange.run().json(200, "")),

		HTML((exchange) -> exchange.run()
			.write("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>")),

		REDIRECT((exchange) -> exchange.run().json(307, "", "Location: /elsewhere"));

		private final TasksServer.Behaviour behaviour;

		Fault(TasksServer.Behaviour behaviour) {
			this.behaviour = behaviour;
		}

		void happen(Exchange exchange) throws IOException {
			this.behaviour.answer(exchange);
		}

	}

	static Stream<Arguments> faults() {
		return HttpStack.libraries()
			.flatMap((stack) -> Arrays.stream(Fault.values()).map((fault) -> Arguments.of(stack, fault)));
	}

	private static void with(HttpStack stack, TasksServer server, Consumer<HandingerTasksClient> test,
			String... properties) {
		TasksClient
			.application(stack, server.url(), "handinger.await.initial-interval=50ms",
					"handinger.await.max-interval=200ms", "handinger.await.not-found-grace=700ms",
					"handinger.retry.max-attempts=2")
			.withPropertyValues(properties)
			.run((context) -> test.accept(context.getBean(HandingerTasksClient.class)));
	}

	private static void with(TasksServer server, Consumer<HandingerTasksClient> test, String... properties) {
		with(HttpStack.REACTOR_EPOLL, server, test, properties);
	}

	private static TaskWithTurns result(Mono<TaskWithTurns> run) {
		TaskWithTurns task = run.block(PATIENCE);
		assertThat(task).isNotNull();
		return task;
	}

	private static Throwable failure(Mono<?> mono) {
		Signal<?> signal = mono.materialize().block(PATIENCE);
		assertThat(signal).isNotNull();
		assertThat(signal.isOnError()).as("%s is an error", signal).isTrue();
		return signal.getThrowable();
	}

	@ParameterizedTest
	@MethodSource("faults")
	void runGivesTheFinishedTaskAndSendsOnePost(HttpStack stack, Fault fault) {
		try (TasksServer server = TasksServer.start(fault.behaviour)) {
			with(stack, server, (client) -> {
				TaskWithTurns task = result(client.run(TASK));
				assertThat(task.task().status()).isEqualTo(TaskStatus.COMPLETED);
				assertThat(task.turns()).hasSize(1);
				assertThat(server.taskIds()).containsExactly(task.task().id());
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = { "STATUS_409", "REDIRECT" })
	void followUpGivesTheTaskWithItsThirdTurn(Fault fault) {
		try (TasksServer server = TasksServer.start(fault.behaviour)
			.withTask("tsk_old", 2)
			.lag(Duration.ofMillis(100))) {
			with(server, (client) -> assertThat(result(client.run(TASK.withTaskId("tsk_old"))).turns()).hasSize(3));
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.INCLUDE, names = { "STATUS_409", "REDIRECT" })
	void followUpThatIsRefusedIsAnErrorAtOnce(Fault fault) {
		try (TasksServer server = TasksServer.start(fault.behaviour).withTask("tsk_old", 2)) {
			with(server, (client) -> assertThat(failure(client.run(TASK.withTaskId("tsk_old"))))
				.isInstanceOfAny(ConflictException.class, UnexpectedResponseException.class));
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void serverThatIsRestartedInTheMiddleCostsNothing() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run()).runTime(Duration.ofMillis(600))) {
			with(server, (client) -> {
				Mono<TaskWithTurns> run = client.run(TASK).cache();
				run.subscribe();
				await().atMost(PATIENCE).until(() -> server.posts() == 1);
				server.stop();
				assertThatExceptionOfType(IllegalStateException.class)
					.isThrownBy(() -> run.block(Duration.ofMillis(800)));
				server.restart();
				assertThat(result(run).turns()).hasSize(1);
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void nameThatStopsToBeResolvedCostsNothing() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().reset())) {
			AtomicInteger unresolved = new AtomicInteger();
			HandingerConnectionDetails connectionDetails = new HandingerConnectionDetails() {

				@Override
				public String getBaseUrl() {
					boolean isResolved = server.posts() == 0 || unresolved.incrementAndGet() > 3;
					return isResolved ? server.url() : "https://handinger.invalid";
				}

				@Override
				public String getApiKey() {
					return TasksClient.API_KEY;
				}

			};
			TasksClient.application(HttpStack.REACTOR_EPOLL, server.url())
				.withPropertyValues("handinger.await.initial-interval=50ms", "handinger.await.max-interval=100ms")
				.withBean(HandingerConnectionDetails.class, () -> connectionDetails)
				.run((context) -> assertThat(result(context.getBean(HandingerTasksClient.class).run(TASK)).turns())
					.hasSize(1));
			assertThat(unresolved).hasValueGreaterThan(3);
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void outageOfLookUpsIsWaitedThrough() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().reset(), (exchange) -> {
			switch (exchange.number()) {
				case 1 -> exchange.connection().reset();
				case 2 -> exchange.connection().json(503, "<html>");
				case 3 -> exchange.connection().json(408, "{}");
				case 4 -> exchange.connection().json(429, "{}", "retry-after-ms: 10");
				case 5 -> exchange.connection()
					.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{");
				default -> exchange.answer();
			}
		})) {
			with(server, (client) -> assertThat(result(client.run(TASK)).turns()).hasSize(1),
					"handinger.read-timeout=300ms");
			assertThat(server.posts()).isEqualTo(1);
			assertThat(server.lookUps()).isGreaterThan(5);
		}
	}

	@Test
	void retryAfterOfALookUpIsKept() {
		List<Long> times = new CopyOnWriteArrayList<>();
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().reset(), (exchange) -> {
			times.add(System.nanoTime());
			if (exchange.number() == 1) {
				exchange.connection().json(429, "{}", "Retry-After: 1");
			}
			else {
				exchange.answer();
			}
		})) {
			with(server, (client) -> assertThat(result(client.run(TASK)).turns()).hasSize(1));
			assertThat(Duration.ofNanos(times.get(1) - times.get(0))).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
		}
	}

	@ParameterizedTest
	@CsvSource({ "error, ERROR, has ended in error", "aborted, ABORTED, was aborted" })
	void badEndIsAnErrorWithTheTask(String endStatus, TaskStatus status, String message) {
		try (TasksServer server = TasksServer.start().endStatus(endStatus)) {
			with(server, (client) -> {
				Throwable failure = failure(client.run(TASK.withTaskId("tsk_mine")));
				assertThat(failure).isInstanceOfSatisfying(TaskFailedException.class, (failed) -> {
					assertThat(failed.task().task().status()).isEqualTo(status);
					assertThat(failed.task().turns()).hasSize(1);
					assertThat(failed.taskId()).isEqualTo("tsk_mine");
				}).hasMessageContainingAll(message, "Weather", "https://handinger.com/t/tsk_mine", "tsk_mine");
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void statusThatIsNotKnownIsAnEndWhenThereIsADateOfCompletion() {
		try (TasksServer server = TasksServer.start().endStatus("archived")) {
			with(server,
					(client) -> assertThat(result(client.run(TASK)).task().status()).isEqualTo(TaskStatus.UNKNOWN));
		}
	}

	@Test
	void taskWithoutATraceIsAnUnknownOutcome() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.connection().reset())) {
			with(server, (client) -> {
				Throwable failure = failure(client.run(TASK.withTaskId("tsk_mine")));
				assertThat(failure).isInstanceOf(OutcomeUnknownException.class)
					.hasMessageContainingAll("no trace", "do not send it again", "tsk_mine");
				assertThat(((HandingerException) failure).taskId()).isEqualTo("tsk_mine");
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void turnWithoutATraceIsAnUnknownOutcome() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.connection().reset())
			.withTask("tsk_old", 2)) {
			with(server, (client) -> assertThat(failure(client.run(TASK.withTaskId("tsk_old"))))
				.isInstanceOf(OutcomeUnknownException.class));
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void taskThatShowsAfterAWhileIsFoundWithinTheGrace() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().reset(), (exchange) -> {
			if (exchange.number() < 3) {
				exchange.connection().json(404, Json.error("Not yet."));
			}
			else {
				exchange.answer();
			}
		})) {
			with(server, (client) -> assertThat(result(client.run(TASK)).turns()).hasSize(1));
		}
	}

	@Test
	void answerCountsWhenTheTaskIsNeverShown() {
		try (TasksServer server = TasksServer.start(Exchange::answer,
				(exchange) -> exchange.connection().json(404, Json.error("No such task.")))) {
			with(server, (client) -> {
				TaskWithTurns task = result(client.run(TASK.withTaskId("tsk_mine")));
				assertThat(task.task().id()).isEqualTo("tsk_mine");
				assertThat(task.task().hasEnded()).isTrue();
				assertThat(task.turns()).extracting(Turn::outputText).containsExactly("Sunny.");
			});
		}
	}

	@ParameterizedTest
	@CsvSource({ "200, <html>", "400, {}", "307, ''" })
	void answerCountsWhenTheTaskCanNotBeRead(int status, String body) {
		try (TasksServer server = TasksServer.start(Exchange::answer,
				(exchange) -> exchange.connection().json(status, body))) {
			with(server, (client) -> {
				TaskWithTurns task = result(client.run(TASK));
				assertThat(task.task().hasEnded()).isTrue();
				assertThat(task.turns()).extracting(Turn::outputText).containsExactly("Sunny.");
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@CsvSource({ "503, Retry-After: 0", "503, Retry-After: 3600", "429, Retry-After: 3600" })
	void answerCountsWhenTheTaskCanNotBeLookedUp(int status, String header) {
		try (TasksServer server = TasksServer.start(Exchange::answer,
				(exchange) -> exchange.connection().json(status, "{}", header))) {
			with(server, (client) -> assertThat(result(client.run(TASK)).turns()).extracting(Turn::outputText)
				.containsExactly("Sunny."));
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void answerCountsWhenLookUpsFallSilent() {
		try (TasksServer server = TasksServer.start(Exchange::answer, Exchange::run)) {
			with(server, (client) -> assertThat(result(client.run(TASK)).turns()).extracting(Turn::outputText)
				.containsExactly("Sunny."));
		}
	}

	@Test
	void answerCountsWhenTheApplicationEndsBeforeTheTaskIsShown() {
		AtomicReference<@Nullable Signal<TaskWithTurns>> end = new AtomicReference<>();
		try (TasksServer server = TasksServer.start(Exchange::answer,
				(exchange) -> exchange.connection().json(503, "{}"))) {
			with(server, (client) -> {
				client.run(TASK).materialize().subscribe(end::set);
				await().atMost(PATIENCE).until(() -> server.lookUps() > 5);
			}, "handinger.await.not-found-grace=60s");
		}
		assertThat(end.get()).extracting(Signal::get).isNotNull();
	}

	@Test
	void turnThatRunsIsNotTheEndOfAFollowUp() {
		String running = Json.TURN.replace("trn_1", "trn_3")
			.replace("\"2026-07-01T10:00:04.2Z\"", "null")
			.replace("\"completed\"", "\"running\"");
		followUp(Json.task("tsk_old", "completed", 2).replaceFirst("]}$", "," + running + "]}"));
	}

	@Test
	void turnThatIsCountedAndNotShownIsNotTheEndOfAFollowUp() {
		followUp(Json.task("tsk_old", "completed", 2).replace("\"turnCount\":2", "\"turnCount\":3"));
	}

	/**
	 * Run a follow-up that shows a misleading state twice.
	 */
	private static void followUp(String state) {
		AtomicInteger misled = new AtomicInteger();
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run(), (exchange) -> {
			if (exchange.number() > 1 && misled.incrementAndGet() <= 2) {
				exchange.connection().json(200, state);
			}
			else {
				exchange.answer();
			}
		}).withTask("tsk_old", 2).runTime(Duration.ofMillis(600))) {
			with(server, (client) -> {
				List<Turn> turns = result(client.run(TASK.withTaskId("tsk_old"))).turns();
				assertThat(turns).hasSize(3).allMatch(Turn::hasEnded);
			});
			assertThat(misled).hasValueGreaterThan(2);
		}
	}

	@Test
	void answerThatTellsAnotherIdLeadsToThatTask() {
		try (TasksServer server = TasksServer
			.start((exchange) -> exchange.run()
				.json(200, Json.WORKER.replace("\"metadata\":{}", "\"metadata\":{\"taskId\":\"tsk_other\"}")))
			.withTask("tsk_other", 1)
			.runTime(Duration.ofMinutes(1))) {
			with(server, (client) -> assertThat(result(client.run(TASK)).task().id()).isEqualTo("tsk_other"),
					"handinger.await.not-found-grace=60s");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 404, 422 })
	void serverThatRefusesIdsGetsTheTaskWithoutOneAndNoMoreIds(int status) {
		List<Boolean> ids = new CopyOnWriteArrayList<>();
		try (TasksServer server = TasksServer.start((exchange) -> {
			ids.add(exchange.taskId() != null);
			if (exchange.taskId() != null) {
				exchange.connection().json(status, Json.error("No ids, please."));
			}
			else {
				exchange.answer();
			}
		})) {
			with(server, (client) -> {
				TaskWithTurns task = result(client.run(TASK));
				assertThat(task.task().status()).isEqualTo(TaskStatus.COMPLETED);
				assertThat(task.turns()).extracting(Turn::outputText).containsExactly("Sunny.");
				assertThat(result(client.run(TASK)).turns()).hasSize(1);
			});
			assertThat(ids).containsExactly(true, false, false);
		}
	}

	@Test
	void taskWithoutAnIdIsNotLookedUpWhileItRuns() {
		List<String> lookedUp = new CopyOnWriteArrayList<>();
		try (TasksServer server = TasksServer.start((exchange) -> {
			if (exchange.taskId() != null) {
				exchange.connection().json(422, Json.error("No ids, please."));
			}
			else {
				exchange.answer();
			}
		}, (exchange) -> {
			lookedUp.add(String.valueOf(exchange.taskId()));
			exchange.answer();
		}).runTime(Duration.ofMillis(500))) {
			with(server, (client) -> {
				assertThat(result(client.run(TASK)).turns()).hasSize(1);
				assertThat(waiters(client)).extracting("waiting", InstanceOfAssertFactories.MAP).isEmpty();
			});
			assertThat(lookedUp).doesNotContain("null");
		}
	}

	@Test
	void answerThatTellsTheIdOfTheTaskLeadsToTheTask() {
		try (TasksServer server = TasksServer.start((exchange) -> {
			if (exchange.taskId() != null) {
				exchange.connection().json(422, Json.error("No ids, please."));
			}
			else {
				exchange.run()
					.json(200,
							Json.WORKER.replace("\"metadata\":{}", "\"metadata\":{\"taskId\":\"tsk_of_the_server\"}"));
			}
		})) {
			with(server, (client) -> assertThat(result(client.run(TASK)).task().id()).isEqualTo("tsk_of_the_server"));
		}
	}

	@Test
	void taskThatIsRefusedWithAndWithoutAnIdDoesNotStopTheMakingOfIds() {
		List<Boolean> ids = new CopyOnWriteArrayList<>();
		try (TasksServer server = TasksServer.start((exchange) -> {
			ids.add(exchange.taskId() != null);
			exchange.connection().json(404, Json.error("No such worker."));
		})) {
			with(server, (client) -> {
				assertThat(failure(client.run(TASK))).isInstanceOf(NotFoundException.class);
				assertThat(failure(client.run(TASK))).isInstanceOf(NotFoundException.class);
			});
			assertThat(ids).containsExactly(true, false, true, false);
		}
	}

	@Test
	void idOfTheCallerIsNeverTakenAway() {
		try (TasksServer server = TasksServer
			.start((exchange) -> exchange.connection().json(422, Json.error("No ids, please.")))) {
			with(server, (client) -> assertThat(failure(client.run(TASK.withNewTaskId())))
				.isInstanceOf(UnprocessableContentException.class));
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void rejectionIsWaitedOutHoweverLongItTakes() {
		try (TasksServer server = TasksServer.start((exchange) -> {
			if (exchange.number() < 6) {
				exchange.connection().json(429, Json.error("Too many."), "retry-after-ms: 20");
			}
			else {
				exchange.answer();
			}
		})) {
			with(server, (client) -> assertThat(result(client.run(TASK)).turns()).hasSize(1));
			assertThat(server.posts()).isEqualTo(6);
		}
	}

	@Test
	void waitThatIsLongerThanTheRetryBudgetIsWaitedOut() {
		try (TasksServer server = TasksServer.start((exchange) -> {
			if (exchange.number() == 1) {
				exchange.connection().json(429, Json.error("Too many."), "Retry-After: 1");
			}
			else {
				exchange.answer();
			}
		})) {
			with(server, (client) -> assertThat(result(client.run(TASK)).turns()).hasSize(1),
					"handinger.retry.max-backoff=100ms");
			assertThat(server.posts()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@CsvSource({ "401, AuthenticationException", "403, PermissionDeniedException", "402, HandingerApiException",
			"409, ConflictException", "413, HandingerApiException" })
	void refusalEndsTheRunAtOnce(int status, String exception) {
		try (TasksServer server = TasksServer
			.start((exchange) -> exchange.connection().json(status, Json.error("No.")))) {
			with(server, (client) -> {
				Mono<TaskWithTurns> run = client.run(TASK);
				assertThat(failure(run).getClass().getSimpleName()).isEqualTo(exception);
				assertThat(failure(run).getClass().getSimpleName()).isEqualTo(exception);
			}, "handinger.await.not-found-grace=1h");
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 401, 403 })
	void lookUpThatIsNotAllowedEndsTheRun(int status) {
		AtomicBoolean allowed = new AtomicBoolean();
		try (TasksServer server = TasksServer.start(Exchange::run, (exchange) -> {
			if (allowed.get()) {
				exchange.answer();
			}
			else {
				exchange.connection().json(status, Json.error("No."));
			}
		})) {
			with(server, (client) -> {
				Mono<TaskWithTurns> run = client.run(TASK);
				assertThat(failure(run)).isInstanceOfAny(AuthenticationException.class,
						PermissionDeniedException.class);
				allowed.set(true);
				assertThat(result(run).turns()).hasSize(1);
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 401, 403 })
	void lookUpThatIsNotAllowedSaysThatTheTaskMayRun(int status) {
		try (TasksServer server = TasksServer.start(Exchange::run,
				(exchange) -> exchange.connection().json(status, Json.error("No.")))) {
			with(server,
					(client) -> assertThat(failure(client.run(TASK))).isInstanceOfSatisfying(HandingerException.class,
							(refused) -> assertThat(refused).hasMessageContaining(
									"The task may run: do not send it again, but look it up by its id, "
											+ server.taskIds().get(0))));
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 401, 403 })
	@ExtendWith(OutputCaptureExtension.class)
	void lookUpThatIsNotAllowedLeavesAnAnswer(int status, CapturedOutput output) {
		try (TasksServer server = TasksServer.start((exchange) -> {
			exchange.run();
			exchange.connection().json(200, Json.WORKER);
		}, (exchange) -> exchange.connection().json(status, Json.error("No.")))) {
			with(server, (client) -> {
				TaskWithTurns result = result(client.run(TASK));
				assertThat(result.outputText()).isNotEmpty();
				assertThat(server.taskIds()).containsExactly(result.task().id());
			}, "handinger.await.initial-interval=1h", "handinger.await.max-interval=1h",
					"handinger.await.not-found-grace=1h");
			assertThat(server.posts()).isEqualTo(1);
			assertThat(output).containsOnlyOnce("its result is put together from the answer");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { " ", "..", "a\\u0000b", "tsk_\\ud800", "tsk\\n1" })
	void malformedTaskIdOfAnAnswerIsIgnored(String taskId) {
		try (TasksServer server = TasksServer.start((exchange) -> {
			exchange.run();
			exchange.connection().json(200, workerOfTask(taskId));
		})) {
			with(server, (client) -> {
				TaskWithTurns result = result(client.run(TASK));
				assertThat(server.taskIds()).containsExactly(result.task().id());
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void malformedTaskIdOfAServerThatTakesNoIdsLeavesTheAnswer() {
		try (TasksServer server = TasksServer.start((exchange) -> {
			if (exchange.taskId() != null) {
				exchange.connection().json(400, Json.error("Unknown field taskId."));
			}
			else {
				exchange.connection().json(200, workerOfTask("a\\nb"));
			}
		})) {
			with(server, (client) -> assertThat(result(client.run(TASK)).task().id()).isEmpty());
			assertThat(server.posts()).isEqualTo(2);
		}
	}

	private static String workerOfTask(String taskId) {
		return Json.WORKER.replaceFirst("\"metadata\"\\s*:\\s*\\{[^}]*}",
				Matcher.quoteReplacement("\"metadata\":{\"taskId\":\"" + taskId + "\"}"));
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void lookUpThatShowsAnotherTaskIsRefusedAndPollingContinues(CapturedOutput output) {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().reset(), (exchange) -> {
			if (exchange.number() < 4) {
				exchange.connection().json(200, Json.task("tsk_other", "completed", 1));
			}
			else {
				exchange.answer();
			}
		})) {
			with(server, (client) -> {
				TaskWithTurns result = result(client.run(TASK));
				assertThat(server.taskIds()).containsExactly(result.task().id());
			}, "handinger.await.not-found-grace=10m");
			assertThat(server.posts()).isEqualTo(1);
		}
		assertThat(output.toString().lines().filter((line) -> line.contains("has shown another task"))).hasSize(1);
	}

	@Test
	void lookUpsThatShowAnotherTaskAloneEndTheRunAfterTheGrace() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().reset(),
				(exchange) -> exchange.connection().json(200, Json.task("tsk_other", "completed", 1)))) {
			with(server, (client) -> assertThat(failure(client.run(TASK))).isInstanceOf(OutcomeUnknownException.class)
				.hasMessageContaining(server.taskIds().get(0)), "handinger.await.not-found-grace=3s");
			assertThat(server.lookUps()).isGreaterThan(1);
		}
	}

	@Test
	void taskThatIsShownUnderAGivenIdOfAnotherIsNotSent() {
		try (TasksServer server = TasksServer.start(Exchange::answer,
				(exchange) -> exchange.connection().json(200, Json.task("tsk_other", "completed", 1)))) {
			with(server,
					(client) -> assertThat(failure(client.run(TASK.withTaskId("tsk_mine"))))
						.isInstanceOf(HandingerException.class)
						.hasMessageContaining("another task than tsk_mine"));
			assertThat(server.posts()).isZero();
		}
	}

	@Test
	void answerCountsWhereLookUpsShowAnotherTaskAlone() {
		try (TasksServer server = TasksServer.start(Exchange::answer,
				(exchange) -> exchange.connection().json(200, Json.task("tsk_other", "completed", 7)))) {
			with(server, (client) -> assertThat(result(client.run(TASK)).turns()).hasSize(1));
		}
	}

	@Test
	void lookUpThatCanNotBeReadDoesNotEndARunThatIsUnderWay() {
		try (TasksServer server = TasksServer.start(Exchange::answer, (exchange) -> {
			if (exchange.number() < 3) {
				exchange.connection().json(200, "<html>");
			}
			else {
				exchange.answer();
			}
		}).runTime(Duration.ofMillis(700))) {
			with(server, (client) -> assertThat(result(client.run(TASK)).turns()).hasSize(1));
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.INCLUDE, names = { "RESET", "STATUS_409", "REDIRECT" })
	void lookUpThatCanNotBeReadIsMadeAgainWithinTheGrace(Fault fault) {
		try (TasksServer server = TasksServer.start(fault.behaviour, (exchange) -> {
			switch (exchange.number()) {
				case 1 -> exchange.connection().json(200, "<html>");
				case 2 -> exchange.connection().json(409, "{}");
				case 3 -> exchange.connection().json(302, "", "Location: /elsewhere");
				default -> exchange.answer();
			}
		})) {
			with(server, (client) -> assertThat(result(client.run(TASK)).turns()).hasSize(1),
					"handinger.await.not-found-grace=10s");
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void lookUpsThatCanNotBeReadEndTheRunAfterTheGrace() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().reset(),
				(exchange) -> exchange.connection().json(200, "<html>"))) {
			with(server,
					(client) -> assertThat(failure(client.run(TASK))).isInstanceOfSatisfying(
							UnexpectedResponseException.class,
							(unreadable) -> assertThat(unreadable.taskId()).startsWith("tsk_")),
					"handinger.await.not-found-grace=3s");
			assertThat(server.lookUps()).isGreaterThan(1);
		}
	}

	@Test
	void requestThatNeverReachedTheServerIsSentAgainByTheNextSubscriber() {
		try (TasksServer server = TasksServer.start()) {
			with(server, (client) -> {
				server.stop();
				Mono<TaskWithTurns> run = client.run(TASK);
				assertThat(failure(run)).isInstanceOfSatisfying(HandingerConnectionException.class,
						(refused) -> assertThat(refused.taskId()).startsWith("tsk_"));
				server.restart();
				assertThat(result(run).turns()).hasSize(1);
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void subscribersShareOnePost() {
		try (TasksServer server = TasksServer.start()) {
			with(server, (client) -> {
				Mono<TaskWithTurns> run = client.run(TASK);
				List<TaskWithTurns> results = Mono
					.zip(List.of(run, run, run), (all) -> Arrays.stream(all).map(TaskWithTurns.class::cast).toList())
					.block(PATIENCE);
				assertThat(results).hasSize(3).containsOnly(result(run));
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void retryGoesOnLookingTheTaskUp() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().reset(), (exchange) -> {
			if (exchange.number() < 8) {
				exchange.connection().json(404, Json.error("Not yet."));
			}
			else {
				exchange.answer();
			}
		})) {
			with(server, (client) -> assertThat(result(client.run(TASK).retry(20)).turns()).hasSize(1),
					"handinger.await.not-found-grace=100ms");
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void timeOutAndRetryGoOnLookingTheTaskUp() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run()).runTime(Duration.ofSeconds(1))) {
			with(server,
					(client) -> assertThat(result(client.run(TASK).timeout(Duration.ofMillis(300)).retry(20)).turns())
						.hasSize(1));
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void cancellingClosesTheConnectionAndEndsTheLookUps() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run()).runTime(Duration.ofHours(1))) {
			with(server, (client) -> {
				assertThatExceptionOfType(IllegalStateException.class)
					.isThrownBy(() -> client.run(TASK).block(Duration.ofMillis(400)));
				server.awaitClosed(PATIENCE);
				int lookUps = server.lookUps();
				assertThat(lookUps).isPositive();
				await().atMost(PATIENCE).during(Duration.ofMillis(500)).until(() -> server.lookUps() <= lookUps + 1);
			});
		}
	}

	@Test
	void taskThatTheApplicationHearsOfEndsTheRunAtOnce() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run()).runTime(Duration.ofHours(1))) {
			with(server, (client) -> {
				CreateTask task = TASK.withNewTaskId();
				Mono<TaskWithTurns> run = client.run(task).cache();
				run.subscribe();
				await().atMost(PATIENCE).until(() -> server.posts() == 1);
				TaskWithTurns finished = Tasks.task(String.valueOf(task.taskId()), TaskStatus.COMPLETED);
				waiters(client).publish(finished);
				assertThat(result(run)).isSameAs(finished);
				server.awaitClosed(PATIENCE);
			}, "handinger.await.initial-interval=1h", "handinger.await.max-interval=1h");
		}
	}

	@ParameterizedTest
	@CsvSource({ "422, UnprocessableContentException", "429, RateLimitedException" })
	void attachmentThatCanBeReadOnceIsNotSentAgain(int status, String exception) {
		AtomicInteger reads = new AtomicInteger();
		Flux<DataBuffer> content = Flux.defer(() -> {
			reads.incrementAndGet();
			return Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(new byte[] { 1 }));
		});
		try (TasksServer server = TasksServer
			.start((exchange) -> exchange.connection().json(status, Json.error("No.")))) {
			with(server, (client) -> {
				Mono<TaskWithTurns> run = client.run(TASK.withAttachment(Attachment.of("a.txt", content)));
				assertThat(failure(run).getClass().getSimpleName()).isEqualTo(exception);
				assertThat(failure(run.retry(2)).getClass().getSimpleName()).isEqualTo(exception);
			});
			assertThat(server.posts()).isEqualTo(1);
			assertThat(reads).hasValue(1);
		}
	}

	private static TaskWaiters waiters(HandingerTasksClient client) {
		RunEnvironment environment = (RunEnvironment) ReflectionTestUtils.getField(client, "environment");
		assertThat(environment).isNotNull();
		return environment.waiters();
	}

}
