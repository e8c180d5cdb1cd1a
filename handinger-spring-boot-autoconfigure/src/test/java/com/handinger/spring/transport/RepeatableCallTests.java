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
import java.util.Arrays;
import java.util.stream.Stream;

import com.handinger.spring.autoconfigure.HandingerWebClientCustomizer;
import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.RateLimitedException;
import com.handinger.spring.http.ServerErrorException;
import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.HandingerTasksClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

import org.springframework.web.reactive.function.client.ExchangeFilterFunction;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls that may be repeated are repeated after failures that pass, and only then.
 */
class RepeatableCallTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	/**
	 * Failures that pass.
	 */
	enum Fault {

		RESET(HandingerConnectionException.class, (request, connection, number) -> connection.reset()),

		CLOSE(HandingerConnectionException.class, (request, connection, number) -> connection.close()),

		SILENCE(HandingerConnectionException.class, (request, connection, number) -> {
		}),

		SILENCE_IN_THE_BODY(UnexpectedResponseException.class,
				(request, connection, number) -> connection.write(
						"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"task\":")),

		CUT_BODY(UnexpectedResponseException.class, (request, connection, number) -> {
			connection
				.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"task\":");
			connection.close();
		}),

		BODY_WITHOUT_LENGTH_THAT_IS_CUT(UnexpectedResponseException.class, (request, connection, number) -> {
			connection
				.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{\"task\":");
			connection.close();
		}),

		EMPTY_BODY(UnexpectedResponseException.class, (request, connection, number) -> connection.json(200, "")),

		STATUS_408(ServerErrorException.class, (request, connection, number) -> connection.json(408, "{}")),

		STATUS_429(RateLimitedException.class, (request, connection, number) -> connection.json(429, "{}")),

		STATUS_500(ServerErrorException.class, (request, connection, number) -> connection.json(500, "{}")),

		STATUS_502(ServerErrorException.class, (request, connection, number) -> connection.json(502, "{}")),

		STATUS_503(ServerErrorException.class, (request, connection, number) -> connection.json(503, "{}")),

		STATUS_504(ServerErrorException.class, (request, connection, number) -> connection.json(504, "{}")),

		STATUS_599(ServerErrorException.class, (request, connection, number) -> connection.json(599, "{}"));

		private final Class<? extends HandingerException> signalled;

		private final RawServer.Behaviour behaviour;

		Fault(Class<? extends HandingerException> signalled, RawServer.Behaviour behaviour) {
			this.signalled = signalled;
			this.behaviour = behaviour;
		}

	}

	static Stream<Arguments> faults() {
		return HttpStack.libraries()
			.flatMap((stack) -> Arrays.stream(Fault.values()).map((fault) -> Arguments.of(stack, fault)));
	}

	@ParameterizedTest
	@MethodSource("faults")
	void passingFailureIsSurvived(HttpStack stack, Fault fault) {
		try (RawServer server = RawServer.start((request, connection, number) -> {
			if (number < 3) {
				fault.behaviour.answer(request, connection, number);
			}
			else {
				connection.json(200, Json.TASK_WITH_TURNS);
			}
		})) {
			TasksClient.with(stack, server.url(),
					(client) -> StepVerifier.create(client.retrieve("tsk_1"))
						.expectNextCount(1)
						.expectComplete()
						.verify(PATIENCE),
					"handinger.read-timeout=300ms");
			assertThat(server.count("GET")).isEqualTo(3);
		}
	}

	@Test
	void timeoutOfAFilterIsSurvivedAsWell() {
		try (RawServer server = RawServer.start((request, connection, number) -> {
			if (number == 3) {
				connection.json(200, Json.TASK_WITH_TURNS);
			}
		})) {
			ExchangeFilterFunction filter = (request, next) -> next.exchange(request).timeout(Duration.ofMillis(200));
			TasksClient.application(HttpStack.REACTOR_NIO, server.url())
				.withBean(HandingerWebClientCustomizer.class, () -> (builder) -> builder.filter(filter))
				.run((context) -> StepVerifier.create(context.getBean(HandingerTasksClient.class).retrieve("tsk_1"))
					.expectNextCount(1)
					.expectComplete()
					.verify(PATIENCE));
			assertThat(server.count("GET")).isEqualTo(3);
		}
	}

	@ParameterizedTest
	@MethodSource("faults")
	void failureThatStaysIsSignalledAfterTheLastAttempt(HttpStack stack, Fault fault) {
		try (RawServer server = RawServer.start(fault.behaviour)) {
			TasksClient.with(stack, server.url(),
					(client) -> StepVerifier.create(client.delete("tsk_1"))
						.expectError(fault.signalled)
						.verify(PATIENCE),
					"handinger.read-timeout=300ms");
			assertThat(server.count("DELETE")).isEqualTo(3);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 400, 401, 403, 404, 405, 409, 410, 418, 422, 301, 302, 304, 307 })
	void otherStatusIsSignalledAtOnce(int status) {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(status, "{}"))) {
			TasksClient.with(HttpStack.REACTOR_EPOLL, server.url(),
					(client) -> StepVerifier.create(client.retrieve("tsk_1"))
						.expectError(HandingerException.class)
						.verify(PATIENCE));
			assertThat(server.requests()).hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void connectionThatIsRefusedIsSignalledAfterTheLastAttempt(HttpStack stack) {
		RawServer gone = RawServer.start((request, connection, number) -> {
		});
		gone.close();
		TasksClient.with(stack, gone.url(),
				(client) -> StepVerifier.create(client.retrieve("tsk_1"))
					.expectErrorSatisfies((error) -> assertThat(error).isInstanceOf(HandingerConnectionException.class)
						.hasMessageContaining("GET /api/tasks/{taskId} never reached Handinger")
						.hasMessageContaining("handinger.base-url"))
					.verify(PATIENCE));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Retry-After: 3", "Retry-After: 3600", "retry-after-ms: 2001",
			"Retry-After: Wed, 21 Oct 2099 07:28:00 GMT" })
	void waitBeyondTheLongestBackoffIsAnErrorAtOnce(String header) {
		try (RawServer server = RawServer
			.start((request, connection, number) -> connection.json(429, Json.error("Slow down."), header))) {
			TasksClient.with(HttpStack.REACTOR_EPOLL, server.url(),
					(client) -> StepVerifier.create(client.retrieve("tsk_1")).expectErrorSatisfies((error) -> {
						assertThat(error).isInstanceOf(RateLimitedException.class);
						assertThat(((RateLimitedException) error).retryAfter()).isGreaterThan(Duration.ofSeconds(2));
					}).verify(PATIENCE));
			assertThat(server.requests()).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Retry-After: 1", "retry-after-ms: 1000", "retry-after-ms: 1000.0" })
	void waitThatTheServerAsksForIsKept(String header) {
		try (RawServer server = RawServer.start((request, connection, number) -> {
			if (number == 1) {
				connection.json(503, "{}", header);
			}
			else {
				connection.json(200, Json.TASK_WITH_TURNS);
			}
		})) {
			TasksClient.with(HttpStack.REACTOR_EPOLL, server.url(), (client) -> {
				Duration taken = StepVerifier.create(client.retrieve("tsk_1"))
					.expectNextCount(1)
					.expectComplete()
					.verify(PATIENCE);
				assertThat(taken).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
			});
			assertThat(server.requests()).hasSize(2);
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void maxAttemptsOfOneMeansNoSecondAttempt(HttpStack stack) {
		try (RawServer server = RawServer.start(Fault.STATUS_503.behaviour)) {
			TasksClient.with(stack, server.url(),
					(client) -> StepVerifier.create(client.retrieve("tsk_1"))
						.expectError(ServerErrorException.class)
						.verify(PATIENCE),
					"handinger.retry.max-attempts=1");
			assertThat(server.requests()).hasSize(1);
		}
	}

}
