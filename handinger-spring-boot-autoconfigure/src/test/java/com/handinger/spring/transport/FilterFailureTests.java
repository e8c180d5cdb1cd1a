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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.worker.CreateWorker;
import com.handinger.spring.worker.HandingerWorkersClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.ExchangeFunctions;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Filters of the application that fail before or after a request was sent.
 */
class FilterFailureTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	/**
	 * How a filter fails without passing a request on.
	 */
	enum Failing implements ExchangeFilterFunction {

		THROWS((next) -> {
			throw new IllegalStateException("no token");
		}),

		SIGNALS((next) -> Mono.error(new IllegalStateException("no token"))),

		SIGNALS_WITH_THE_EXCHANGE_AT_HAND(
				(next) -> Mono.<ClientResponse>error(new IllegalStateException("no token")).then(next)),

		FINDS_NO_INSTANCE((next) -> Mono
			.just(ClientResponse.create(HttpStatus.SERVICE_UNAVAILABLE).body("no instance of handinger.com").build())),

		COMPLETES((next) -> Mono.empty()),

		TAKES_TOO_LONG((next) -> Mono.<ClientResponse>never().timeout(Duration.ofMillis(1)));

		private final Function<Mono<ClientResponse>, Mono<ClientResponse>> behaviour;

		Failing(Function<Mono<ClientResponse>, Mono<ClientResponse>> behaviour) {
			this.behaviour = behaviour;
		}

		@Override
		public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
			return this.behaviour.apply(next.exchange(request));
		}

	}

	private static final class Passing implements ExchangeFilterFunction {

		@Override
		public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
			return next.exchange(request);
		}

	}

	/**
	 * Calls of each kind.
	 */
	enum Call {

		CREATE((context) -> tasks(context).create(CreateTask.of("x"))),

		RUN((context) -> tasks(context).run(CreateTask.of("x"))),

		RUN_WITH_AN_ID((context) -> tasks(context).run(CreateTask.of("x").withTaskId("tsk_1"))),

		START_A_WORKER((context) -> context.getBean(HandingerWorkersClient.class).create(CreateWorker.of("Be brief."))),

		RETRIEVE((context) -> tasks(context).retrieve("tsk_1"));

		private final Function<ApplicationContext, Mono<?>> call;

		Call(Function<ApplicationContext, Mono<?>> call) {
			this.call = call;
		}

		private static HandingerTasksClient tasks(ApplicationContext context) {
			return context.getBean(HandingerTasksClient.class);
		}

	}

	static Stream<Arguments> failures() {
		return Stream.of(Call.values())
			.flatMap((call) -> Stream.of(Failing.values()).map((failing) -> Arguments.of(call, failing)));
	}

	@ParameterizedTest
	@MethodSource("failures")
	void filterThatFailsBeforeARequestIsSentIsNamed(Call call, Failing failing) {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			with(HttpStack.REACTOR_NIO, server, List.of(new Passing(), failing, new Passing()),
					(context) -> StepVerifier.create(call.call.apply(context))
						.expectErrorSatisfies((error) -> assertThat(error)
							.isInstanceOfSatisfying(HandingerConnectionException.class,
									(failure) -> assertThat(failure.mayHaveReached()).isFalse())
							.hasMessageContainingAll("was not sent", Failing.class.getName())
							.hasMessageNotContaining("instance of handinger.com"))
						.verify(PATIENCE));
			assertThat(server.requests()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void lambdaIsNamedByTheClassThatMadeIt(HttpStack stack) {
		ExchangeFilterFunction lambda = (request, next) -> Mono.error(new IllegalStateException("no token"));
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			with(stack, server, List.of(lambda), (context) -> StepVerifier.create(Call.CREATE.call.apply(context))
				.expectErrorSatisfies((error) -> assertThat(error).isInstanceOf(HandingerConnectionException.class)
					.hasMessageContaining(" " + FilterFailureTests.class.getName() + " failed")
					.cause()
					.hasMessage("no token"))
				.verify(PATIENCE));
			assertThat(server.requests()).isEmpty();
		}
	}

	@Test
	void filterThatFailsOnceIsAskedAgain() {
		AtomicInteger calls = new AtomicInteger();
		ExchangeFilterFunction filter = (request, next) -> (calls.incrementAndGet() == 1)
				? Mono.error(new IllegalStateException("no token")) : next.exchange(request);
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			with(HttpStack.REACTOR_NIO, server, List.of(filter),
					(context) -> assertThat(Call.CREATE.call.apply(context).block(PATIENCE)).isNotNull());
			assertThat(server.requests()).hasSize(1);
		}
	}

	@Test
	void filterIsCalledOnceForEachExchangeHoweverOftenThatIsSubscribedTo() {
		AtomicInteger calls = new AtomicInteger();
		AtomicInteger subscriptions = new AtomicInteger();
		ExchangeFilterFunction retrying = (request, next) -> next.exchange(request).retry(2);
		ExchangeFilterFunction failing = (request, next) -> {
			calls.incrementAndGet();
			return Mono.defer(() -> (subscriptions.incrementAndGet() < 3)
					? Mono.error(new IllegalStateException("no token")) : next.exchange(request));
		};
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			with(HttpStack.REACTOR_NIO, server, List.of(retrying, failing),
					(context) -> assertThat(Call.CREATE.call.apply(context).block(PATIENCE)).isNotNull());
			assertThat(server.requests()).hasSize(1);
		}
		assertThat(calls).hasValue(1);
		assertThat(subscriptions).hasValue(3);
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void outcomeIsUnknownIfAFilterFailsAfterTheRequestWasSent(HttpStack stack) {
		ExchangeFilterFunction filter = (request, next) -> next.exchange(request)
			.flatMap((response) -> response.releaseBody().then(Mono.error(new IllegalStateException("bad answer"))));
		assertThatOutcomeIsUnknown(stack, filter);
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void outcomeIsUnknownIfAFilterFailsWhenItIsAskedAgainAfterTheRequestWasSent(HttpStack stack) {
		AtomicInteger calls = new AtomicInteger();
		ExchangeFilterFunction repeating = (request, next) -> next.exchange(request)
			.flatMap((response) -> response.releaseBody().then(next.exchange(request)));
		ExchangeFilterFunction failing = (request, next) -> (calls.incrementAndGet() == 1) ? next.exchange(request)
				: Mono.error(new IllegalStateException("no token"));
		ExchangeFilterFunction answering = (request, next) -> (calls.get() == 1) ? next.exchange(request)
				: Mono.just(ClientResponse.create(HttpStatus.SERVICE_UNAVAILABLE).build());
		assertThatOutcomeIsUnknown(stack, repeating, failing);
		calls.set(0);
		assertThatOutcomeIsUnknown(stack, repeating, new CountingFilter(calls), answering);
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void outcomeIsUnknownIfAFilterSendsTheRequestByItself(HttpStack stack) {
		ExchangeFunction own = ExchangeFunctions.create(new JdkClientHttpConnector());
		assertThatOutcomeIsUnknown(stack, (request, next) -> own.exchange(request)
			.flatMap((response) -> response.releaseBody().then(Mono.error(new IllegalStateException("bad answer")))));
		assertThatOutcomeIsUnknown(stack,
				(request, next) -> own.exchange(request)
					.flatMap((response) -> response.releaseBody()
						.thenReturn(ClientResponse.create(HttpStatus.SERVICE_UNAVAILABLE).build())));
	}

	private record CountingFilter(AtomicInteger calls) implements ExchangeFilterFunction {

		@Override
		public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
			return Mono.defer(() -> {
				this.calls.incrementAndGet();
				return next.exchange(request);
			});
		}

	}

	private void assertThatOutcomeIsUnknown(HttpStack stack, ExchangeFilterFunction... filters) {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			with(stack, server, List.of(filters),
					(context) -> StepVerifier.create(Call.CREATE.call.apply(context))
						.expectError(OutcomeUnknownException.class)
						.verify(PATIENCE));
			assertThat(server.requests()).hasSize(1);
		}
	}

	@Test
	void answerOfAFilterCounts() {
		ExchangeFilterFunction filter = (request,
				next) -> Mono.just(ClientResponse.create(HttpStatus.OK)
					.header("Content-Type", "application/json")
					.body(Json.TASK_WITH_TURNS)
					.build());
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(500, "{}"))) {
			with(HttpStack.REACTOR_NIO, server, List.of(filter),
					(context) -> assertThat(Call.RETRIEVE.call.apply(context).block(PATIENCE)).isNotNull());
			assertThat(server.requests()).isEmpty();
		}
	}

	private static void with(HttpStack stack, RawServer server, List<ExchangeFilterFunction> filters,
			Consumer<ApplicationContext> test) {
		TasksClient.application(stack, server.url())
			.withBean(WebClientCustomizer.class, () -> (builder) -> builder.filters((all) -> all.addAll(filters)))
			.run(test::accept);
	}

}
