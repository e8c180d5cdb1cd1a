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
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

import org.springframework.integration.metadata.ConcurrentMetadataStore;
import org.springframework.transaction.support.TransactionOperations;

/**
 * {@link Claims} in the database of the application: the claim and what the listeners
 * write are one transaction, so that each end is heard of exactly once in that database.
 * A crash takes the claim back by itself.
 */
final class TransactionalClaims implements Claims {

	private final ConcurrentMetadataStore store;

	private final TransactionOperations transactions;

	private final Claims otherwise;

	private final Clock clock;

	private volatile @Nullable Boolean areInTransaction;

	/**
	 * Create new claims.
	 * @param store the store in the database
	 * @param transactions the transactions of the application
	 * @param otherwise the claims if the store takes no part in the transactions
	 */
	TransactionalClaims(ConcurrentMetadataStore store, TransactionOperations transactions, Claims otherwise,
			Clock clock) {
		this.store = store;
		this.transactions = transactions;
		this.otherwise = otherwise;
		this.clock = clock;
	}

	@Override
	public Claim once(String key, Runnable work) {
		return areInTransaction() ? onceInTransaction(StoredClaim.key(key), work) : this.otherwise.once(key, work);
	}

	private Claim onceInTransaction(String key, Runnable work) {
		AtomicReference<Claim> claim = new AtomicReference<>(Claim.DONE);
		this.transactions.executeWithoutResult((status) -> {
			// There may be one with a lease, from before there were transactions.
			Instant now = this.clock.instant();
			Claim other = StoredClaim.take(this.store, key, StoredClaim.done(now), now);
			if (other == null) {
				work.run();
			}
			else {
				claim.set(other);
			}
		});
		return claim.get();
	}

	/**
	 * The transaction manager may be that of a message broker, and the store that of
	 * another database: what counts is whether a rollback takes a key back.
	 */
	private boolean areInTransaction() {
		Boolean areInTransaction = this.areInTransaction;
		if (areInTransaction == null) {
			String key = StoredClaim.key("probe:" + UUID.randomUUID());
			this.transactions.executeWithoutResult((status) -> {
				this.store.putIfAbsent(key, StoredClaim.done(this.clock.instant()));
				status.setRollbackOnly();
			});
			areInTransaction = this.store.get(key) == null;
			if (!areInTransaction) {
				this.store.remove(key);
			}
			this.areInTransaction = areInTransaction;
		}
		return areInTransaction;
	}

	@Override
	public boolean isDurable() {
		return true;
	}

	@Override
	public boolean areTransactional() {
		return areInTransaction();
	}

}
