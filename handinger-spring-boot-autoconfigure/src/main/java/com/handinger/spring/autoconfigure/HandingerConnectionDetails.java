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
 * Details required to establish a connection to Handinger. A bean of this type takes the
 * place of {@code handinger.base-url}, {@code handinger.api-key} and
 * {@code handinger.webhook.tokens}.
 * <p>
 * They are read for every request and every delivery, so that a key can be rotated, on
 * whatever thread that is, and from several at once. So these methods must not block:
 * what takes time to read, from a vault say, has to be read beforehand and kept. If one
 * of them fails, the call fails with a
 * {@link com.handinger.spring.http.HandingerConnectionException
 * HandingerConnectionException} that has this failure as its cause, and the delivery is
 * answered with a 503.
 */
public interface HandingerConnectionDetails extends ConnectionDetails {

	/**
	 * Return the URL below which the API is found, such as {@code https://handinger.com}.
	 * @return the base URL
	 */
	String getBaseUrl();

	/**
	 * Return the API key.
	 * @return the key
	 */
	String getApiKey();

	/**
	 * Return the tokens that open the webhook. Several may be valid at once, so that one
	 * can be replaced without a gap.
	 * @return the tokens, or an empty list if there are none but those of the registered
	 * webhooks
	 */
	default List<String> getWebhookTokens() {
		return List.of();
	}

	/**
	 * Create connection details that never change, for {@link HandingerClients} say.
	 * @param baseUrl the URL below which the API is found, such as
	 * {@code https://handinger.com}
	 * @param apiKey the API key, which is not shown by {@code toString()}
	 * @return the connection details
	 */
	static HandingerConnectionDetails of(String baseUrl, String apiKey) {
		return new FixedConnectionDetails(baseUrl, apiKey);
	}

}
