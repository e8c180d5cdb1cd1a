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

import java.lang.reflect.Method;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ValueDeserializer;

import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.type.filter.AssignableTypeFilter;

/**
 * Registers the types that Jackson and the binding of properties use by reflection. They
 * are found by scanning during ahead-of-time processing, so that none can be forgotten.
 */
final class HandingerRuntimeHints implements RuntimeHintsRegistrar {

	private static final String PACKAGE = "com.handinger.spring";

	private static final String SCHEMAS = "com/handinger/spring/run/schema-*.sql";

	private static final MemberCategory[] MEMBERS = { MemberCategory.INVOKE_DECLARED_CONSTRUCTORS,
			MemberCategory.INVOKE_PUBLIC_METHODS, MemberCategory.INVOKE_DECLARED_METHODS,
			MemberCategory.ACCESS_DECLARED_FIELDS };

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		registerData(hints.reflection(), classLoader);
		Method cookieHandling = ApplicationBeans.COOKIE_HANDLING;
		if (cookieHandling != null) {
			hints.reflection()
				.registerMethod(cookieHandling, ExecutableMode.INVOKE)
				.registerType(cookieHandling.getParameterTypes()[0], MemberCategory.INVOKE_DECLARED_METHODS);
		}
		hints.resources().registerPattern(HandingerClients.VERSION).registerPattern(SCHEMAS);
	}

	/**
	 * No class is loaded, since some of them refer to optional libraries.
	 */
	private static void registerData(ReflectionHints hints, @Nullable ClassLoader classLoader) {
		ClassPathScanningCandidateComponentProvider data = new ClassPathScanningCandidateComponentProvider(false);
		data.setResourceLoader(new DefaultResourceLoader(classLoader));
		data.addIncludeFilter(new AssignableTypeFilter(Record.class));
		data.addIncludeFilter(new AssignableTypeFilter(Enum.class));
		data.addIncludeFilter(new AssignableTypeFilter(ValueDeserializer.class));
		for (BeanDefinition found : data.findCandidateComponents(PACKAGE)) {
			hints.registerType(TypeReference.of(String.valueOf(found.getBeanClassName())), MEMBERS);
		}
	}

}
