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
 * A request that costs credits or creates something may have been carried out, and its
 * outcome is unknown. Do not send it again: look the task up by its {@link #taskId() id},
 * which is known if one was sent. If the request was about a worker, check first whether
 * it was carried out.
 */
public class OutcomeUnknownException extends HandingerException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create a new exception.
	 * @param message what happened and what to do
	 * @param cause the failure of the connection or the answer of the server, if there is
	 * one
	 * @param taskId the id of the task that was sent, if one was
	 */
	public OutcomeUnknownException(String message, @Nullable Throwable cause, @Nullable String taskId) {
		super(message, cause, taskId);
	}

}
