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

package com.handinger.spring.test.simulator;

import java.time.Duration;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * A response with a status of 400 or above.
 */
final class ApiError extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final int status;

	private final transient Map<String, String> headers;

	private ApiError(int status, String sentence, Map<String, String> headers) {
		super(sentence, null, false, false);
		this.status = status;
		this.headers = headers;
	}

	static ApiError badRequest(String sentence) {
		return new ApiError(400, sentence, Map.of());
	}

	static ApiError unauthorized(String sentence) {
		return new ApiError(401, sentence, Map.of(HttpHeaders.WWW_AUTHENTICATE, "Bearer"));
	}

	static ApiError notFound(String sentence) {
		return new ApiError(404, sentence, Map.of());
	}

	static ApiError methodNotAllowed(String allowed) {
		return new ApiError(405, "This path supports only " + allowed.replace(",", " and") + ".",
				Map.of(HttpHeaders.ALLOW, allowed));
	}

	static ApiError conflict(String sentence) {
		return new ApiError(409, sentence, Map.of());
	}

	static ApiError tooLarge(String sentence) {
		return new ApiError(413, sentence, Map.of());
	}

	static ApiError unsupportedMediaType() {
		return new ApiError(415, "The body must be application/json or multipart/form-data.", Map.of());
	}

	static ApiError notJson() {
		return new ApiError(415, "The body must be application/json.", Map.of());
	}

	static ApiError empty(String name) {
		return unprocessable("'" + name + "' must not be empty.");
	}

	static ApiError unprocessable(String sentence) {
		return new ApiError(422, sentence, Map.of());
	}

	static ApiError closing() {
		return new ApiError(503, "The simulator is being closed.", Map.of());
	}

	static ApiError failed(String sentence) {
		return new ApiError(500, sentence, Map.of());
	}

	/**
	 * A rejection after which nothing was carried out.
	 * @param retryAfter the time to wait, or {@code null} to leave it out
	 */
	static ApiError rejected(int status, @Nullable Duration retryAfter) {
		if (retryAfter == null) {
			return new ApiError(status, "The request was rejected: nothing was carried out.", Map.of());
		}
		long seconds = retryAfter.plusNanos(999_999_999).toSeconds();
		return new ApiError(status,
				"Too many requests: nothing was carried out, retry in "
						+ ((seconds == 1) ? "a second." : seconds + " seconds."),
				Map.of(HttpHeaders.RETRY_AFTER, String.valueOf(seconds)));
	}

	int status() {
		return this.status;
	}

	String sentence() {
		return String.valueOf(getMessage());
	}

	Map<String, String> headers() {
		return this.headers;
	}

}
