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

package com.handinger.spring.webhook;

/**
 * The application answers the path of the webhook itself.
 */
final class TakenPathException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	private final String path;

	private final String handler;

	/**
	 * Create a new exception.
	 * @param path the path, as {@code handinger.webhook.path} sets it
	 * @param handler what the application has mapped to it
	 */
	TakenPathException(String path, String handler) {
		super("The webhook of Handinger is at " + path + ", which the application maps to " + handler
				+ " as well: change handinger.webhook.path or that mapping");
		this.path = path;
		this.handler = handler;
	}

	String path() {
		return this.path;
	}

	String handler() {
		return this.handler;
	}

}
