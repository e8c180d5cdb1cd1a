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

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import org.springframework.web.util.UriUtils;

/**
 * Makes up structured output that fits a JSON Schema (draft-07). Properties that are not
 * required are included, unless the schema combines alternatives or they would nest
 * without end.
 */
final class SchemaExamples {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final int USUAL_ITEMS = 2;

	private static final int MOST_ITEMS = 1000;

	private static final int DEEPEST = 50;

	private static final int MOST_VALUES = 10_000;

	private static final Set<String> ALTERNATIVES = Set.of("anyOf", "oneOf", "not", "if", "dependencies",
			"dependentRequired", "dependentSchemas");

	private static final JsonNode ANYTHING = new ObjectNode(JsonNodeFactory.instance);

	private static final String ONLY_REQUIRED = "x-only-required";

	private static final Map<String, String> KEYWORDS = keywords();

	private final JsonNode root;

	/**
	 * The references that are being followed, so that a type that contains itself ends.
	 */
	private final Deque<String> followed = new ArrayDeque<>(List.of("#"));

	private int depth;

	private int values;

	private SchemaExamples(JsonNode root) {
		this.root = root;
	}

	/**
	 * Return structured output, or {@code null} if the schema does not describe an
	 * object.
	 */
	static @Nullable Map<String, @Nullable Object> structuredOutput(JsonNode schema) {
		Object value = new SchemaExamples(schema).value(schema, "", 0);
		return (value instanceof Map<?, ?> object) ? toObject(object) : null;
	}

	private static Map<String, @Nullable Object> toObject(Map<?, ?> map) {
		Map<String, @Nullable Object> object = new LinkedHashMap<>();
		map.forEach((name, value) -> object.put(String.valueOf(name), value));
		return object;
	}

	/**
	 * Return a value that fits a schema.
	 * @param schema the schema
	 * @param name the name of the property
	 * @param variant the index of the value in an array whose values should differ
	 */
	private @Nullable Object value(JsonNode schema, String name, int variant) {
		// A schema can describe an endless value, or one that is endless for all
		// purposes.
		if (this.depth >= DEEPEST || ++this.values > MOST_VALUES) {
			return null;
		}
		this.depth++;
		int followed = this.followed.size();
		try {
			return unreferenced(resolved(schema), name, variant);
		}
		finally {
			this.depth--;
			while (this.followed.size() > followed) {
				this.followed.pop();
			}
		}
	}

	/**
	 * Follow the references of a schema.
	 */
	private JsonNode resolved(JsonNode schema) {
		JsonNode resolved = schema;
		for (int i = 0; i < DEEPEST && resolved.has("$ref"); i++) {
			String reference = resolved.path("$ref").asString("");
			this.followed.push(reference);
			resolved = target(reference);
		}
		return resolved;
	}

	private JsonNode target(String reference) {
		if (!reference.startsWith("#")) {
			return ANYTHING;
		}
		try {
			JsonNode target = this.root.at(JsonPointer.compile(decode(reference.substring(1))));
			return target.isMissingNode() ? ANYTHING : target;
		}
		catch (IllegalArgumentException | JacksonException ex) {
			return ANYTHING;
		}
	}

	private static String decode(String fragment) {
		return UriUtils.decode(fragment, StandardCharsets.UTF_8);
	}

	private @Nullable Object unreferenced(JsonNode schema, String name, int variant) {
		JsonNode constant = constant(schema, variant);
		if (constant != null) {
			return MAPPER.treeToValue(constant, Object.class);
		}
		if (schema.has("allOf")) {
			return value(merged(schema, "allOf", schema.path("allOf")), name, variant);
		}
		for (String alternatives : List.of("oneOf", "anyOf")) {
			if (schema.path(alternatives).isArray() && !schema.path(alternatives).isEmpty()) {
				return value(alternative(schema, alternatives), name, variant);
			}
		}
		return typed(schema, name, variant);
	}

