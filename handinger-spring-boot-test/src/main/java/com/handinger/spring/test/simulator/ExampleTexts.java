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

import java.time.LocalDate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Makes up texts that fit a JSON Schema, and the name of the property if possible.
 */
final class ExampleTexts {

	private static final LocalDate DATE = LocalDate.of(2026, 12, 1);

	private static final Pattern WORD_START = Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+");

	private static final String SENTENCE = "The forecast is sunny, with a light breeze from the sea.";

	private static final int MOST_CHARACTERS = 100_000;

	private static final int MOST_REPETITIONS = 64;

	private static final Map<String, IntFunction<String>> BY_FORMAT = Map.ofEntries(
			Map.entry("date", (variant) -> DATE.plusDays(variant).toString()),
			Map.entry("date-time", (variant) -> DATE.plusDays(variant) + "T09:00:00Z"),
			Map.entry("time", (variant) -> time(variant) + "Z"),
			Map.entry("duration", (variant) -> "PT" + (variant + 1) + "H30M"), Map.entry("email", ExampleTexts::email),
			Map.entry("idn-email", ExampleTexts::email),
			Map.entry("hostname", (variant) -> (variant == 0) ? "example.com" : "www" + variant + ".example.com"),
			Map.entry("idn-hostname", (variant) -> (variant == 0) ? "example.com" : "www" + variant + ".example.com"),
			Map.entry("ipv4", (variant) -> "192.0.2." + (variant % 254 + 1)),
			Map.entry("ipv6", (variant) -> "2001:db8::" + Integer.toHexString(variant + 1)),
			Map.entry("uri", ExampleTexts::url), Map.entry("iri", ExampleTexts::url),
			Map.entry("url", ExampleTexts::url), Map.entry("uri-reference", ExampleTexts::url),
			Map.entry("iri-reference", ExampleTexts::url), Map.entry("uri-template", ExampleTexts::url),
			Map.entry("uuid", ExampleTexts::uuid), Map.entry("json-pointer", (variant) -> "/" + variant),
			Map.entry("relative-json-pointer", (variant) -> variant + ""), Map.entry("regex", (variant) -> "^.*$"));

	private static final Map<String, List<String>> BY_NAME = byName();

	private ExampleTexts() {
	}

	private static Map<String, List<String>> byName() {
		Map<String, List<String>> texts = new LinkedHashMap<>();
		texts.put("city place location destination", List.of("Barcelona", "Girona", "Lisbon"));
		texts.put("country", List.of("Spain", "Portugal", "France"));
		texts.put("name hotel company", List.of("Casa Mar", "Sol y Luna", "Gran Centro"));
		texts.put("author person contact customer user", List.of("Marta Vidal", "Joan Serra", "Inés Costa"));
		texts.put("weather sky condition forecast", List.of("Sunny", "Cloudy", "Rain"));
		texts.put("title headline subject", List.of("Weather in Barcelona", "Hotels in Girona", "Trains to Lisbon"));
		texts.put("phone telephone mobile", List.of("+34 600 000 001", "+34 600 000 002"));
		texts.put("currency", List.of("EUR", "USD", "GBP"));
		texts.put("language locale lang", List.of("en", "es", "ca"));
		texts.put("timezone zone", List.of("UTC", "Europe/Madrid"));
		texts.put("unit", List.of("°C", "km/h"));
		texts.put("color colour", List.of("blue", "green", "red"));
		texts.put("zip postcode", List.of("08003", "17001"));
		texts.put("address street", List.of("Carrer de Mar 12", "Rua do Sol 7"));
		texts.put("tag keyword category topic label", List.of("weather", "travel", "prices"));
		texts.put("summary description text comment reason explanation answer message content body remark note",
				List.of(SENTENCE, "No rain is expected.", "The evening is mild."));
		Map<String, List<String>> byName = new LinkedHashMap<>();
		texts.forEach((names, values) -> Stream.of(names.split(" ")).forEach((name) -> byName.put(name, values)));
		return byName;
	}

