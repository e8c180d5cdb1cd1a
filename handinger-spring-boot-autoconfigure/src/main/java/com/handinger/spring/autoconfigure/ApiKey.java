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

/**
 * What can be an API key.
 */
final class ApiKey {

	private ApiKey() {
	}

	/**
	 * Return whether a text has only characters that an HTTP header can carry as a token.
	 */
	static boolean isValid(String apiKey) {
		return apiKey.chars().allMatch((character) -> character > ' ' && character < 0x7f);
	}

	/**
	 * Check a key.
	 * @param apiKey the key
	 * @param connectionDetails where it comes from
	 */
	static void check(String apiKey, String connectionDetails) {
		if (apiKey.isBlank()) {
			throw MissingApiKeyException.of(connectionDetails);
		}
		if (!isValid(apiKey)) {
			throw new IllegalStateException("The API key of Handinger has a space, a line break or another character "
					+ "that can't be part of a key: check where getApiKey() of " + connectionDetails + " has it from");
		}
	}

}
