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

import java.time.Clock;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

/**
 * {@link Claims} in the memory of this process: listeners are called at least once, and
 * again after a restart. Relies on its caller, {@link ListenerCalls}, for one call per
 * key at a time.
 */
final class MemoryClaims implements Claims {

	private static final int MAX_SIZE = 10_000;

	private final Transactions transactions;

	private final Clock clock;

	private final Map<String, Instant> done = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75F, true) {

		private static final long serialVersionUID = 1L;

		@Override
		protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
			return size() > MAX_SIZE;
		}

	});

	private final Map<String, Instant> checkpoints = new ConcurrentHashMap<>();

	MemoryClaims(Transactions transactions, Clock clock) {
		this.transactions = transactions;
		this.clock = clock;
	}

	@Override
	public Claim once(String key, Runnable work) {
		Instant doneAt = this.done.get(key);
		if (doneAt != null) {
			return Claim.doneBefore(doneAt);
		}
		this.transactions.run(work);
		this.done.put(key, this.clock.instant());
		return Claim.DONE;
	}

	@Override
	public boolean isDurable() {
		return false;
	}

	@Override
	public @Nullable Instant checkpoint(String workerId) {
		return this.checkpoints.get(workerId);
	}

	@Override
	public void checkpoint(String workerId, Instant checkpoint) {
		this.checkpoints.put(workerId, checkpoint);
	}

	@Override
	public void clear() {
		this.done.clear();
		this.checkpoints.clear();
	}

}
