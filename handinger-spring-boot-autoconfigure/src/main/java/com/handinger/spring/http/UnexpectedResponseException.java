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
 * The response is not one of the API: a redirect, a web page, an empty or truncated body,
 * one that is larger than {@code handinger.max-response-size}, or JSON of another shape.
 */
public class UnexpectedResponseException extends HandingerException {

	private static final long serialVersionUID = 1L;

	private final int status;

	private final @Nullable String contentType;

	private final String body;

	private final boolean truncated;

	/**
	 * Create a new exception.
	 * @param message what happened and what to do
	 * @param cause the failure of the connection, if there is one
	 * @param taskId the id of the task that the call was about, if it was about one
	 * @param status the HTTP status
	 * @param contentType the content type, if there is one
	 * @param body the first 500 characters of the body
	 */
	public UnexpectedResponseException(String message, @Nullable Throwable cause, @Nullable String taskId, int status,
			@Nullable String contentType, String body) {
		this(message, cause, taskId, status, contentType, body, false);
	}

	/**
	 * Create a new exception.
	 * @param message what happened and what to do
	 * @param cause the failure of the connection, if there is one
	 * @param taskId the id of the task that the call was about, if it was about one
	 * @param status the HTTP status
	 * @param contentType the content type, if there is one
	 * @param body the first 500 characters of the body
	 * @param truncated whether the body ended too early
	 */
	public UnexpectedResponseException(String message, @Nullable Throwable cause, @Nullable String taskId, int status,
			@Nullable String contentType, String body, boolean truncated) {
		super(message, cause, taskId);
		this.status = status;
		this.contentType = contentType;
		this.body = body;
		this.truncated = truncated;
	}

	/**
	 * Return the HTTP status of the response.
	 * @return the status, or 0 if it is not one of HTTP
	 */
	public int status() {
		return this.status;
	}

	/**
	 * Return the content type of the response.
	 * @return the content type, or {@code null} if there is none
	 */
	public @Nullable String contentType() {
		return this.contentType;
	}

	/**
	 * Return the first 500 characters of the body, without control characters and keys.
	 * The message repeats it only if it is a web page. JSON may be the output of a task.
	 * @return the start of the body, which may be empty
	 */
	public String body() {
		return this.body;
	}

	/**
	 * Return whether the body ended too early, so that asking again may help.
	 * @return whether the body was truncated
	 */
	public boolean isTruncated() {
		return this.truncated;
	}

}
