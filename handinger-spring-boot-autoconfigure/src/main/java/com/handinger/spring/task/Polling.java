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

package com.handinger.spring.task;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

import com.handinger.spring.http.OutcomeUnknownException;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * Internal: the interval at which a running task is polled.
 *
 * @param initialInterval the time from the request that runs a task to the first look-up;
 * it doubles with each further one, less some jitter
 * @param maxInterval the longest time between two look-ups, unless the server asks for a
 * longer one
 * @param notFoundGrace how long a task may leave no trace after its connection was lost,
 * before that is an {@link OutcomeUnknownException}
 * @param scheduler the clock, and what waits
 */
public record Polling(Duration initialInterval, Duration maxInterval, Duration notFoundGrace, Scheduler scheduler) {

	private static final int MOST_DOUBLINGS = 20;

	/**
	 * Return the time to wait before a look-up.
	 * @param number the number of the look-up, from 0
	 * @param retryAfter what the server asks for, if it does
	 */
	Duration waitBefore(int number, @Nullable Duration retryAfter) {
		long interval = Math.min(this.maxInterval.toMillis(),
				this.initialInterval.toMillis() << Math.min(number, MOST_DOUBLINGS));
		// Those who lost their connections together must not come back together.
		long wait = interval - jitter(interval / 2);
		if (retryAfter != null && retryAfter.toMillis() > wait) {
			wait = retryAfter.toMillis() + jitter(retryAfter.toMillis() / 10);
		}
		return Duration.ofMillis(wait);
	}

	private static long jitter(long bound) {
		return ThreadLocalRandom.current().nextLong(bound + 1);
	}

}
