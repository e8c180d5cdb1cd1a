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

package com.handinger.sample.runs;

import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

/**
 * A moment in the life of a durable run at which its process may end.
 */
enum Moment {

	/**
	 * Between the insertion of a run and the end of the caller's transaction.
	 */
	IN_SUBMIT,

	/**
	 * After the caller's transaction.
	 */
	AFTER_SUBMIT,

	/**
	 * Before SENT is written.
	 */
	BEFORE_SENT,

	/**
	 * Between the commit of SENT and the POST.
	 */
	AFTER_SENT,

	/**
	 * While Handinger runs the task.
	 */
	IN_POST,

	/**
	 * When a listener is called.
	 */
	BEFORE_LISTENER,

	/**
	 * In the transaction of the listeners.
	 */
	IN_LISTENERS,

	/**
	 * Between the commit of the listeners' transaction and the row of the run.
	 */
	AFTER_LISTENERS;

	/**
	 * The status of a process that ends at a moment.
	 */
	static final int STATUS = 77;

	private static volatile @Nullable Moment fatal;

	private static final AtomicInteger REMAINING = new AtomicInteger();

	/**
	 * End the process at a moment, without any shutdown.
	 * @param moment the moment
	 * @param count how many times the moment passes until then
	 */
	static void haltAt(Moment moment, int count) {
		REMAINING.set(count);
		fatal = moment;
	}

	/**
	 * Tell that this moment is now.
	 */
	void pass() {
		if (fatal == this && REMAINING.getAndDecrement() == 0) {
			Runtime.getRuntime().halt(STATUS);
		}
	}

}
