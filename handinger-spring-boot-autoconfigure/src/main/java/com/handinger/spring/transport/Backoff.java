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
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;

import com.handinger.spring.http.HandingerApiException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Number of attempts of a call, and the waits between them. Which calls may be retried is
 * decided elsewhere: see {@link ApiCall#isRepeatable()}.
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

	/**
	 * Return a call that is made again as this policy says.
	 * @param call the call
	 * @param name the name of the call, for the log
	 * @param mayBeSentAgain tells which failures allow a further attempt
	 */
	<T> Mono<T> retry(Mono<T> call, String name, Predicate<Throwable> mayBeSentAgain) {
		// A call that succeeds does not pay for what a retryWhen holds.
		return call.onErrorResume((failure) -> backoff(name, 0, failure, mayBeSentAgain)
			.then(call.retryWhen(Retry.from((attempts) -> attempts.concatMap(
					(attempt) -> backoff(name, attempt.totalRetries() + 1, attempt.failure(), mayBeSentAgain))))));
	}

	/**
	 * Wait before the next attempt, or fail if there is none.
	 */
	private Mono<Long> backoff(String name, long retries, Throwable failure, Predicate<Throwable> mayBeSentAgain) {
		Duration wait = wait(retries, retryAfter(failure));
		if (retries + 1 >= this.maxAttempts || wait == null || !mayBeSentAgain.test(failure)) {
			return Mono.error(failure);
		}
		logger.debug(() -> "Attempt " + (retries + 1) + " of " + this.maxAttempts + " of " + name
				+ " failed, the next one comes in " + wait.toMillis() + " ms: " + failure.getMessage());
		return Delay.of(wait);
	}

	private @Nullable Duration wait(long retries, @Nullable Duration retryAfter) {
		if (retryAfter == null) {
			long longest = Math.min(this.maxBackoff.toMillis(),
					this.initialBackoff.toMillis() << Math.min(retries, 20));
			return Duration.ofMillis(longest / 2 + random(longest / 2));
		}
		if (retryAfter.compareTo(this.maxBackoff) > 0) {
			return null;
		}
		long room = this.maxBackoff.minus(retryAfter).toMillis();
		return retryAfter.plusMillis(random(Math.min(retryAfter.toMillis() / 10, room)));
	}

	private long random(long bound) {
		return ThreadLocalRandom.current().nextLong(bound + 1);
	}

	private @Nullable Duration retryAfter(Throwable failure) {
		return (failure instanceof HandingerApiException answered) ? answered.retryAfter() : null;
	}

}
