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

package com.handinger.spring.http;

import java.util.List;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * Turns a text of the server's into one that can be shown: at most 500 characters, none
 * that controls a terminal or breaks a line, and no key, token or other text that must
 * not be spoken.
 */
public final class SafeText {

	static final int MAX_LENGTH = 500;

	static final String MASK = "******";

	private static final Pattern KEY_OR_TOKEN = Pattern.compile("(?:hdg|whk)_[A-Za-z0-9_-]+");

	private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+");

	/**
	 * What lies beyond is not shown even if all before it is masked.
	 */
	private static final int MAX_READ = 8 * MAX_LENGTH;

	private SafeText() {
	}

	/**
	 * Return a text as one that can be shown.
	 * @param text the text
	 * @return the text that can be shown
	 */
	public static String of(String text) {
		return of(text, null, List.of());
	}

	static String of(String text, @Nullable String apiKey, List<String> unspoken) {
		String safe = (apiKey != null && !apiKey.isEmpty()) ? text.replace(apiKey, MASK) : text;
		safe = cut(safe, MAX_READ);
		Echo echo = new Echo(safe);
		for (String secret : unspoken) {
			echo.find(secret);
			String json = asJson(secret);
			if (!json.equals(secret)) {
				echo.find(json);
			}
		}
		safe = KEY_OR_TOKEN.matcher(echo.masked()).replaceAll(MASK);
		return cut(UNPRINTABLE.matcher(safe).replaceAll(" ").strip(), MAX_LENGTH);
	}

	/**
	 * What stands in a body of JSON is looked for as it is written there.
	 */
	private static String asJson(String secret) {
		return new String(JsonStringEncoder.getInstance().quoteAsCharArray(secret));
	}

	private static String cut(String text, int length) {
		if (text.length() <= length) {
			return text;
		}
		return text.substring(0, Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length);
	}

}
