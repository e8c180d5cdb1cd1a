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

import java.net.ConnectException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.IntStream;

import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.http.UnprocessableContentException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.support.TasksServer.Exchange;
import com.handinger.spring.worker.Budget;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.http.HttpMethod;
import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * A task with a key runs once, however often it is requested.
 */
@ExtendWith(OutputCaptureExtension.class)
class KeyedTaskTests {

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private static final CreateTask TASK = CreateTask.of("What's the weather?").withKey("order-42");

	private static final String TASK_ID = "tsk_1VZ2RNFH13HVQYBBJACVPAG73B";

	private final MeterRegistry meters = new SimpleMeterRegistry();

	private void with(String url, Consumer<HandingerTasksClient> test, String... properties) {
		TasksClient
			.application(HttpStack.REACTOR_EPOLL, url, "handinger.await.initial-interval=50ms",
					"handinger.await.max-interval=100ms", "handinger.await.not-found-grace=700ms")
			.withPropertyValues(properties)
			.withBean(MeterRegistry.class, () -> this.meters)
			.run((context) -> {
				HandingerTasksClient client = context.getBean(HandingerTasksClient.class);
				test.accept(client);
				assertThat(ReflectionTestUtils.getField(client, "runs"))
					.extracting("shared", InstanceOfAssertFactories.MAP)
					.satisfies((shared) -> await().atMost(PATIENCE).until(shared::isEmpty));
			});
	}

	private void with(TasksServer server, Consumer<HandingerTasksClient> test, String... properties) {
		with(server.url(), test, properties);
	}

	private static <T> T result(Mono<T> mono) {
		T result = mono.block(PATIENCE);
		assertThat(result).isNotNull();
		return result;
	}

	private static Throwable failure(Mono<?> mono) {
		Signal<?> signal = mono.materialize().block(PATIENCE);
		assertThat(signal).isNotNull();
		assertThat(signal.isOnError()).as("%s is an error", signal).isTrue();
		return signal.getThrowable();
	}

	@ParameterizedTest
	@CsvSource({ "order-42, tsk_1VZ2RNFH13HVQYBBJACVPAG73B", "é, tsk_2AK5AQWG1KRD9SVRQBCN3J05YA",
			"Bestellung № 7, tsk_1HR53N623YE5WED0VXKPS7FV5H" })
	void idIsTheHashOfTheKeyInBase32(String key, String taskId) {
		assertThat(CreateTask.of("x").withKey(key).taskId()).isEqualTo(taskId);
	}

	@Test
	void idOfAnyKeyIsThatOfAUlid() {
		assertThat(IntStream.range(0, 1000).mapToObj(String::valueOf))
			.allSatisfy((key) -> assertThat(CreateTask.of("x").withKey(key).taskId())
				.matches("tsk_[0-7][0-9A-HJKMNP-TV-Z]{25}"));
	}

	@Test
	void copyKeepsTheKeyAndTheId() {
		CreateTask task = TASK.withBudget(Budget.LOW).withWorkerId("wrk_1");
		assertThat(task.key()).isEqualTo("order-42");
		assertThat(task.taskId()).isEqualTo(TASK_ID);
	}

	@Test
	void laterKeyReplacesTheFormer() {
		assertThat(TASK.withKey("order-43").taskId()).isNotEqualTo(TASK_ID);
	}

	@Test
	void keyIsNotSent() {
		assertThat(TASK.fields()).containsOnlyKeys("input", "taskId");
	}

	@Test
	void keyIsNotShown() {
		assertThat(TASK.toString()).doesNotContain("order-42").contains(TASK_ID);
	}

