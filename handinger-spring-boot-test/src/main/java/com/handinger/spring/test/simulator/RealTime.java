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

package com.handinger.spring.test.simulator;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Waits of a test in real time, which the simulator's clock does not shorten.
 */
final class RealTime {

	/**
	 * How long a test waits for what an application does.
	 */
	static final Duration LONGEST_AWAIT = Duration.ofSeconds(5);

	private RealTime() {
	}

	/**
	 * Wait for a condition, and return whether it holds. Must be called with the lock,
	 * which has to be notified of changes.
	 */
	static boolean await(Object lock, BooleanSupplier condition, Duration limit) {
		long end = System.nanoTime() + limit.toNanos();
		try {
			long rest = limit.toNanos();
			while (!condition.getAsBoolean() && rest > 0) {
				TimeUnit.NANOSECONDS.timedWait(lock, rest);
				rest = end - System.nanoTime();
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
		return condition.getAsBoolean();
	}

}
