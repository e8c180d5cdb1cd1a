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

package com.handinger.spring.autoconfigure;

import java.util.List;

import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;

/**
 * Details required to establish a connection to Handinger. A bean of this type replaces
 * {@code handinger.base-url}, {@code handinger.api-key} and
 * {@code handinger.webhook.tokens}.
 * <p>
 * The details are read for every request and every delivery, so that a key can be
 * rotated. Several threads read them at once, and the methods must not block: read slow
 * sources, such as a vault, beforehand and cache the values. If a method fails, the call
 * fails with a {@link com.handinger.spring.http.HandingerConnectionException
 * HandingerConnectionException} that has this failure as its cause, and a delivery is
 * answered with a 503.
 */
public interface HandingerConnectionDetails extends ConnectionDetails {

	/**
	 * Return the base URL of Handinger, without the path {@code /api}, such as
	 * {@code https://handinger.com}.
	 * @return the base URL
	 */
	String getBaseUrl();

	/**
	 * Return the API key.
	 * @return the key
	 */
	String getApiKey();

	/**
	 * Return the tokens that authenticate webhook deliveries. Several tokens may be valid
	 * at once, to allow for rotation.
	 * @return the tokens, or an empty list to accept only the tokens of registered
	 * webhooks
	 */
	default List<String> getWebhookTokens() {
		return List.of();
	}

	/**
	 * Create connection details that never change, such as for {@link HandingerClients}.
	 * @param baseUrl the base URL of Handinger, such as {@code https://handinger.com}
	 * @param apiKey the API key, which {@code toString()} omits
	 * @return the connection details
	 */
	static HandingerConnectionDetails of(String baseUrl, String apiKey) {
		return new FixedConnectionDetails(baseUrl, apiKey);
	}

}
