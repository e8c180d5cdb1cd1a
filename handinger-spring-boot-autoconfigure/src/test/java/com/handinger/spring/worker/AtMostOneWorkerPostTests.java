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

package com.handinger.spring.worker;

import java.time.Duration;
import java.util.List;
import java.util.function.Function;

import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.WorkersClient;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * However a connection breaks and however often the result is subscribed to, one call
 * that creates something of a worker is at most one POST that may have reached the
 * server.
 */
class AtMostOneWorkerPostTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final List<Function<HandingerWorkersClient, Mono<?>>> CALLS = List.of(
			(client) -> client.create(CreateWorker.of("Be brief.")),
			(client) -> client.schedule("wrk_1", CreateSchedule.of("x", When.cron("* * * * *"))),
			(client) -> client.regenerateWebhookToken("wrk_1"));

	private static final List<String> ANSWERS = List.of(Json.WORKER_TEMPLATE, Json.WORKER_SCHEDULE, Json.WEBHOOK);

	/**
	 * What a server can do to a POST.
	 */
	enum Fault {

		RESET(OutcomeUnknownException.class, (request, connection, number) -> connection.reset()),

		CLOSE(OutcomeUnknownException.class, (request, connection, number) -> connection.close()),

		SILENCE(OutcomeUnknownException.class, (request, connection, number) -> {
		}),

		STATUS_408(OutcomeUnknownException.class, (request, connection, number) -> connection.json(408, "{}")),

		STATUS_500(OutcomeUnknownException.class, (request, connection, number) -> connection.json(500, "{}")),

		STATUS_503(OutcomeUnknownException.class,
				(request, connection, number) -> connection.json(503, "{}", "Retry-After: 0")),

		CUT_BODY(UnexpectedResponseException.class, (request, connection, number) -> {
			connection
				.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"id\":");
			connection.close();
		}),

		REDIRECT(UnexpectedResponseException.class,
				(request, connection, number) -> connection.json(307, "", "Location: /elsewhere"));

		private final Class<? extends HandingerException> signalled;

		private final RawServer.Behaviour behaviour;

		Fault(Class<? extends HandingerException> signalled, RawServer.Behaviour behaviour) {
			this.signalled = signalled;
			this.behaviour = behaviour;
		}

	}

	private static Throwable failure(Mono<?> mono) {
		Signal<?> signal = mono.materialize().block(PATIENCE);
		assertThat(signal).isNotNull();
		assertThat(signal.isOnError()).as("%s is an error", signal).isTrue();
		return signal.getThrowable();
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void retryAndASecondSubscriberSendNothing(HttpStack stack) {
		for (Fault fault : Fault.values()) {
			try (RawServer server = RawServer.start(fault.behaviour)) {
				WorkersClient.with(stack, server.url(), (client) -> {
					for (int i = 0; i < CALLS.size(); i++) {
						Mono<?> call = CALLS.get(i).apply(client);
						Throwable failure = failure(call.retry(2));
						assertThat(failure).as(fault.name()).isInstanceOf(fault.signalled);
						assertThat(failure(call)).isSameAs(failure);
						assertThat(server.requests()).as(fault.name()).hasSize(i + 1);
					}
				}, "handinger.read-timeout=" + ((fault == Fault.SILENCE) ? "300ms" : "10s"));
			}
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void outcomeThatIsUnknownIsToldWithoutATask(HttpStack stack) {
		try (RawServer server = RawServer.start(Fault.RESET.behaviour)) {
			WorkersClient.with(stack, server.url(), (client) -> assertThat(failure(CALLS.get(1).apply(client)))
				.isInstanceOf(OutcomeUnknownException.class)
				.hasMessageStartingWith(
						"POST /api/workers/{workerId}/schedules may have been carried out, but its outcome is unknown (")
				.hasMessageEndingWith("): do not send it again before you have looked whether it was carried out")
				.satisfies((error) -> assertThat(((HandingerException) error).taskId()).isNull()));
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void repeatGetsTheSameResult(HttpStack stack) {
		for (int i = 0; i < CALLS.size(); i++) {
			String answer = ANSWERS.get(i);
			Function<HandingerWorkersClient, Mono<?>> call = CALLS.get(i);
			try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, answer))) {
				WorkersClient.with(stack, server.url(),
						(client) -> assertThat(call.apply(client).repeat(2).collectList().block(PATIENCE)).hasSize(3));
				assertThat(server.requests()).hasSize(1);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void reusedConnectionThatIsResetTakesNoSecondPost(HttpStack stack) {
		try (RawServer server = RawServer.start((request, connection, number) -> {
			if (connection.isReused()) {
				connection.reset();
			}
			else {
				connection.json(200, Json.WEBHOOK);
			}
		})) {
			WorkersClient.with(stack, server.url(), (client) -> {
				List<Signal<Webhook>> signals = Mono
					.defer(() -> client.regenerateWebhookToken("wrk_1").retry(2).materialize())
					.repeat(20)
					.takeUntil(Signal::isOnError)
					.collectList()
					.block(PATIENCE);
				assertThat(signals.get(signals.size() - 1).getThrowable()).isInstanceOf(OutcomeUnknownException.class);
				assertThat(server.requests()).hasSameSizeAs(signals);
			});
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void whatNeverReachedTheServerOrWasRejectedIsSentAgain(HttpStack stack) {
		try (RawServer server = RawServer.start((request, connection, number) -> {
			if (number == 1) {
				connection.json(429, "{}", "Retry-After: 0");
			}
			else {
				connection.json(200, Json.WEBHOOK);
			}
		})) {
			WorkersClient.with(stack, server.url(),
					(client) -> assertThat(client.regenerateWebhookToken("wrk_1").block(PATIENCE)).isNotNull());
			assertThat(server.requests()).hasSize(2);
		}
		WorkersClient.with(stack, "http://localhost:1",
				(client) -> assertThat(failure(client.regenerateWebhookToken("wrk_1")))
					.isInstanceOf(HandingerConnectionException.class)
					.hasMessageContaining("never reached"));
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void callsThatMayBeRepeatedAre(HttpStack stack) {
		List<Function<HandingerWorkersClient, Mono<?>>> calls = List.of(
				(client) -> client.update("wrk_1", UpdateWorker.nothing().withTitle("x")),
				(client) -> client.updateWebhook("wrk_1", "https://example.com"), (client) -> client.email("wrk_1"),
				(client) -> client.cancelSchedule("wrk_1", "sch_1"));
		List<String> answers = List.of(Json.WORKER_TEMPLATE, Json.WEBHOOK, "{\"email\":\"a@b\"}",
				"{\"cancelled\":true}");
		for (int i = 0; i < calls.size(); i++) {
			String answer = answers.get(i);
			Function<HandingerWorkersClient, Mono<?>> call = calls.get(i);
			try (RawServer server = RawServer.start((request, connection, number) -> {
				if (number == 1) {
					connection.reset();
				}
				else {
					connection.json((number == 2) ? 503 : 200, answer);
				}
			})) {
				WorkersClient.with(stack, server.url(),
						(client) -> assertThat(call.apply(client).block(PATIENCE)).isNotNull());
				assertThat(server.requests()).hasSize(3);
				assertThat(server.requests().stream().map(RawServer.Request::body).distinct()).hasSize(1);
			}
		}
	}

}
