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
import java.util.concurrent.atomic.AtomicInteger;

import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.NettyServer;
import com.handinger.spring.support.NettyServer.Behaviour;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.worker.Worker;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Meters tell of the connections, and of the calls that wait for one.
 */
class ConnectionMetersTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static double value(MeterRegistry registry, String state, String pool) {
		return registry.get("handinger.connections." + state).tag("pool", pool).gauge().value();
	}

	@ParameterizedTest
	@CsvSource({ "false, 10, 9", "true, 150, 50" })
	void tasksThatWaitForAConnectionAreCounted(boolean http2, int tasks, int pending) {
		try (NettyServer server = NettyServer.plain(Behaviour.HOLD, HttpProtocol.H2C, HttpProtocol.HTTP11)) {
			TasksClient
				.application(HttpStack.REACTOR_EPOLL, server.url(), "handinger.max-connections=1",
						"handinger.http2=" + http2)
				.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
				.run((context) -> {
					MeterRegistry registry = context.getBean(MeterRegistry.class);
					HandingerTasksClient client = context.getBean(HandingerTasksClient.class);
					Mono<List<Worker>> answers = Flux.range(0, tasks)
						.flatMap((number) -> client.create(CreateTask.of("x")), tasks)
						.collectList()
						.cache();
					answers.subscribe();
					await().atMost(PATIENCE).until(() -> value(registry, "pending", "tasks") == pending);
					await().atMost(PATIENCE).until(() -> value(registry, "active", "tasks") == 1);
					assertThat(client.retrieve("tsk_1").block(PATIENCE)).isNotNull();
					assertThat(value(registry, "pending", "short-calls")).isZero();
					server.release();
					assertThat(answers.block(PATIENCE)).hasSize(tasks);
					await().atMost(PATIENCE).until(() -> value(registry, "pending", "tasks") == 0);
				});
		}
	}

	@Test
	void tasksThatWaitAreCountedWithAnotherHttpLibrary() {
		try (NettyServer server = NettyServer.plain(Behaviour.HOLD, HttpProtocol.HTTP11)) {
			TasksClient.application(HttpStack.JDK, server.url(), "handinger.max-connections=1")
				.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
				.run((context) -> {
					HandingerTasksClient client = context.getBean(HandingerTasksClient.class);
					Mono<List<Worker>> answers = Flux.range(0, 10)
						.flatMap((number) -> client.create(CreateTask.of("x")), 10)
						.collectList()
						.cache();
					answers.subscribe();
					MeterRegistry registry = context.getBean(MeterRegistry.class);
					await().atMost(PATIENCE).until(() -> value(registry, "pending", "tasks") == 9);
					server.release();
					assertThat(answers.block(PATIENCE)).hasSize(10);
					assertThat(value(registry, "pending", "tasks")).isZero();
				});
		}
	}

	@Test
	void shortCallDoesNotQueueBehindLookUps() {
		AtomicInteger lookUps = new AtomicInteger();
		Behaviour behaviour = (request, response, server) -> request.uri().endsWith("tsk_1")
				? response.header("Content-Type", "application/json")
					.sendString(Mono.just(Json.task("tsk_1", "running", 1)))
				: Mono.fromRunnable(lookUps::incrementAndGet).then(Mono.never());
		try (NettyServer server = NettyServer.plain(behaviour, HttpProtocol.HTTP11)) {
			TasksClient.application(HttpStack.REACTOR_EPOLL, server.url()).run((context) -> {
				HandingerTasksClient client = context.getBean(HandingerTasksClient.class);
				Disposable waiting = Flux.range(0, 600)
					.flatMap((number) -> client.await("tsk_silent_" + number), 600)
					.subscribe();
				await().atMost(PATIENCE).until(() -> lookUps.get() == 500);
				assertThat(client.retrieve("tsk_1").block(PATIENCE)).isNotNull();
				waiting.dispose();
			});
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void taskThatIsCancelledWhileItWaitsForAConnectionIsNeitherSentNorWaitedFor(boolean http2) {
		Behaviour answerAfterTheFirst = (request, response,
				server) -> ((server.posts(http2 ? 2 : 1) == 1) ? Behaviour.HOLD : Behaviour.ANSWER).answer(request,
						response, server);
		try (NettyServer server = http2 ? NettyServer.plainWithStreams(answerAfterTheFirst, 1)
				: NettyServer.plain(answerAfterTheFirst, HttpProtocol.HTTP11)) {
			TasksClient
				.application(HttpStack.REACTOR_EPOLL, server.url(), "handinger.max-connections=1",
						"handinger.http2=" + http2)
				.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
				.run((context) -> {
					MeterRegistry registry = context.getBean(MeterRegistry.class);
					HandingerTasksClient client = context.getBean(HandingerTasksClient.class);
					Mono<Worker> first = client.create(CreateTask.of("first")).cache();
					first.subscribe();
					await().atMost(PATIENCE).until(() -> server.posts(http2 ? 2 : 1) == 1);
					Disposable second = client.create(CreateTask.of("second")).subscribe();
					assertThat(value(registry, "pending", "tasks")).isEqualTo(1);
					second.dispose();
					assertThat(value(registry, "pending", "tasks")).isZero();
					server.release();
					assertThat(first.block(PATIENCE)).isNotNull();
					assertThat(client.create(CreateTask.of("third")).block(PATIENCE)).isNotNull();
					assertThat(server.posts(http2 ? 2 : 1)).isEqualTo(2);
					assertThat(server.connections()).isEqualTo(1);
				});
		}
	}

}
