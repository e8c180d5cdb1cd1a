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

import java.util.List;
import java.util.Locale;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RedactionTests {

	private static final String INPUT = "What's the weather today in Barcelona?";

	private static String safe(String text) {
		return Redaction.of(text, null, List.of());
	}

	private static String safe(String text, String unspoken) {
		return Redaction.of(text, null, List.of(unspoken));
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "", "Not enough credits.", "Gr\u00f6\u00dfe \u4e2d\u6587 \uD83D\uDE00", "a  b", "hdg", "whk" })
	void harmlessTextIsLeftAlone(String text) {
		assertThat(safe(text)).isEqualTo(text);
	}

	@ParameterizedTest
	@ValueSource(strings = { "\n", "\r\n", "\r", "\t", "\u0000", "\u0007", "\b", "\u001b", "\u007f", "\u0085", "\u009b",
			"\u2028", "\u2029", "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068",
			"\u2069", "\u200b", "\u200e", "\u200f", "\ufeff", "\u00ad", "\ud83d", "\ude00", "\r\n\r\n\t" })
	void unprintableCharactersBecomeOneSpace(String unprintable) {
		assertThat(safe("a" + unprintable + "b")).isEqualTo("a b");
	}

	@Test
	void ansiEscapeLosesItsPower() {
		assertThat(safe("\u001b[31mred\u001b[0m\u001b]0;title\u0007")).isEqualTo("[31mred [0m ]0;title");
	}

	@Test
	void textIsStripped() {
		assertThat(safe(" \r\n text\u0000 ")).isEqualTo("text");
	}

	@Test
	void textOf500CharactersIsNotCut() {
		assertThat(safe("x".repeat(500))).hasSize(500);
	}

	@Test
	void longerTextIsCut() {
		assertThat(safe("x".repeat(501))).isEqualTo("x".repeat(500));
	}

	@Test
	void surrogatePairIsNotSplit() {
		assertThat(safe("x".repeat(499) + "\uD83D\uDE00")).isEqualTo("x".repeat(499));
		assertThat(safe("x".repeat(498) + "\uD83D\uDE00y")).isEqualTo("x".repeat(498) + "\uD83D\uDE00");
	}

	@Test
	void apiKeyIsMasked() {
		assertThat(Redaction.of("key secret-1, again secret-1.", "secret-1", List.of()))
			.isEqualTo("key ******, again ******.");
	}

	@Test
	void emptyApiKeyMasksNothing() {
		assertThat(Redaction.of("text", "", List.of())).isEqualTo("text");
	}

	@Test
	void apiKeyThatTheCutWouldSplitIsMasked() {
		assertThat(Redaction.of("x".repeat(495) + "secret-1", "secret-1", List.of()))
			.isEqualTo("x".repeat(495) + "*****");
	}

	@ParameterizedTest
	@CsvSource({ "hdg_abc,******", "key=hdg_aB9_-z.,key=******.", "whk_01HZY31W2SZJ8MJ2FQTR3M1K9D,******",
			"xhdg_abcx,x******", "hdg_a whk_b,****** ******", "\"hdg_a\",\"******\"" })
	void anyKeyOrTokenIsMasked(String text, String expected) {
		assertThat(safe(text)).isEqualTo(expected);
	}

	@Test
	void unspokenTextIsMasked() {
		assertThat(safe("Bad input: " + INPUT + " Try again.", INPUT)).isEqualTo("Bad input: ****** Try again.");
	}

	@Test
	void unspokenTextIsMaskedWhereverItIsRepeated() {
		assertThat(safe(INPUT + INPUT + " and " + INPUT, INPUT)).isEqualTo("****** and ******");
	}

	@Test
	void unspokenTextIsMaskedWhereOnlyItsStartIsRepeated() {
		assertThat(safe("Bad input: " + INPUT.substring(0, 25) + "...", INPUT)).isEqualTo("Bad input: ******...");
	}

	@Test
	void unspokenTextIsMaskedWhereOnlyAPartOfItIsRepeated() {
		assertThat(safe("Invalid near 'weather today in Barcelona?'.", INPUT)).isEqualTo("Invalid near '******'.");
		assertThat(safe("Neither (s the weather today) nor (today in Barcelona)", INPUT))
			.isEqualTo("Neither (******) nor (******)");
	}

	@Test
	void unspokenTextIsMaskedInAnyCase() {
		assertThat(safe("BAD INPUT: " + INPUT.toUpperCase(Locale.ROOT), INPUT)).isEqualTo("BAD INPUT: ******");
		assertThat(safe("Unknown city: Secret7.", "SECRET7")).isEqualTo("Unknown city: ******.");
	}

	@Test
	void fifteenCharactersInCommonAreNoRepetition() {
		assertThat(safe("How's the weather?", INPUT)).isEqualTo("How's the weather?");
	}

	@Test
	void unspokenTextIsMaskedWhereItIsRepeatedAsJson() {
		String input = "Say \"hi\" to\nall \u2028 \\ of them, also to Zo\u00eb";
		assertThat(safe("{\"input\":\"Say \\\"hi\\\" to\\nall \u2028 \\\\ of them, also to Zo\u00eb\"}", input))
			.isEqualTo("{\"input\":\"******\"}");
	}

	@Test
	void unspokenTextThatBeginsWithinARepetitionOfItsStartIsMasked() {
		String secret = "xy".repeat(8) + "Z and the rest of it";
		assertThat(safe("Bad input: xy" + secret + "!", secret)).isEqualTo("Bad input: ******!");
	}

	@Test
	void unspokenTextThatBeginsWithinItselfIsMasked() {
		String secret = "0123456789abcdef0123456789abcdef and the rest of it";
		assertThat(safe("Bad input: 0123456789abcdef" + secret + "!", secret)).isEqualTo("Bad input: ******!");
	}

	@Test
	@Timeout(120)
	void textThatRepeatsItselfIsFast() {
		String text = "a".repeat(1_000_000);
		assertThat(safe(text, text)).isEqualTo("******");
		assertThat(safe(text, "a".repeat(500_000) + "b")).isEqualTo("******");
		assertThat(safe("a".repeat(15), text)).isEqualTo("a".repeat(15));
	}

	@Test
	void unspokenTextOfEightCharactersIsMasked() {
		assertThat(safe("Bad input: 12345678", "12345678")).isEqualTo("Bad input: ******");
	}

	@Test
	void unspokenWordIsMaskedWhereItIsAWord() {
		assertThat(safe("No such city: secret7 (secret77, \"secret7\")", "secret7"))
			.isEqualTo("No such city: ****** (secret77, \"******\")");
	}

	@Test
	void unspokenTextOfTwoCharactersIsLeftAlone() {
		assertThat(safe("It is a task", "is")).isEqualTo("It is a task");
	}

	@Test
	void unspokenTextWithCharactersOfAPatternIsMasked() {
		assertThat(safe("Bad: a.*(b)$1\\c[", "a.*(b)$1\\c[")).isEqualTo("Bad: ******");
	}

	@Test
	@Timeout(120)
	void longTextIsFast() {
		String text = (INPUT.substring(0, 20) + "\u0000hdg_ key ").repeat(32_000);
		assertThat(Redaction.of(text, "key", List.of(INPUT.repeat(30_000)))).hasSizeLessThanOrEqualTo(500)
			.startsWith("******");
		assertThat(Redaction.of("x".repeat(1_000_000), "xxxy", List.of("x".repeat(999_999) + "y"))).isEqualTo("******");
		assertThat(safe("\u0000".repeat(1_000_000))).isEmpty();
	}

}