	private static @Nullable JsonNode constant(JsonNode schema, int variant) {
		if (schema.has("const")) {
			return schema.get("const");
		}
		JsonNode constants = schema.path("enum");
		if (constants.isArray() && !constants.isEmpty()) {
			return constants.get(variant % constants.size());
		}
		JsonNode example = schema.path("examples").path(variant);
		return example.isMissingNode() ? null : example;
	}

	/**
	 * Return the schema with one of its alternatives: the first one that is neither null
	 * nor nests without end, if there is one.
	 */
	private JsonNode alternative(JsonNode schema, String alternatives) {
		JsonNode chosen = null;
		for (JsonNode alternative : schema.path(alternatives)) {
			if (!isNull(alternative) && isFinite(alternative)) {
				chosen = alternative;
				break;
			}
			if (chosen == null || isNull(alternative)) {
				chosen = alternative;
			}
		}
		ArrayNode parts = new ArrayNode(JsonNodeFactory.instance).add(Objects.requireNonNull(chosen));
		return merged(schema, alternatives, parts).put(ONLY_REQUIRED, !schema.path("properties").isEmpty());
	}

	private static boolean isNull(JsonNode schema) {
		return schema.path("type").asString("").equals("null") || (schema.has("const") && schema.get("const").isNull());
	}

	/**
	 * Return the schema without a keyword, merged with the given schemas.
	 */
	private ObjectNode merged(JsonNode schema, String keyword, JsonNode parts) {
		ObjectNode merged = new ObjectNode(JsonNodeFactory.instance);
		merge(merged, schema);
		merged.remove(keyword);
		for (JsonNode part : parts) {
			merge(merged, resolved(part));
		}
		return merged;
	}

	private static void merge(ObjectNode merged, JsonNode part) {
		part.forEachEntry((keyword, value) -> {
			JsonNode existing = merged.get(keyword);
			if (existing instanceof ObjectNode object && value.isObject()) {
				ObjectNode both = object.deepCopy();
				merge(both, value);
				merged.set(keyword, both);
			}
			else if (existing instanceof ArrayNode list && value.isArray() && !keyword.equals("enum")
					&& !keyword.equals("type")) {
				merged.set(keyword, list.deepCopy().addAll((ArrayNode) value));
			}
			else if (!(existing != null && existing.isNumber() && isStricter(keyword, existing, value))) {
				merged.set(keyword, value);
			}
		});
	}

	private static boolean isStricter(String keyword, JsonNode existing, JsonNode other) {
		int comparison = Double.compare(existing.asDouble(0), other.asDouble(0));
		return keyword.toLowerCase(Locale.ROOT).contains("min") ? comparison > 0
				: keyword.toLowerCase(Locale.ROOT).contains("max") && comparison < 0;
	}

	private @Nullable Object typed(JsonNode schema, String name, int variant) {
		return switch (type(schema)) {
			case "object" -> object(schema, variant);
			case "array" -> array(schema, name);
			case "integer" -> ExampleNumbers.integer(schema, name, variant);
			case "number" -> ExampleNumbers.number(schema, name, variant);
			case "boolean" -> variant % 2 == 0;
			case "null" -> null;
			default -> ExampleTexts.text(schema, name, variant);
		};
	}

	private static String type(JsonNode schema) {
		JsonNode type = schema.path("type");
		if (type.isString()) {
			return type.stringValue();
		}
		for (JsonNode alternative : type) {
			if (!alternative.asString("").equals("null")) {
				return alternative.asString("");
			}
		}
		if (!type.isEmpty()) {
			return "null";
		}
		return KEYWORDS.entrySet()
			.stream()
			.filter((keyword) -> schema.has(keyword.getKey()))
			.map(Map.Entry::getValue)
			.findFirst()
			.orElse("string");
	}

