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

import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.http.UnprocessableContentException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.CreateTask;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Large answers are read, and too large ones are refused.
 */
class ResponseSizeTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static String worker(int messageLength) {
		return Json.WORKER.replace("\"messages\":[]",
				"\"messages\":[{\"text\":\"" + "m".repeat(messageLength) + "\"}]");
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void workerWithTenMebibytesOfMessagesIsRead(HttpStack stack) {
		String worker = worker(10 << 20);
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, worker))) {
			TasksClient.with(stack, server.url(), (client) -> StepVerifier.create(client.create(CreateTask.of("x")))
				.assertNext((read) -> assertThat(read.messages().get(0).toString()).hasSizeGreaterThan(10 << 20))
				.expectComplete()
				.verify(PATIENCE));
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void largerAnswerThanAllowedNamesTheProperty(HttpStack stack) {
		String worker = worker(20_000);
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, worker))) {
			TasksClient.with(stack, server.url(), (client) -> StepVerifier
				.create(client.create(CreateTask.of("x").withTaskId("tsk_1")))
				.expectErrorSatisfies((error) -> assertThat(error).isInstanceOf(UnexpectedResponseException.class)
					.hasMessageContaining("handinger.max-response-size (10240B)")
					.hasMessageContaining("do not send it again")
					.hasMessageContaining("tsk_1"))
				.verify(PATIENCE), "handinger.max-response-size=10KB");
			assertThat(server.requests()).hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void errorBodyWithoutAnEndIsNotWaitedFor(HttpStack stack) {
		String megabyte = "x".repeat(1 << 20);
		try (RawServer server = RawServer.start((request, connection, number) -> {
			connection.write("HTTP/1.1 422 No\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n");
			while (true) {
				connection.write(Integer.toHexString(megabyte.length()) + "\r\n" + megabyte + "\r\n");
			}
		})) {
			TasksClient.with(stack, server.url(),
					(client) -> StepVerifier.create(client.create(CreateTask.of("x")))
						.expectError(UnprocessableContentException.class)
						.verify(PATIENCE));
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void errorBodyThatFallsSilentIsNotWaitedFor(HttpStack stack) {
		try (RawServer server = RawServer.start((request, connection, number) -> connection
			.write("HTTP/1.1 422 No\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{\"error\":"))) {
			TasksClient.with(stack, server.url(),
					(client) -> StepVerifier.create(client.create(CreateTask.of("x")))
						.expectError(UnprocessableContentException.class)
						.verify(PATIENCE),
					"handinger.read-timeout=300ms");
		}
	}

}
