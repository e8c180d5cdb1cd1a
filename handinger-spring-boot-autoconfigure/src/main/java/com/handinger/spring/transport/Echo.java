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

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What a text repeats of a secret: all of it, or any 16 characters of it in a row, in
 * upper case or in lower case.
 */
final class Echo {

	private static final int WINDOW = 16;

	/**
	 * A shorter secret is a word, and counts only where it stands as one.
	 */
	private static final int LONGEST_WORD = 7;

	private static final int SHORTEST_WORD = 3;

	private static final int BASE = 0x01000193;

	private final String text;

	private final BitSet repeated = new BitSet();

	Echo(String text) {
		this.text = text;
	}

	/**
	 * Note what the text repeats of a secret.
	 */
	void find(String secret) {
		if (secret.length() > LONGEST_WORD) {
			findWindows(secret, Math.min(secret.length(), WINDOW));
		}
		else if (secret.length() >= SHORTEST_WORD) {
			find(word(secret));
		}
	}

	/**
	 * Note what in the text looks like a secret.
	 */
	void find(Pattern secrets) {
		secrets.matcher(this.text).results().forEach((match) -> this.repeated.set(match.start(), match.end()));
	}

	/**
	 * Return the text without what it repeats.
	 */
	String masked() {
		StringBuilder masked = new StringBuilder();
		int position = 0;
		for (int start = this.repeated.nextSetBit(0); start >= 0; start = this.repeated.nextSetBit(position)) {
			masked.append(this.text, position, start).append(SafeText.MASK);
			position = this.repeated.nextClearBit(start);
		}
		return masked.append(this.text, position, this.text.length()).toString();
	}

	private static Pattern word(String secret) {
		return Pattern.compile("(?<![\\p{L}\\p{N}])" + Pattern.quote(secret) + "(?![\\p{L}\\p{N}])",
				Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
	}

	/**
	 * Each place in the text is found once at most, so that a text that repeats itself
	 * takes no longer.
	 */
	private void findWindows(String secret, int length) {
		Map<Integer, List<Integer>> positions = new HashMap<>();
		// Says of most of the secret at once that it is not repeated.
		BitSet hashes = new BitSet(1 << Short.SIZE);
		forEachWindow(this.text, length, (position, hash) -> {
			positions.computeIfAbsent(hash, (key) -> new ArrayList<>()).add(position);
			hashes.set(filter(hash));
		});
		forEachWindow(secret, length, (start, hash) -> {
			List<Integer> found = hashes.get(filter(hash)) ? positions.get(hash) : null;
			if (found != null) {
				found.removeIf((position) -> isRepeated(position, secret, start, length));
			}
		});
	}

	private boolean isRepeated(int position, String secret, int start, int length) {
		if (!this.text.regionMatches(true, position, secret, start, length)) {
			return false;
		}
		this.repeated.set(position, position + length);
		return true;
	}

	/**
	 * Go over a text with a hash that each character changes in the same time, however
	 * long the window is.
	 */
	private static void forEachWindow(String text, int length, Window action) {
		int outgoing = 1;
		for (int i = 1; i < length; i++) {
			outgoing *= BASE;
		}
		int hash = 0;
		for (int i = 0; i < text.length(); i++) {
			if (i >= length) {
				hash -= outgoing * lower(text, i - length);
			}
			hash = hash * BASE + lower(text, i);
			if (i + 1 >= length) {
				action.at(i + 1 - length, hash);
			}
		}
	}

	private static int filter(int hash) {
		return (hash ^ (hash >>> Short.SIZE)) & 0xFFFF;
	}

	private static char lower(String text, int position) {
		return Character.toLowerCase(Character.toUpperCase(text.charAt(position)));
	}

	/**
	 * What is done with a window.
	 */
	private interface Window {

		void at(int position, int hash);

	}

}
