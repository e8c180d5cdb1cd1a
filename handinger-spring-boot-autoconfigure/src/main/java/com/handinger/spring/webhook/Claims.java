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

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * Remembers which ends of tasks the listeners have heard of.
 */
interface Claims {

	/**
	 * Do a piece of work unless it was done before. It blocks for as long as the work
	 * takes.
	 * @param key what tells the work from all other
	 * @param work the work; what it throws is thrown on, and nothing is claimed then
	 * @return what has become of it
	 */
	Claim once(String key, Runnable work);

	/**
	 * Return whether the memory outlives this process.
	 */
	boolean isDurable();

	/**
	 * Return whether a claim and what the work writes are one transaction.
	 */
	default boolean areTransactional() {
		return false;
	}

	/**
	 * What has become of a piece of work.
	 *
	 * @param outcome {@link Outcome#ACCEPTED} if it was done now,
	 * {@link Outcome#DUPLICATE} if it was done before, {@link Outcome#CLAIMED_ELSEWHERE}
	 * if somebody else is at it
	 * @param doneAt when it was done, if it was done before
	 */
	record Claim(Outcome outcome, @Nullable Instant doneAt) {

		static final Claim DONE = new Claim(Outcome.ACCEPTED, null);

		static final Claim OVERLOADED = new Claim(Outcome.OVERLOADED, null);

		static final Claim CLAIMED_ELSEWHERE = new Claim(Outcome.CLAIMED_ELSEWHERE, null);

		static Claim doneBefore(Instant doneAt) {
			return new Claim(Outcome.DUPLICATE, doneAt);
		}

	}

}
