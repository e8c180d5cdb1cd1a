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
import java.util.Locale;

/**
 * Which properties give access, and are never shown.
 */
final class SecretProperties {

	static final String MASK = "******";

	private static final String PREFIX = "handinger";

	private static final List<String> SECRETS = List.of("handingerapikey", "handingerproxypassword",
			"handingerwebhooktokens");

	private SecretProperties() {
	}

	/**
	 * Return whether a property is one of those, in whatever way it is spelled, or is
	 * above or below one, where a secret may stand by mistake.
	 */
	static boolean contain(String name) {
		String uniform = uniform(name);
		return uniform.startsWith(PREFIX)
				&& SECRETS.stream().anyMatch((secret) -> uniform.startsWith(secret) || secret.startsWith(uniform));
	}

	/**
	 * Return the letters and digits of a name, which are the same in a file and in the
	 * environment.
	 */
	static String uniform(String name) {
		return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
	}

}
