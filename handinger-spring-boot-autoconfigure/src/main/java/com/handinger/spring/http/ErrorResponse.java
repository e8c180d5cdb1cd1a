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

import java.io.Serializable;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;

/**
 * A response of Handinger with an HTTP status of 400 and above.
 *
 * @param method the method of the request
 * @param uriTemplate the URI template of the request, such as {@code /api/tasks/{taskId}}
 * @param status the HTTP status
 * @param error the error message of the server, at most 500 characters, or {@code null}
 * if there is none
 * @param requestId the id that the server gave the request, or {@code null} if it gave
 * none
 * @param retryAfter how long the server asks to wait, or {@code null} if it does not
 * @param note a further sentence for the message of the exception, or an empty text
 */
public record ErrorResponse(HttpMethod method, String uriTemplate, int status, @Nullable String error,
		@Nullable String requestId, @Nullable Duration retryAfter, String note) implements Serializable {

	/**
	 * Create a response to a call that does not poll a running task.
	 * @param method the method of the request
	 * @param uriTemplate the URI template of the request
	 * @param status the HTTP status
	 * @param error the error message of the server
	 * @param requestId the id that the server gave the request
	 * @param retryAfter how long the server asks to wait
	 */
	public ErrorResponse(HttpMethod method, String uriTemplate, int status, @Nullable String error,
			@Nullable String requestId, @Nullable Duration retryAfter) {
		this(method, uriTemplate, status, error, requestId, retryAfter, "");
	}

}
