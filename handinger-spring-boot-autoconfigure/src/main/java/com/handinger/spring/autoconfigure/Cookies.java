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

import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/**
 * The setting of Spring Boot 4.1 for cookies, by reflection since Spring Boot 4.0 lacks
 * it.
 */
final class Cookies {

	private Cookies() {
	}

	/**
	 * Disable cookies, if there is a setting for that.
	 */
	@SuppressWarnings({ "unchecked", "rawtypes" })
	static HttpClientSettings disable(HttpClientSettings settings) {
		Method method = method();
		return (method == null) ? settings : (HttpClientSettings) ReflectionUtils.invokeMethod(method, settings,
				Enum.valueOf((Class) method.getParameterTypes()[0], "DISABLE"));
	}

	/**
	 * Register the hints of a native image for the reflection.
	 */
	static void registerHints(ReflectionHints hints) {
		Method method = method();
		if (method != null) {
			hints.registerMethod(method, ExecutableMode.INVOKE)
				.registerType(method.getParameterTypes()[0], MemberCategory.INVOKE_DECLARED_METHODS);
		}
	}

	private static @Nullable Method method() {
		return ClassUtils.getMethodIfAvailable(HttpClientSettings.class, "withCookieHandling", (Class<?>[]) null);
	}

}
