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

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.util.ReflectionUtils;

/**
 * Cookies, which a client keeps or does not keep since Boot 4.1. The setting is looked
 * for by name, since Boot 4.0 does not have it.
 */
final class Cookies {

	static final String METHOD = "withCookieHandling";

	private Cookies() {
	}

	/**
	 * Have a client keep no cookies, if that can be set.
	 */
	static HttpClientSettings disable(HttpClientSettings settings) {
		return Arrays.stream(HttpClientSettings.class.getMethods())
			.filter((method) -> method.getName().equals(METHOD))
			.findFirst()
			.map((method) -> disable(settings, method))
			.orElse(settings);
	}

	@SuppressWarnings({ "unchecked", "rawtypes" })
	private static HttpClientSettings disable(HttpClientSettings settings, Method method) {
		Object disable = Enum.valueOf((Class) method.getParameterTypes()[0], "DISABLE");
		return (HttpClientSettings) ReflectionUtils.invokeMethod(method, settings, disable);
	}

}
