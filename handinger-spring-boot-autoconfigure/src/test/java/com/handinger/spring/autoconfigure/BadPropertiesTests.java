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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import com.handinger.spring.support.Metadata;
import com.handinger.spring.support.Metadata.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with a value that can't be used does not start, and says which it is and
 * what would be right.
 */
class BadPropertiesTests {

	private static final String SECRET = "5ecret";

	private static final List<String> DURATIONS = List.of("0", "0s", "-1s", "1ns", "1000000000d", "1000000000000d",
			"100000000000000000d", "99999999999999999999d", "abc", "10 days", "10x");

	private static final List<String> SIZES = List.of("0B", "-1B", "3GB", "2147483647", "99999999999TB", "abc", "10X");

	/**
	 * A webhook without a token, or anywhere, would be open or in the way.
	 */
	private static final Set<String> NEVER_BLANK = Set.of("handinger.webhook.path", "handinger.webhook.tokens");

	private static final List<String> COUNTS = List.of("0", "-1", "2147483648", "1.5", "abc");

	static Stream<String[]> badValues() {
		List<String[]> cases = new ArrayList<>();
		for (Property property : Metadata.properties()) {
			// Those of the table are bound only where there is a database.
			if (property.name().startsWith("handinger.") && !property.name().startsWith("handinger.runs.jdbc.")) {
				badValues(property).forEach((value) -> cases.add(new String[] { property.name(), value }));
			}
		}
		return cases.stream();
	}

	private static List<String> badValues(Property property) {
		Class<?> type = property.typeClass();
		if (type == Duration.class) {
			return DURATIONS;
		}
		if (type == DataSize.class) {
			return SIZES;
		}
		if (type == Boolean.class) {
			return List.of("maybe");
		}
		if (type == Integer.class) {
			return property.name().equals("handinger.webhook.filter-order") ? COUNTS.subList(2, 5) : COUNTS;
		}
		return List.of();
	}

