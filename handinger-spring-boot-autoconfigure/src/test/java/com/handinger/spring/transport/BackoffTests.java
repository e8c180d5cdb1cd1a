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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import com.handinger.spring.http.ErrorResponse;
import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.http.RateLimitedException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;

class BackoffTests {

	private static final Backoff POLICY = new Backoff(3, Duration.ofMillis(500), Duration.ofSeconds(8));

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final AtomicInteger attempts = new AtomicInteger();

	private Mono<String> failing(Backoff policy, @Nullable Duration retryAfter, boolean mayBeSentAgain) {
		return policy.retry(Mono.error(() -> {
			this.attempts.incrementAndGet();
			return rateLimited(retryAfter);
		}), "GET /", (error) -> mayBeSentAgain, Schedulers.parallel());
	}

	/**
	 * Return the milliseconds from each attempt to the next.
	 */
	private List<Long> waits(Backoff policy, @Nullable Duration retryAfter) {
		List<Long> times = new ArrayList<>();
		Mono<String> failing = Mono.error(() -> {
			times.add(VirtualTimeScheduler.get().now(TimeUnit.MILLISECONDS));
			return rateLimited(retryAfter);
		});
		StepVerifier.withVirtualTime(() -> policy.retry(failing, "GET /", (error) -> true, Schedulers.parallel()))
			.thenAwait(Duration.ofDays(1000))
			.expectError(RateLimitedException.class)
			.verify(PATIENCE);
		return IntStream.range(1, times.size()).mapToObj((i) -> times.get(i) - times.get(i - 1)).toList();
	}

	private static HandingerApiException rateLimited(@Nullable Duration retryAfter) {
		return HandingerApiException.of(new ErrorResponse(HttpMethod.GET, "/", 429, null, null, retryAfter), null);
	}

	@Test
	void callIsMadeAsOftenAsThePolicySays() {
		StepVerifier.withVirtualTime(() -> failing(POLICY, null, true))
			.thenAwait(Duration.ofMinutes(1))
			.verifyError(RateLimitedException.class);
		assertThat(this.attempts).hasValue(3);
	}

	@Test
	void backoffIsBetweenHalfOfItAndTheWhole() {
		StepVerifier.withVirtualTime(() -> failing(POLICY, null, true))
			.expectSubscription()
			.expectNoEvent(Duration.ofMillis(249))
			.then(() -> assertThat(this.attempts).hasValue(1))
			.thenAwait(Duration.ofMillis(251))
			.then(() -> assertThat(this.attempts).hasValue(2))
			.thenAwait(Duration.ofMillis(1000))
			.verifyError(RateLimitedException.class);
		assertThat(this.attempts).hasValue(3);
	}

	@Test
	void backoffDoublesWithEachAttempt() {
		Backoff policy = new Backoff(6, Duration.ofMillis(500), Duration.ofMinutes(1));
		List<Long> waits = waits(policy, null);
		assertThat(waits).hasSize(5);
		for (int i = 0; i < waits.size(); i++) {
			assertThat(waits.get(i)).isBetween(250L << i, 500L << i);
		}
	}

	@Test
	void backoffIsNotTheSameForAll() {
		Backoff policy = new Backoff(50, Duration.ofSeconds(8), Duration.ofSeconds(8));
		assertThat(Set.copyOf(waits(policy, null))).hasSizeGreaterThan(2);
	}

	@Test
	void backoffStaysTheLongestHoweverManyAttemptsThereAre() {
		Backoff policy = new Backoff(200, Duration.ofDays(1), Duration.ofDays(2));
		assertThat(waits(policy, null).subList(1, 199)).allSatisfy(
				(wait) -> assertThat(wait).isBetween(Duration.ofDays(1).toMillis(), Duration.ofDays(2).toMillis()));
	}

	@Test
	void waitThatTheServerAsksForIsSpreadByATenth() {
		Backoff policy = new Backoff(50, Duration.ofMillis(500), Duration.ofSeconds(8));
		List<Long> waits = waits(policy, Duration.ofSeconds(5));
		assertThat(waits).hasSize(49).allSatisfy((wait) -> assertThat(wait).isBetween(5000L, 5500L));
		assertThat(Set.copyOf(waits)).hasSizeGreaterThan(2);
	}

	@Test
	void waitThatTheServerAsksForIsSpreadNoFurtherThanTheLongest() {
		Backoff policy = new Backoff(50, Duration.ofMillis(500), Duration.ofSeconds(8));
		assertThat(waits(policy, Duration.ofMillis(7900))).hasSize(49)
			.allSatisfy((wait) -> assertThat(wait).isBetween(7900L, 8000L));
	}

