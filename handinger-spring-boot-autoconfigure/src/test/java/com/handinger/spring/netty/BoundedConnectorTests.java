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

import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.worker.Worker;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tasks that find no connection wait in line, whatever the HTTP library.
 */
class BoundedConnectorTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void tasksBeyondTheConnectionsWaitAndShortCallsDoNot(HttpStack stack) {
		try (RawServer server = RawServer.start((request, connection, number) -> {
			if (request.line().startsWith("POST")) {
				connection.awaitRelease();
			}
			connection.json(200, request.line().startsWith("POST") ? Json.WORKER : Json.TASK_WITH_TURNS);
		})) {
			TasksClient.with(stack, server.url(), (client) -> {
				Mono<List<Worker>> workers = Flux.range(0, 10)
					.flatMap((number) -> client.create(CreateTask.of("x")), 10)
					.collectList()
					.cache();
				workers.subscribe();
				await().atMost(PATIENCE).until(() -> server.count("POST") == 1);
				assertThat(client.retrieve("tsk_1").block(PATIENCE)).isNotNull();
				assertThat(server.count("POST")).isEqualTo(1);
				server.release();
				assertThat(workers.block(PATIENCE)).hasSize(10);
			}, "handinger.max-connections=1");
			assertThat(server.count("POST")).isEqualTo(10);
		}
	}

}
