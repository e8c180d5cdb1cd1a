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

import org.jspecify.annotations.Nullable;

/**
 * A {@code Webhook} of the contract.
 *
 * @param token the token of its deliveries, or {@code null} if none is set
 * @param url the URL of its deliveries, or {@code null} if none is set
 */
record Webhook(@Nullable String token, @Nullable String url) {

	static final Webhook NONE = new Webhook(null, null);

	/**
	 * Return this webhook with a URL. A token is generated the first time and kept
	 * afterwards.
	 */
	Webhook withUrl(String url) {
		return new Webhook((this.token != null) ? this.token : newToken(), url);
	}

	/**
	 * Return this webhook with a new token.
	 * @throws ApiError if no URL is set
	 */
	Webhook withNewToken() {
		if (this.url == null) {
			throw ApiError.notFound("The worker has no webhook: set its URL first.");
		}
		return new Webhook(newToken(), this.url);
	}

	private static String newToken() {
		return "whk_" + Ulid.next();
	}

}