	@Test
	void waitThatTheServerAsksForMayBeTheLongest() {
		assertThat(waits(POLICY, Duration.ofSeconds(8))).containsExactly(8000L, 8000L);
	}

	@Test
	void waitThatTheServerAsksForMayBeNone() {
		assertThat(waits(POLICY, Duration.ZERO)).containsExactly(0L, 0L);
	}

	@Test
	void waitThatTheServerAsksForComesBeforeTheBackoff() {
		assertThat(waits(new Backoff(3, Duration.ofSeconds(8), Duration.ofSeconds(8)), Duration.ofMillis(5)))
			.containsExactly(5L, 5L);
	}

	@Test
	void waitThatTheServerAsksForDoesNotMakeAFailureRepeatable() {
		StepVerifier.create(failing(POLICY, Duration.ZERO, false))
			.expectError(RateLimitedException.class)
			.verify(PATIENCE);
		assertThat(this.attempts).hasValue(1);
	}

	@Test
	void failureIsTheOneThatIsAskedAbout() {
		List<Throwable> asked = new ArrayList<>();
		IOException failure = new IOException("x");
		StepVerifier.create(POLICY.retry(Mono.error(failure), "GET /", (error) -> {
			asked.add(error);
			return false;
		}, Schedulers.parallel()))
			.expectErrorSatisfies((error) -> assertThat(error).isSameAs(failure))
			.verify(PATIENCE);
		assertThat(asked).containsExactly(failure);
	}

	@Test
	void valueEndsTheAttempts() {
		Mono<String> call = Mono.fromCallable(() -> {
			if (this.attempts.incrementAndGet() == 1) {
				throw new IOException("x");
			}
			return "y";
		});
		StepVerifier.withVirtualTime(() -> POLICY.retry(call, "GET /", (error) -> true, Schedulers.parallel()))
			.thenAwait(Duration.ofMinutes(1))
			.expectNext("y")
			.expectComplete()
			.verify(PATIENCE);
		assertThat(this.attempts).hasValue(2);
	}

	@Test
	void subscriberThatLeavesDuringAWaitEndsTheAttempts() {
		StepVerifier.withVirtualTime(() -> failing(POLICY, null, true))
			.expectSubscription()
			.expectNoEvent(Duration.ofMillis(249))
			.thenCancel()
			.verify(PATIENCE);
		assertThat(this.attempts).hasValue(1);
	}

	@Test
	void backoffGrowsNoLongerThanTheLongest() {
		Backoff policy = new Backoff(100, Duration.ofSeconds(1), Duration.ofSeconds(2));
		StepVerifier.withVirtualTime(() -> failing(policy, null, true))
			.thenAwait(Duration.ofSeconds(1 + 98 * 2))
			.verifyError(RateLimitedException.class);
		assertThat(this.attempts).hasValue(100);
	}

	@Test
	void waitThatTheServerAsksForIsNeverCutShort() {
		StepVerifier.withVirtualTime(() -> failing(POLICY, Duration.ofSeconds(5), true))
			.expectSubscription()
			.expectNoEvent(Duration.ofMillis(4999))
			.then(() -> assertThat(this.attempts).hasValue(1))
			.thenAwait(Duration.ofMillis(501))
			.then(() -> assertThat(this.attempts).hasValue(2))
			.thenAwait(Duration.ofMillis(5500))
			.verifyError(RateLimitedException.class);
	}

	@Test
	void longerWaitThanTheLongestIsAnErrorAtOnce() {
		StepVerifier.create(failing(POLICY, Duration.ofMillis(8001), true)).verifyError(RateLimitedException.class);
		assertThat(this.attempts).hasValue(1);
	}

	@Test
	void failureThatStaysIsAnErrorAtOnce() {
		StepVerifier.create(failing(POLICY, null, false)).verifyError(RateLimitedException.class);
		assertThat(this.attempts).hasValue(1);
	}

	@Test
	void oneAttemptIsOneAttempt() {
		StepVerifier.create(failing(new Backoff(1, Duration.ofMillis(500), Duration.ofSeconds(8)), null, true))
			.verifyError(RateLimitedException.class);
		assertThat(this.attempts).hasValue(1);
	}

	@Test
	void lastFailureIsTheOneThatIsSignalled() {
		Mono<String> failing = Mono.<String>error(() -> new IOException("attempt " + this.attempts.incrementAndGet()));
		StepVerifier.withVirtualTime(() -> POLICY.retry(failing, "GET /", (error) -> true, Schedulers.parallel()))
			.thenAwait(Duration.ofMinutes(1))
			.verifyErrorMessage("attempt 3");
	}

}
