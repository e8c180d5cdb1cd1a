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

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

import com.handinger.spring.transport.SafeLog;
import org.jspecify.annotations.Nullable;

import org.springframework.integration.metadata.ConcurrentMetadataStore;

/**
 * {@link Claims} in a metadata store, as {@code D <time>} if the work is done, or
 * {@code P <time> <owner>} if it is in progress until then. Times are milliseconds since
 * 1970.
 * <p>
 * Where the store takes part in the transactions of the application, the claim and what
 * the listeners write are one transaction: each finished turn is handled exactly once in
 * that database, and a crash takes the claim back. Elsewhere a claim is a lease, so that
 * another instance takes over after a crash: never lost, rarely twice. The clocks of all
 * instances have to agree within the lease. For internal use only.
 */
public final class StoredClaims implements Claims {

	private static final SafeLog logger = SafeLog.of(StoredClaims.class);

	private static final String CLAIM = "handinger:task:";

	private static final String CHECKPOINT = "handinger:reconciled:";

	/**
	 * The default table has keys of 255 characters.
	 */
	private static final int LONGEST_KEY = 150;

	private static final String DONE = "D ";

	/**
	 * A lease that has expired and has no owner.
	 */
	private static final String GIVEN_BACK = inProgress(Instant.EPOCH, "-");

	private final ConcurrentMetadataStore store;

	private final Transactions transactions;

	private final Duration lease;

	private final Clock clock;

	/**
	 * Whether the store takes part in the transactions, once that was tried.
	 */
	private volatile @Nullable Boolean transactional;

	/**
	 * Create new claims.
	 * @param store the store
	 * @param transactions the transactions of the application
	 * @param mayBeTransactional whether the store may take part in the transactions
	 * @param lease the time after which the owner of a claim counts as dead
	 * @param clock the clock
	 */
	public StoredClaims(ConcurrentMetadataStore store, Transactions transactions, boolean mayBeTransactional,
			Duration lease, Clock clock) {
		this.store = store;
		this.transactions = transactions;
		this.transactional = mayBeTransactional ? null : Boolean.FALSE;
		this.lease = lease;
		this.clock = clock;
	}

	@Override
	public Claim once(String key, Runnable work) {
		return areTransactional() ? onceInTransaction(key, work) : onceWithLease(key, work);
	}

	private Claim onceInTransaction(String key, Runnable work) {
		AtomicReference<Claim> claim = new AtomicReference<>(Claim.DONE);
		this.transactions.run(() -> {
			// A lease may be left from before there were transactions.
			claim.set(take(key, done(this.clock.instant())));
			if (claim.get() == Claim.DONE) {
				work.run();
			}
		});
		return claim.get();
	}

	private Claim onceWithLease(String key, Runnable work) {
		String mine = inProgress(this.clock.instant().plus(this.lease), UUID.randomUUID().toString());
		Claim claim = take(key, mine);
		if (claim == Claim.DONE) {
			workWithLease(key, mine, work);
		}
		return claim;
	}

	private void workWithLease(String key, String mine, Runnable work) {
		// A removal could remove the claim that another instance has made meanwhile.
		String next = GIVEN_BACK;
		try {
			this.transactions.run(work);
			next = done(this.clock.instant());
		}
		finally {
			if (!this.store.replace(storedKey(CLAIM, key), mine, next)) {
				logger.warn("The listeners of " + key + " took longer than the lease of " + this.lease.toSeconds()
						+ " s, so another instance may have called its listeners, too. Increase "
						+ "handinger.webhook.timeout; the lease is twice as long");
			}
		}
	}

	/**
	 * Take a claim, unless another one is done or has not expired.
	 * @return {@link Claim#DONE} if the claim is taken and the work is to be done now,
	 * else the other claim
	 */
	private Claim take(String key, String mine) {
		String storedKey = storedKey(CLAIM, key);
		String present = this.store.putIfAbsent(storedKey, mine);
		if (present == null) {
			return Claim.DONE;
		}
		if (present.startsWith(DONE)) {
			return Claim.doneBefore(time(present));
		}
		boolean taken = time(present).isBefore(this.clock.instant()) && this.store.replace(storedKey, present, mine);
		return taken ? Claim.DONE : Claim.CLAIMED_ELSEWHERE;
	}

	@Override
	public boolean isDurable() {
		return true;
	}

	@Override
	public boolean areTransactional() {
		Boolean transactional = this.transactional;
		if (transactional == null) {
			transactional = isRolledBack();
			this.transactional = transactional;
		}
		return transactional;
	}

	/**
	 * The transaction manager may be that of a message broker, and the store in another
	 * database, so a rollback is tried.
	 */
	private boolean isRolledBack() {
		String key = storedKey(CLAIM, "probe:" + UUID.randomUUID());
		try {
			this.transactions.run(() -> {
				this.store.putIfAbsent(key, done(this.clock.instant()));
				throw new RollbackException();
			});
		}
		catch (RollbackException ex) {
			// The transaction is rolled back.
		}
		return this.store.remove(key) == null;
	}

	@Override
	public @Nullable Instant checkpoint(String workerId) {
		String value = this.store.get(storedKey(CHECKPOINT, workerId));
		return (value != null) ? parse(value) : null;
	}

	@Override
	public void checkpoint(String workerId, Instant checkpoint) {
		this.store.put(storedKey(CHECKPOINT, workerId), String.valueOf(checkpoint.toEpochMilli()));
	}

	private static String storedKey(String prefix, String key) {
		return prefix + ((key.length() <= LONGEST_KEY) ? key
				: HexFormat.of().formatHex(WebhookTokens.sha256(key.getBytes(StandardCharsets.UTF_8))));
	}

	static String done(Instant at) {
		return DONE + at.toEpochMilli();
	}

	static String inProgress(Instant until, String owner) {
		return "P " + until.toEpochMilli() + " " + owner;
	}

	/**
	 * A value that something else has written may have no time.
	 */
	private static Instant time(String value) {
		String[] parts = value.split(" ");
		Instant time = (parts.length > 1) ? parse(parts[1]) : null;
		return (time != null) ? time : Instant.EPOCH;
	}

	private static @Nullable Instant parse(String millis) {
		return millis.matches("[0-9]{1,17}") ? Instant.ofEpochMilli(Long.parseLong(millis)) : null;
	}

	/**
	 * Has a transaction rolled back.
	 */
	private static final class RollbackException extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

}
