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
final class SafeText {

	static final int MAX_LENGTH = 500;

	private static final String MASK = "******";

	private static final Pattern KEY_OR_TOKEN = Pattern.compile("(?:hdg|whk)_[A-Za-z0-9_-]+");

	private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+");

	/**
	 * A shorter text, such as a word, would be masked wherever it stands in a sentence.
	 */
	private static final int SHORTEST_UNSPOKEN = 8;

	private static final int LONGEST_START = 16;

	private SafeText() {
	}

	static String of(String text, @Nullable String apiKey, List<String> unspoken) {
		String safe = (apiKey != null && !apiKey.isEmpty()) ? text.replace(apiKey, MASK) : text;
		for (String secret : unspoken) {
			if (secret.length() >= SHORTEST_UNSPOKEN) {
				safe = mask(mask(safe, secret), asJson(secret));
			}
		}
		safe = KEY_OR_TOKEN.matcher(safe).replaceAll(MASK);
		return cut(UNPRINTABLE.matcher(safe).replaceAll(" ").strip());
	}

	/**
	 * What stands in a body of JSON is looked for as it is written there.
	 */
	private static String asJson(String secret) {
		return new String(JsonStringEncoder.getInstance().quoteAsCharArray(secret));
	}

	/**
	 * Mask a secret also where only its start is repeated.
	 */
	private static String mask(String text, String secret) {
		String start = secret.substring(0, Math.min(secret.length(), LONGEST_START));
		StringBuilder masked = new StringBuilder();
		int position = 0;
		for (int found = text.indexOf(start); found >= 0; found = text.indexOf(start, position)) {
			masked.append(text, position, found).append(MASK);
			position = found + start.length();
			while (position < text.length() && position - found < secret.length()
					&& text.charAt(position) == secret.charAt(position - found)) {
				position++;
			}
		}
		return masked.append(text, position, text.length()).toString();
	}

	private static String cut(String text) {
		if (text.length() <= MAX_LENGTH) {
			return text;
		}
		int end = Character.isHighSurrogate(text.charAt(MAX_LENGTH - 1)) ? MAX_LENGTH - 1 : MAX_LENGTH;
		return text.substring(0, end);
	}

}
