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

package com.handinger.spring.worker;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.List;
import java.util.stream.Stream;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * What the contract does not allow is refused before anything is sent, in words that do
 * not repeat it.
 */
class WorkerLimitsTests {

	private static final CreateWorker WORKER = CreateWorker.of("x");

	private static final UpdateWorker CHANGES = UpdateWorker.nothing();

	private static final When TOMORROW = When.after(Duration.ofDays(1));

	private static Arguments arguments(String message, ThrowingCallable call) {
		return Arguments.of(message, call);
	}

	static Stream<Arguments> refused() {
		return Stream.of(
				arguments("'instructions' must have at most 20,000 characters: shorten it, since it has 20,001",
						() -> CreateWorker.of("?".repeat(20_001))),
				arguments("'instructions' must have at most 20,000",
						() -> CHANGES.withInstructions("?".repeat(20_001))),
				arguments("'prompt' must have at most 10,000", () -> WORKER.withPrompt("?".repeat(10_001))),
				arguments("'summary' must have at most 80", () -> WORKER.withSummary("?".repeat(81))),
				arguments("'summary' must have at most 80", () -> CHANGES.withSummary("?".repeat(81))),
				arguments("'title' must have at most 200", () -> WORKER.withTitle("?".repeat(201))),
				arguments("'title' must have at most 200", () -> CHANGES.withTitle("?".repeat(201))),
				arguments("'outputSchema' must describe an object",
						() -> WORKER.withOutputSchema(Map.of("type", "array"))),
				arguments("'outputSchema' must describe an object",
						() -> WORKER.withOutputSchema(Map.of("type", List.of("string", "null")))),
				arguments("'outputSchema' must describe an object",
						() -> CHANGES.withOutputSchema(Map.of("type", "string"))),
				arguments("'title' must not be empty", () -> WORKER.withTitle("")),
				arguments("'title' must not be empty", () -> CHANGES.withTitle("")),
				arguments("'instructions' must not be empty", () -> CreateWorker.of("")),
				arguments("'prompt' must not be empty", () -> CreateWorker.ofPrompt("")),
				arguments("'instructions' must not have half of a surrogate pair", () -> CreateWorker.of("?\ud83d")),
				arguments("'visibility' must be one that Handinger knows",
						() -> WORKER.withVisibility(Visibility.UNKNOWN)),
				arguments("'visibility' must be one that Handinger knows",
						() -> CHANGES.withVisibility(Visibility.UNKNOWN)),
				arguments("'input' must not be empty", () -> CreateSchedule.of("", TOMORROW)),
				arguments("'input' must not have half of a surrogate pair",
						() -> CreateSchedule.of("?\ud83d", TOMORROW)),
				arguments("'budget' must be one that Handinger knows",
						() -> CreateSchedule.of("x", TOMORROW).withBudget(Budget.UNKNOWN)),
				arguments("'when' must not be null", () -> CreateSchedule.of("x", null)),
				arguments("'date' must not be null", () -> When.at(null)),
				arguments("'cron' must not be empty", () -> When.cron(" ")),
				arguments("'delay' must be a whole number of seconds", () -> When.after(null)));
	}

	@ParameterizedTest
	@MethodSource("refused")
	void whatIsNotAllowedIsRefused(String message, ThrowingCallable call) {
		assertThatIllegalArgumentException().isThrownBy(call)
			.withMessageStartingWith(message)
			.satisfies((ex) -> assertThat(ex).hasMessageNotContaining("?"));
	}

	@Test
	void longestTextsAreTaken() {
		assertThatNoException().isThrownBy(() -> CreateWorker.of("x".repeat(20_000))
			.withPrompt("x".repeat(10_000))
			.withSummary("x".repeat(80))
			.withTitle("x".repeat(200)));
	}

	@Test
	void charactersAreCountedAndNotTheirHalves() {
		assertThatNoException().isThrownBy(() -> WORKER.withSummary("🌍".repeat(80)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT0S", "PT-1S", "PT0.5S", "PT1.5S", "PT0.999999999S", "PT-2562047788015215H-30M-8S" })
	void durationThatIsNotOfWholeSecondsIsRefused(Duration duration) {
		assertThatIllegalArgumentException().isThrownBy(() -> When.after(duration))
			.withMessage("'delay' must be a whole number of seconds, one at least, unlike " + duration);
		assertThatIllegalArgumentException().isThrownBy(() -> When.every(duration))
			.withMessage("'interval' must be a whole number of seconds, one at least, unlike " + duration);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT31536001S", "P366D", "PT2562047788015215H30M7S" })
	void durationThatIsTooLongIsRefused(Duration duration) {
		assertThatIllegalArgumentException().isThrownBy(() -> When.after(duration))
			.withMessage("'delay' must be at most 31,536,000 seconds (365 days), unlike " + duration);
		assertThatIllegalArgumentException().isThrownBy(() -> When.every(duration))
			.withMessage("'interval' must be at most 31,536,000 seconds (365 days), unlike " + duration);
	}

	@Test
	void longestDurationIsAccepted() {
		Duration longest = Duration.ofSeconds(31_536_000);
		assertThat(When.after(longest)).isEqualTo(new When.After(longest));
		assertThat(When.every(longest)).isEqualTo(new When.Every(longest));
	}

	@Test
	void outputSchemaIsImmutable() {
		Map<String, ?> schema = WORKER.withOutputSchema(new HashMap<>(Map.of("type", "object"))).outputSchema();
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(schema::clear);
	}

	@Test
	void schemaMayDescribeAnObjectInAnotherWay() {
		assertThat(WORKER.withOutputSchema(Map.of("type", List.of("object", "null"))).outputSchema()).isNotNull();
		assertThat(WORKER.withOutputSchema(Map.of("$ref", "#/definitions/a")).outputSchema()).isNotNull();
		assertThat(CHANGES.withOutputSchema(Map.of("type", "object")).outputSchema()).isNotNull();
	}

}
