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

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/**
 * The SSL bundle of {@code handinger.ssl.bundle}. A wrong name fails at start: the
 * clients, which use the bundle as it is then, may only be created much later.
 */
final class NamedSslBundle {

	private final @Nullable String name;

	private final ObjectProvider<SslBundles> sslBundles;

	NamedSslBundle(@Nullable String name, ObjectProvider<SslBundles> sslBundles) {
		this.name = name;
		this.sslBundles = sslBundles;
		try {
			bundle();
		}
		catch (NoSuchSslBundleException ex) {
			throw InvalidPropertyBindHandler.failure("handinger.ssl.bundle", name, null,
					"it has to be the name of an SSL bundle below spring.ssl.bundle, and there is none of that name");
		}
	}

	private @Nullable SslBundle bundle() {
		return (this.name != null) ? this.sslBundles.getObject().getBundle(this.name) : null;
	}

	HttpClientSettings applyTo(HttpClientSettings settings) {
		SslBundle bundle = bundle();
		return (bundle != null) ? settings.withSslBundle(bundle) : settings;
	}

}
