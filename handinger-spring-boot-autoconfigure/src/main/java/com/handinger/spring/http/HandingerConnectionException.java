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

package com.handinger.spring.http;

import org.jspecify.annotations.Nullable;

/**
 * There was no response, and it is safe to call again: either the request never reached
 * Handinger, or it may be repeated.
 */
public class HandingerConnectionException extends HandingerException {

	private static final long serialVersionUID = 1L;

	private final boolean mayHaveReached;

	/**
	 * Create a new exception.
	 * @param message what happened and what to do
	 * @param cause the failure of the connection, if there is one
	 * @param taskId the id of the task that the call was about, if it was about one
	 * @param mayHaveReached whether the request may have reached Handinger
	 */
	public HandingerConnectionException(String message, @Nullable Throwable cause, @Nullable String taskId,
			boolean mayHaveReached) {
		super(message, cause, taskId);
		this.mayHaveReached = mayHaveReached;
	}

	/**
	 * Return whether the request may have reached Handinger. A request that creates or
	 * runs something has not.
	 * @return whether it may
	 */
	public boolean mayHaveReached() {
		return this.mayHaveReached;
	}

}
