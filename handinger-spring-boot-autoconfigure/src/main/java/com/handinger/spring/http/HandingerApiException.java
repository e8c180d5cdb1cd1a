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

import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;

/**
 * Handinger answered with an HTTP status of 400 and above.
 */
public class HandingerApiException extends HandingerException {

	private static final long serialVersionUID = 1L;

	private static final List<String> UNITS = List.of("ms", "s", "min", "h", "days");

	/**
	 * How many of a unit make the next one.
	 */
	private static final List<Integer> UNIT_SIZES = List.of(1000, 60, 60, 24);

	private static final List<Long> MAX_AMOUNTS = List.of(999L, 120L, 120L, 48L, Long.MAX_VALUE);

	private final ErrorResponse response;

	/**
	 * Create a new exception.
	 * @param response the response
	 * @param taskId the id of the task that the call was about, if it was about one
	 * @param advice what to do, as the end of a sentence
	 */
	protected HandingerApiException(ErrorResponse response, @Nullable String taskId, String advice) {
		super(message(response, advice) + response.note(), null, taskId);
		this.response = response;
	}

	/**
	 * Create the exception that fits an answer.
	 * @param response the response
	 * @param taskId the id of the task that the call was about, if it was about one
	 * @return the exception
	 */
	public static HandingerApiException of(ErrorResponse response, @Nullable String taskId) {
		return switch (response.status()) {
			case 400 -> new BadRequestException(response, taskId);
			case 401 -> new AuthenticationException(response, taskId);
			case 403 -> new PermissionDeniedException(response, taskId);
			case 404 -> new NotFoundException(response, taskId);
			case 409 -> new ConflictException(response, taskId);
			case 422 -> new UnprocessableContentException(response, taskId);
			case 429 -> new RateLimitedException(response, taskId);
			case 402 -> new HandingerApiException(response, taskId, "check the credits of the organization");
			case 413, 414 -> new HandingerApiException(response, taskId, "send less at once");
			default -> (response.status() == 408 || response.status() >= 500)
					? new ServerErrorException(response, taskId) : new HandingerApiException(response, taskId,
							"check handinger.base-url and whatever stands between this application and Handinger");
		};
	}

	private static String message(ErrorResponse response, String advice) {
		HttpStatus status = HttpStatus.resolve(response.status());
		return response.method() + " " + response.uriTemplate() + " was answered with " + response.status()
				+ ((status != null) ? " " + status.getReasonPhrase() : "")
				+ ((response.error() != null) ? " (\"" + response.error() + "\")" : "") + ": " + advice;
	}

	/**
	 * Return when to call again, in words.
	 */
	static String retryAfterInWords(@Nullable Duration wait, String unknown) {
		if (wait == null) {
			return unknown;
		}
		long amount = wait.toMillis();
		int unit = 0;
		while (amount > MAX_AMOUNTS.get(unit)) {
			amount = (amount + UNIT_SIZES.get(unit) - 1) / UNIT_SIZES.get(unit);
			unit++;
		}
		return "in " + amount + " " + UNITS.get(unit);
	}

	/**
	 * Return the HTTP status of the response.
	 * @return the status
	 */
	public int status() {
		return this.response.status();
	}

	/**
	 * Return the error message of the server, at most 500 characters.
	 * @return the message, or {@code null} if there is none
	 */
	public @Nullable String error() {
		return this.response.error();
	}

	/**
	 * Return the method of the request.
	 * @return the method
	 */
	public HttpMethod method() {
		return this.response.method();
	}

	/**
	 * Return the URI template of the request, such as {@code /api/tasks/{taskId}}.
	 * @return the template
	 */
	public String uriTemplate() {
		return this.response.uriTemplate();
	}

	/**
	 * Return the id that the server gave the request, for questions to its support.
	 * @return the id, or {@code null} if the server gave none
	 */
	public @Nullable String requestId() {
		return this.response.requestId();
	}

	/**
	 * Return how long the server asks to wait before the next call.
	 * @return the time, or {@code null} if the server does not ask
	 */
	public @Nullable Duration retryAfter() {
		return this.response.retryAfter();
	}

}
