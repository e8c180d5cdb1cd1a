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

import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

import org.springframework.util.StringUtils;

/**
 * Makes text from the server safe to show: at most 500 characters, no line breaks or
 * terminal control sequences, and no API keys, tokens or other secrets.
 * <p>
 * A secret is masked if the text repeats at least 16 consecutive characters of it, or all
 * of it if it is shorter, in any case. A secret of three to seven characters is masked
 * only as a whole word.
 */
public final class Redaction {

	static final int MAX_LENGTH = 500;

	/**
	 * The text in place of a secret.
	 */
	public static final String MASK = "******";

	private static final int WINDOW = 16;

	private static final Pattern KEY_OR_TOKEN = Pattern.compile("(?:hdg|whk)_[A-Za-z0-9_-]+");

	private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]+");

	/**
	 * Marks redacted characters. Printable text does not contain it.
	 */
	private static final char REDACTED = '\0';

	private Redaction() {
	}

	/**
	 * Redact a text.
	 * @param text the text
	 * @return the text that is safe to show
	 */
	public static String of(String text) {
		return of(text, null, List.of());
	}

	/**
	 * Redact a text. Usually it is part of an error message, and a failure here must not
	 * replace that error, so the whole text is masked then.
	 */
	static String of(String text, @Nullable String apiKey, List<String> secrets) {
		try {
			String unmasked = StringUtils.hasLength(apiKey) ? text.replace(apiKey, MASK) : text;
			String printable = printable(truncate(unmasked, 8 * MAX_LENGTH));
			char[] redacted = printable.toCharArray();
			secrets.stream().flatMap(Redaction::spellings).distinct().forEach((spelling) -> {
				if (spelling.length() > 7) {
					redactWindows(printable, redacted, spelling);
				}
				else if (spelling.length() > 2) {
					redactMatches(printable, redacted, word(spelling));
				}
			});
			redactMatches(printable, redacted, KEY_OR_TOKEN);
			return truncate(new String(redacted).replaceAll(REDACTED + "+", MASK).strip(), MAX_LENGTH);
		}
		catch (RuntimeException ex) {
			return MASK;
		}
	}

	/**
	 * Each window of the secret is looked up in the windows of the text, which is short,
	 * so this is fast for large secrets and for text that repeats itself.
	 */
	private static void redactWindows(String text, char[] redacted, String secret) {
		int length = Math.min(secret.length(), WINDOW);
		List<String> windows = windows(text, length).toList();
		Set<String> distinct = new HashSet<>(windows);
		Set<String> repeated = distinct.isEmpty() ? Set.of()
				: windows(secret, length).filter(distinct::contains).collect(Collectors.toSet());
		for (int start = 0; start < windows.size(); start++) {
			if (repeated.contains(windows.get(start))) {
				Arrays.fill(redacted, start, start + length, REDACTED);
			}
		}
	}

	private static Stream<String> windows(String text, int length) {
		char[] characters = text.toCharArray();
		for (int i = 0; i < characters.length; i++) {
			characters[i] = Character.toLowerCase(Character.toUpperCase(characters[i]));
		}
		return IntStream.rangeClosed(0, characters.length - length)
			.mapToObj((start) -> new String(characters, start, length));
	}

	private static void redactMatches(String text, char[] redacted, Pattern pattern) {
		pattern.matcher(text).results().forEach((match) -> Arrays.fill(redacted, match.start(), match.end(), REDACTED));
	}

	private static Pattern word(String secret) {
		return Pattern.compile("(?<![\\p{L}\\p{N}])" + Pattern.quote(secret) + "(?![\\p{L}\\p{N}])",
				Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
	}

	/**
	 * Return a secret as it may appear in plain text, JSON, ASCII-only JSON and HTML.
	 * {@code HtmlUtils} would load every HTML entity.
	 */
	private static Stream<String> spellings(String secret) {
		String json = new String(JsonStringEncoder.getInstance().quoteAsCharArray(secret));
		String html = secret.replace("&", "&amp;")
			.replace("<", "&lt;")
			.replace(">", "&gt;")
			.replace("\"", "&quot;")
			.replace("'", "&#39;");
		return Stream.of(secret, secret.replaceAll("\\s+", " "), json, ascii(json), html).map(Redaction::printable);
	}

	private static String ascii(String json) {
		StringBuilder ascii = new StringBuilder(json.length());
		json.chars()
			.forEach((character) -> ascii.append((character < 0x7F) ? String.valueOf((char) character)
					: "\\u" + HexFormat.of().toHexDigits((char) character)));
		return ascii.toString();
	}

	private static String printable(String text) {
		return UNPRINTABLE.matcher(text).replaceAll(" ").strip();
	}

	private static String truncate(String text, int length) {
		if (text.length() <= length) {
			return text;
		}
		return text.substring(0, Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length);
	}

}