	private static Map<String, String> keywords() {
		Map<String, String> keywords = new LinkedHashMap<>();
		for (String keyword : List.of("properties", "required", "additionalProperties", "minProperties")) {
			keywords.put(keyword, "object");
		}
		for (String keyword : List.of("items", "minItems", "contains", "uniqueItems")) {
			keywords.put(keyword, "array");
		}
		for (String keyword : List.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")) {
			keywords.put(keyword, "number");
		}
		return keywords;
	}

	private Map<String, @Nullable Object> object(JsonNode schema, int variant) {
		Set<String> required = new LinkedHashSet<>();
		schema.path("required").forEach((name) -> required.add(name.asString("")));
		Map<String, @Nullable Object> object = new LinkedHashMap<>();
		boolean all = ALTERNATIVES.stream().noneMatch(schema::has) && !schema.path(ONLY_REQUIRED).asBoolean(false)
				&& schema.path("properties").size() <= schema.path("maxProperties").asInt(Integer.MAX_VALUE);
		schema.path("properties").forEachEntry((name, property) -> {
			if (required.contains(name) || (all && isFinite(property))) {
				object.put(name, value(property, name, variant));
			}
		});
		JsonNode others = schema.path("additionalProperties");
		for (String name : required) {
			if (!object.containsKey(name)) {
				object.put(name, value(others, name, variant));
			}
		}
		int least = Math.max(schema.path("minProperties").asInt(0), (isMap(schema) && isFinite(others)) ? 1 : 0);
		Iterator<String> names = names(schema).iterator();
		while (object.size() < least && names.hasNext()) {
			String name = names.next();
			if (!object.containsKey(name)) {
				object.put(name, value(others, name, variant + object.size()));
			}
		}
		return object;
	}

	private static boolean isMap(JsonNode schema) {
		return schema.path("additionalProperties").isObject() && schema.path("properties").isEmpty();
	}

	private Stream<String> names(JsonNode schema) {
		JsonNode names = schema.path("propertyNames");
		return IntStream.range(0, MOST_ITEMS)
			.mapToObj((index) -> names.isObject() ? String.valueOf(value(names, "key", index)) : "key" + (index + 1));
	}

	/**
	 * Return whether a value of the schema does not contain a type that contains it.
	 */
	private boolean isFinite(JsonNode schema) {
		if (this.followed.contains(schema.path("$ref").asString(""))) {
			return false;
		}
		return schema.path("allOf").valueStream().allMatch(this::isFinite) && isAnyFinite(schema.path("anyOf"))
				&& isAnyFinite(schema.path("oneOf"));
	}

	private boolean isAnyFinite(JsonNode alternatives) {
		return alternatives.isEmpty() || alternatives.valueStream().anyMatch(this::isFinite);
	}

	private List<@Nullable Object> array(JsonNode schema, String name) {
		List<@Nullable Object> values = new ArrayList<>();
		JsonNode items = schema.path("items");
		JsonNode first = items.isArray() ? items : schema.path("prefixItems");
		first.forEach((item) -> values.add(value(item, name, values.size())));
		JsonNode rest = items.isArray() ? schema.path("additionalItems") : items;
		if (schema.path("contains").isObject()) {
			values.add(value(schema.path("contains"), name, 0));
		}
		int least = Math.min(schema.path("minItems").asInt(0), MOST_ITEMS);
		int usual = isFinite(rest) && values.isEmpty() ? USUAL_ITEMS : 0;
		int count = Math.max(least, Math.min(usual, schema.path("maxItems").asInt(MOST_ITEMS)));
		boolean unique = schema.path("uniqueItems").asBoolean(false);
		for (int variant = 0; values.size() < count && variant < MOST_ITEMS; variant++) {
			Object value = value(rest, singular(name), variant);
			if (!unique || !values.contains(value)) {
				values.add(value);
			}
		}
		return values;
	}

	private static String singular(String name) {
		return name.endsWith("ies") ? name.substring(0, name.length() - 3) + "y"
				: name.endsWith("s") ? name.substring(0, name.length() - 1) : name;
	}

}
