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

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.handinger.spring.autoconfigure.HandingerConnectionDetails;
import com.handinger.spring.http.ConflictException;
import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.worker.Worker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;

import org.springframework.boot.webclient.WebClientCustomizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * However a connection breaks and however often the result is subscribed to, one call of
 * {@code create} is at most one POST that may have reached the server.
 */
class AtMostOnePostTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final CreateTask TASK = CreateTask.of("What's the weather?").withTaskId("tsk_mine");

	/**
	 * What a server can do to a POST.
	 */
	enum Fault {

		RESET(OutcomeUnknownException.class, (request, connection, number) -> connection.reset()),

		CLOSE(OutcomeUnknownException.class, (request, connection, number) -> connection.close()),

		SILENCE(OutcomeUnknownException.class, (request, connection, number) -> {
		}),

		STATUS_408(OutcomeUnknownException.class, (request, connection, number) -> connection.json(408, "{}")),

		STATUS_409(ConflictException.class, (request, connection, number) -> connection.json(409, "{}")),

		STATUS_500(OutcomeUnknownException.class, (request, connection, number) -> connection.json(500, "{}")),

		STATUS_502(OutcomeUnknownException.class,
				(request, connection, number) -> connection
					.write("HTTP/1.1 502 Bad\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>")),

		STATUS_503(OutcomeUnknownException.class,
				(request, connection, number) -> connection.json(503, "{}", "Retry-After: 0")),

		STATUS_504(OutcomeUnknownException.class, (request, connection, number) -> connection.json(504, "{}")),

		CUT_BODY(UnexpectedResponseException.class, (request, connection, number) -> {
			connection
				.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"id\":");
			connection.close();
		}),

		CUT_CHUNKS(UnexpectedResponseException.class, (request, connection, number) -> {
			connection.write("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
					+ "6\r\n{\"id\":\r\n");
			connection.reset();
		}),

		EMPTY_BODY(UnexpectedResponseException.class, (request, connection, number) -> connection.json(200, "")),

		REDIRECT_301(UnexpectedResponseException.class,
				(request, connection, number) -> connection.json(301, "", "Location: /elsewhere")),

		REDIRECT_303(UnexpectedResponseException.class,
				(request, connection, number) -> connection.json(303, "", "Location: /elsewhere")),

		REDIRECT_307(UnexpectedResponseException.class,
				(request, connection, number) -> connection.json(307, "", "Location: /elsewhere")),

		REDIRECT_308(UnexpectedResponseException.class,
				(request, connection, number) -> connection.json(308, "", "Location: /elsewhere"));

		private final Class<? extends HandingerException> signalled;

		private final RawServer.Behaviour behaviour;

		Fault(Class<? extends HandingerException> signalled, RawServer.Behaviour behaviour) {
			this.signalled = signalled;
			this.behaviour = behaviour;
		}

	}

	static Stream<Arguments> faults() {
		return faults(Arrays.stream(HttpStack.values()));
	}

	static Stream<Arguments> faultsOfEachLibrary() {
		return faults(HttpStack.libraries());
	}

	private static Stream<Arguments> faults(Stream<HttpStack> stacks) {
		return stacks.flatMap((stack) -> Arrays.stream(Fault.values()).map((fault) -> Arguments.of(stack, fault)));
	}

	private static void with(HttpStack stack, Fault fault, Consumer<Mono<Worker>> test) {
		try (RawServer server = RawServer.start(fault.behaviour)) {
			TasksClient.with(stack, server.url(), (client) -> test.accept(client.create(TASK)),
					"handinger.task-timeout=" + ((fault == Fault.SILENCE) ? "1s" : "1m"));
			await().atMost(PATIENCE).until(() -> server.requests().size() == 1);
		}
	}

	private static Throwable failure(Mono<?> mono) {
		Signal<?> signal = mono.materialize().block(PATIENCE);
		assertThat(signal).isNotNull();
		assertThat(signal.isOnError()).as("%s is an error", signal).isTrue();
		return signal.getThrowable();
	}

	@ParameterizedTest
	@MethodSource("faults")
	void oneSubscriberSendsOnePost(HttpStack stack, Fault fault) {
		with(stack, fault, (created) -> {
			Throwable failure = failure(created);
			assertThat(failure).isInstanceOf(fault.signalled);
			assertThat(((HandingerException) failure).taskId()).isEqualTo("tsk_mine");
		});
	}

	@ParameterizedTest
	@MethodSource("faultsOfEachLibrary")
	void secondSubscriberGetsTheSameFailure(HttpStack stack, Fault fault) {
		with(stack, fault, (created) -> assertThat(failure(created)).isSameAs(failure(created)));
	}

	@ParameterizedTest
	@MethodSource("faultsOfEachLibrary")
	void subscribersAtTheSameTimeShareOnePost(HttpStack stack, Fault fault) {
		with(stack, fault, (created) -> {
			List<Signal<Worker>> signals = Mono
				.zip(List.of(created.materialize(), created.materialize(), created.materialize()),
						(all) -> Arrays.stream(all).<Signal<Worker>>map(AtMostOnePostTests::signal).toList())
				.block(PATIENCE);
			assertThat(signals).hasSize(3).allMatch(Signal::isOnError);
		});
	}

	@SuppressWarnings("unchecked")
	private static Signal<Worker> signal(Object signal) {
		return (Signal<Worker>) signal;
	}

	@ParameterizedTest
	@MethodSource("faultsOfEachLibrary")
	void retrySendsNothing(HttpStack stack, Fault fault) {
		with(stack, fault, (created) -> assertThat(failure(created.retry(2))).isInstanceOf(fault.signalled));
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void timeoutAndRetrySendOnePostAndEndInAnUnknownOutcome(HttpStack stack) {
		try (RawServer server = RawServer.start(Fault.SILENCE.behaviour)) {
			TasksClient.with(stack, server.url(), (client) -> {
				Mono<Worker> created = client.create(TASK).timeout(Duration.ofMillis(200)).retry(2);
				assertThat(failure(created)).isInstanceOf(OutcomeUnknownException.class)
					.hasMessageContaining("cancelled")
					.hasMessageContaining("tsk_mine");
			});
			assertThat(server.requests()).hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void repeatGetsTheSameResult(HttpStack stack) {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			TasksClient.with(stack, server.url(), (client) -> {
				Mono<Worker> created = client.create(TASK);
				List<Worker> workers = created.repeat(2).collectList().block(PATIENCE);
				assertThat(workers).hasSize(3).allSatisfy((worker) -> assertThat(worker).isSameAs(workers.get(0)));
			});
			assertThat(server.requests()).hasSize(1);
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
				connection.json(200, Json.WORKER);
			}
		})) {
			TasksClient.with(stack, server.url(), (client) -> {
				Flux<Signal<Worker>> calls = Mono.defer(() -> client.create(TASK).retry(2).materialize())
					.repeat(20)
					.takeUntil(Signal::isOnError);
				List<Signal<Worker>> signals = calls.collectList().block(PATIENCE);
				assertThat(signals.get(signals.size() - 1).getThrowable()).isInstanceOf(OutcomeUnknownException.class);
				assertThat(server.requests()).hasSameSizeAs(signals);
			});
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void connectionThatIsRefusedIsTriedAgain(HttpStack stack) {
		RawServer gone = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER));
		gone.close();
		TasksClient.with(stack, gone.url(),
				(client) -> assertThat(failure(client.create(TASK))).isInstanceOf(HandingerConnectionException.class)
					.hasMessageContaining("never reached"));
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void nextSubscriberMakesANewAttemptWhenTheRequestNeverReachedTheServer(HttpStack stack) {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			TasksClient.application(stack, "http://localhost:1")
				.withBean(SwitchedConnectionDetails.class, () -> new SwitchedConnectionDetails("http://localhost:1"))
				.run((context) -> {
					Mono<Worker> created = context.getBean(HandingerTasksClient.class).create(TASK);
					assertThat(failure(created)).isInstanceOf(HandingerConnectionException.class);
					context.getBean(SwitchedConnectionDetails.class).baseUrl = server.url();
					assertThat(created.block(PATIENCE)).isNotNull();
				});
			assertThat(server.requests()).hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void hostThatCannotBeResolvedIsNeverReached(HttpStack stack) {
		TasksClient.with(stack, "https://handinger.invalid",
				(client) -> assertThat(failure(client.create(TASK))).isInstanceOf(HandingerConnectionException.class)
					.hasMessageContaining("never reached Handinger (the name of the host can't be resolved)"));
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void connectionThatIsRefusedIsToldAsSuch(HttpStack stack) {
		TasksClient.with(stack, "http://localhost:1",
				(client) -> assertThat(failure(client.create(TASK))).isInstanceOf(HandingerConnectionException.class)
					.hasMessageMatching(".*never reached Handinger \\(.*onnection .*refused.*"));
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void handshakeThatIsNotAnsweredIsGivenUpAfterTheConnectTimeout(HttpStack stack) throws IOException {
		try (ServerSocket silent = new ServerSocket(0)) {
			TasksClient.with(stack, "https://localhost:" + silent.getLocalPort(),
					(client) -> assertThat(failure(client.create(TASK)))
						.isInstanceOf(HandingerConnectionException.class),
					"handinger.connect-timeout=300ms");
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void serverThatDoesNotSpeakTlsTakesNoPost(HttpStack stack) {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			TasksClient.with(stack, "https://localhost:" + server.port(), (client) -> {
				assertThat(failure(client.create(TASK))).isInstanceOf(HandingerConnectionException.class)
					.hasMessageContaining("never reached");
			});
			assertThat(server.count("POST")).isZero();
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void rejectedRequestIsSentAgainAfterTheTimeThatTheServerAsksFor(HttpStack stack) {
		try (RawServer server = RawServer.start((request, connection, number) -> {
			if (number == 1) {
				connection.json(429, Json.error("Slow down."), "Retry-After: 1");
			}
			else {
				connection.json(200, Json.WORKER);
			}
		})) {
			TasksClient.with(stack, server.url(), (client) -> {
				long start = System.nanoTime();
				assertThat(client.create(TASK).block(PATIENCE)).isNotNull();
				assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
			});
			assertThat(server.requests()).hasSize(2);
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void filterOfTheApplicationThatSendsAgainFindsTheGateClosed(HttpStack stack) {
		try (RawServer server = RawServer.start(Fault.RESET.behaviour)) {
			TasksClient.application(stack, server.url())
				.withBean(WebClientCustomizer.class,
						() -> (builder) -> builder.filter((request, next) -> next.exchange(request).retry(2)))
				.run((context) -> assertThat(failure(context.getBean(HandingerTasksClient.class).create(TASK)))
					.isInstanceOf(OutcomeUnknownException.class));
			assertThat(server.requests()).hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void lastSubscriberThatCancelsClosesTheConnection(HttpStack stack) {
		try (RawServer server = RawServer.start(Fault.SILENCE.behaviour)) {
			TasksClient.with(stack, server.url(), (client) -> {
				Mono<Worker> created = client.create(TASK);
				assertThatExceptionOfType(IllegalStateException.class)
					.isThrownBy(() -> created.block(Duration.ofMillis(300)));
				server.awaitClosed(PATIENCE);
				assertThat(failure(created)).isInstanceOf(OutcomeUnknownException.class);
			});
			assertThat(server.requests()).hasSize(1);
		}
	}

	@Test
	void subscriberThatStaysKeepsTheConnection() {
		try (RawServer server = RawServer.start((request, connection, number) -> {
			connection.awaitRelease();
			connection.json(200, Json.WORKER);
		})) {
			TasksClient.with(HttpStack.REACTOR_EPOLL, server.url(), (client) -> {
				Mono<Worker> created = client.create(TASK);
				Mono<Worker> staying = created.cache();
				staying.subscribe();
				assertThatExceptionOfType(IllegalStateException.class)
					.isThrownBy(() -> created.block(Duration.ofMillis(300)));
				server.release();
				assertThat(staying.block(PATIENCE)).isNotNull();
			});
			assertThat(server.requests()).hasSize(1);
		}
	}

	/**
	 * Connection details that change while the application runs.
	 */
	static final class SwitchedConnectionDetails implements HandingerConnectionDetails {

		private volatile String baseUrl;

		SwitchedConnectionDetails(String baseUrl) {
			this.baseUrl = baseUrl;
		}

		@Override
		public String getBaseUrl() {
			return this.baseUrl;
		}

		@Override
		public String getApiKey() {
			return TasksClient.API_KEY;
		}

	}

}
