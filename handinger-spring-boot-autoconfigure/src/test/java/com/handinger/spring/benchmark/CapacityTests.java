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

package com.handinger.spring.benchmark;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.handinger.spring.benchmark.BenchmarkServer.Counts;
import com.handinger.spring.benchmark.BenchmarkServer.Question;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.ServerKeys;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Ten thousand tasks wait at once with the default properties.
 */
@Tag("slow")
class CapacityTests {

	private static final int TASKS = 10_000;

	private static final Duration PATIENCE = Duration.ofMinutes(3);

	private static final CreateTask TASK = CreateTask.of("What's the weather? [delay=30s]");

	@TempDir
	static Path directory;

	private static ServerKeys keys;

	private static ChildJvm server;

	@BeforeAll
	static void startServer() throws Exception {
		keys = ServerKeys.create(directory);
		server = ChildJvm.start(BenchmarkServer.class, List.of("-Xmx1g"), keys.keyStore().toString());
	}

	@AfterAll
	static void stopServer() {
		server.close();
	}

	@BeforeEach
	void countFromZero() {
		await().atMost(PATIENCE).until(() -> count(false).connections() == 0);
		count(true);
	}

	private static Counts count(boolean fromNowOn) {
		return server.ask(new Question(fromNowOn), Counts.class);
	}

	private static void with(String baseUrl, Consumer<HandingerTasksClient> test) {
		TasksClient.application(HttpStack.REACTOR_EPOLL, baseUrl, "handinger.ssl.bundle=handinger")
			.withPropertyValues(keys.trust())
			.run((context) -> test.accept(context.getBean(HandingerTasksClient.class)));
	}

	private static String plainUrl() {
		return "http://localhost:" + count(false).port();
	}

	private static String secureUrl() {
		return "https://localhost:" + count(false).tlsPort();
	}

	/**
	 * Start tasks, look one up while they all wait, and get their results.
	 */
	private static void allWaitAtOnce(HandingerTasksClient client, List<Mono<?>> tasks) {
		Mono<Long> results = Flux.fromIterable(tasks).flatMap((task) -> task, tasks.size()).count().cache();
		results.subscribe();
		await().atMost(PATIENCE).until(() -> count(false).posts() == tasks.size());
		StepVerifier.create(client.retrieve("tsk_that_does_not_exist"))
			.expectError(NotFoundException.class)
			.verify(Duration.ofMinutes(2));
		assertThat(results.block(PATIENCE)).isEqualTo(tasks.size());
		assertThat(count(false).posts()).isEqualTo(tasks.size());
	}

	private static Stream<Mono<?>> creates(HandingerTasksClient client) {
		return Stream.<Mono<?>>generate(() -> client.create(TASK.withNewTaskId())).limit(TASKS);
	}

	private static Stream<Mono<?>> runs(HandingerTasksClient client) {
		return Stream.<Mono<?>>generate(() -> client.run(TASK)).limit(TASKS);
	}

	@Test
	void tenThousandCreatesWaitOverHttp11() {
		with(plainUrl(), (client) -> allWaitAtOnce(client, creates(client).toList()));
	}

	@Test
	void tenThousandRunsWaitOverHttp11() {
		with(plainUrl(), (client) -> allWaitAtOnce(client, runs(client).toList()));
	}

	@Test
	void tenThousandCreatesAndTenThousandRunsWaitOverHttp2() {
		with(secureUrl(), (client) -> allWaitAtOnce(client, Stream.concat(creates(client), runs(client)).toList()));
		assertThat(count(false).mostConnections()).isLessThan(300);
	}

}
