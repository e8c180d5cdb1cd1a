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
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.handinger.spring.http.ErrorResponse;
import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.http.RateLimitedException;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.publisher.TestPublisher.Violation;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.mock.http.client.reactive.MockClientHttpRequest;

import static org.assertj.core.api.Assertions.assertThat;

class SingleFlightTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final Gate gate = new Gate(() -> {
	});

	private final AtomicInteger requests = new AtomicInteger();

	private Mono<Void> pass() {
		return pass(this.gate.newPass());
	}

	private static Mono<Void> pass(Gate.Pass pass) {
		return pass.guard(ClientHttpRequest::setComplete)
			.write(new MockClientHttpRequest(HttpMethod.POST, URI.create("/")));
	}

	private <T> Mono<T> flight(Mono<T> request) {
		return new SingleFlight<>(request.doOnSubscribe((subscription) -> this.requests.incrementAndGet()),
				(error) -> this.gate.isPassed() || error instanceof HandingerApiException,
				() -> this.gate.isPassed() ? new OutcomeUnknownException("abandoned", null, null) : null)
			.mono();
	}

	@Test
	void nothingIsSentBeforeThereIsASubscriber() {
		flight(pass().thenReturn("x"));
		assertThat(this.requests).hasValue(0);
	}

	@Test
	void valueIsReplayed() {
		Mono<String> flight = flight(pass().thenReturn("x"));
		StepVerifier.create(flight.repeat(2)).expectNext("x", "x", "x").verifyComplete();
		assertThat(this.requests).hasValue(1);
	}

	@Test
	void requestThatCompletesDuringTheSubscriptionReachesItsSubscriber() {
		Mono<String> flight = flight(Mono.just("x"));
		StepVerifier.create(flight).expectNext("x").expectComplete().verify(PATIENCE);
		StepVerifier.create(flight).expectNext("x").expectComplete().verify(PATIENCE);
		assertThat(this.requests).hasValue(1);
	}

	@Test
	void requestThatFailsDuringTheSubscriptionReachesItsSubscriber() {
		Mono<String> flight = flight(pass().then(Mono.error(() -> new IOException("gone"))));
		StepVerifier.create(flight).expectErrorMessage("gone").verify(PATIENCE);
	}

	@Test
	void requestThatIsMadeAgainAfterAFailureBeforeTheGateMaySucceed() {
		Mono<String> flight = flight(Mono
			.defer(() -> (this.requests.get() == 0) ? Mono.error(new IOException("refused")) : pass().thenReturn("x")));
		StepVerifier.create(flight).expectErrorMessage("refused").verify(PATIENCE);
		StepVerifier.create(flight).expectNext("x").expectComplete().verify(PATIENCE);
		StepVerifier.create(flight).expectNext("x").expectComplete().verify(PATIENCE);
		assertThat(this.requests).hasValue(2);
	}

	@Test
	void failureThatComesWhenNobodyWaitsIsNotLoggedAsAnError() {
		List<Throwable> dropped = new ArrayList<>();
		Hooks.onErrorDropped(dropped::add);
		try {
			TestPublisher<String> connection = TestPublisher.createNoncompliant(Violation.CLEANUP_ON_TERMINATE);
			flight(Mono.fromDirect(connection.flux())).subscribe().dispose();
			connection.error(new IOException("Connection reset"));
			assertThat(dropped).isEmpty();
		}
		finally {
			Hooks.resetOnErrorDropped();
		}
	}

	@Test
	void failureReachesAllThatWaitForIt() {
		TestPublisher<String> connection = TestPublisher.create();
		Mono<String> flight = flight(connection.mono());
		StepVerifier first = StepVerifier.create(flight).expectErrorMessage("refused").verifyLater();
		StepVerifier second = StepVerifier.create(flight).expectErrorMessage("refused").verifyLater();
		connection.error(new IOException("refused"));
		first.verify(PATIENCE);
		second.verify(PATIENCE);
		assertThat(this.requests).hasValue(1);
	}

	@Test
	void subscriberThatLeavesAfterTheOutcomeDoesNotChangeIt() {
		Mono<String> flight = flight(pass().thenReturn("x"));
		Disposable first = flight.concatWith(Mono.never()).subscribe();
		first.dispose();
		StepVerifier.create(flight).expectNext("x").expectComplete().verify(PATIENCE);
		assertThat(this.requests).hasValue(1);
	}

	@Test
	void requestWithoutAValueBeforeTheGateWasPassedIsMadeAgain() {
		Mono<String> flight = flight(Mono.empty());
		StepVerifier.create(flight).expectComplete().verify(PATIENCE);
		StepVerifier.create(flight).expectComplete().verify(PATIENCE);
		assertThat(this.requests).hasValue(2);
	}

	@Test
	void secondPassOfTheGateIsAnError() {
		StepVerifier.create(pass()).expectComplete().verify(PATIENCE);
		StepVerifier.create(pass()).expectError(IllegalStateException.class).verify(PATIENCE);
	}

	@Test
	void gateIsPassedOnceHoweverOftenOnePassIsSubscribedTo() {
		Mono<Void> pass = pass();
		assertThat(this.gate.isPassed()).isFalse();
		StepVerifier.create(pass).expectComplete().verify(PATIENCE);
		StepVerifier.create(pass).expectError(IllegalStateException.class).verify(PATIENCE);
	}

	@Test
	void gateIsPassedAgainWhenAPassIsGivenBack() {
		Gate.Pass rejected = this.gate.newPass();
		StepVerifier.create(pass(rejected)).expectComplete().verify(PATIENCE);
		rejected.giveBack();
		assertThat(this.gate.isPassed()).isFalse();
		StepVerifier.create(pass()).expectComplete().verify(PATIENCE);
		assertThat(this.gate.isPassed()).isTrue();
	}

	@Test
	void requestWithoutAValueIsAnOutcomeToo() {
		Mono<String> flight = flight(pass().then(Mono.empty()));
		StepVerifier.create(flight).expectComplete().verify(PATIENCE);
		StepVerifier.create(flight).expectComplete().verify(PATIENCE);
		assertThat(this.requests).hasValue(1);
	}

	@Test
	void failureAfterTheGateWasPassedIsReplayed() {
		Mono<String> flight = flight(pass().then(Mono.error(() -> new IOException("gone"))));
		Throwable first = flight.materialize().map(Signal::getThrowable).block(PATIENCE);
		Throwable second = flight.materialize().map(Signal::getThrowable).block(PATIENCE);
		assertThat(first).hasMessage("gone").isSameAs(second);
		assertThat(this.requests).hasValue(1);
	}

	@Test
	void failureBeforeTheGateWasPassedIsForgotten() {
		Mono<String> flight = flight(Mono.error(() -> new IOException("refused")));
		StepVerifier.create(flight.retry(2)).verifyErrorMessage("refused");
		assertThat(this.requests).hasValue(3);
	}

	@Test
	void answerIsFinalAlsoIfNothingWasCarriedOut() {
		Mono<String> flight = flight(Mono.error(() -> new RateLimitedException(
				new ErrorResponse(HttpMethod.POST, "/", 429, null, null, Duration.ofHours(1)), null)));
		StepVerifier.create(flight.retry(2)).verifyError(RateLimitedException.class);
		assertThat(this.requests).hasValue(1);
	}

	@Test
	void subscriberThatLeavesIsNotTheEndForTheOthers() {
		TestPublisher<String> answer = TestPublisher.create();
		Mono<String> flight = flight(pass().then(answer.mono()));
		StepVerifier staying = StepVerifier.create(flight).expectNext("x").expectComplete().verifyLater();
		StepVerifier.create(flight).thenCancel().verify(PATIENCE);
		answer.assertWasSubscribed();
		answer.assertWasNotCancelled();
		answer.emit("x");
		staying.verify(PATIENCE);
		assertThat(this.requests).hasValue(1);
	}

	@Test
	void firstSubscriberThatLeavesIsNotTheEndForTheOthers() {
		TestPublisher<String> answer = TestPublisher.create();
		Mono<String> flight = flight(pass().then(answer.mono()));
		Disposable first = flight.subscribe();
		StepVerifier staying = StepVerifier.create(flight).expectNext("x").expectComplete().verifyLater();
		first.dispose();
		answer.assertWasNotCancelled();
		answer.emit("x");
		staying.verify(PATIENCE);
		assertThat(this.requests).hasValue(1);
	}

	@Test
	void subscriberThatLeavesTwiceIsCountedOnce() {
		TestPublisher<String> answer = TestPublisher.create();
		Mono<String> flight = flight(pass().then(answer.mono()));
		StepVerifier staying = StepVerifier.create(flight).expectNext("x").expectComplete().verifyLater();
		flight.subscribe(new CoreSubscriber<>() {

			@Override
			public void onSubscribe(Subscription subscription) {
				subscription.cancel();
				subscription.cancel();
			}

			@Override
			public void onNext(String value) {
			}

			@Override
			public void onError(Throwable error) {
			}

			@Override
			public void onComplete() {
			}

		});
		answer.assertWasNotCancelled();
		answer.emit("x");
		staying.verify(PATIENCE);
	}

	@Test
	void lastSubscriberThatLeavesCancelsTheRequestAndLeavesItsOutcomeUnknown() {
		TestPublisher<String> answer = TestPublisher.create();
		Mono<String> flight = flight(pass().then(answer.mono()));
		StepVerifier.create(flight).thenCancel().verify(PATIENCE);
		answer.assertWasCancelled();
		StepVerifier.create(flight.retry(2)).verifyError(OutcomeUnknownException.class);
		assertThat(this.requests).hasValue(1);
	}

	@Test
	void requestThatIsCancelledBeforeTheGateWasPassedIsMadeAgain() {
		TestPublisher<String> connection = TestPublisher.create();
		Mono<String> flight = flight(connection.mono());
		StepVerifier.create(flight).thenCancel().verify(PATIENCE);
		connection.assertWasCancelled();
		StepVerifier.create(flight).thenCancel().verify(PATIENCE);
		assertThat(this.requests).hasValue(2);
	}

	@Test
	void contextOfTheFirstSubscriberReachesTheRequest() {
		Mono<String> flight = flight(pass().then(Mono.deferContextual((context) -> Mono.just(context.get("trace")))));
		StepVerifier.create(flight.contextWrite((context) -> context.put("trace", "1")))
			.expectNext("1")
			.verifyComplete();
		StepVerifier.create(flight.contextWrite((context) -> context.put("trace", "2")))
			.expectNext("1")
			.verifyComplete();
	}

	@Test
	void subscribersOfManyThreadsShareOneRequest() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(8);
		try {
			for (int round = 0; round < 500; round++) {
				SingleFlightTests tests = new SingleFlightTests();
				Sinks.One<String> answer = Sinks.one();
				Mono<String> flight = tests.flight(tests.pass().then(answer.asMono()));
				CountDownLatch start = new CountDownLatch(1);
				List<Future<String>> results = new ArrayList<>();
				for (int i = 0; i < 8; i++) {
					results.add(threads.submit(() -> {
						start.await();
						return flight.block(PATIENCE);
					}));
				}
				start.countDown();
				answer.tryEmitValue("x");
				for (Future<String> result : results) {
					assertThat(result.get(2, TimeUnit.MINUTES)).isEqualTo("x");
				}
				assertThat(tests.requests).hasValue(1);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void cancellationThatRacesWithANewSubscriberAndTheAnswerSendsOnce() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(3);
		try {
			for (int round = 0; round < 2000; round++) {
				SingleFlightTests tests = new SingleFlightTests();
				AtomicInteger sent = new AtomicInteger();
				Sinks.One<String> answer = Sinks.one();
				Mono<String> flight = tests
					.flight(tests.pass().then(Mono.fromRunnable(sent::incrementAndGet)).then(answer.asMono()));
				CountDownLatch start = new CountDownLatch(1);
				Disposable first = flight.subscribe((value) -> assertThat(value).isEqualTo("x"));
				Future<?> cancelling = threads.submit(() -> {
					start.await();
					first.dispose();
					return null;
				});
				Future<?> answering = threads.submit(() -> {
					start.await();
					return answer.tryEmitValue("x");
				});
				Future<Signal<String>> second = threads.submit(() -> {
					start.await();
					return flight.materialize().block(PATIENCE);
				});
				start.countDown();
				cancelling.get(2, TimeUnit.MINUTES);
				answering.get(2, TimeUnit.MINUTES);
				Signal<String> signal = second.get(2, TimeUnit.MINUTES);
				assertThat(signal.isOnNext() || signal.getThrowable() instanceof OutcomeUnknownException).isTrue();
				assertThat(sent).hasValue(1);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void cancellationThatRacesWithTheGateAndANewSubscriberSendsAtMostOnce() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(2);
		try {
			for (int round = 0; round < 3000; round++) {
				SingleFlightTests tests = new SingleFlightTests();
				AtomicInteger sent = new AtomicInteger();
				Sinks.One<String> connection = Sinks.one();
				Mono<String> flight = tests.flight(connection.asMono()
					.flatMap((connected) -> tests.pass().then(Mono.fromCallable(() -> "x" + sent.incrementAndGet()))));
				CountDownLatch start = new CountDownLatch(1);
				Disposable first = flight.subscribe();
				Future<?> connecting = threads.submit(() -> {
					start.await();
					return connection.tryEmitValue("connected");
				});
				Future<Signal<String>> second = threads.submit(() -> {
					start.await();
					first.dispose();
					return flight.materialize().block(PATIENCE);
				});
				start.countDown();
				connecting.get(2, TimeUnit.MINUTES);
				Signal<String> signal = second.get(2, TimeUnit.MINUTES);
				assertThat(sent).hasValueLessThanOrEqualTo(1);
				assertThat("x1".equals(signal.get()) || signal.getThrowable() instanceof OutcomeUnknownException
						|| signal.getThrowable() instanceof IllegalStateException)
					.isTrue();
				assertThat(flight.materialize().block(PATIENCE)).isEqualTo(signal);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void oneThatLeavesWhileTheAnswerComesTakesItFromNoOther() throws Exception {
		ExecutorService threads = Executors.newFixedThreadPool(2);
		try {
			for (int round = 0; round < 3000; round++) {
				SingleFlightTests tests = new SingleFlightTests();
				Sinks.One<String> answer = Sinks.one();
				Mono<String> flight = tests.flight(tests.pass().then(answer.asMono()));
				CountDownLatch start = new CountDownLatch(1);
				Disposable leaving = flight.subscribe();
				CompletableFuture<String> staying = flight.toFuture();
				Future<?> cancelling = threads.submit(() -> {
					start.await();
					leaving.dispose();
					return null;
				});
				Future<?> answering = threads.submit(() -> {
					start.await();
					return answer.tryEmitValue("x");
				});
				start.countDown();
				cancelling.get(2, TimeUnit.MINUTES);
				answering.get(2, TimeUnit.MINUTES);
				assertThat(staying.get(2, TimeUnit.MINUTES)).isEqualTo("x");
				assertThat(tests.requests).hasValue(1);
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void attemptThatEndsLateDoesNotOpenTheGateBehindAnother() {
		Gate.Pass late = this.gate.newPass();
		StepVerifier.create(pass()).verifyComplete();
		late.giveBack();
		assertThat(this.gate.isPassed()).isTrue();
	}

}
