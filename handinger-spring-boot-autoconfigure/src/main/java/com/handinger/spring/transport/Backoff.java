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
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import java.util.function.Predicate;

import com.handinger.spring.http.HandingerApiException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Number of attempts of a call, and the waits between them: exponentially longer, or as
 * long as the server asks for in {@code Retry-After}. {@link HandingerTransport} and
 * {@link OneTimeCall} decide which failures of which calls allow another attempt.
 *
 * @param maxAttempts Maximum number of attempts of a call. A call that creates or runs
 * something is retried only if the request never reached Handinger or was rejected by a
 * rate limit. The number of polls of a running task is not limited.
 * @param initialBackoff Wait before the second attempt. It doubles with each further
 * attempt. A plain number is in milliseconds.
 * @param maxBackoff Maximum wait between two attempts. If the server asks for a longer
 * wait, the call fails immediately, except for a call that runs a task to its end. A
 * plain number is in milliseconds.
 */
public record Backoff(@DefaultValue("3") int maxAttempts, @DefaultValue("500ms") Duration initialBackoff,
		@DefaultValue("8s") Duration maxBackoff) {

	private static final SafeLog logger = SafeLog.of(Backoff.class);

	private static final int MAX_DOUBLINGS = 20;

	/**
	 * Return the time that doubles with each attempt, less up to half of it, so that
	 * those who failed together do not come back together.
	 * @param initial the time before the first of the attempts
	 * @param max the longest time
	 * @param number the number of the attempt, from 0
	 * @return the time to wait
	 */
	public static Duration exponential(Duration initial, Duration max, long number) {
		long longest = Math.min(max.toMillis(), initial.toMillis() << Math.min(number, MAX_DOUBLINGS));
		return Duration.ofMillis(longest - jitter(longest / 2));
	}

	/**
	 * Return a time and up to a tenth of it more.
	 * @param wait the time
	 * @return the time to wait
	 */
	public static Duration jittered(Duration wait) {
		return wait.plusMillis(jitter(wait.toMillis() / 10));
	}

	private static long jitter(long bound) {
		return ThreadLocalRandom.current().nextLong(bound + 1);
	}

	/**
	 * Return how long the server asks to wait before the next attempt.
	 * @param failure the failure of the last attempt, if it failed
	 * @return the time, or {@code null} if the server does not ask
	 */
	public static @Nullable Duration retryAfter(@Nullable Throwable failure) {
		return (failure instanceof HandingerApiException answered) ? answered.retryAfter() : null;
	}

	/**
	 * Return a call that is repeated if it fails.
	 * @param call the call
	 * @param name the name of the call, for the log
	 * @param mayBeRepeated which failures allow another attempt
	 * @param clock the timer of the waits
	 */
	<T> Mono<T> retry(Mono<T> call, String name, Predicate<Throwable> mayBeRepeated, Scheduler clock) {
		return retry(call, (retries, failure) -> delay(name, retries, failure, mayBeRepeated, clock));
	}

	/**
	 * Return a call that is repeated after each failure.
	 * @param <T> the type of the result
	 * @param call the call
	 * @param delay returns the wait after a failure, from the number of retries before it
	 * and the failure, or an error if there is no further attempt
	 * @return the repeated call
	 */
	public static <T> Mono<T> retry(Mono<T> call, BiFunction<Long, Throwable, Mono<Long>> delay) {
		// A call that succeeds does not pay for what a retryWhen holds.
		return call.onErrorResume((failure) -> delay.apply(0L, failure)
			.then(call.retryWhen(Retry.from((attempts) -> attempts
				.concatMap((attempt) -> delay.apply(attempt.totalRetries() + 1, attempt.failure()))))));
	}

	/**
	 * Wait before the next attempt, or fail if there is none.
	 */
	private Mono<Long> delay(String name, long retries, Throwable failure, Predicate<Throwable> mayBeRepeated,
			Scheduler clock) {
		Duration retryAfter = retryAfter(failure);
		boolean isTooLong = retryAfter != null && retryAfter.compareTo(this.maxBackoff) > 0;
		if (retries + 1 >= this.maxAttempts || isTooLong || !mayBeRepeated.test(failure)) {
			return Mono.error(failure);
		}
		Duration wait = (retryAfter != null) ? Collections.min(List.of(jittered(retryAfter), this.maxBackoff))
				: exponential(this.initialBackoff, this.maxBackoff, retries);
		logger.debug(() -> "Attempt " + (retries + 1) + " of " + this.maxAttempts + " of " + name
				+ " failed, the next one is made in " + wait.toMillis() + " ms: " + failure.getMessage());
		return Scheduling.delay(wait, clock);
	}

}
