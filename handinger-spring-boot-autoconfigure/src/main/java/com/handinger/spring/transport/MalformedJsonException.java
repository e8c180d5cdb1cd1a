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

/**
 * A body is not the JSON that was expected. The message says where, and quotes nothing.
 */
final class MalformedJsonException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final boolean cut;

	MalformedJsonException(String message, boolean cut) {
		super(message);
		this.cut = cut;
	}

	/**
	 * Return whether the body ended too early, so that asking again may help.
	 */
	boolean isTruncated() {
		return this.cut;
	}

}
