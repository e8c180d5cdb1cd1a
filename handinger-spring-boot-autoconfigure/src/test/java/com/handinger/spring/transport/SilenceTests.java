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
import java.util.stream.IntStream;

import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A task may take its time; nothing else may.
 */
@Tag("slow")
class SilenceTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static RawServer slowServer(Duration silence) {
		return RawServer.start((request, connection, number) -> {
			Mono.delay(silence).block();
			connection.json(200, Json.WORKER);
		});
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void createOutlastsEveryTimeoutThatIsNotItsOwn(HttpStack stack) {
		try (RawServer server = slowServer(Duration.ofSeconds(2))) {
			TasksClient.with(stack, server.url(),
					(client) -> StepVerifier.create(client.create(CreateTask.of("x")))
						.expectNextCount(1)
						.expectComplete()
						.verify(PATIENCE),
					"handinger.read-timeout=200ms", "handinger.connect-timeout=200ms",
					"spring.http.clients.read-timeout=200ms", "spring.http.clients.connect-timeout=200ms");
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void responsesThatSayThatThereIsMoreToComeAreNotTheAnswer(HttpStack stack) {
		try (RawServer server = RawServer.start((request, connection, number) -> {
			connection.write("HTTP/1.1 100 Continue\r\n\r\n");
			connection.write("HTTP/1.1 102 Processing\r\n\r\n");
			connection.write("HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\n\r\n");
			Mono.delay(Duration.ofMillis(200)).block();
			connection.write("HTTP/1.1 102 Processing\r\n\r\n");
			Mono.delay(Duration.ofMillis(200)).block();
			connection.json(200, Json.WORKER);
		})) {
			TasksClient.with(stack, server.url(),
					(client) -> StepVerifier.create(Mono.defer(() -> client.create(CreateTask.of("x"))).repeat(2))
						.expectNextCount(3)
						.expectComplete()
						.verify(PATIENCE));
			assertThat(server.requests()).hasSize(3);
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void createIsGivenUpAfterATimeoutOfItsOwn(HttpStack stack) {
		try (RawServer server = slowServer(Duration.ofSeconds(3))) {
			TasksClient.with(stack, server.url(),
					(client) -> StepVerifier.create(client.create(CreateTask.of("x").withTaskId("tsk_1")))
						.expectErrorSatisfies((error) -> assertThat(error).isInstanceOf(OutcomeUnknownException.class)
							.hasMessageContaining("no answer in time")
							.hasMessageContaining("tsk_1"))
						.verify(PATIENCE),
					"handinger.task-timeout=300ms");
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void retrieveIsGivenUpAfterTheReadTimeout(HttpStack stack) {
		try (RawServer server = RawServer.start((request, connection, number) -> {
		})) {
			TasksClient.with(stack, server.url(), (client) -> {
				Duration taken = StepVerifier.create(client.retrieve("tsk_1"))
					.expectErrorSatisfies((error) -> assertThat(error).isInstanceOf(HandingerConnectionException.class)
						.hasMessageContaining("no answer in time"))
					.verify(PATIENCE);
				assertThat(taken).isGreaterThanOrEqualTo(Duration.ofMillis(300));
			}, "handinger.read-timeout=300ms", "handinger.retry.max-attempts=1");
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void manyTasksThatWaitDoNotKeepAShortCallWaiting(HttpStack stack) {
		try (RawServer server = RawServer.start((request, connection, number) -> {
			if (request.line().startsWith("GET")) {
				connection.json(200, Json.TASK_WITH_TURNS);
			}
		})) {
			TasksClient.with(stack, server.url(), (client) -> {
				Mono<Void> tasks = Mono.when(waiting(client, 20));
				StepVerifier
					.create(tasks.as((waiting) -> Mono.firstWithSignal(waiting, client.retrieve("tsk_1").then())))
					.expectComplete()
					.verify(PATIENCE);
			}, "handinger.max-connections=1");
		}
	}

	private static Iterable<Mono<?>> waiting(HandingerTasksClient client, int count) {
		return IntStream.range(0, count).<Mono<?>>mapToObj((i) -> client.create(CreateTask.of("x"))).toList();
	}

}
