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
 * Base class of all exceptions that calls of Handinger signal. The message says what
 * happened and what to do, and never contains an API key, a token, the input of a task,
 * the instructions of a worker or the content of a file.
 */
public class HandingerException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final @Nullable String taskId;

	/**
	 * Create a new exception.
	 * @param message what happened and what to do
	 * @param cause the cause, if there is one
	 * @param taskId the id of the task that the call was about, if it was about one
	 */
	public HandingerException(String message, @Nullable Throwable cause, @Nullable String taskId) {
		super(message, cause);
		this.taskId = taskId;
	}

	/**
	 * Return the id of the task that the call was about.
	 * @return the id, or {@code null} if there is none or it was not sent
	 */
	public @Nullable String taskId() {
		return this.taskId;
	}

}
