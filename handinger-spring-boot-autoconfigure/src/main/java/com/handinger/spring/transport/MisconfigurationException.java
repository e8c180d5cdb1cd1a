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

import org.jspecify.annotations.Nullable;

/**
 * A setting, bean or library that the application has to provide is missing or unusable.
 * If it stops the application from starting, Spring Boot reports the description and the
 * action instead of a stack trace.
 */
public final class MisconfigurationException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	private final String description;

	private final String action;

	/**
	 * Create a new exception.
	 * @param description what is wrong, as a sentence
	 * @param action how to correct it, as a sentence
	 */
	public MisconfigurationException(String description, String action) {
		this(description + " " + action, description, action, null);
	}

	/**
	 * Create a new exception.
	 * @param message the message, for a call that fails
	 * @param description what is wrong, as a sentence
	 * @param action how to correct it, as a sentence
	 * @param cause the cause, or {@code null}
	 */
	public MisconfigurationException(String message, String description, String action, @Nullable Throwable cause) {
		super(message, cause);
		this.description = description;
		this.action = action;
	}

	/**
	 * Return what is wrong.
	 * @return the description
	 */
	public String description() {
		return this.description;
	}

	/**
	 * Return how to correct it.
	 * @return the action
	 */
	public String action() {
		return this.action;
	}

}
