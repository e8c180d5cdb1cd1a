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
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.support.FakeNetwork;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.publisher.TestPublisher.Violation;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.client.reactive.MockClientHttpRequest;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.ExchangeStrategies;
import org.springframework.web.reactive.function.client.WebClientRequestException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A failure may race with the cancellation of its request and come after it.
 */
class LateFailureTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final URI ROOT = URI.create("http://localhost/");

	private final List<TestPublisher<ClientResponse>> answers = List.of(
			TestPublisher.createNoncompliant(Violation.CLEANUP_ON_TERMINATE), TestPublisher.create(),
			TestPublisher.<ClientResponse>createCold().error(failure(new IOException("Connection reset"))));

	private final AtomicInteger exchanges = new AtomicInteger();

	private final AtomicInteger sent = new AtomicInteger();

	private Mono<ClientResponse> exchange(ClientRequest request) {
		int number = this.exchanges.getAndIncrement();
		Mono<ClientResponse> answer = Mono.from(this.answers.get(number).flux());
		return (number == 0) ? answer
				: request.writeTo(new MockClientHttpRequest(HttpMethod.POST, ROOT), ExchangeStrategies.withDefaults())
					.doOnSuccess((done) -> this.sent.incrementAndGet())
					.then(answer);
	}

	private static WebClientRequestException failure(IOException cause) {
		return new WebClientRequestException(cause, HttpMethod.POST, ROOT, new HttpHeaders());
	}

	private static Mono<String> call(ExchangeFunction exchange) {
		return FakeNetwork.transport(exchange, Duration.ofMillis(1))
			.sendOnce(ApiCall.post(String.class, RequestBody.empty(), "/api/tasks"));
	}

	@Test
	void lateFailureOfACancelledAttemptDoesNotLetTheNextOneBeRepeated() {
		Mono<String> call = call(this::exchange);
		Disposable first = call.subscribe();
		first.dispose();
		StepVerifier second = StepVerifier.create(call).expectError(OutcomeUnknownException.class).verifyLater();
		assertThat(this.sent).hasValue(1);
		this.answers.get(0).error(failure(new ConnectException("refused")));
		this.answers.get(1).error(failure(new IOException("Connection reset")));
		second.verify(PATIENCE);
		assertThat(this.sent).hasValue(1);
	}

	@Test
	void bodyThatFailsAfterACancellationIsNotLoggedAsAnError() {
		List<MonoSink<ClientResponse>> answers = new ArrayList<>();
		List<Throwable> dropped = new ArrayList<>();
		Hooks.onErrorDropped(dropped::add);
		try {
			Disposable subscription = call((request) -> Mono.create(answers::add)).subscribe();
			answers.get(0).success(ClientResponse.create(HttpStatus.OK).body(Flux.defer(() -> {
				subscription.dispose();
				return Flux.error(new IOException("Connection reset"));
			})).build());
			assertThat(subscription.isDisposed()).isTrue();
			assertThat(dropped).isEmpty();
		}
		finally {
			Hooks.resetOnErrorDropped();
		}
	}

	@Test
	void attemptThatWasCancelledSendsNothingLater() {
		List<ClientRequest> requests = new ArrayList<>();
		Mono<String> call = call((request) -> {
			requests.add(request);
			return (requests.size() == 1) ? Mono.never() : Mono.error(failure(new ConnectException("refused")));
		});
		call.subscribe().dispose();
		StepVerifier.create(write(requests.get(0))).expectError(IllegalStateException.class).verify(PATIENCE);
		StepVerifier.create(call).expectError(HandingerConnectionException.class).verify(PATIENCE);
		assertThat(this.sent).hasValue(0);
	}

	@Test
	void attemptThatHasFailedSendsNothingLater() {
		List<ClientRequest> requests = new ArrayList<>();
		Mono<String> call = call((request) -> {
			requests.add(request);
			return (requests.size() == 1) ? Mono.error(failure(new IOException("not yet connected")))
					: write(requests.get(0)).onErrorComplete()
						.then(write(request))
						.thenReturn(ClientResponse.create(HttpStatus.OK).body("\"done\"").build());
		});
		StepVerifier.create(call).expectNext("done").expectComplete().verify(PATIENCE);
		assertThat(requests).hasSize(2);
		assertThat(this.sent).hasValue(1);
	}

	private Mono<Void> write(ClientRequest request) {
		return request.writeTo(new MockClientHttpRequest(HttpMethod.POST, ROOT), ExchangeStrategies.withDefaults())
			.doOnSuccess((done) -> this.sent.incrementAndGet());
	}

}
