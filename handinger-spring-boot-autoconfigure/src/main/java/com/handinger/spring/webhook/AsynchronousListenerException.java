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
 * A listener works on another thread, although the claim and what listeners write have to
 * be one transaction.
 */
final class AsynchronousListenerException extends IllegalStateException {

	static final String ACTION = "Let it do its work on the thread that calls it (without @Async, and without returning a "
			+ "future or a publisher), or make it a TaskFinishedHandler";

	private static final long serialVersionUID = 1L;

	private final String listeners;

	/**
	 * Create a new exception.
	 * @param listeners the listeners, each with its class, separated by commas
	 */
	AsynchronousListenerException(String listeners) {
		super("The JdbcMetadataStore keeps a claim in one transaction with what listeners write, and this listener works "
				+ "on another thread: " + listeners);
		this.listeners = listeners;
	}

	String listeners() {
		return this.listeners;
	}

}
