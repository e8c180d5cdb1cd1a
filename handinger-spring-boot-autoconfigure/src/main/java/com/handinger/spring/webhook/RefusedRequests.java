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

package com.handinger.spring.webhook;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import com.handinger.spring.transport.SafeLog;

/**
 * Logs requests that are refused for one reason: one line per minute with their number.
 */
final class RefusedRequests {

	private static final SafeLog logger = SafeLog.of(RefusedRequests.class);

	private static final long INTERVAL = Duration.ofMinutes(1).toNanos();

	private final AtomicLong count = new AtomicLong();

	private final AtomicLong nextLine = new AtomicLong(System.nanoTime());

	void add(String kind, String hint) {
		this.count.incrementAndGet();
		long due = this.nextLine.get();
		long now = System.nanoTime();
		if (now - due >= 0 && this.nextLine.compareAndSet(due, now + INTERVAL)) {
			logger.warn("Requests to the webhook " + kind + " since the last line: " + this.count.getAndSet(0) + ". "
					+ hint);
		}
	}

}
