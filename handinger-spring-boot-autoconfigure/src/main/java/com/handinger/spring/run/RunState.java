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

package com.handinger.spring.run;

import com.handinger.spring.webhook.TaskFinishedEvent;

/**
 * The state of a {@link DurableRun}.
 */
public enum RunState {

	/**
	 * The run is stored, and was not sent. It can be canceled.
	 */
	REQUESTED,

	/**
	 * The request is in flight, or was carried out, and the task has not ended.
	 */
	SENT,

	/**
	 * The request may have been sent, and Handinger does not know the task. The run is
	 * not sent again, unless a person decides so. It is still polled, and is
	 * {@link #DONE} if the task turns up and ends.
	 */
	UNKNOWN,

	/**
	 * The task has ended, whatever its status, and the listeners were called with the
	 * {@link TaskFinishedEvent}. The row is removed after its retention.
	 */
	DONE,

	/**
	 * Handinger has refused the request, and runs nothing. The row is removed after its
	 * retention.
	 */
	REFUSED

}
