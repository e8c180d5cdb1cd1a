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

import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import com.handinger.spring.worker.CreateWorker;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

class SchemaExamplesTests {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static Map<String, Object> example(String schema) {
		Map<String, Object> example = SchemaExamples.structuredOutput(MAPPER.readTree(schema));
		assertThat(example).as("structured output").isNotNull();
		String json = MAPPER.writeValueAsString(example);
		assertThat(
				SchemaRegistry
					.withDefaultDialect(SpecificationVersion.DRAFT_7,
							(builder) -> builder.schemaRegistryConfig(
									SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()))
					.getSchema(schema)
					.validate(json, InputFormat.JSON))
			.as(json)
			.isEmpty();
		return example;
	}

	private static String property(String schema) {
		return "{\"type\": \"object\", \"properties\": {\"value\": " + schema + "}, \"required\": [\"value\"]}";
	}

	private static <T> T read(Class<T> type) {
		JsonNode schema = MAPPER.valueToTree(CreateWorker.of("a").withOutputSchema(type).outputSchema());
		return MAPPER.convertValue(example(schema.toString()), type);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"type\": \"string\"}", "{\"type\": \"string\", \"minLength\": 500}",
			"{\"type\": \"string\", \"maxLength\": 3}", "{\"type\": \"string\", \"maxLength\": 0}",
			"{\"type\": \"string\", \"pattern\": \"^[A-Z]{3}-\\\\d{4}$\"}",
			"{\"type\": \"string\", \"pattern\": \"^(red|green)(, (red|green))*$\", \"minLength\": 12}",
			"{\"type\": \"string\", \"pattern\": \"^[^aeiou\\\\s]+\\\\.(csv|txt)$\", \"minLength\": 200}",
			"{\"type\": \"string\", \"format\": \"date\"}", "{\"type\": \"string\", \"format\": \"date-time\"}",
			"{\"type\": \"string\", \"format\": \"time\"}", "{\"type\": \"string\", \"format\": \"email\"}",
			"{\"type\": \"string\", \"format\": \"uri\"}", "{\"type\": \"string\", \"format\": \"uuid\"}",
			"{\"type\": \"string\", \"format\": \"hostname\"}", "{\"type\": \"string\", \"format\": \"ipv4\"}",
			"{\"type\": \"string\", \"format\": \"ipv6\"}", "{\"enum\": [\"b\", \"a\"]}", "{\"const\": {\"a\": [1]}}",
			"{\"const\": null}", "{\"type\": [\"null\", \"string\"]}", "{\"type\": \"null\"}",
			"{\"type\": \"boolean\"}", "{}", "true", "{\"minLength\": 20}" })
	void textFits(String schema) {
		example(property(schema));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"type\": \"integer\"}", "{\"type\": \"integer\", \"minimum\": 10}",
			"{\"type\": \"integer\", \"maximum\": -10}", "{\"type\": \"integer\", \"minimum\": 7, \"maximum\": 7}",
			"{\"type\": \"integer\", \"exclusiveMinimum\": 7, \"exclusiveMaximum\": 9}",
			"{\"type\": \"integer\", \"minimum\": 0.5, \"maximum\": 1.5}",
			"{\"type\": \"integer\", \"multipleOf\": 25, \"minimum\": 30}",
			"{\"type\": \"integer\", \"minimum\": 99999999999999999999}",
			"{\"type\": \"number\", \"minimum\": 0, \"maximum\": 1}",
			"{\"type\": \"number\", \"exclusiveMinimum\": 0, \"exclusiveMaximum\": 1}",
			"{\"type\": \"number\", \"minimum\": 0.25, \"maximum\": 0.25}",
			"{\"type\": \"number\", \"multipleOf\": 0.1, \"maximum\": 2}", "{\"minimum\": 5}" })
	void numberFits(String schema) {
		example(property(schema));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"type\": \"array\"}", "{\"type\": \"array\", \"items\": {\"type\": \"string\"}}",
			"{\"type\": \"array\", \"items\": {\"type\": \"integer\"}, \"minItems\": 5, \"maxItems\": 5}",
			"{\"type\": \"array\", \"items\": {\"type\": \"string\"}, \"maxItems\": 0}",
			"{\"type\": \"array\", \"items\": {\"type\": \"string\"}, \"minItems\": 20, \"uniqueItems\": true}",
			"{\"type\": \"array\", \"items\": {\"enum\": [\"a\", \"b\"]}, \"minItems\": 2, \"uniqueItems\": true}",
			"{\"type\": \"array\", \"items\": {\"enum\": [\"a\"]}, \"uniqueItems\": true}",
			"{\"type\": \"array\", \"items\": {\"type\": \"number\", \"minimum\": 0}, \"minItems\": 9, \"uniqueItems\": true}",
			"{\"type\": \"array\", \"items\": [{\"type\": \"string\"}, {\"type\": \"integer\"}], \"additionalItems\": false}",
			"{\"type\": \"array\", \"contains\": {\"const\": 7}}" })
	void arrayFits(String schema) {
		example(property(schema));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"type\": \"object\"}",
			"{\"type\": \"object\", \"additionalProperties\": {\"type\": \"integer\"}}",
			"{\"type\": \"object\", \"required\": [\"a\", \"b\"]}", "{\"type\": \"object\", \"minProperties\": 3}",
			"{\"type\": \"object\", \"properties\": {\"a\": {}, \"b\": {}}, \"maxProperties\": 1, \"required\": [\"b\"]}",
			"{\"properties\": {\"a\": {\"type\": \"string\"}}, \"additionalProperties\": false}",
			"{\"type\": \"object\", \"propertyNames\": {\"pattern\": \"^[a-z]{3}$\"}, \"additionalProperties\": {\"type\": \"integer\"}}",
			"{\"allOf\": [{\"properties\": {\"a\": {\"type\": \"string\"}}, \"required\": [\"a\"]}, "
					+ "{\"properties\": {\"a\": {\"minLength\": 50}, \"b\": {\"type\": \"integer\"}}, \"required\": [\"b\"]}]}",
			"{\"anyOf\": [{\"type\": \"null\"}, {\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"string\"}}}]}",
			"{\"oneOf\": [{\"properties\": {\"kind\": {\"const\": \"a\"}}, \"required\": [\"kind\"]}, "
					+ "{\"properties\": {\"kind\": {\"const\": \"b\"}}, \"required\": [\"kind\"]}]}",
			"{\"properties\": {\"a\": {\"type\": \"string\"}, \"b\": {\"type\": \"string\"}}, "
					+ "\"oneOf\": [{\"required\": [\"a\"]}, {\"required\": [\"b\"]}]}",
			"{\"minimum\": 1, \"allOf\": [{\"minimum\": 5}, {\"minimum\": 3}], \"type\": \"integer\"}" })
	void objectFits(String schema) {
		example(property(schema));
	}

	@Test
	void referencesAreFollowed() {
		Map<String, Object> example = example("""
				{"type": "object", "properties": {"home": {"$ref": "#/definitions/a~1city"},
				 "others": {"type": "array", "items": {"allOf": [{"$ref": "#/definitions/a~1city"}]}}},
				 "required": ["home", "others"],
				 "definitions": {"a/city": {"type": "object", "properties": {"city": {"type": "string"}},
				 "required": ["city"]}}}""");
		assertThat(example).containsEntry("home", Map.of("city", "Barcelona"));
		assertThat(example.get("others")).asInstanceOf(InstanceOfAssertFactories.LIST).hasSize(2);
	}

	@ParameterizedTest
	@ValueSource(strings = {
			"{\"type\": \"object\", \"properties\": {\"child\": {\"$ref\": \"#\"}, \"name\": {\"type\": \"string\"}}}",
			"{\"type\": \"object\", \"properties\": {\"children\": {\"type\": \"array\", \"items\": {\"$ref\": \"#\"}}}, "
					+ "\"required\": [\"children\"]}",
			"{\"type\": \"object\", \"properties\": {\"child\": {\"anyOf\": [{\"$ref\": \"#\"}, {\"type\": \"null\"}]}}, "
					+ "\"required\": [\"child\"]}",
			"{\"type\": \"object\", \"properties\": {\"child\": {\"allOf\": [{\"$ref\": \"#\"}]}}}",
			"{\"type\": \"object\", \"properties\": {\"byName\": {\"type\": \"object\", \"additionalProperties\": "
					+ "{\"$ref\": \"#\"}}}, \"required\": [\"byName\"]}" })
	void typeThatContainsItselfEnds(String schema) {
		example(schema);
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"$ref\": \"#\"}", "{\"allOf\": [{\"$ref\": \"#\"}]}",
			"{\"$ref\": \"https://example.com\"}",
			"{\"properties\": {\"a\": {\"$ref\": \"#\"}, \"b\": {\"$ref\": \"#\"}}, \"required\": [\"a\", \"b\"]}",
			"{\"properties\": {\"a\": {\"type\": \"string\", \"pattern\": \"((a{1000}){1000}){1000}\"}}}",
			"{\"properties\": {\"a\": {\"type\": \"string\", \"pattern\": \"(?!\"}}}",
			"{\"type\": \"object\", \"properties\": {\"a\": {\"type\": \"array\", \"minItems\": 2147483647}}}",
			"{\"type\": \"object\", \"minProperties\": 2147483647}", "{\"type\": 5, \"properties\": 5, \"enum\": {}}",
			"{\"items\": {\"$ref\": \"#/definitions/none\"}}",
			"{\"properties\": {\"a\": {\"type\": \"integer\", \"minimum\": 1e99999}}}",
			"{\"properties\": {\"a\": {\"type\": \"number\", \"multipleOf\": 1e-99999, \"maximum\": -1e99999}}}",
			"{\"properties\": {\"a\": {\"type\": \"array\", \"minItems\": 1e30, \"maxItems\": -1}}}",
			"{\"properties\": {\"a\": {\"type\": \"string\", \"minLength\": 2147483647, \"maxLength\": -1}}}" })
	@Timeout(30)
	void schemaThatIsOddDoesNoHarm(String schema) {
		MAPPER.writeValueAsString(SchemaExamples.structuredOutput(MAPPER.readTree(schema)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "{\"type\": \"string\"}", "{\"type\": \"array\"}", "{}", "{\"const\": 1}" })
	void onlyAnObjectIsStructuredOutput(String schema) {
		assertThat(SchemaExamples.structuredOutput(MAPPER.readTree(schema))).isNull();
	}

	@Test
	void ownTypeIsRead() {
		Forecast forecast = read(Forecast.class);
		assertThat(forecast.city()).isEqualTo("Barcelona");
		assertThat(forecast.sky()).isEqualTo(Sky.SUNNY);
		assertThat(forecast.temperature()).isEqualTo(24);
		assertThat(forecast.days()).hasSize(2).doesNotHaveDuplicates();
		assertThat(forecast.hours()).isNotEmpty();
		assertThat(forecast.skies()).containsExactlyInAnyOrder(Sky.SUNNY, Sky.CLOUDY);
	}

	@Test
	void everyKindOfPropertyIsRead() {
		assertThat(read(Everything.class)).hasNoNullFieldsOrPropertiesExcept("parent");
	}

	@Test
	void exampleIsTheSameEachTime() {
		assertThat(read(Everything.class)).isEqualTo(read(Everything.class));
	}

	enum Sky {

		SUNNY, CLOUDY

	}

	record Forecast(String city, Sky sky, double temperature, List<Day> days, Map<String, Integer> hours,
			Set<Sky> skies, @Nullable String remark) {
	}

	record Day(LocalDate date, int rain) {
	}

	record Everything(int number, long big, double real, boolean flag, String text, LocalDate date, LocalTime time,
			LocalDateTime local, Instant instant, UUID id, URI link, Optional<String> maybe, List<List<Integer>> table,
			Map<String, Map<String, String>> nested, @Nullable Everything parent, List<Everything> children) {

		Everything {
			Objects.requireNonNull(text);
		}

	}

}
