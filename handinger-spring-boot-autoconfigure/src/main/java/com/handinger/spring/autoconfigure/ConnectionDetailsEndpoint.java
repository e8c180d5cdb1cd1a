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
import java.util.function.Supplier;

import com.handinger.spring.transport.Endpoint;
import com.handinger.spring.transport.BaseUrl;
import org.jspecify.annotations.Nullable;

/**
 * Adapts {@link HandingerConnectionDetails} to {@link Endpoint}, and checks what they
 * give whenever it is new.
 */
final class ConnectionDetailsEndpoint implements Endpoint {

	private final HandingerConnectionDetails connectionDetails;

	private final boolean allowPlainHttp;

	private volatile @Nullable CheckedUrl lastUrl;

	private volatile @Nullable String lastApiKey;

	ConnectionDetailsEndpoint(HandingerConnectionDetails connectionDetails, boolean allowPlainHttp) {
		this.connectionDetails = connectionDetails;
		this.allowPlainHttp = allowPlainHttp;
	}

	/**
	 * Check what is there now, so that a mistake shows when the application starts.
	 */
	void check() {
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
		if (!apiKey.equals(this.lastApiKey)) {
			ApiKey.check(apiKey, name());
			this.lastApiKey = apiKey;
		}
		return apiKey;
	}

	/**
	 * An application's own code may have nothing after all, or fail.
	 */
	private String read(Supplier<@Nullable String> value) {
		try {
			return Objects.requireNonNullElse(value.get(), "");
		}
		catch (MissingApiKeyException ex) {
			throw ex;
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
