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

package com.handinger.spring.transport;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import org.springframework.core.io.buffer.DataBuffer;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A buffer is released once, also in an application that releases what is discarded, as
 * WebFlux does while it writes a response.
 */
class BufferOwnershipTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	@ParameterizedTest
	@CsvSource({ "200,16MB", "200,10B", "404,16MB", "500,16MB", "302,16MB" })
	void bufferThatIsReadIsNotDiscarded(int status, String maxResponseSize) {
		try (RawServer server = RawServer
			.start((request, connection, number) -> connection.json(status, Json.TASK_WITH_TURNS))) {
			TasksClient.with(HttpStack.REACTOR_EPOLL, server.url(), (client) -> {
				for (Mono<?> call : calls(client)) {
					List<DataBuffer> discarded = new CopyOnWriteArrayList<>();
					StepVerifier.create(call.doOnDiscard(DataBuffer.class, discarded::add).materialize())
						.expectNextCount(1)
						.expectComplete()
						.verify(PATIENCE);
					assertThat(discarded).isEmpty();
				}
			}, "handinger.max-response-size=" + maxResponseSize);
		}
	}

	private static List<Mono<?>> calls(HandingerTasksClient client) {
		return List.of(client.retrieve("tsk_1"), client.delete("tsk_1"), client.create(CreateTask.of("x")));
	}

}
