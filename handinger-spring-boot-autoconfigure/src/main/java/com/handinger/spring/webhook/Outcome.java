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

/**
 * The outcome of a delivery. 204 means that the work is done or durably noted; after any
 * other answer Handinger lists the delivery as failed, and reconciliation finds it.
 */
enum Outcome {

	/**
	 * All listeners were called.
	 */
	ACCEPTED(204, "accepted"),

	/**
	 * The listeners were called before.
	 */
	DUPLICATE(204, "duplicate"),

	/**
	 * There is no such task for the API key.
	 */
	UNKNOWN_TASK(404, "invalid"),

	/**
	 * The task has not finished.
	 */
	RUNNING(503, "failed"),

	/**
	 * Another instance is calling its listeners.
	 */
	CLAIMED_ELSEWHERE(503, "failed"),

	/**
	 * Too many deliveries are in flight.
	 */
	OVERLOADED(503, "failed"),

	/**
	 * A listener, the claim or the transaction has failed.
	 */
	FAILED(503, "failed"),

	/**
	 * Handinger is unavailable, or rejects the API key.
	 */
	OUTAGE(503, "failed"),

	/**
	 * The task cannot be read.
	 */
	UNREADABLE(503, "failed"),

	/**
	 * The timeout is over. The work continues.
	 */
	TIMED_OUT(503, "failed");

	private final int status;

	private final String tag;

	Outcome(int status, String tag) {
		this.status = status;
		this.tag = tag;
	}

	/**
	 * Return the HTTP status of the answer.
	 */
	int status() {
		return this.status;
	}

	/**
	 * Return the value of the tag {@code outcome} of meters and observations.
	 */
	String tag() {
		return this.tag;
	}

	/**
	 * Return whether there is nothing left to do.
	 */
	boolean isFinal() {
		return this == ACCEPTED || this == DUPLICATE || this == UNKNOWN_TASK;
	}

}