	static String text(JsonNode schema, String name, int variant) {
		int least = Math.min(schema.path("minLength").asInt(0), MOST_CHARACTERS);
		int most = schema.path("maxLength").asInt(MOST_CHARACTERS);
		String pattern = schema.path("pattern").asString("");
		if (!pattern.isEmpty()) {
			return matching(pattern, name, least, most, variant);
		}
		IntFunction<String> format = BY_FORMAT.get(schema.path("format").asString(""));
		return fitted((format != null) ? format.apply(variant) : named(name, variant), least, most);
	}

	private static String fitted(String text, int least, int most) {
		StringBuilder fitted = new StringBuilder(text);
		while (fitted.codePointCount(0, fitted.length()) < least) {
			fitted.append(' ').append(SENTENCE);
		}
		int length = fitted.codePointCount(0, fitted.length());
		return (length > most) ? fitted.substring(0, fitted.offsetByCodePoints(0, Math.max(0, most)))
				: fitted.toString();
	}

	private static String named(String name, int variant) {
		String word = lastWord(name);
		List<String> texts = BY_NAME.get(word);
		if (texts != null) {
			return (variant < texts.size()) ? texts.get(variant) : texts.get(variant % texts.size()) + " " + variant;
		}
		return switch (word) {
			case "id", "uuid", "guid" -> uuid(variant);
			case "url", "uri", "link", "website", "homepage", "href", "image" -> url(variant);
			case "email", "mail" -> email(variant);
			case "date", "day", "birthday" -> DATE.plusDays(variant).toString();
			case "at", "timestamp", "instant" -> DATE.plusDays(variant) + "T09:00:00Z";
			case "time" -> time(variant);
			case "code" -> "ES" + ((variant == 0) ? "" : variant);
			default -> "Example" + ((variant == 0) ? "" : " " + (variant + 1));
		};
	}

	/**
	 * Return the last word of a name in lower case: {@code city} of {@code homeCity}.
	 */
	static String lastWord(String name) {
		String[] words = WORD_START.split(name);
		return (words.length > 0) ? words[words.length - 1].toLowerCase(Locale.ROOT) : "";
	}

	/**
	 * Return a text that matches a pattern: one that is usual if there is one, so that it
	 * means something, or one that is made from the pattern.
	 */
	private static String matching(String pattern, String name, int least, int most, int variant) {
		Pattern compiled = compile(pattern);
		if (compiled == null) {
			return fitted(named(name, variant), least, most);
		}
		Stream<String> usual = Stream.of(named(name, variant), DATE.plusDays(variant).toString(),
				DATE.plusDays(variant) + "T09:00:00", DATE.plusDays(variant) + "T09:00:00Z", time(variant),
				"09:0" + variant % 10, email(variant), url(variant), uuid(variant), "ES", "EUR", "+34600000001");
		Stream<String> made = IntStream
			.concat(IntStream.rangeClosed(0, MOST_REPETITIONS),
					IntStream.rangeClosed(Math.max(MOST_REPETITIONS, least - MOST_REPETITIONS), least))
			.mapToObj((repetitions) -> PatternExample.of(pattern, repetitions, variant));
		return Stream.concat(usual, made)
			.filter((text) -> compiled.matcher(text).find() && isWithin(text, least, most))
			.findFirst()
			.orElseGet(() -> PatternExample.of(pattern, 0, variant));
	}

	private static boolean isWithin(String text, int least, int most) {
		int length = text.codePointCount(0, text.length());
		return length >= least && length <= most;
	}

	private static @Nullable Pattern compile(String pattern) {
		try {
			return Pattern.compile(pattern);
		}
		catch (PatternSyntaxException ex) {
			return null;
		}
	}

	private static String time(int variant) {
		return "09:%02d:00".formatted(variant % 60);
	}

	private static String email(int variant) {
		return (variant == 0) ? "marta@example.com" : "marta" + variant + "@example.com";
	}

	private static String url(int variant) {
		return (variant == 0) ? "https://example.com/" : "https://example.com/" + variant;
	}

	private static String uuid(int variant) {
		return new UUID(0x6f0c3a52_1d8e_4b7aL, 0x9c41_000000000000L | (variant + 1)).toString();
	}

}
