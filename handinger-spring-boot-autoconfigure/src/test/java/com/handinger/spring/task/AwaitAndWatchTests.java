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
import java.util.function.Consumer;

import com.handinger.spring.http.AuthenticationException;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.Tasks;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.support.TasksServer.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import org.springframework.test.util.ReflectionTestUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

/**
 * Waiting for tasks that anybody has started.
 */
class AwaitAndWatchTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static void with(HttpStack stack, TasksServer server, Consumer<HandingerTasksClient> test,
			String... properties) {
		TasksClient
			.application(stack, server.url(), "handinger.await.initial-interval=20ms",
					"handinger.await.max-interval=40ms")
			.withPropertyValues(properties)
			.run((context) -> test.accept(context.getBean(HandingerTasksClient.class)));
	}

	private static void with(TasksServer server, Consumer<HandingerTasksClient> test, String... properties) {
		with(HttpStack.REACTOR_EPOLL, server, test, properties);
	}

	/**
	 * Start a server whose task shows one state after the other.
	 */
	private static TasksServer states(String... states) {
		return TasksServer.start(Exchange::answer, (exchange) -> {
			String state = states[Math.min(exchange.number(), states.length) - 1];
			switch (state) {
				case "reset" -> exchange.connection().reset();
				case "503", "429", "401", "404" -> exchange.connection().json(Integer.parseInt(state), "{}");
				default -> exchange.connection().json(200, Json.task("tsk_1", state, state.equals("pending") ? 0 : 1));
			}
		});
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void awaitGivesTheTaskAtItsEnd(HttpStack stack) {
		try (TasksServer server = states("pending", "running", "running", "completed")) {
			with(stack, server,
					(client) -> StepVerifier.create(client.await("tsk_1"))
						.assertNext((task) -> assertThat(task.task().status()).isEqualTo(TaskStatus.COMPLETED))
						.expectComplete()
						.verify(PATIENCE));
			assertThat(server.lookUps()).isEqualTo(4);
			assertThat(server.posts()).isZero();
		}
	}

	@Test
	void awaitOfATaskAtItsEndIsOneLookUp() {
		try (TasksServer server = states("completed")) {
			with(server,
					(client) -> StepVerifier.create(client.await("tsk_1"))
						.expectNextCount(1)
						.expectComplete()
						.verify(PATIENCE),
					"handinger.await.initial-interval=1h", "handinger.await.max-interval=1h");
			assertThat(server.lookUps()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "error", "aborted" })
	void awaitOfABadEndIsAnErrorWithTheTask(String status) {
		try (TasksServer server = states("running", status)) {
			with(server, (client) -> StepVerifier.create(client.await("tsk_1"))
				.expectErrorSatisfies((error) -> assertThat(error).isInstanceOfSatisfying(TaskFailedException.class,
						(failed) -> assertThat(failed.task().task().status().name()).isEqualToIgnoringCase(status)))
				.verify(PATIENCE));
		}
	}

	@Test
	void unknownIdIsAnErrorAtOnce() {
		try (TasksServer server = TasksServer.start()) {
			with(server, (client) -> {
				StepVerifier.create(client.await("tsk_unknown")).expectError(NotFoundException.class).verify(PATIENCE);
				StepVerifier.create(client.watch("tsk_unknown")).expectError(NotFoundException.class).verify(PATIENCE);
			});
			assertThat(server.lookUps()).isEqualTo(2);
		}
	}

	@Test
	void outageIsWaitedThrough() {
		try (TasksServer server = states("reset", "503", "503", "503", "503", "429", "reset", "running", "503",
				"completed")) {
			with(server,
					(client) -> StepVerifier.create(client.await("tsk_1"))
						.expectNextCount(1)
						.expectComplete()
						.verify(PATIENCE));
			assertThat(server.lookUps()).isEqualTo(10);
		}
	}

	@Test
	void otherTaskThatIsShownIsRefused() {
		try (TasksServer server = TasksServer.start(Exchange::answer, (exchange) -> exchange.connection()
			.json(200, Json.task((exchange.number() < 3) ? "tsk_2" : "tsk_1", "completed", 1)))) {
			with(server,
					(client) -> StepVerifier.create(client.await("tsk_1").concatWith(client.watch("tsk_1")))
						.assertNext((task) -> assertThat(task.task().id()).isEqualTo("tsk_1"))
						.assertNext((task) -> assertThat(task.task().id()).isEqualTo("tsk_1"))
						.expectComplete()
						.verify(PATIENCE));
			assertThat(server.lookUps()).isEqualTo(4);
		}
	}

	@Test
	void keyThatIsRefusedEndsTheWait() {
		try (TasksServer server = states("running", "401")) {
			with(server,
					(client) -> StepVerifier.create(client.await("tsk_1"))
						.expectError(AuthenticationException.class)
						.verify(PATIENCE));
		}
	}

	@Test
	void emptyIdIsRefusedBeforeAnythingIsSent() {
		try (TasksServer server = TasksServer.start()) {
			with(server, (client) -> {
				assertThatIllegalArgumentException().isThrownBy(() -> client.await(" "))
					.withMessageContaining("taskId");
				assertThatIllegalArgumentException().isThrownBy(() -> client.watch("a\nb"))
					.withMessageContaining("taskId");
			});
			assertThat(server.lookUps()).isZero();
		}
	}

	@Test
	void watchGivesEachStateThatDiffersFromTheOneBefore() {
		try (TasksServer server = states("pending", "pending", "running", "503", "running", "running", "completed")) {
			with(server,
					(client) -> StepVerifier.create(client.watch("tsk_1").map((task) -> task.task().status()))
						.expectNext(TaskStatus.PENDING, TaskStatus.RUNNING, TaskStatus.COMPLETED)
						.expectComplete()
						.verify(PATIENCE));
		}
	}

	@Test
	void watchShowsABadEndAndCompletes() {
		try (TasksServer server = states("running", "error")) {
			with(server,
					(client) -> StepVerifier.create(client.watch("tsk_1").map((task) -> task.task().status()))
						.expectNext(TaskStatus.RUNNING, TaskStatus.ERROR)
						.expectComplete()
						.verify(PATIENCE));
		}
	}

	@Test
	void slowSubscriberMissesStatesAndNeverTheLast() {
		try (TasksServer server = states("pending", "running", "pending", "running", "completed")) {
			with(server,
					(client) -> StepVerifier.create(client.watch("tsk_1").map((task) -> task.task().status()), 1)
						.expectNext(TaskStatus.PENDING)
						.then(() -> await().atMost(PATIENCE).until(() -> server.lookUps() >= 5))
						.thenAwait(Duration.ofMillis(100))
						.thenRequest(1)
						.expectNext(TaskStatus.COMPLETED)
						.expectComplete()
						.verify(PATIENCE));
		}
	}

	@Test
	void cancellingEndsTheLookUps() {
		try (TasksServer server = states("running")) {
			with(server, (client) -> {
				List<TaskWithTurns> states = new CopyOnWriteArrayList<>();
				Flux<TaskWithTurns> watch = client.watch("tsk_1").doOnNext(states::add);
				StepVerifier.create(watch)
					.expectNextCount(1)
					.then(() -> await().atMost(PATIENCE).until(() -> server.lookUps() > 3))
					.thenCancel()
					.verify(PATIENCE);
				int lookUps = server.lookUps();
				await().atMost(PATIENCE).during(Duration.ofMillis(300)).until(() -> server.lookUps() <= lookUps + 1);
				assertThat(states).hasSize(1);
			});
		}
	}

	@Test
	void taskThatTheApplicationHearsOfEndsTheWaitAtOnce() {
		try (TasksServer server = states("running")) {
			with(server, (client) -> {
				TaskWaiters taskWaiters = waiters(client);
				TaskWithTurns finished = Tasks.task("tsk_1", TaskStatus.COMPLETED);
				StepVerifier.create(client.await("tsk_1"))
					.then(() -> await().atMost(PATIENCE).until(() -> server.lookUps() == 1))
					.then(() -> taskWaiters.publish(finished))
					.expectNext(finished)
					.expectComplete()
					.verify(PATIENCE);
				StepVerifier.create(client.watch("tsk_1"))
					.expectNextCount(1)
					.then(() -> taskWaiters.publish(finished))
					.expectNext(finished)
					.expectComplete()
					.verify(PATIENCE);
			}, "handinger.await.initial-interval=1h", "handinger.await.max-interval=1h");
		}
	}

	private static TaskWaiters waiters(HandingerTasksClient client) {
		RunEnvironment environment = (RunEnvironment) ReflectionTestUtils.getField(client, "environment");
		assertThat(environment).isNotNull();
		return environment.waiters();
	}

}
