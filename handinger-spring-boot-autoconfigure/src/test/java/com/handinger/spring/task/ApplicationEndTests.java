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
import java.util.function.Consumer;

import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.support.TasksServer.Exchange;
import com.handinger.spring.support.Timers;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * When the application ends, nobody is left waiting, and nothing is left behind.
 */
class ApplicationEndTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final CreateTask TASK = CreateTask.of("What's the weather?");

	private static TasksServer server() {
		return TasksServer.start(Exchange::run).runTime(Duration.ofHours(1));
	}

	private static void with(HttpStack stack, TasksServer server, Consumer<Application> test, String... properties) {
		TasksClient
			.application(stack, server.url(), "handinger.await.initial-interval=50ms",
					"handinger.await.max-interval=100ms")
			.withPropertyValues(properties)
			.run((context) -> test.accept(new Application(context)));
	}

	private static void with(TasksServer server, Consumer<Application> test, String... properties) {
		with(HttpStack.REACTOR_EPOLL, server, test, properties);
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void whoWaitsForATaskIsToldThatItGoesOn(HttpStack stack) {
		try (TasksServer server = server()) {
			with(stack, server, (application) -> {
				Mono<Throwable> run = application.failure(application.client.run(TASK.withTaskId("tsk_mine")));
				await().atMost(PATIENCE).until(() -> server.posts() == 1);
				Mono<Throwable> awaiting = application.failure(application.client.await("tsk_mine"));
				Mono<Throwable> watching = application.failure(application.client.watch("tsk_mine"));
				await().atMost(PATIENCE).until(() -> server.lookUps() > 3);
				application.end();
				assertThat(run.block(PATIENCE)).isInstanceOf(OutcomeUnknownException.class)
					.hasMessageContainingAll("application ended", "do not send it again", "tsk_mine");
				assertThat(List.of(awaiting.block(PATIENCE), watching.block(PATIENCE)))
					.allSatisfy((failure) -> assertThat(failure).isInstanceOf(HandingerConnectionException.class)
						.hasMessageContainingAll("application ended", "tsk_mine", "goes on"));
			});
		}
	}

	@Test
	void taskThatWasNotSentIsNotSentAnyMore() {
		try (TasksServer server = server()) {
			with(server, (application) -> {
				application.failure(application.client.run(TASK));
				await().atMost(PATIENCE).until(() -> server.posts() == 1);
				Mono<Throwable> queued = application.failure(application.client.run(TASK));
				Mono<Throwable> alsoQueued = application.failure(application.client.create(TASK));
				application.end();
				assertThat(List.of(queued.block(PATIENCE), alsoQueued.block(PATIENCE))).allSatisfy(
						(failure) -> assertThat(failure).isInstanceOfSatisfying(HandingerConnectionException.class,
								(unsent) -> assertThat(unsent.mayHaveReached()).isFalse()));
				assertThat(server.posts()).isEqualTo(1);
			}, "handinger.max-connections=1");
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "JDK")
	void connectionsAreClosed(HttpStack stack) {
		try (TasksServer server = TasksServer.start(Exchange::run, Exchange::run)) {
			with(stack, server, (application) -> {
				Mono<Throwable> create = application.failure(application.client.create(TASK.withTaskId("tsk_mine")));
				Mono<Throwable> retrieve = application.failure(application.client.retrieve("tsk_mine"));
				await().atMost(PATIENCE).until(() -> server.posts() + server.lookUps() == 2);
				application.end();
				assertThat(create.block(PATIENCE)).isInstanceOfSatisfying(OutcomeUnknownException.class,
						(unknown) -> assertThat(unknown.taskId()).isEqualTo("tsk_mine"));
				assertThat(retrieve.block(PATIENCE)).isInstanceOf(HandingerConnectionException.class);
				await().atMost(PATIENCE).until(() -> server.openConnections() == 0);
			});
		}
	}

	@ParameterizedTest
	@EnumSource(mode = Mode.EXCLUDE, names = "JDK")
	void nothingIsLeftBehind(HttpStack stack) {
		try (Timers timers = new Timers(); TasksServer server = server()) {
			with(stack, server, (application) -> {
				Flux.range(0, 20).subscribe((i) -> application.failure(application.client.run(TASK)));
				await().atMost(PATIENCE).until(() -> server.posts() == 20 && server.lookUps() > 20);
				application.failure(application.client.await(server.taskIds().get(0)));
				application.end();
				await().atMost(PATIENCE).until(() -> server.openConnections() == 0);
				await().atMost(PATIENCE).until(() -> timers.count() == 0);
				int lookUps = server.lookUps();
				await().atMost(PATIENCE).during(Duration.ofMillis(300)).until(() -> server.lookUps() == lookUps);
			});
		}
	}

	@Test
	void callAfterTheEndIsAnErrorAndSendsNothing() {
		try (Timers timers = new Timers(); TasksServer server = server()) {
			with(server, (application) -> {
				application.end();
				HandingerTasksClient client = application.client;
				Mono<List<Throwable>> failures = Flux
					.merge(application.failure(client.create(TASK)), application.failure(client.run(TASK)),
							application.failure(client.await("tsk_1")), application.failure(client.retrieve("tsk_1")))
					.collectList();
				assertThat(failures.block(PATIENCE)).hasSize(4)
					.allSatisfy((failure) -> assertThat(failure).isInstanceOf(HandingerException.class)
						.hasMessageContaining("application end"));
				assertThat(server.openConnections()).isZero();
				await().atMost(PATIENCE).until(() -> timers.count() == 0);
			});
		}
	}

	@Test
	void retryWithoutAPauseDoesNotKeepTheApplicationFromItsEnd() {
		try (TasksServer server = server()) {
			with(server, (application) -> {
				Sinks.Empty<Void> enough = Sinks.empty();
				application.failure(application.client.run(TASK).retry().takeUntilOther(enough.asMono()));
				application.failure(application.client.watch("tsk_1").retry().takeUntilOther(enough.asMono()));
				await().atMost(PATIENCE).until(() -> server.posts() == 1);
				application.end();
				enough.tryEmitEmpty();
			}, "handinger.await.not-found-grace=1h");
		}
	}

	@Test
	void runIsWaitedForAgainByTheNextApplication() {
		try (TasksServer server = TasksServer.start(Exchange::run).runTime(Duration.ofSeconds(1))) {
			with(server, (application) -> {
				Mono<Throwable> run = application.failure(application.client.run(TASK));
				await().atMost(PATIENCE).until(() -> server.posts() == 1);
				application.end();
				HandingerException failure = (HandingerException) run.block(PATIENCE);
				assertThat(failure).isNotNull();
				String taskId = String.valueOf(failure.taskId());
				with(server, (next) -> assertThat(next.client.await(taskId).block(PATIENCE)).isNotNull());
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	/**
	 * An application that can be ended.
	 */
	private static final class Application {

		private final AssertableApplicationContext context;

		private final HandingerTasksClient client;

		Application(AssertableApplicationContext context) {
			this.context = context;
			this.client = context.getBean(HandingerTasksClient.class);
		}

		void end() {
			this.context.getSourceApplicationContext(ConfigurableApplicationContext.class).close();
		}

		/**
		 * Subscribe now, and return the failure when it comes.
		 */
		Mono<Throwable> failure(Publisher<?> call) {
			Mono<Throwable> failure = Flux.from(call)
				.ignoreElements()
				.materialize()
				.mapNotNull((signal) -> signal.getThrowable())
				.cache();
			failure.subscribe();
			return failure;
		}

	}

}
