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

import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Says which property of Handinger has a value that can't be used, where that comes from
 * and what would be right. Boot's own analyzers read the value from the environment
 * again, even if it is a secret.
 */
final class InvalidPropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidConfigurationPropertyValueException>
		implements Ordered {

	private static final String PREFIX = "handinger";

	private final @Nullable Environment environment;

	InvalidPropertyFailureAnalyzer(@Nullable Environment environment) {
		this.environment = environment;
	}

	@Override
	public int getOrder() {
		return HIGHEST_PRECEDENCE;
	}

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure,
			InvalidConfigurationPropertyValueException cause) {
		String name = cause.getName();
		if (!name.equals(PREFIX) && !name.startsWith(PREFIX + ".")) {
			return null;
		}
		ConfigurationProperty property = property(name);
		String origin = (property != null && property.getOrigin() != null)
				? " (originating from '" + property.getOrigin() + "')" : "";
		return new FailureAnalysis(
				"The property " + name + " can't have the value '" + value(cause, property) + "'" + origin + ".",
				"Correct " + name + ": " + cause.getReason() + ".", cause);
	}

	private @Nullable ConfigurationProperty property(String name) {
		if (this.environment == null || !ConfigurationPropertyName.isValid(name)) {
			return null;
		}
		ConfigurationPropertyName propertyName = ConfigurationPropertyName.of(name);
		return StreamSupport.stream(ConfigurationPropertySources.get(this.environment).spliterator(), false)
			.map((source) -> source.getConfigurationProperty(propertyName))
			.filter((property) -> property != null)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Return the value as it was written, unless that was read as a text: then it is what
	 * may be shown of it.
	 */
	private static @Nullable Object value(InvalidConfigurationPropertyValueException cause,
			@Nullable ConfigurationProperty property) {
		Object value = cause.getValue();
		return (value instanceof String || property == null) ? value : property.getValue();
	}

}
