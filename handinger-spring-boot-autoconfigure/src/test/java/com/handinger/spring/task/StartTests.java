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

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import com.handinger.spring.http.AuthenticationException;
import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.http.PermissionDeniedException;
import com.handinger.spring.http.UnprocessableContentException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.support.TasksServer.Exchange;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

/**
 * A task that is started runs on without its subscriber, and its handle finds its end.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartTests {

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	private static final CreateTask TASK = CreateTask.of("What's the weather?");

	private static final String[] LATE_POLLS = { "handinger.await.initial-interval=1h",
			"handinger.await.max-interval=1h" };

	private final MeterRegistry meters = new SimpleMeterRegistry();

	private ApplicationContextRunner application(TasksServer server, String... properties) {
		return TasksClient
			.application(HttpStack.REACTOR_EPOLL, server.url(), "handinger.await.initial-interval=50ms",
					"handinger.await.max-interval=100ms", "handinger.await.not-found-grace=700ms")
			.withPropertyValues(properties)
			.withBean(MeterRegistry.class, () -> this.meters);
	}

	private void with(TasksServer server, Consumer<HandingerTasksClient> test, String... properties) {
		application(server, properties).run((context) -> test.accept(context.getBean(HandingerTasksClient.class)));
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

	/**
	 * A run is counted when its end is found.
	 */
	private void awaitCountedRun() {
		await().atMost(PATIENCE).until(() -> this.meters.find("handinger.task.credits").summary() != null);
	}

	@Test
	void handleIsThereWhileTheTaskRuns() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run()).runTime(Duration.ofSeconds(2))) {
			with(server, (client) -> {
				TaskHandle handle = result(client.start(TASK));
				assertThat(server.hasEnded(handle.taskId())).isFalse();
				assertThat(handle.turnsBefore()).isZero();
				assertThat(result(client.await(handle)).turns()).hasSize(1);
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void answerBeforeAnyPollGivesTheHandle() {
		try (TasksServer server = TasksServer.start().runTime(Duration.ZERO)) {
			with(server, (client) -> assertThat(result(client.start(TASK)).taskId()).isIn(server.taskIds()),
					LATE_POLLS);
		}
	}

	@Test
	void handleOfAFollowUpCountsTheTurnsBefore() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run())
			.withTask("tsk_old", 2)
			.lag(Duration.ofMillis(200))
			.runTime(Duration.ofMillis(600))) {
			with(server, (client) -> {
				TaskHandle handle = result(client.start(TASK.withTaskId("tsk_old")));
				assertThat(handle).isEqualTo(new TaskHandle("tsk_old", 2));
				assertThat(result(client.await(handle)).turns()).hasSize(3);
			});
		}
	}

	@Test
	void serverThatCountsATurnWhenItHasEndedShowsThatItRuns() {
		AtomicBoolean sent = new AtomicBoolean();
		try (TasksServer server = TasksServer.start((exchange) -> sent.set(true), (exchange) -> exchange.connection()
			.json(200, Json.task("tsk_old", sent.get() ? "running" : "completed", 2)))) {
			with(server, (client) -> assertThat(result(client.start(TASK.withTaskId("tsk_old"))))
				.isEqualTo(new TaskHandle("tsk_old", 2)));
		}
	}

	@Test
	void subscriberThatCancelsWithTheHandleDoesNotEndTheRun() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run()).runTime(Duration.ofMillis(600))) {
			with(server, (client) -> {
				assertThat(client.start(TASK).flux().take(1).blockLast(PATIENCE)).isNotNull();
				awaitCountedRun();
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void subscriberThatCancelsAfterTheHandleKeepsTheConnection() {
		try (TasksServer server = TasksServer.start().runTime(Duration.ofSeconds(1))) {
			with(server, (client) -> {
				Disposable subscriber = client.start(TASK).subscribe();
				await().atMost(PATIENCE).until(subscriber::isDisposed);
				subscriber.dispose();
				awaitCountedRun();
			}, "handinger.await.max-interval=30s");
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void subscriberThatCancelsBeforeTheHandleClosesTheConnection() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run()).runTime(Duration.ofMinutes(1))) {
			with(server, (client) -> {
				Mono<TaskHandle> start = client.start(TASK);
				Disposable subscriber = start.subscribe();
				await().atMost(PATIENCE).until(() -> server.posts() == 1 && !server.taskIds().isEmpty());
				subscriber.dispose();
				server.awaitClosed(PATIENCE);
				assertThat(result(start).taskId()).isEqualTo(server.taskIds().get(0));
			}, LATE_POLLS);
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void subscriberThatCancelsBeforeTheHandleLeavesTheOther() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run()).runTime(Duration.ofSeconds(1))) {
			with(server, (client) -> {
				Mono<TaskHandle> start = client.start(TASK);
				AtomicReference<TaskHandle> other = new AtomicReference<>();
				Disposable first = start.subscribe();
				start.subscribe(other::set);
				first.dispose();
				await().atMost(PATIENCE).until(() -> other.get() != null);
				awaitCountedRun();
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void secondSubscriberGetsTheSameHandleAtOnce() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run()).runTime(Duration.ofMinutes(1))) {
			with(server, (client) -> {
				Mono<TaskHandle> start = client.start(TASK);
				TaskHandle handle = result(start);
				int polls = server.lookUps();
				assertThat(result(start)).isEqualTo(handle);
				assertThat(server.lookUps()).isLessThanOrEqualTo(polls + 1);
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void refusalIsTheErrorOfRun() {
		try (TasksServer server = TasksServer
			.start((exchange) -> exchange.connection().json(422, Json.error("No such worker.")))) {
			with(server, (client) -> {
				Mono<TaskHandle> start = client.start(TASK.withTaskId("tsk_mine"));
				assertThat(failure(start)).isInstanceOf(UnprocessableContentException.class);
				assertThat(failure(start)).isInstanceOf(UnprocessableContentException.class);
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void rateLimitIsWaitedOut() {
		try (TasksServer server = TasksServer.start((exchange) -> {
			if (exchange.number() == 1) {
				exchange.connection().json(429, "{}", "Retry-After: 0");
			}
			else {
				exchange.answer();
			}
		})) {
			with(server, (client) -> assertThat(result(client.start(TASK)).taskId()).isIn(server.taskIds()));
			assertThat(server.posts()).isEqualTo(2);
		}
	}

	@Test
	void lostConnectionWithoutATraceIsAnUnknownOutcomeAndIsNotSentAgain() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.connection().reset())) {
			with(server, (client) -> {
				Mono<TaskHandle> start = client.start(TASK);
				assertThat(failure(start)).isInstanceOf(OutcomeUnknownException.class);
				assertThat(failure(start)).isInstanceOf(OutcomeUnknownException.class);
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void retryAfterALostConnectionFindsTheTask() {
		AtomicBoolean shown = new AtomicBoolean();
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().reset(), (exchange) -> {
			if (shown.get()) {
				exchange.answer();
			}
			else {
				exchange.connection().json(404, "{}");
			}
		})) {
			with(server, (client) -> {
				Mono<TaskHandle> start = client.start(TASK);
				assertThat(result(start.doOnError((failure) -> shown.set(true)).retry(1)).taskId())
					.isIn(server.taskIds());
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void requestThatNeverReachedTheServerIsSentByTheNextSubscriber() {
		try (TasksServer server = TasksServer.start()) {
			server.stop();
			with(server, (client) -> {
				Mono<TaskHandle> start = client.start(TASK);
				assertThat(failure(start)).isInstanceOf(HandingerConnectionException.class);
				server.restart();
				assertThat(result(start).taskId()).isIn(server.taskIds());
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void taskThatFailsAtOnceHasAHandle() {
		try (TasksServer server = TasksServer.start().runTime(Duration.ZERO).endStatus("error")) {
			with(server, (client) -> {
				TaskHandle handle = result(client.start(TASK));
				assertThat(failure(client.await(handle))).isInstanceOf(TaskFailedException.class);
			});
		}
	}

	@Test
	void serverThatTakesNoIdsTellsItInTheAnswer() {
		try (TasksServer server = withoutIds("\"metadata\":{\"taskId\":\"tsk_of_the_server\"}")) {
			with(server, (client) -> assertThat(result(client.start(TASK)))
				.isEqualTo(new TaskHandle("tsk_of_the_server", 0)));
		}
	}

	@Test
	void taskWhoseIdIsNeverToldHasNoHandle() {
		try (TasksServer server = withoutIds("\"metadata\":{}")) {
			with(server, (client) -> assertThat(failure(client.start(TASK))).isInstanceOf(OutcomeUnknownException.class)
				.hasMessageContaining("its id is not known"));
		}
	}

	private static TasksServer withoutIds(String metadata) {
		return TasksServer.start((exchange) -> {
			if (exchange.taskId() != null) {
				exchange.connection().json(400, "{}");
			}
			else {
				exchange.run().json(200, Json.WORKER.replace("\"metadata\":{}", metadata));
			}
		});
	}

	@Test
	void applicationThatEndsBeforeTheHandleIsAnError() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run()).runTime(Duration.ofMinutes(1))) {
			application(server, LATE_POLLS).run((context) -> {
				AtomicReference<Throwable> failure = new AtomicReference<>();
				context.getBean(HandingerTasksClient.class).start(TASK).subscribe((handle) -> {
				}, failure::set);
				await().atMost(PATIENCE).until(() -> server.posts() == 1);
				context.getSourceApplicationContext().close();
				assertThat(failure.get()).isInstanceOf(OutcomeUnknownException.class);
			});
		}
	}

	@Test
	void applicationThatEndsAfterTheHandleEndsTheRunSilently(CapturedOutput output) {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run()).runTime(Duration.ofMinutes(1))) {
			with(server, (client) -> result(client.start(TASK)));
			server.awaitClosed(PATIENCE);
		}
		assertThat(output).doesNotContain("ERROR").doesNotContain("OutcomeUnknown");
	}

	@Test
	void runOfThisProcessEndsTheWaitAtOnce() {
		try (TasksServer server = TasksServer.start().runTime(Duration.ofMillis(300))) {
			with(server, (client) -> {
				TaskHandle handle = new TaskHandle("tsk_mine", 0);
				AtomicReference<TaskWithTurns> end = new AtomicReference<>();
				Disposable started = client.start(TASK.withTaskId("tsk_mine")).subscribe();
				await().atMost(PATIENCE).until(() -> !server.taskIds().isEmpty());
				client.await(handle).subscribe(end::set);
				await().atMost(Duration.ofSeconds(5)).until(() -> end.get() != null);
				assertThat(started.isDisposed()).isTrue();
			}, LATE_POLLS);
		}
	}

	@Test
	void handleIsAwaitedByTheNextApplication() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run()).runTime(Duration.ofSeconds(1))) {
			List<String> handles = new CopyOnWriteArrayList<>();
			with(server, (client) -> handles.add(result(client.start(TASK)).toString()));
			with(server,
					(client) -> assertThat(result(client.await(TaskHandle.parse(handles.get(0)))).turns()).hasSize(1));
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void taskThatShowsWithinTheGraceIsAwaited() {
		try (TasksServer server = TasksServer.start(Exchange::answer, (exchange) -> {
			if (exchange.number() < 4) {
				exchange.connection().json(404, "{}");
			}
			else {
				exchange.answer();
			}
		}).withTask("tsk_1", 1)) {
			with(server, (client) -> assertThat(result(client.await(new TaskHandle("tsk_1", 0))).turns()).hasSize(1));
		}
	}

	@Test
	void taskThatIsMissingForTheGraceIsAnUnknownOutcome() {
		try (TasksServer server = TasksServer.start()) {
			with(server,
					(client) -> assertThat(failure(client.await(new TaskHandle("tsk_1", 0))))
						.isInstanceOf(OutcomeUnknownException.class)
						.hasMessageContaining("tsk_1~0"));
			assertThat(server.lookUps()).isGreaterThan(3);
		}
	}

	@Test
	void turnThatIsMissingForTheGraceIsAnUnknownOutcome() {
		try (TasksServer server = TasksServer.start().withTask("tsk_1", 2)) {
			with(server, (client) -> {
				assertThat(failure(client.await(new TaskHandle("tsk_1", 2))))
					.isInstanceOf(OutcomeUnknownException.class);
				assertThat(failure(client.watch(new TaskHandle("tsk_1", 2)).last()))
					.isInstanceOf(OutcomeUnknownException.class);
			});
		}
	}

	@Test
	void outageIsNotCountedAsMissing() {
		try (TasksServer server = TasksServer.start(Exchange::answer, (exchange) -> {
			if (exchange.number() < 12) {
				exchange.connection().json((exchange.number() % 3 == 0) ? 404 : 503, "{}");
			}
			else {
				exchange.answer();
			}
		}).withTask("tsk_1", 1)) {
			with(server, (client) -> assertThat(result(client.await(new TaskHandle("tsk_1", 0))).turns()).hasSize(1),
					"handinger.await.not-found-grace=300ms");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 401, 403 })
	void keyThatIsRefusedEndsTheWait(int status) {
		try (TasksServer server = TasksServer.start(Exchange::answer,
				(exchange) -> exchange.connection().json(status, "{}"))) {
			with(server, (client) -> assertThat(failure(client.await(new TaskHandle("tsk_1", 0))))
				.isInstanceOfAny(AuthenticationException.class, PermissionDeniedException.class));
		}
	}

	@Test
	void watchOfAFollowUpDoesNotShowTheEndBefore() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run())
			.withTask("tsk_old", 2)
			.lag(Duration.ofMillis(200))
			.runTime(Duration.ofMillis(600))) {
			with(server, (client) -> {
				client.run(TASK.withTaskId("tsk_old")).subscribe();
				await().atMost(PATIENCE).until(() -> server.turns("tsk_old") == 3);
				List<TaskWithTurns> states = result(client.watch(new TaskHandle("tsk_old", 2)).collectList());
				assertThat(states).filteredOn((state) -> state.task().hasEnded())
					.singleElement()
					.satisfies((end) -> assertThat(end.turns()).hasSize(3));
			});
		}
	}

	@Test
	void followShowsTheStatesAndTheEnd() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run()).runTime(Duration.ofMillis(500))) {
			with(server,
					(client) -> assertThat(result(client.follow(TASK).collectList()))
						.extracting((state) -> state.task().status())
						.containsExactly(TaskStatus.RUNNING, TaskStatus.COMPLETED));
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void followShowsABadEndAndCompletes() {
		try (TasksServer server = TasksServer.start().endStatus("aborted").runTime(Duration.ofMillis(300))) {
			with(server, (client) -> assertThat(result(client.follow(TASK).last()).task().status())
				.isEqualTo(TaskStatus.ABORTED));
		}
	}

	@Test
	void followOfAFollowUpDoesNotShowTheEndBefore() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run())
			.withTask("tsk_old", 2)
			.lag(Duration.ofMillis(200))
			.runTime(Duration.ofMillis(600))) {
			with(server,
					(client) -> assertThat(result(client.follow(TASK.withTaskId("tsk_old")).collectList()))
						.extracting((state) -> state.task().status(), (state) -> state.turns().size())
						.containsExactly(tuple(TaskStatus.RUNNING, 3), tuple(TaskStatus.COMPLETED, 3)));
		}
	}

	@Test
	void followOfARefusedTaskIsAnError() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.connection().json(422, "{}"))) {
			with(server, (client) -> assertThat(failure(client.follow(TASK.withTaskId("tsk_mine")).last()))
				.isInstanceOf(UnprocessableContentException.class));
		}
	}

	@Test
	void followThatIsCancelledClosesTheConnection() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run()).runTime(Duration.ofMinutes(1))) {
			with(server, (client) -> {
				assertThat(client.follow(TASK).blockFirst(PATIENCE)).isNotNull();
				server.awaitClosed(PATIENCE);
			});
		}
	}

	@Test
	void secondFollowerSeesTheEndOfTheSameTask() {
		try (TasksServer server = TasksServer.start().runTime(Duration.ofMillis(300))) {
			with(server, (client) -> {
				Flux<TaskWithTurns> states = client.follow(TASK);
				TaskWithTurns first = result(states.last());
				assertThat(states.collectList().block(PATIENCE)).containsExactly(first);
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void followUpThatIsNotSentYetDoesNotEndWithTheTurnOfAnother() {
		try (TasksServer server = TasksServer.start((exchange) -> {
			if (exchange.number() == 1) {
				exchange.connection().json(429, "{}", "Retry-After: 3");
			}
			else {
				exchange.run();
			}
		}).withTask("tsk_old", 1).runTime(Duration.ofMillis(300))) {
			with(server, (client) -> {
				CreateTask followUp = TASK.withTaskId("tsk_old");
				Mono<TaskWithTurns> limited = client.run(followUp).cache();
				limited.subscribe();
				await().atMost(PATIENCE).until(() -> server.posts() == 1);
				assertThat(result(client.run(followUp)).turns()).hasSize(2);
				assertThat(result(limited).turns()).hasSize(3);
			});
			assertThat(server.posts()).isEqualTo(3);
		}
	}

	@Test
	void followUpCountsTheTurnsAgainAfterARateLimit() {
		try (TasksServer server = TasksServer.start((exchange) -> {
			if (exchange.number() == 1) {
				exchange.run().json(429, "{}", "Retry-After: 0");
			}
			else {
				exchange.run();
			}
		}).withTask("tsk_old", 1).runTime(Duration.ofMillis(300))) {
			with(server, (client) -> assertThat(result(client.start(TASK.withTaskId("tsk_old"))))
				.isEqualTo(new TaskHandle("tsk_old", 2)), "handinger.retry.max-attempts=1");
		}
	}

	@Test
	void runThatCannotBePolledAfterTheHandleIsReported(CapturedOutput output) {
		AtomicBoolean refused = new AtomicBoolean();
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run(), (exchange) -> {
			if (refused.get()) {
				exchange.connection().json(401, "{}");
			}
			else {
				exchange.answer();
			}
		}).runTime(Duration.ofMinutes(1))) {
			with(server, (client) -> {
				TaskHandle handle = result(client.start(TASK));
				assertThat(output).doesNotContain(handle.toString());
				refused.set(true);
				await().atMost(PATIENCE)
					.untilAsserted(() -> assertThat(output).containsOnlyOnce("WARN").contains(handle.toString()));
			});
		}
	}

}
