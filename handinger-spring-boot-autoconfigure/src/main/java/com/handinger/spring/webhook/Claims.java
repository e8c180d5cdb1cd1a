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

import org.jspecify.annotations.Nullable;

/**
 * Remembers the finished turns whose listeners were called, so that a listener is called
 * once, in one JVM and in several, and the checkpoints of the reconciliation. This is the
 * owner of that rule: {@link ListenerCalls} makes one call per key at a time within a
 * JVM, and a claim holds across instances and restarts. For internal use only.
 */
public interface Claims {

	/**
	 * Do a piece of work in the transaction of the application, if it has one, unless the
	 * work was done before. Blocks until the work is done. Within a JVM, the caller makes
	 * one call per key at a time.
	 * @param key the key of the work
	 * @param work the work; if it throws, nothing is claimed, and the exception is thrown
	 * @return the result
	 */
	Claim once(String key, Runnable work);

	/**
	 * Return whether claims outlive this process.
	 * @return whether they do
	 */
	boolean isDurable();

	/**
	 * Return whether a claim and what the work writes are in one transaction.
	 * @return whether they are
	 */
	default boolean areTransactional() {
		return false;
	}

	/**
	 * Return the checkpoint of a worker: all its executions before that are settled. May
	 * block.
	 * @param workerId the id of the worker
	 * @return the checkpoint, or {@code null} if there is none
	 */
	@Nullable Instant checkpoint(String workerId);

	/**
	 * Store the checkpoint of a worker. May block.
	 * @param workerId the id of the worker
	 * @param checkpoint the checkpoint
	 */
	void checkpoint(String workerId, Instant checkpoint);

	/**
	 * Forget what is only in memory, between two tests.
	 */
	default void clear() {
	}

	/**
	 * Create claims in the memory of this process.
	 * @param transactions the transactions of the application
	 * @return the claims
	 */
	static Claims inMemory(Transactions transactions) {
		return new MemoryClaims(transactions, Clock.systemUTC());
	}

	/**
	 * Runs a piece of work in a transaction, if the application has transactions.
	 */
	@FunctionalInterface
	interface Transactions {

		/**
		 * No transactions.
		 */
		Transactions NONE = Runnable::run;

		/**
		 * Run a piece of work on this thread. If it throws, the transaction is rolled
		 * back, and the exception is thrown.
		 * @param work the work
		 */
		void run(Runnable work);

	}

	/**
	 * The result of {@link #once}, or the reason why there is none.
	 *
	 * @param outcome {@link Outcome#ACCEPTED} if the work was done now,
	 * {@link Outcome#DUPLICATE} if it was done before, {@link Outcome#CLAIMED_ELSEWHERE}
	 * if another instance is doing it. There is no result if there is no work to do yet
	 * ({@link Outcome#RUNNING}), if there was no thread to do it
	 * ({@link Outcome#OVERLOADED}), or if it has failed ({@link Outcome#FAILED})
	 * @param doneAt the time at which the work was done, if it was done before
	 */
	record Claim(Outcome outcome, @Nullable Instant doneAt) {

		/**
		 * There is nothing to claim, because the task has not finished.
		 */
		static final Claim NONE = new Claim(Outcome.RUNNING, null);

		static final Claim DONE = new Claim(Outcome.ACCEPTED, null);

		/**
		 * The work was done now, by the call that was joined.
		 */
		static final Claim JOINED = new Claim(Outcome.DUPLICATE, null);

		static final Claim CLAIMED_ELSEWHERE = new Claim(Outcome.CLAIMED_ELSEWHERE, null);

		static final Claim OVERLOADED = new Claim(Outcome.OVERLOADED, null);

		static final Claim FAILED = new Claim(Outcome.FAILED, null);

		static Claim doneBefore(Instant doneAt) {
			return new Claim(Outcome.DUPLICATE, doneAt);
		}

		boolean isDoneBefore(Instant time) {
			return this.doneAt != null && this.doneAt.isBefore(time);
		}

	}

}
