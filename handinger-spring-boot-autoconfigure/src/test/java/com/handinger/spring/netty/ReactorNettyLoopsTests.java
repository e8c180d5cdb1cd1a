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

package com.handinger.spring.netty;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.support.TasksServer.Exchange;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskWithTurns;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.NonBlocking;
import reactor.netty.resources.LoopResources;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.client.ReactorResourceFactory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Each application has event loops of its own, unless it brings others.
 */
class ReactorNettyLoopsTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final Set<Thread> threadsBefore = Thread.getAllStackTraces().keySet();

	private static ApplicationContextRunner application(String url) {
		return TasksClient.application()
			.withPropertyValues("handinger.api-key=" + TasksClient.API_KEY, "handinger.base-url=" + url,
					"handinger.await.initial-interval=50ms", "handinger.await.max-interval=100ms");
	}

	/**
	 * The names of the event loop threads that have begun since the test did.
	 */
	private List<String> eventLoops(String prefix) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread instanceof NonBlocking && !this.threadsBefore.contains(thread))
			.map(Thread::getName)
			.filter((name) -> name.startsWith(prefix))
			.toList();
	}

	@Test
	void runSurvivesTheEndOfAnotherApplication() {
		AtomicBoolean otherHasEnded = new AtomicBoolean();
		try (TasksServer server = TasksServer.start(Exchange::run, (exchange) -> {
			if (otherHasEnded.get()) {
				exchange.answer();
			}
			else {
				exchange.connection().json(200, Json.task(String.valueOf(exchange.taskId()), "running", 1));
			}
		}).runTime(Duration.ZERO)) {
			application(server.url()).run((context) -> {
				Mono<TaskWithTurns> run = context.getBean(HandingerTasksClient.class).run(CreateTask.of("x")).cache();
				application(server.url()).run((other) -> {
					assertThat(other.getBean(HandingerTasksClient.class).retrieve("tsk_1").block(PATIENCE)).isNotNull();
					run.subscribe();
					await().atMost(PATIENCE).until(() -> server.posts() == 1);
				});
				otherHasEnded.set(true);
				assertThat(run.block(PATIENCE)).isNotNull();
			});
		}
	}

	@Test
	void threadsEndWithTheApplication() {
		try (RawServer server = RawServer
			.start((request, connection, number) -> connection.json(200, Json.TASK_WITH_TURNS))) {
			application(server.url()).run((context) -> {
				assertThat(context.getBean(HandingerTasksClient.class).retrieve("tsk_1").block(PATIENCE)).isNotNull();
				assertThat(eventLoops("handinger-")).isNotEmpty();
			});
			await().atMost(PATIENCE).until(() -> eventLoops("handinger-").isEmpty());
		}
	}

	@Test
	void loopsOfTheApplicationAreUsed() {
		ReactorResourceFactory resources = new ReactorResourceFactory();
		resources.setUseGlobalResources(false);
		resources.setLoopResourcesSupplier(() -> LoopResources.create("loops-of-the-application"));
		try (RawServer server = RawServer
			.start((request, connection, number) -> connection.json(200, Json.TASK_WITH_TURNS))) {
			application(server.url()).withBean(ReactorResourceFactory.class, () -> resources).run((context) -> {
				assertThat(context.getBean(HandingerTasksClient.class).retrieve("tsk_1").block(PATIENCE)).isNotNull();
				assertThat(eventLoops("loops-of-the-application")).isNotEmpty();
				assertThat(eventLoops("handinger-")).isEmpty();
			});
		}
	}

}
