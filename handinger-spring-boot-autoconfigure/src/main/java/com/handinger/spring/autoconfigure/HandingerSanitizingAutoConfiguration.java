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
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.handinger.spring.transport.BaseUrl;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.SanitizableData;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Fallback;

/**
 * Auto-configuration that masks the API key, the webhook tokens and the proxy password in
 * the actuator's responses. They may have other names there, such as that of a
 * placeholder's target.
 */
@AutoConfiguration
@ConditionalOnClass(SanitizingFunction.class)
final class HandingerSanitizingAutoConfiguration {

	/**
	 * Matches a command line or JSON that sets a secret, and the secrets of Handinger.
	 */
	private static final Pattern SETS_SECRET = Pattern
		.compile("handinger[._](api[_-]?key|webhook[._]tokens|proxy[._]password)|(hdg|whk)_[a-z0-9]{4}|"
				+ "\\{.*\"handinger[\".].*(key|tokens|password)\"", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

	private static final Pattern URL_PROPERTIES = Pattern.compile("handinger(base|webhookregistration)url",
			Pattern.CASE_INSENSITIVE);

	/**
	 * A shorter secret would match almost any value.
	 */
	private static final int SHORTEST_SECRET = 4;

	/**
	 * Spring Boot injects all functions, so this bean has to be a default candidate.
	 */
	@Bean
	@Fallback
	@ConditionalOnMissingBean(name = "handingerSanitizingFunction")
	SanitizingFunction handingerSanitizingFunction(ObjectProvider<HandingerProperties> properties) {
		// Made for each value, and so not at start: it is hardly ever used.
		return (data) -> SanitizingFunction.sanitizeValue()
			.ifKeyMatches(SecretProperties::contain)
			.ifValueStringMatches((value) -> SETS_SECRET.matcher(value).find() || hasSecret(value, properties))
			.applyUnlessFiltered(withPrintableUrl(data));
	}

	private static boolean hasSecret(String value, ObjectProvider<HandingerProperties> properties) {
		return properties.stream()
			.flatMap((bound) -> Stream.concat(Stream.ofNullable(bound.webhook().tokens()).flatMap(List::stream),
					Stream.of(bound.apiKey(), bound.proxy().password())))
			.anyMatch((secret) -> secret != null && secret.length() >= SHORTEST_SECRET && value.contains(secret));
	}

	private static SanitizableData withPrintableUrl(SanitizableData data) {
		Object value = data.getValue();
		return (value != null && URL_PROPERTIES.matcher(SecretProperties.uniform(data.getKey())).matches())
				? data.withValue(BaseUrl.printable(value.toString())) : data;
	}

}
