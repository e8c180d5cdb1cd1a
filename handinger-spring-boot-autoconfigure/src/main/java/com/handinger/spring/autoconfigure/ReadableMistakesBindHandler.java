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

import java.time.Duration;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.convert.ConversionException;
import org.springframework.util.ClassUtils;
import org.springframework.util.PlaceholderResolutionException;
import org.springframework.util.unit.DataSize;

/**
 * Says of a value that can't be read what would be right, and nothing of one that is a
 * secret: the exceptions that Boot throws have it in their messages.
 */
final class ReadableMistakesBindHandler extends AbstractBindHandler {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("handinger");

	private static final Set<Class<?>> NUMBERS = Set.of(Integer.class, Long.class);

	ReadableMistakesBindHandler(BindHandler parent) {
		super(parent);
	}

	@Override
	public @Nullable Object onFailure(ConfigurationPropertyName name, Bindable<?> target, BindContext context,
			Exception error) throws Exception {
		if (!PREFIX.equals(name) && !PREFIX.isAncestorOf(name)) {
			return super.onFailure(name, target, context, error);
		}
		try {
			return super.onFailure(name, target, context, error);
		}
		catch (BindException ex) {
			throw ex;
		}
		catch (Exception ex) {
			throw readable(name, target, context.getConfigurationProperty(), ex);
		}
	}

	private static Exception readable(ConfigurationPropertyName name, Bindable<?> target,
			@Nullable ConfigurationProperty property, Exception error) {
		if (error instanceof UnboundConfigurationPropertiesException unbound) {
			return gap(name, unbound);
		}
		for (Throwable cause = error; cause != null; cause = cause.getCause()) {
			if (cause instanceof PlaceholderResolutionException
					|| (cause instanceof ConversionException && hasPlaceholder(property))) {
				return mistake(name, property, HandingerProperties.UNRESOLVED);
			}
			if (cause instanceof ConversionException) {
				return mistake(name, property, expected(target.getType().resolve(Object.class)));
			}
		}
		return error;
	}

	private static boolean hasPlaceholder(@Nullable ConfigurationProperty property) {
		return property != null && String.valueOf(property.getValue()).contains("${");
	}

	private static Exception gap(ConfigurationPropertyName name, UnboundConfigurationPropertiesException unbound) {
		Set<ConfigurationProperty> beyond = unbound.getUnboundProperties();
		Object values = SecretProperties.contain(name.toString()) ? SecretProperties.MASK
				: join(beyond, ConfigurationProperty::getValue);
		return new InvalidConfigurationPropertyValueException(name.toString(), values,
				"its elements have to be numbered from 0 without a gap, and there is one before "
						+ join(beyond, ConfigurationProperty::getName));
	}

	private static String join(Set<ConfigurationProperty> properties, Function<ConfigurationProperty, ?> part) {
		return properties.stream().map(part).map(String::valueOf).collect(Collectors.joining(", "));
	}

	private static Exception mistake(ConfigurationPropertyName name, @Nullable ConfigurationProperty property,
			String reason) {
		Object value = SecretProperties.contain(name.toString()) ? SecretProperties.MASK
				: (property != null) ? property.getValue() : null;
		return new InvalidConfigurationPropertyValueException(name.toString(), value, reason);
	}

	private static String expected(Class<?> type) {
		Class<?> boxed = ClassUtils.resolvePrimitiveIfNecessary(type);
		if (boxed == Duration.class) {
			return "it has to be a duration of at least 1ms and at most 24 days, such as 500ms, 10s or 5m";
		}
		if (boxed == DataSize.class) {
			return "it has to be a size of at least 1B and less than 2048MB, such as 512KB or 16MB";
		}
		if (boxed == Boolean.class) {
			return "it has to be true or false";
		}
		return NUMBERS.contains(boxed) ? "it has to be a whole number of at most 2147483647"
				: "it takes no value like this one: look the property up in the documentation";
	}

}
