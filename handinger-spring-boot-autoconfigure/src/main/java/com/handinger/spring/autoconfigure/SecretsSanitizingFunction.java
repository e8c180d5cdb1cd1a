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

import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.handinger.spring.transport.BaseUrl;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;

/**
 * Keeps the API key, the tokens of the webhook and the password of the proxy out of what
 * the actuator shows, wherever they come from: the target of a placeholder, JSON and the
 * command line have them under names that are not ours.
 */
final class SecretsSanitizingFunction implements SanitizingFunction {

	/**
	 * As in a command line, or in what it stands in for.
	 */
	private static final Pattern SETS_SECRET = Pattern
		.compile("handinger[._](api[_-]?key|webhook[._]tokens|proxy[._]password)|(hdg|whk)_[a-z0-9]{4}|"
				+ "\\{.*\"handinger[\".].*(key|tokens|password)\"", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

	private static final Set<String> URLS = Set.of("handingerbaseurl", "handingerwebhookregistrationurl");

	/**
	 * What is shorter would be found in everything.
	 */
	private static final int SHORTEST_SECRET = 4;

	private final ObjectProvider<HandingerProperties> properties;

	SecretsSanitizingFunction(ObjectProvider<HandingerProperties> properties) {
		this.properties = properties;
	}

	@Override
	public SanitizableData apply(SanitizableData data) {
		Object value = data.getValue();
		if (value == null) {
			return data;
		}
		String text = value.toString();
		if (SecretProperties.contain(data.getKey()) || SETS_SECRET.matcher(text).find() || hasSecret(text)) {
			return data.withSanitizedValue();
		}
		return URLS.contains(SecretProperties.uniform(data.getKey())) ? data.withValue(BaseUrl.printable(text)) : data;
	}

	private boolean hasSecret(String value) {
		return this.properties.stream()
			.flatMap(SecretsSanitizingFunction::secrets)
			.anyMatch((secret) -> secret.length() >= SHORTEST_SECRET && value.contains(secret));
	}

	private static Stream<String> secrets(HandingerProperties properties) {
		return Stream.concat(
				Stream.of(properties.apiKey(), properties.proxy().password()).filter(SecretsSanitizingFunction::isSet),
				properties.webhook().tokens().stream());
	}

	private static boolean isSet(@Nullable String value) {
		return value != null;
	}

}