	@Test
	void keyAndIdRefuseOneAnother() {
		assertThatIllegalArgumentException().isThrownBy(() -> TASK.withTaskId("tsk_1"))
			.withMessageContaining("a key or an id, and not both");
		assertThatIllegalArgumentException().isThrownBy(() -> TASK.withTaskId(null));
		assertThatIllegalArgumentException().isThrownBy(TASK::withNewTaskId);
		assertThatIllegalArgumentException()
			.isThrownBy(() -> CreateTask.of("x").withTaskId("tsk_1").withKey("order-42"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "order-\uD83D" })
	void keyThatIsNoneIsRefused(String key) {
		assertThatIllegalArgumentException().isThrownBy(() -> CreateTask.of("x").withKey(key))
			.withMessageContaining("'key' must not");
	}

	@Test
	void taskIsLookedUpAndSentOnce() {
		try (TasksServer server = TasksServer.start()) {
			with(server, (client) -> assertThat(result(client.run(TASK)).task().id()).isEqualTo(TASK_ID));
			assertThat(server.posts()).isEqualTo(1);
			assertThat(server.taskIds()).containsExactly(TASK_ID);
		}
	}

	@Test
	void redeliveriesPayOnce() {
		try (TasksServer server = TasksServer.start()) {
			with(server,
					(client) -> assertThat(
							Flux.range(0, 5).concatMap((delivery) -> client.run(TASK)).collectList().block(PATIENCE))
						.hasSize(5)
						.extracting((task) -> task.turns().size())
						.containsOnly(1));
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void redeliveryAfterARestartJoinsTheRunningTask() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run()).runTime(Duration.ofSeconds(2))) {
			with(server, (client) -> result(client.start(TASK)));
			with(server, (client) -> assertThat(result(client.run(TASK)).turns()).hasSize(1));
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void endedTaskIsReturnedByItsLookUp() {
		try (TasksServer server = TasksServer.start().withTask(TASK_ID, 1)) {
			with(server, (client) -> assertThat(result(client.run(TASK)).turns()).hasSize(1));
			assertThat(server.lookUps()).isEqualTo(1);
			assertThat(server.posts()).isZero();
		}
		assertThat(this.meters.find("handinger.task.credits").summary()).isNull();
	}

	@Test
	void failedTaskIsNotSentAgain() {
		try (TasksServer server = TasksServer.start().withTask(TASK_ID, 1).endStatus("error")) {
			with(server, (client) -> assertThat(failure(client.run(TASK))).isInstanceOf(TaskFailedException.class));
			assertThat(server.posts()).isZero();
		}
	}

	@Test
	void startOfAJoinedTaskGivesItsHandle() {
		try (TasksServer server = TasksServer.start().withRunningTask(TASK_ID, Duration.ofMillis(500))) {
			with(server, (client) -> {
				TaskHandle handle = result(client.start(TASK));
				assertThat(handle).isEqualTo(new TaskHandle(TASK_ID, 0));
				assertThat(result(client.await(handle)).turns()).hasSize(1);
			});
			assertThat(server.posts()).isZero();
		}
	}

	@Test
	void followOfAJoinedTaskShowsItsStates() {
		try (TasksServer server = TasksServer.start(Exchange::answer, (exchange) -> exchange.connection()
			.json(200, Json.task(TASK_ID, (exchange.number() < 3) ? "running" : "completed", 1)))) {
			with(server,
					(client) -> assertThat(result(client.follow(TASK).collectList()))
						.extracting((state) -> state.task().status())
						.containsExactly(TaskStatus.RUNNING, TaskStatus.COMPLETED));
			assertThat(server.posts()).isZero();
		}
	}

	@Test
	void createGivesTheResponse() {
		try (TasksServer server = TasksServer.start()) {
			with(server, (client) -> assertThat(result(client.create(TASK)).outputText()).isEqualTo("Sunny."));
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void createOfAJoinedTaskReadsTheWorker() {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200,
				request.line().contains("/api/workers/wrk_1?taskId=" + TASK_ID) ? Json.WORKER
						: Json.task(TASK_ID, "completed", 1)))) {
			with(server.url(), (client) -> assertThat(result(client.create(TASK)).id()).isEqualTo("wrk_1"));
			assertThat(server.count("POST")).isZero();
		}
	}

	/**
	 * With calls on many threads, so that they meet anywhere.
	 */
	@RepeatedTest(10)
	void callsOfAllKindsShareOneRequest() {
		try (TasksServer server = TasksServer.start().runTime(Duration.ofMillis(500))) {
			with(server, (client) -> {
				List<?> results = Flux.range(0, 20)
					.flatMap((call) -> Mono.defer(() -> call(client, call)).subscribeOn(Schedulers.boundedElastic()),
							20)
					.collectList()
					.block(PATIENCE);
				assertThat(results).hasSize(20);
			}, "handinger.await.initial-interval=5s", "handinger.await.max-interval=5s");
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	/**
	 * The server knows no workers, so that a response that is not shared would fail.
	 */
	private static Mono<?> call(HandingerTasksClient client, int call) {
		return switch (call % 4) {
			case 0 -> client.run(TASK);
			case 1 -> client.start(TASK);
			case 2 -> client.follow(TASK).last();
			default -> client.create(TASK);
		};
	}

	@RepeatedTest(5)
	void callsThatComeAndGoShareOneRequest() {
		try (TasksServer server = TasksServer.start().runTime(Duration.ofMillis(200))) {
			with(server, (client) -> {
				Flux.range(0, 40)
					.flatMap((call) -> Mono.defer(() -> client.run(TASK))
						.subscribeOn(Schedulers.boundedElastic())
						.timeout(Duration.ofMillis(5L * (call % 10) + 1))
						.onErrorComplete(), 10)
					.blockLast(PATIENCE);
				result(client.run(TASK));
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void outageOfTheLookUpIsWaitedThrough() {
		try (TasksServer server = TasksServer.start(Exchange::answer, (exchange) -> {
			if (exchange.number() < 6) {
				exchange.connection().json(503, "{}");
			}
			else {
				exchange.answer();
			}
		}).withTask(TASK_ID, 1)) {
			with(server, (client) -> assertThat(result(client.run(TASK)).turns()).hasSize(1));
			assertThat(server.posts()).isZero();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 401, 403, 409, 422 })
	void lookUpThatFailsSendsNothing(int status) {
		try (TasksServer server = TasksServer.start(Exchange::answer,
				(exchange) -> exchange.connection().json(status, "{}"))) {
			with(server, (client) -> {
				assertThat(failure(client.run(TASK))).isInstanceOf(HandingerException.class);
				assertThat(failure(client.start(TASK))).isInstanceOf(HandingerException.class);
				assertThat(failure(client.create(TASK))).isInstanceOf(HandingerException.class);
			});
			assertThat(server.posts()).isZero();
		}
	}

	@Test
	void lookUpThatShowsAnotherTaskSendsNothing() {
		try (TasksServer server = TasksServer.start(Exchange::answer,
				(exchange) -> exchange.connection().json(200, Json.task("tsk_other", "completed", 1)))) {
			with(server, (client) -> assertThat(failure(client.run(TASK))).isInstanceOf(HandingerException.class));
			assertThat(server.posts()).isZero();
		}
	}

	@Test
	void unreachableServerIsAnErrorAndTheNextSubscriberSendsTheTask() {
		try (TasksServer server = TasksServer.start()) {
			server.stop();
			with(server, (client) -> {
				Mono<TaskWithTurns> run = client.run(TASK);
				assertThat(failure(run)).isInstanceOf(HandingerConnectionException.class);
				server.restart();
				assertThat(result(run).turns()).hasSize(1);
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 404, 422 })
	void taskIsNeverSentWithoutItsId(int status) {
		List<String> taskIds = new CopyOnWriteArrayList<>();
		try (TasksServer server = TasksServer.start((exchange) -> {
			taskIds.add(String.valueOf(exchange.taskId()));
			exchange.connection().json((exchange.taskId() != null) ? status : 200, Json.WORKER);
		})) {
			with(server, (client) -> {
				result(client.run(CreateTask.of("a task that teaches the client to leave out ids")));
				taskIds.clear();
				assertThat(failure(client.run(TASK))).isInstanceOf(HandingerException.class);
			});
		}
		assertThat(taskIds).containsExactly(TASK_ID);
	}

	@Test
	void refusedTaskIsSentAgainByAFurtherCall() {
		try (TasksServer server = TasksServer.start((exchange) -> {
			if (exchange.number() == 1) {
				exchange.connection().json(422, "{}");
			}
			else {
				exchange.answer();
			}
		})) {
			with(server, (client) -> {
				Mono<TaskWithTurns> refused = client.run(TASK);
				assertThat(failure(refused)).isInstanceOf(UnprocessableContentException.class);
				assertThat(failure(refused)).isInstanceOf(UnprocessableContentException.class);
				assertThat(server.posts()).isEqualTo(1);
				assertThat(result(
						refused.onErrorResume(UnprocessableContentException.class, (failure) -> client.run(TASK)))
					.turns()).hasSize(1);
			});
			assertThat(server.posts()).isEqualTo(2);
		}
	}

	@Test
	void requestOfASubscriberThatLeftIsNotRepeatedBeforeItsTaskCanAppear() {
		AtomicBoolean shown = new AtomicBoolean();
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run(), (exchange) -> {
			if (shown.get()) {
				exchange.answer();
			}
			else {
				exchange.connection().json(404, "{}");
			}
		}).runTime(Duration.ZERO)) {
			with(server, (client) -> {
				Disposable first = client.run(TASK).subscribe();
				await().atMost(PATIENCE).until(() -> server.posts() == 1 && !server.taskIds().isEmpty());
				first.dispose();
				Mono<TaskWithTurns> second = client.run(TASK).cache();
				second.subscribe();
				await().atMost(PATIENCE).until(() -> server.lookUps() > 2);
				shown.set(true);
				assertThat(result(second).turns()).hasSize(1);
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void lostRequestIsSentAgainByAFurtherCallAloneAndOnlyAfterTheGrace() {
		try (TasksServer server = TasksServer.start((exchange) -> {
			if (exchange.number() == 1) {
				exchange.connection().reset();
			}
			else {
				exchange.answer();
			}
		})) {
			with(server, (client) -> {
				Mono<TaskWithTurns> lost = client.run(TASK);
				assertThat(failure(lost)).isInstanceOf(OutcomeUnknownException.class);
				assertThat(failure(lost)).isInstanceOf(OutcomeUnknownException.class);
				assertThat(server.posts()).isEqualTo(1);
				assertThat(result(client.run(TASK)).turns()).hasSize(1);
			});
			assertThat(server.posts()).isEqualTo(2);
		}
	}

	@Test
	void taskThatAnotherProcessHasSentMeanwhileIsJoined() {
		try (TasksServer server = TasksServer.start((exchange) -> {
			exchange.run();
			exchange.connection().json(409, Json.error("The task exists."));
		}).runTime(Duration.ofMillis(300))) {
			with(server, (client) -> assertThat(result(client.run(TASK)).turns()).hasSize(1));
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void taskThatAnotherProcessHasSentDuringARateLimitIsJoined() {
		try (TasksServer server = TasksServer.start((exchange) -> {
			exchange.run();
			exchange.connection().json(429, "{}", "Retry-After: 0");
		}).runTime(Duration.ZERO)) {
			with(server, (client) -> assertThat(result(client.run(TASK)).turns()).hasSize(1),
					"handinger.retry.max-attempts=1");
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void taskThatAnotherProcessHasSentBeforeARetryIsJoined() {
		AtomicBoolean refusing = new AtomicBoolean(true);
		try (TasksServer server = TasksServer.start(Exchange::answer, (exchange) -> {
			if (refusing.get()) {
				exchange.connection().json(404, "{}");
			}
			else {
				exchange.answer();
			}
		}).withTask(TASK_ID, 1)) {
			AtomicBoolean unreachable = new AtomicBoolean(true);
			TasksClient.application(HttpStack.REACTOR_EPOLL, server.url(), "handinger.retry.max-attempts=1")
				.withBean(WebClientCustomizer.class, () -> (webClient) -> webClient.filter((request, next) -> {
					boolean fails = request.method() == HttpMethod.POST && unreachable.get();
					return fails ? Mono.error(new ConnectException("unreachable")) : next.exchange(request);
				}))
				.run((context) -> {
					Mono<TaskWithTurns> run = context.getBean(HandingerTasksClient.class).run(TASK);
					assertThat(failure(run)).hasStackTraceContaining("unreachable");
					refusing.set(false);
					unreachable.set(false);
					assertThat(result(run).turns()).hasSize(1);
				});
			assertThat(server.posts()).isZero();
		}
	}

	@Test
	void runsOfOtherKeysAreApart() {
		try (TasksServer server = TasksServer.start()) {
			with(server, (client) -> result(Mono.zip(client.run(TASK), client.run(TASK.withKey("order-43")))));
			assertThat(server.posts()).isEqualTo(2);
		}
	}

	@Test
	void rateLimitedTaskThatAnotherProcessHasSentMeanwhileIsJoined() {
		try (TasksServer server = TasksServer.start((exchange) -> {
			exchange.run();
			exchange.connection().json(429, "{}", "Retry-After: 0");
		}).runTime(Duration.ofMillis(300))) {
			with(server, (client) -> assertThat(result(client.run(TASK)).turns()).hasSize(1));
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void refusalIsNotReplayedToAFurtherCallWhenAnEarlierOneWasCancelled() {
		CountDownLatch cancelled = new CountDownLatch(1);
		try (TasksServer server = TasksServer.start((exchange) -> {
			if (exchange.number() == 1) {
				await().atMost(PATIENCE).until(() -> cancelled.getCount() == 0);
				exchange.connection().json(422, "{}");
			}
			else {
				exchange.answer();
			}
		})) {
			with(server, (client) -> {
				Disposable first = client.run(TASK).subscribe();
				Mono<TaskWithTurns> second = client.run(TASK).cache();
				second.subscribe((task) -> {
				}, (failure) -> {
				});
				await().atMost(PATIENCE).until(() -> server.posts() == 1);
				first.dispose();
				cancelled.countDown();
				assertThat(failure(second)).isInstanceOf(UnprocessableContentException.class);
				assertThat(result(client.run(TASK)).turns()).hasSize(1);
			}, "handinger.await.not-found-grace=5s");
			assertThat(server.posts()).isEqualTo(2);
		}
	}

	@Test
	void serverThatNamesTheTaskItselfIsReportedAndItsIdIsInTheHandle(CapturedOutput output) {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.connection()
			.json(200, Json.WORKER.replace("\"metadata\":{}", "\"metadata\":{\"taskId\":\"tsk_of_the_server\"}")))) {
			with(server, (client) -> assertThat(result(client.start(TASK)))
				.isEqualTo(new TaskHandle("tsk_of_the_server", 0)));
		}
		assertThat(output).containsOnlyOnce("Keys do not work with this server");
	}

	@Test
	void keyWhoseIdTheTaskHasIsTaken() {
		assertThat(CreateTask.of("x").withTaskId(TASK_ID).withKey("order-42").taskId()).isEqualTo(TASK_ID);
	}

}
