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
import java.util.Arrays;
import java.util.Optional;

import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.util.ReflectionUtils;

/**
 * Cookies, which a client keeps or does not keep since Boot 4.1. The setting is looked
 * for by name, since Boot 4.0 does not have it.
 */
final class Cookies {

	private static final String METHOD = "withCookieHandling";

	private Cookies() {
	}

	/**
	 * Have a client keep no cookies, if that can be set.
	 */
	static HttpClientSettings disable(HttpClientSettings settings) {
		return method().map((method) -> disable(settings, method)).orElse(settings);
	}

	/**
	 * Tell a native image what is looked for by name.
	 */
	static void registerHints(ReflectionHints hints) {
		method().ifPresent((method) -> hints.registerMethod(method, ExecutableMode.INVOKE)
			.registerType(method.getParameterTypes()[0], MemberCategory.INVOKE_DECLARED_METHODS));
	}

	private static Optional<Method> method() {
		return Arrays.stream(HttpClientSettings.class.getMethods())
			.filter((method) -> method.getName().equals(METHOD))
			.findFirst();
	}

	@SuppressWarnings({ "unchecked", "rawtypes" })
	private static HttpClientSettings disable(HttpClientSettings settings, Method method) {
		Object disable = Enum.valueOf((Class) method.getParameterTypes()[0], "DISABLE");
		return (HttpClientSettings) ReflectionUtils.invokeMethod(method, settings, disable);
	}

}
