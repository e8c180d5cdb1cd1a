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
 * The SSL bundle of {@code handinger.ssl.bundle}. It is looked up at start, so that a
 * wrong name fails there: the clients may only be created much later.
 */
final class NamedSslBundle {

	private final @Nullable SslBundle bundle;

	NamedSslBundle(@Nullable String name, ObjectProvider<SslBundles> sslBundles) {
		try {
			this.bundle = (name != null) ? sslBundles.getObject().getBundle(name) : null;
		}
		catch (NoSuchSslBundleException ex) {
			throw InvalidPropertyBindHandler.failure("handinger.ssl.bundle", name, null,
					"it has to be the name of an SSL bundle below spring.ssl.bundle, and there is none of that name");
		}
	}

	HttpClientSettings applyTo(HttpClientSettings settings) {
		return (this.bundle != null) ? settings.withSslBundle(this.bundle) : settings;
	}

}