	@ParameterizedTest(name = "{0}={1}")
	@MethodSource("badValues")
	void valueThatIsNoneOfItsTypeOrRange(String name, String value) {
		FailedStart start = FailedStart.of("--" + name + "=" + value);
		assertThat(start.output()).contains("APPLICATION FAILED TO START")
			.satisfiesAnyOf(
					(output) -> assertThat(output)
						.contains("The property " + name + " can't have the value '" + value + "' (originating from")
						.contains("Correct " + name + ": it has to be "),
					(output) -> assertThat(output).contains("Property: " + name)
						.contains("Value: \"" + value + "\"")
						.contains("Origin: \"" + name)
						.contains("Reason: failed to convert"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "handinger.base-url=handinger.com|https://handinger.com|https://",
			"handinger.base-url=//handinger.com|//handinger.com|https://",
			"handinger.base-url=https://|https://|not a URL", "handinger.base-url=https:|https:|not a URL",
			"handinger.base-url=https:///api|https:///api|host",
			"handinger.base-url=https://handinger.com/api|https://handinger.com/api|write https://handinger.com",
			"handinger.base-url=https://handinger.com/api/tasks|handinger.com/api/tasks|write https://handinger.com",
			"handinger.base-url=ftp://handinger.com|ftp:|https://",
			"handinger.base-url=https://u@handinger.com|******@handinger.com|user info",
			"handinger.base-url=https://handinger.com?a=b|handinger.com?******|query",
			"handinger.base-url=https://handinger.com#a|handinger.com#******|fragment",
			"handinger.base-url=https://handinger.com:0|handinger.com:0|port",
			"handinger.base-url=https://handinger.com:65536|65536|port",
			"handinger.base-url=https://hand inger.com|hand inger.com|not a URL",
			"handinger.base-url=%%%|%%%|not a URL",
			"handinger.base-url=http://handinger.com|http://handinger.com|handinger.allow-plain-http",
			"handinger.base-url=http://localhost.example.com|localhost.example.com|handinger.allow-plain-http",
			"handinger.base-url=http://127.0.0.1.example.com|127.0.0.1.example.com|handinger.allow-plain-http",
			"handinger.base-url=http://10.0.0.1|10.0.0.1|handinger.allow-plain-http",
			"handinger.proxy.port=65536|65536|from 1 to 65535",
			"handinger.retry.max-backoff=1ms|1ms|handinger.retry.initial-backoff",
			"handinger.await.max-interval=1s|1s|handinger.await.initial-interval",
			"handinger.runs.visit-interval=2h|2h|at most 1h", "handinger.ssl.bundle=nope|nope|spring.ssl.bundle",
			"handinger.webhook.path=webhook|webhook|start with /", "handinger.webhook.path=/|'/'|start with /",
			"handinger.webhook.path=/a/|/a/|none at the end", "handinger.webhook.path=/a//b|/a//b|start with /",
			"handinger.webhook.path=/a?b=c|/a?b=c|letters",
			"handinger.webhook.path=https://example.com/a|example.com|start with /",
			"handinger.webhook.tokens=|******|blank", "handinger.webhook.tokens= |******|blank",
			"handinger.webhook.tokens=a,,b|******|blank", "handinger.webhook.tokens=a, ,b|******|blank",
			"handinger.webhook.tokens=a,|******|blank",
			"handinger.webhook.registration.url=example.com/hook|example.com/hook|https://example.com",
			"handinger.webhook.registration.url=//example.com/hook|//example.com/hook|https://example.com",
			"handinger.webhook.registration.url=http://example.com/hook|http://example.com/hook|https",
			"handinger.webhook.registration.url=ftp://example.com/hook|ftp://example.com/hook|https",
			"handinger.webhook.registration.url=https:///hook|https:///hook|https://example.com",
			"handinger.webhook.registration.url=https://example.com/hook#a|/hook#******|fragment",
			"handinger.webhook.registration.worker-ids[1]=wrk_1|wrk_1|left unbound",
			"handinger.webhook.registration.worker-ids=wrk_1,,wrk_2|''|not the id of a worker",
			"handinger.read-timeout=${MISSING}|${MISSING}|not a valid duration",
			"handinger.webhook=true|value '******'|may be a secret",
			"handinger.retry=5|'handinger.retry'|No converter found",
			"handinger.proxy.host=http://proxy|http://proxy|a name",
			"handinger.proxy.host=proxy:8080|proxy:8080|handinger.proxy.port",
			"handinger.proxy.host=a b|a b|an address", "handinger.proxy.host=${MISSING}|${MISSING}|a name" })
	void textThatCannotBeUsed(String property, String value, String reason) {
		String name = property.substring(0, property.indexOf('=')).replaceAll("\\[.*", "");
		FailedStart start = FailedStart.of("--" + property);
		assertThat(start.output()).contains("APPLICATION FAILED TO START")
			.satisfies((output) -> saysWhatIsWrong(output, name))
			.contains(value.replace("https://handinger.com", "handinger.com"))
			.contains(reason);
	}

	/**
	 * Values that the properties reject are reported by the library, and values of
	 * another type by Spring Boot.
	 */
	private static void saysWhatIsWrong(String output, String name) {
		assertThat(output).satisfiesAnyOf(
				(text) -> assertThat(text).contains("The property " + name + " can't have the value '")
					.contains("Correct " + name + ": "),
				(text) -> assertThat(text)
					.containsAnyOf("Property: " + name, "Failed to bind properties under '" + name + "'")
					.contains("Reason: "));
	}

	@Test
	void registrationWithoutWorkersSaysWhatItNeeds() {
		assertThat(FailedStart.of("--handinger.webhook.registration.url=https://example.com/hook").output())
			.contains("handinger.webhook.registration.worker-ids")
			.contains("name the workers");
	}

	@Test
	void userOfTheProxyWithoutAPasswordIsToldWhatIsMissing() {
		assertThat(FailedStart.of("--handinger.proxy.host=localhost", "--handinger.proxy.username=joe").output())
			.contains("The property handinger.proxy.username can't have the value 'joe'")
			.contains("handinger.proxy.password");
	}

	@ParameterizedTest
	@ValueSource(strings = { "proxy", "proxy_1.example.com.", "10.0.0.1", "::1", "[2001:db8::1]" })
	void proxyIsANameOrAnAddress(String host) {
		assertThat(FailedStart.outputOf("--handinger.proxy.host=" + host)).doesNotContain("FAILED");
	}

	@Test
	void blankTextsAreLikeNone() {
		String[] blank = Metadata.properties()
			.stream()
			.filter((property) -> property.typeClass() != Boolean.class && property.typeClass() != Integer.class)
			.map(Property::name)
			.filter((name) -> name.startsWith("handinger.") && !NEVER_BLANK.contains(name))
			.map((name) -> "--" + name + "=")
			.toArray(String[]::new);
		assertThat(FailedStart.outputOf(blank)).doesNotContain("FAILED");
	}

	static Stream<List<String>> secrets() {
		return Stream.of(List.of("handinger.api-key", "--handinger.api-key=hdg_" + SECRET + " and more"),
				List.of("handinger.api-key", "--handinger.api-key=hdg_" + SECRET + "\nX-More: 1"),
				List.of("handinger.api-key", "--handinger.apiKey=hdg_" + SECRET + " and more"),
				List.of("handinger.api-key", "--handinger.api-key=pre" + SECRET + "${MISSING}"),
				List.of("handinger.api-key", "--handinger.api-key=${A}", "--A=" + SECRET + "${A}"),
				List.of("handinger.read-timeout", "--handinger.api-key=hdg_" + SECRET, "--handinger.read-timeout=abc"),
				List.of("handinger.read-timeout", "--handinger.api-key=hdg_" + SECRET, "--handinger.read-timeout=0"),
				List.of("handinger.max-connections", "--handinger.api-key=" + SECRET, "--handinger.max-connections=0"),
				List.of("handinger.ssl.bundle", "--handinger.api-key=" + SECRET, "--handinger.ssl.bundle=nope",
						"--handinger.webhook.tokens=" + SECRET),
				List.of("handinger.webhook.tokens", "--handinger.webhook.tokens=" + SECRET + ",,b"),
				List.of("handinger.webhook.tokens", "--handinger.webhook.tokens=" + SECRET + " b"),
				List.of("handinger.webhook.tokens", "--handinger.webhook.tokens[0]=" + SECRET,
						"--handinger.webhook.tokens[1]= "),
				List.of("handinger.webhook.tokens", "--handinger.webhook.tokens[2]=" + SECRET),
				List.of("handinger.webhook.tokens", "--handinger.webhook.tokens[0]=" + SECRET,
						"--handinger.webhook.tokens[2]=" + SECRET),
				List.of("handinger.webhook.tokens", "--handinger.webhook.tokens=" + SECRET + "${MISSING}"),
				List.of("handinger.webhook.tokens", "--handinger.webhook.tokens[0]=" + SECRET + "${MISSING}"),
				List.of("handinger.webhook.tokens", "--handinger.webhook.tokens[0].value=" + SECRET),
				List.of("handinger.webhook", "--handinger.webhook=" + SECRET),
				List.of("handinger.proxy", "--handinger.proxy=" + SECRET),
				List.of("handinger.proxy.host", "--handinger.proxy.host=http://joe:" + SECRET + "@proxy"),
				List.of("handinger.proxy.host", "--handinger.proxy.host=joe:" + SECRET + "@proxy:8080"),
				List.of("handinger.proxy.password", "--handinger.proxy.host=localhost",
						"--handinger.proxy.password=" + SECRET),
				List.of("handinger.proxy.password", "--handinger.proxy.username=joe", "--handinger.proxy.password=${A}",
						"--A=" + SECRET + "${A}"),
				List.of("handinger.proxy.port", "--handinger.proxy.password=" + SECRET, "--handinger.proxy.port=x"),
				List.of("handinger.base-url", "--handinger.base-url=https://u:" + SECRET + "@handinger.com"),
				List.of("handinger.base-url", "--handinger.base-url=u:" + SECRET + "@handinger.com"),
				List.of("handinger.base-url", "--handinger.base-url=https://handinger.com?key=" + SECRET),
				List.of("handinger.base-url", "--handinger.base-url=https://u:" + SECRET + "@handinger.com${MISSING}"),
				List.of("handinger.webhook.registration.url",
						"--handinger.webhook.registration.url=https://u:" + SECRET + "@example.com/hook"),
				List.of("handinger.webhook.registration.url",
						"--handinger.webhook.registration.url=https://u:" + SECRET + "@example.com/hook${MISSING}"));
	}

	@ParameterizedTest
	@MethodSource("secrets")
	void secretIsNeitherPrintedNorInTheException(List<String> property) {
		List<String> arguments = new ArrayList<>(property.subList(1, property.size()));
		arguments.addAll(List.of("--debug", "--trace"));
		FailedStart start = FailedStart.of(arguments.toArray(String[]::new));
		assertThat(start.output()).satisfies((output) -> saysWhatIsWrong(output, property.get(0)))
			.contains("CONDITIONS EVALUATION REPORT")
			.doesNotContain(SECRET);
		assertThat(start.stackTrace()).doesNotContain(SECRET);
	}

	@ParameterizedTest
	@ValueSource(strings = { "HANDINGER_API_KEY", "HANDINGER_APIKEY", "HANDINGER_WEBHOOK_TOKENS",
			"HANDINGER_WEBHOOK_TOKENS_0", "HANDINGER_WEBHOOK_TOKENS_2", "HANDINGER_PROXY_PASSWORD" })
	void secretOfTheEnvironmentIsNeitherPrintedNorInTheException(String variable) {
		FailedStart start = FailedStart.of(Map.of(variable, SECRET + " ${MISSING}"), "--handinger.read-timeout=0",
				"--debug");
		assertThat(start.output()).contains("APPLICATION FAILED TO START").doesNotContain(SECRET);
		assertThat(start.stackTrace()).doesNotContain(SECRET);
	}

	@Test
	void secretThatIsSetInTwoPlacesIsPrintedOfNeither() {
		FailedStart start = FailedStart.of(Map.of("HANDINGER_API_KEY", "hdg_" + SECRET + "1 x"),
				"--handinger.api-key=hdg_" + SECRET + "2 x",
				"--spring.application.json={\"handinger\":{\"api-key\":\"hdg_" + SECRET + "3 x\"}}", "--debug");
		assertThat(start.output()).contains("The property handinger.api-key can't have the value '******'")
			.contains("commandLineArgs")
			.doesNotContain(SECRET);
	}

	@ParameterizedTest
	@ValueSource(strings = { "handinger.api-key[0]", "handinger.api-key.value", "handinger.webhook.tokens.value" })
	void secretInTheWrongShapeIsNotPrinted(String name) {
		assertThat(FailedStart.outputOf("--" + name + "=" + SECRET, "--debug")).contains("CONDITIONS EVALUATION REPORT")
			.doesNotContain(SECRET);
	}

}
