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

package com.handinger.spring.transport;

import java.io.IOException;

/**
 * It is certain, in terms of HTTP, that the server has not processed a request. Such a
 * request has not been carried out, so even a POST may be sent again.
 */
public final class UnprocessedRequestException extends IOException {

	private static final long serialVersionUID = 1L;

	private final String advice;

	/**
	 * Create a new exception.
	 * @param message what has happened
	 */
	public UnprocessedRequestException(String message) {
		this(message, Failures.CHECK_NETWORK);
	}

	/**
	 * Create a new exception.
	 * @param message what has happened
	 * @param advice what to do before the next call
	 */
	public UnprocessedRequestException(String message, String advice) {
		super(message);
		this.advice = advice;
	}

	String advice() {
		return this.advice;
	}

}
