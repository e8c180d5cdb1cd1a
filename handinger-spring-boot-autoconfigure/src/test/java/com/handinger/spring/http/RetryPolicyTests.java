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

package com.handinger.spring.http;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;

class RetryPolicyTests {

	private static final RetryPolicy POLICY = new RetryPolicy(3, Duration.ofMillis(500), Duration.ofSeconds(8));

	private final AtomicInteger attempts = new AtomicInteger();

	private Mono<String> failing(RetryPolicy policy, @Nullable Duration retryAfter, boolean mayBeSentAgain) {
		return Mono.<String>error(() -> {
			this.attempts.incrementAndGet();
			return rateLimited(retryAfter);
		}).retryWhen(policy.forCall("GET /", (error) -> mayBeSentAgain));
	}

	private static RateLimitedException rateLimited(@Nullable Duration retryAfter) {
		return new RateLimitedException(new ErrorResponse(HttpMethod.GET, "/", 429, null, null, retryAfter), null);
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
	void backoffGrowsNoLongerThanTheLongest() {
		RetryPolicy policy = new RetryPolicy(100, Duration.ofSeconds(1), Duration.ofSeconds(2));
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
		StepVerifier.create(failing(new RetryPolicy(1, Duration.ofMillis(500), Duration.ofSeconds(8)), null, true))
			.verifyError(RateLimitedException.class);
		assertThat(this.attempts).hasValue(1);
	}

	@Test
	void lastFailureIsTheOneThatIsSignalled() {
		Mono<String> failing = Mono.<String>error(() -> new IOException("attempt " + this.attempts.incrementAndGet()));
		StepVerifier.withVirtualTime(() -> failing.retryWhen(POLICY.forCall("GET /", (error) -> true)))
			.thenAwait(Duration.ofMinutes(1))
			.verifyErrorMessage("attempt 3");
	}

}
