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

package com.handinger.spring.transport;

import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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

	private static final Pattern SPACE = Pattern.compile("\\s+");

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

	/**
	 * Return a text without what it repeats of a request. The text mostly belongs to an
	 * error, which a failure here must not replace: then all of the text is masked.
	 */
	static String of(String text, @Nullable String apiKey, List<String> unspoken) {
		try {
			return redact(text, apiKey, unspoken);
		}
		catch (RuntimeException ex) {
			return MASK;
		}
	}

	private static String redact(String text, @Nullable String apiKey, List<String> unspoken) {
		String safe = (apiKey != null && !apiKey.isEmpty()) ? text.replace(apiKey, MASK) : text;
		Echo echo = new Echo(printable(cut(safe, MAX_READ)));
		for (String secret : unspoken) {
			String json = asJson(secret);
			Stream.of(secret, SPACE.matcher(secret).replaceAll(" "), json, asAscii(json), asHtml(secret))
				.map(SafeText::printable)
				.distinct()
				.forEach(echo::find);
		}
		echo.find(KEY_OR_TOKEN);
		return cut(echo.masked().strip(), MAX_LENGTH);
	}

	private static String printable(String text) {
		return UNPRINTABLE.matcher(text).replaceAll(" ").strip();
	}

	/**
	 * What stands in a body of JSON is looked for as it is written there.
	 */
	private static String asJson(String secret) {
		return new String(JsonStringEncoder.getInstance().quoteAsCharArray(secret));
	}

	/**
	 * Some servers write JSON in ASCII alone.
	 */
	private static String asAscii(String json) {
		StringBuilder ascii = new StringBuilder(json.length());
		for (char character : json.toCharArray()) {
			if (character < 0x7F) {
				ascii.append(character);
			}
			else {
				ascii.append("\\u").append(HexFormat.of().toHexDigits(character));
			}
		}
		return ascii.toString();
	}

	/**
	 * By hand, since Spring would load all entities that there are.
	 */
	private static String asHtml(String secret) {
		return secret.replace("&", "&amp;")
			.replace("<", "&lt;")
			.replace(">", "&gt;")
			.replace("\"", "&quot;")
			.replace("'", "&#39;");
	}

	private static String cut(String text, int length) {
		if (text.length() <= length) {
			return text;
		}
		return text.substring(0, Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length);
	}

}
