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
 * Handinger rejected the API key (401).
 */
public class AuthenticationException extends HandingerApiException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create a new exception.
	 * @param response the response
	 * @param taskId the id of the task that the call was about, if it was about one
	 */
	public AuthenticationException(ErrorResponse response, @Nullable String taskId) {
		super(response, taskId, "check handinger.api-key, which is missing, malformed or revoked");
	}

}
