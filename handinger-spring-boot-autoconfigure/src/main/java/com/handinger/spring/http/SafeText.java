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
	 * Mask a secret also where only its start is repeated, and where it begins within
	 * such a start. This is the search of Knuth, Morris, and Pratt: the time does not
	 * depend on how often a text repeats itself.
	 */
	private static String mask(String text, String secret) {
		int shortest = Math.min(secret.length(), LONGEST_START);
		int[] borders = borders(secret, Math.min(secret.length(), text.length()));
		StringBuilder masked = new StringBuilder();
		int position = 0;
		int matched = 0;
		for (int i = 0; i < text.length() && borders.length >= shortest; i++) {
			matched = extend(matched, text.charAt(i), secret, borders);
			if (matched >= shortest) {
				int start = i + 1 - matched;
				if (start > position || masked.isEmpty()) {
					masked.append(text, position, start).append(MASK);
				}
				position = i + 1;
			}
		}
		return masked.append(text, position, text.length()).toString();
	}

	/**
	 * Return the length of the longest start of a secret that is also the end of it, for
	 * each of its starts.
	 */
	private static int[] borders(String secret, int length) {
		int[] borders = new int[length];
		for (int i = 1; i < length; i++) {
			borders[i] = extend(borders[i - 1], secret.charAt(i), secret, borders);
		}
		return borders;
	}

	private static int extend(int matched, char next, String secret, int[] borders) {
		int length = matched;
		while (length > 0 && (length == borders.length || secret.charAt(length) != next)) {
			length = borders[length - 1];
		}
		return (secret.charAt(length) == next) ? length + 1 : length;
	}

	private static String cut(String text) {
		if (text.length() <= MAX_LENGTH) {
			return text;
		}
		int end = Character.isHighSurrogate(text.charAt(MAX_LENGTH - 1)) ? MAX_LENGTH - 1 : MAX_LENGTH;
		return text.substring(0, end);
	}

}
