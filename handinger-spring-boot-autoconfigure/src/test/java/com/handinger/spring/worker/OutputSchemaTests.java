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

import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.handinger.spring.support.Json;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.util.ReflectionUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class OutputSchemaTests {

	private static Map<String, @Nullable Object> schema(Class<?> type) {
		Map<String, @Nullable Object> schema = CreateWorker.of("x").withOutputSchema(type).outputSchema();
		assertThat(schema).isNotNull();
		return schema;
	}

	@SuppressWarnings("unchecked")
	private static Map<String, Object> properties(Class<?> type) {
		return (Map<String, Object>) schema(type).get("properties");
	}

	@Test
	void schemaIsThatOfDraft07() {
		assertThat(schema(Forecast.class)).containsEntry("$schema", "http://json-schema.org/draft-07/schema#")
			.containsEntry("type", "object");
	}

	@Test
	void componentsThatMayBeMissingAreNotRequired() {
		assertThat(schema(Forecast.class).get("required"))
			.isEqualTo(List.of("city", "created", "of-day", "degrees", "sky", "days"));
		assertThat(properties(Forecast.class).keySet()).containsExactly("city", "created", "of-day", "degrees", "sky",
				"days", "note", "remark", "other");
	}

	@Test
	void datesAreTextsWithAFormat() {
		assertThat(properties(Dates.class)).isEqualTo(Map.of("date", Map.of("type", "string", "format", "date"),
				"instant", Map.of("type", "string", "format", "date-time"), "duration",
				Map.of("type", "string", "format", "duration"), "local",
				Map.of("type", "string", "pattern", "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?$"),
				"time", Map.of("type", "string", "pattern", "^\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?$")));
	}

	@Test
	void constantsAreListedAsTheyAreRead() {
		assertThat(properties(Forecast.class).get("sky"))
			.isEqualTo(Map.of("type", "string", "enum", List.of("SUNNY", "very cloudy")));
	}

	@Test
	void numbersListsAndRecordsWithinAreDescribed() {
		assertThat(properties(Forecast.class)).containsEntry("degrees", Map.of("type", "integer"))
			.containsEntry("days",
					Map.of("type", "array", "items",
							Map.of("type", "object", "properties",
									Map.of("name", Map.of("type", "string"), "chance", Map.of("type", "number")),
									"required", List.of("name", "chance"))))
			.containsEntry("other", Map.of("type", "object", "additionalProperties", Map.of("type", "string")));
	}

	@Test
	void componentIsNamedAndDescribedAsItsAnnotationsSay() {
		assertThat(properties(Forecast.class)).containsEntry("of-day",
				Map.of("type", "string", "format", "date", "description", "The day of the forecast"));
	}

	@Test
	void whatFitsTheSchemaIsReadAsTheType() {
		String json = Json.WORKER.replace("\"structured_output\":null", """
				"structured_output":{"city":"Barcelona","created":"2026-07-01T10:00:00Z","of-day":"2026-07-02",
				"degrees":31,"sky":"very cloudy","days":[{"name":"Monday","chance":0.5}]}""");
		Worker worker = Json.read(json, Worker.class);
		assertThat(worker.structuredOutput(Forecast.class))
			.isEqualTo(new Forecast("Barcelona", Instant.parse("2026-07-01T10:00:00Z"), LocalDate.of(2026, 7, 2), 31,
					Sky.CLOUDY, List.of(new Day("Monday", 0.5)), null, Optional.empty(), null));
	}

	@Test
	void recordMayHoldOthersOfItsKind() {
		assertThat(schema(Tree.class)).containsEntry("type", "object");
		assertThat(properties(Tree.class).get("branches").toString()).contains("$ref=#");
	}

	@Test
	void changesOfAWorkerDeriveTheSameSchema() {
		assertThat(UpdateWorker.nothing().withOutputSchema(Forecast.class).outputSchema())
			.isEqualTo(schema(Forecast.class));
	}

	@ParameterizedTest
	@ValueSource(classes = { String.class, int.class, List.class, Sky.class, LocalDate.class, String[].class })
	void typeThatIsNoObjectIsRefused(Class<?> type) {
		assertThatIllegalArgumentException().isThrownBy(() -> schema(type))
			.withMessage("Structured output is an object, and " + type.getName()
					+ " is not: pass a record with a component for each field");
	}

	@Test
	void libraryThatIsMissingIsNamed() throws Exception {
		try (URLClassLoader withoutLibrary = new URLClassLoader(classPathWithoutTheLibrary(),
				ClassLoader.getPlatformClassLoader())) {
			Class<?> type = withoutLibrary.loadClass(CreateWorker.class.getName());
			Object worker = type.getMethod("of", String.class).invoke(null, "x");
			assertThat(type.getMethod("withOutputSchema", Map.class).invoke(worker, Map.of())).isNotNull();
			assertThatIllegalStateException()
				.isThrownBy(() -> ReflectionUtils.invokeMethod(type.getMethod("withOutputSchema", Class.class), worker,
						Forecast.class))
				.withMessageContaining("add com.github.victools:jsonschema-generator of version 5 to the class path");
		}
	}

	private static URL[] classPathWithoutTheLibrary() {
		return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
			.filter((entry) -> !entry.contains("jsonschema-generator"))
			.map(OutputSchemaTests::url)
			.toArray(URL[]::new);
	}

	private static URL url(String entry) {
		try {
			return Path.of(entry).toUri().toURL();
		}
		catch (MalformedURLException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	/**
	 * What a worker has to answer.
	 */
	record Forecast(String city, Instant created,
			@JsonProperty("of-day") @JsonPropertyDescription("The day of the forecast") LocalDate day, int degrees,
			Sky sky, List<Day> days, @Nullable String note, Optional<String> remark,
			@Nullable Map<String, String> other) {
	}

	/**
	 * One of the days.
	 */
	record Day(String name, double chance) {
	}

	/**
	 * How the sky is.
	 */
	enum Sky {

		SUNNY,

		@JsonProperty("very cloudy")
		CLOUDY

	}

	/**
	 * Dates and times.
	 */
	record Dates(LocalDate date, Instant instant, Duration duration, LocalDateTime local, LocalTime time) {
	}

	/**
	 * A type that holds itself.
	 */
	record Tree(String name, List<Tree> branches) {
	}

}
