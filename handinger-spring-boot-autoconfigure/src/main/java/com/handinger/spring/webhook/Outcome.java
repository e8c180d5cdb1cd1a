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
 * What has become of a delivery.
 */
enum Outcome {

	/**
	 * All listeners have heard of the end.
	 */
	ACCEPTED(204, "accepted"),

	/**
	 * They have heard of it before.
	 */
	DUPLICATE(204, "duplicate"),

	/**
	 * There is no such task for our key.
	 */
	UNKNOWN_TASK(404, "invalid"),

	/**
	 * The task is not at an end.
	 */
	RUNNING(503, "failed"),

	/**
	 * Another instance is telling its listeners now.
	 */
	CLAIMED_ELSEWHERE(503, "failed"),

	/**
	 * There is too much to do.
	 */
	OVERLOADED(503, "failed"),

	/**
	 * A listener has failed.
	 */
	LISTENER_FAILED(503, "failed"),

	/**
	 * Handinger can't be reached, or takes no requests.
	 */
	OUTAGE(503, "failed"),

	/**
	 * The task can't be read, or the claim can't be kept.
	 */
	UNREADABLE(503, "failed"),

	/**
	 * It takes too long. The work goes on.
	 */
	TIMED_OUT(503, "failed");

	private final int status;

	private final String tag;

	Outcome(int status, String tag) {
		this.status = status;
		this.tag = tag;
	}

	/**
	 * Return the status of the answer.
	 */
	int status() {
		return this.status;
	}

	/**
	 * Return the outcome as meters and observations name it.
	 */
	String tag() {
		return this.tag;
	}

	/**
	 * Return whether there is nothing left to be done.
	 */
	boolean isFinal() {
		return this == ACCEPTED || this == DUPLICATE || this == UNKNOWN_TASK;
	}

}
