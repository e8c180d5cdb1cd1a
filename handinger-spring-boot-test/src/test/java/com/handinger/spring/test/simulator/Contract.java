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

import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The schemas of the contract.
 */
final class Contract {

	private static final String TIMESTAMP = "\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z";

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final JsonNode DOCUMENT = read();

	private static final Map<JsonNode, Schema> SCHEMAS = new ConcurrentHashMap<>();

	private Contract() {
	}

	private static JsonNode read() {
		try (InputStream document = Contract.class.getResourceAsStream("/handinger-openapi.yaml")) {
			return new YAMLMapper().readTree(Objects.requireNonNull(document));
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static void check(String json, String schema) {
		check(json, new ObjectNode(JsonNodeFactory.instance).put("$ref", "#/components/schemas/" + schema));
	}

	/**
	 * Check what an operation has answered with the status 200. A path that the contract
	 * does not know is none of its business.
	 */
	static void checkAnswer(String json, String method, String path) {
		DOCUMENT.path("paths")
			.propertyStream()
			.filter((operations) -> path.matches(operations.getKey().replaceAll("\\{\\w+}", "[^/]+")))
			.map((operations) -> operations.getValue().path(method.toLowerCase(Locale.ROOT)))
			.map((operation) -> operation.at("/responses/200/content/application~1json/schema"))
			.forEach((schema) -> check(json, schema));
	}

	/**
	 * Check that timestamps are as the API writes them, which the schemas do not tell.
	 */
	private static void checkTimestamps(JsonNode json) {
		json.forEachEntry((name, value) -> {
			if (name.endsWith("At") && value.isString()) {
				assertThat(value.stringValue()).as(name).matches(TIMESTAMP);
			}
			checkTimestamps(value);
		});
		if (json.isArray()) {
			json.forEach(Contract::checkTimestamps);
		}
	}

	private static void check(String json, JsonNode schema) {
		checkTimestamps(MAPPER.readTree(json));
		assertThat(SCHEMAS.computeIfAbsent(schema, Contract::schema).validate(json, InputFormat.JSON))
			.as("%s in %s", schema, json.substring(0, Math.min(json.length(), 1000)))
			.isEmpty();
	}

	private static Schema schema(JsonNode part) {
		assertThat(part.isObject()).as("there is a schema").isTrue();
		ObjectNode schema = ((ObjectNode) DOCUMENT).deepCopy();
		schema.putArray("allOf").add(part);
		return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12).getSchema(schema);
	}

}
