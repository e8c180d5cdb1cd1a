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

package com.handinger.spring.task;

/**
 * The states of a {@link TaskRun run}, as in the diagram in {@code docs/internals.md}.
 */
enum RunState {

	/**
	 * The request has not reached Handinger: it is about to be sent, for the first time
	 * or after a 429. There is nothing to poll.
	 */
	PREPARING,

	/**
	 * The request may have reached Handinger and is not answered yet. The task is polled
	 * after the initial interval, and may be missing.
	 */
	SENT,

	/**
	 * Handinger has answered that the task was carried out. The task is polled at once,
	 * and the answer is the result if polling does not show the end within the grace.
	 */
	ANSWERED,

	/**
	 * There is no answer, or one that can't be read. The task is polled, and may be
	 * missing for the grace.
	 */
	LOST,

	/**
	 * Handinger has answered that it did not take a new task. Since that costs credits, a
	 * poll checks that the task does not run after all.
	 */
	REFUSED,

	/**
	 * The outcome is final. All subscribers get it, and nothing is sent or polled.
	 */
	ENDED

}
