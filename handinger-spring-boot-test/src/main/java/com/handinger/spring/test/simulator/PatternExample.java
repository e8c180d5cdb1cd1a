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
package com.handinger.spring.test.simulator;

import java.util.regex.Pattern;

/**
 * Makes up a text from a regular expression with literals, character classes, groups,
 * alternatives and quantifiers. Whether the text matches is left to the caller, as
 * assertions such as lookahead are ignored.
 */
final class PatternExample {

	private static final String CHARACTERS = "aA0 bcdefghijklmnopqrstuvwxyzBCDEFGHIJKLMNOPQRSTUVWXYZ123456789-_.,:;/@#+*"
			+ "!?'\"()[]{}<>=%&$€äöüÄÖÜßéñ\t\n";

	private static final int MOST_CHARACTERS = 100_000;

	private final String pattern;

	private final int repetitions;

	private final int variant;

	private int position;

	private PatternExample(String pattern, int repetitions, int variant) {
		this.pattern = pattern;
		this.repetitions = repetitions;
		this.variant = variant;
	}

	/**
	 * Return a text.
	 * @param pattern the regular expression
	 * @param repetitions how often to repeat beyond the minimum, if that is possible
	 * @param variant the index of one of several texts
	 */
	static String of(String pattern, int repetitions, int variant) {
		return new PatternExample(pattern, repetitions, variant).alternatives();
	}

	private boolean isAtEnd() {
		return this.position >= this.pattern.length();
	}

	private char next() {
		return isAtEnd() ? ' ' : this.pattern.charAt(this.position++);
	}

	private boolean skip(String text) {
		boolean found = this.pattern.startsWith(text, this.position);
		this.position += found ? text.length() : 0;
		return found;
	}

	private String alternatives() {
		String first = sequence();
		while (skip("|")) {
			sequence();
		}
		return first;
	}

	private String sequence() {
		StringBuilder text = new StringBuilder();
		while (!isAtEnd() && this.pattern.charAt(this.position) != '|' && this.pattern.charAt(this.position) != ')') {
			text.append(repeated(atom()));
		}
		return text.toString();
	}

	private String atom() {
		int start = this.position;
		char first = next();
		return switch (first) {
			case '^', '$' -> "";
			case '(' -> group();
			case '[' -> {
				skipClass();
				yield character(this.pattern.substring(start, this.position));
			}
			case '\\' -> escaped(start);
			case '.' -> character(".");
			default -> String.valueOf(first);
		};
	}

	private String group() {
		boolean assertion = skip("?=") || skip("?!") || skip("?<=") || skip("?<!");
		if (!assertion && skip("?<")) {
			this.position = Math.max(this.position, this.pattern.indexOf('>', this.position) + 1);
		}
		skip("?:");
		String text = alternatives();
		skip(")");
		return assertion ? "" : text;
	}

	private void skipClass() {
		skip("^");
		skip("]");
		while (!isAtEnd()) {
			char character = next();
			if (character == '\\') {
				next();
			}
			else if (character == ']') {
				return;
			}
		}
	}

	private String escaped(int start) {
		char escaped = next();
		if (escaped == 'b' || escaped == 'B') {
			return "";
		}
		if ((escaped == 'p' || escaped == 'P') && skip("{")) {
			this.position = Math.max(this.position, this.pattern.indexOf('}', this.position) + 1);
		}
		else if (escaped == 'u') {
			this.position = Math.min(this.pattern.length(), this.position + 4);
		}
		return character(this.pattern.substring(start, this.position));
	}

	private String character(String characterClass) {
		try {
			Pattern matcher = Pattern.compile(characterClass);
			String[] matching = CHARACTERS.codePoints()
				.mapToObj(Character::toString)
				.filter((character) -> matcher.matcher(character).matches())
				.toArray(String[]::new);
			return (matching.length > 0) ? matching[this.variant % matching.length] : "";
		}
		catch (IllegalArgumentException ex) {
			return "";
		}
	}

	private String repeated(String atom) {
		if (skip("?")) {
			skip("?");
			return (this.repetitions > 0) ? atom : "";
		}
		if (skip("*")) {
			skip("?");
			return repeat(atom, this.repetitions);
		}
		if (skip("+")) {
			skip("?");
			return repeat(atom, 1 + this.repetitions);
		}
		int end = this.pattern.indexOf('}', this.position);
		if (end > 0 && this.pattern.substring(this.position, end + 1).matches("\\{\\d{1,4}(,\\d{0,4})?}")) {
			String[] bounds = this.pattern.substring(this.position + 1, end).split(",", -1);
			this.position = end + 1;
			skip("?");
			int least = Integer.parseInt(bounds[0]);
			int most = (bounds.length == 1) ? least
					: bounds[1].isEmpty() ? Integer.MAX_VALUE : Integer.parseInt(bounds[1]);
			return repeat(atom, Math.min(most, least + this.repetitions));
		}
		return atom;
	}

	private static String repeat(String atom, int count) {
		return atom.isEmpty() ? "" : atom.repeat(Math.min(count, Math.max(1, MOST_CHARACTERS / atom.length())));
	}

}
