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
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

import com.handinger.spring.transport.SafeLog;

import org.springframework.integration.metadata.ConcurrentMetadataStore;

/**
 * {@link Claims} in a store that knows no transaction with the listeners: who works has a
 * lease, so that another takes over when it dies. Never lost, rarely twice. The clocks of
 * all instances have to agree within the lease.
 */
final class LeasedClaims implements Claims {

	private static final SafeLog logger = SafeLog.of(LeasedClaims.class);

	/**
	 * Whose lease has ended, and who has none.
	 */
	private static final String GIVEN_BACK = StoredClaim.inProgress(Instant.EPOCH, "-");

	private final ConcurrentMetadataStore store;

	private final Duration lease;

	private final Clock clock;

	LeasedClaims(ConcurrentMetadataStore store, Duration lease, Clock clock) {
		this.store = store;
		this.lease = lease;
		this.clock = clock;
	}

	@Override
	public Claim once(String key, Runnable work) {
		String storedKey = StoredClaim.key(key);
		String mine = StoredClaim.inProgress(this.clock.instant().plus(this.lease), UUID.randomUUID().toString());
		Claim other = StoredClaim.take(this.store, storedKey, mine, this.clock.instant());
		if (other != null) {
			return other;
		}
		boolean done = false;
		try {
			work.run();
			done = true;
		}
		finally {
			// A removal could take away what somebody else has claimed meanwhile.
			String next = done ? StoredClaim.done(this.clock.instant()) : GIVEN_BACK;
			if (!this.store.replace(storedKey, mine, next)) {
				logger.warn("The listeners of " + key + " took longer than the lease of " + this.lease.toSeconds()
						+ " s, and another instance may have called its own: "
						+ "raise handinger.webhook.timeout, of which the lease is twice as much");
			}
		}
		return Claim.DONE;
	}

	@Override
	public boolean isDurable() {
		return true;
	}

}
