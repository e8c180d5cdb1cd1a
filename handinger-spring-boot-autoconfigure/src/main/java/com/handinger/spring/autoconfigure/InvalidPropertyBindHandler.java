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
import java.util.stream.StreamSupport;

import com.handinger.spring.transport.MisconfigurationException;
import com.handinger.spring.transport.Redaction;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.origin.Origin;
import org.springframework.core.NestedExceptionUtils;

/**
 * Reports a value that {@link HandingerProperties} rejects, with its origin, and hides
 * the values of secrets, which the exceptions of Spring Boot contain.
 */
final class InvalidPropertyBindHandler extends AbstractBindHandler {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("handinger");

	InvalidPropertyBindHandler(BindHandler parent) {
		super(parent);
	}

	/**
	 * Return the failure for a value that can't be used.
	 */
	static MisconfigurationException failure(String name, @Nullable Object value, @Nullable Origin origin,
			String reason) {
		return new MisconfigurationException(
				"The property " + name + " can't have the value '" + value + "'"
						+ ((origin != null) ? " (originating from '" + origin + "')" : "") + ".",
				"Correct " + name + ": " + reason + ".");
	}

	@Override
	public @Nullable Object onFailure(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
			Exception error) throws Exception {
		try {
			return super.onFailure(name, target, context, error);
		}
		catch (Exception ex) {
			boolean isNew = !(ex instanceof BindException);
			throw (isNew && (PREFIX.equals(name) || PREFIX.isAncestorOf(name))) ? reported(name, context, ex) : ex;
		}
	}

	private static Exception reported(ConfigurationPropertyName name, BindContext context, Exception error) {
		if (NestedExceptionUtils.getMostSpecificCause(error) instanceof InvalidConfigurationPropertyValueException ex) {
			ConfigurationPropertyName rejected = ConfigurationPropertyName.of(ex.getName());
			ConfigurationProperty property = StreamSupport.stream(context.getSources().spliterator(), false)
				.map((source) -> source.getConfigurationProperty(rejected))
				.filter(Objects::nonNull)
				.findFirst()
				.orElse(null);
			// A text is what may be shown of it. Anything else is shown as it was
			// written.
			Object value = (ex.getValue() instanceof String || property == null) ? ex.getValue() : property.getValue();
			return failure(ex.getName(), value, Origin.from(property), ex.getReason());
		}
		return SecretProperties.contain(name.toString())
				? failure(name.toString(), Redaction.MASK, Origin.from(context.getConfigurationProperty()),
						"its value can't be read. It is not shown since it may be a secret")
				: error;
	}

}
