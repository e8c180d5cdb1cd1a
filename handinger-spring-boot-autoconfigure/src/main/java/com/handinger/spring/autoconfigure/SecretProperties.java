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

import java.util.regex.Pattern;

/**
 * The properties whose values are secrets.
 */
final class SecretProperties {

	/**
	 * Matches every spelling of a secret's name, the names below it, and the names above
	 * it, whose values may be a misplaced secret.
	 */
	private static final Pattern NAMES = Pattern.compile("handinger(api.*|(proxy|webhook)((pass|token).*)?)?",
			Pattern.CASE_INSENSITIVE);

	private static final Pattern SEPARATORS = Pattern.compile("[^A-Za-z0-9]");

	private SecretProperties() {
	}

	static boolean contain(String name) {
		return NAMES.matcher(uniform(name)).matches();
	}

	/**
	 * Return the letters and digits of a name, which every spelling has in common.
	 */
	static String uniform(String name) {
		return SEPARATORS.matcher(name).replaceAll("");
	}

}
