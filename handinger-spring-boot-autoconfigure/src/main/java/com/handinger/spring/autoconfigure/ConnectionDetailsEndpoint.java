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

import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

import com.handinger.spring.transport.BaseUrl;
import com.handinger.spring.transport.HandingerTransport.Endpoint;
import com.handinger.spring.transport.MisconfigurationException;
import org.jspecify.annotations.Nullable;

/**
 * Adapts {@link HandingerConnectionDetails} to {@link Endpoint}, and validates the key
 * with each read and the URL whenever it changes.
 */
final class ConnectionDetailsEndpoint implements Endpoint {

	private final HandingerConnectionDetails connectionDetails;

	private final boolean allowPlainHttp;

	private final Function<String, MisconfigurationException> missingApiKey;

	private volatile @Nullable CheckedUrl lastUrl;

	/**
	 * Create an endpoint, and validate the current values, so that a mistake shows when
	 * the application starts.
	 * @param missingApiKey creates the exception for connection details without a key
	 * from their name
	 */
	ConnectionDetailsEndpoint(HandingerConnectionDetails connectionDetails, boolean allowPlainHttp,
			Function<String, MisconfigurationException> missingApiKey) {
		this.connectionDetails = connectionDetails;
		this.allowPlainHttp = allowPlainHttp;
		this.missingApiKey = missingApiKey;
		baseUrl();
		apiKey();
	}

	@Override
	public BaseUrl baseUrl() {
		String url = read(this.connectionDetails::getBaseUrl);
		CheckedUrl last = this.lastUrl;
		if (last == null || !last.url().equals(url)) {
			last = new CheckedUrl(url, BaseUrl.of(url, this.allowPlainHttp));
			this.lastUrl = last;
		}
		return last.baseUrl();
	}

	@Override
	public String apiKey() {
		String apiKey = read(this.connectionDetails::getApiKey);
		if (apiKey.isBlank()) {
			throw this.missingApiKey.apply(name());
		}
		if (!HandingerProperties.isToken(apiKey)) {
			throw new IllegalStateException(
					"The API key of Handinger has a space, a line break or another character that can't be part of a "
							+ "key: check where getApiKey() of " + name() + " has it from");
		}
		return apiKey;
	}

	/**
	 * Connection details of an application may return {@code null} or fail.
	 */
	private String read(Supplier<@Nullable String> value) {
		try {
			return Objects.requireNonNullElse(value.get(), "");
		}
		catch (Throwable ex) {
			throw new UnreadableException(name(), ex);
		}
	}

	private String name() {
		return (this.connectionDetails instanceof FixedConnectionDetails) ? FixedConnectionDetails.NAME
				: this.connectionDetails.getClass().getName();
	}

	private record CheckedUrl(String url, BaseUrl baseUrl) {
	}

}
