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

import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.classmate.ResolvedType;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.github.victools.jsonschema.generator.CustomDefinition;
import com.github.victools.jsonschema.generator.FieldScope;
import com.github.victools.jsonschema.generator.Option;
import com.github.victools.jsonschema.generator.OptionPreset;
import com.github.victools.jsonschema.generator.SchemaGenerationContext;
import com.github.victools.jsonschema.generator.SchemaGenerator;
import com.github.victools.jsonschema.generator.SchemaGeneratorConfigBuilder;
import com.github.victools.jsonschema.generator.SchemaVersion;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Derives the JSON Schema of a type. JSON that matches the schema can be read as the
 * type.
 */
final class DerivedSchema {

	private static final String DATE = "\\d{4}-\\d{2}-\\d{2}";

	private static final String TIME = "\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?";

	/**
	 * The formats with a time require an offset, which local times do not have.
	 */
	private static final Map<Class<?>, Map.Entry<String, String>> TEXTS = Map.of(LocalDate.class,
			Map.entry("format", "date"), Instant.class, Map.entry("format", "date-time"), OffsetDateTime.class,
			Map.entry("format", "date-time"), ZonedDateTime.class, Map.entry("format", "date-time"), OffsetTime.class,
			Map.entry("format", "time"), Duration.class, Map.entry("format", "duration"), LocalDateTime.class,
			Map.entry("pattern", "^" + DATE + "T" + TIME + "$"), LocalTime.class,
			Map.entry("pattern", "^" + TIME + "$"));

	/**
	 * Mappers and generators cache classes. Static ones would keep the class loader of an
	 * application alive after a restart by DevTools.
	 */
	private final JsonMapper mapper = JsonMapper.builder().build();

	private DerivedSchema() {
	}

	static Map<String, @Nullable Object> of(Class<?> type) {
		return new DerivedSchema().derive(type);
	}

	private Map<String, @Nullable Object> derive(Class<?> type) {
		return this.mapper.convertValue(generator().generateSchema(type), new TypeReference<>() {
		});
	}

	private SchemaGenerator generator() {
		SchemaGeneratorConfigBuilder config = new SchemaGeneratorConfigBuilder(this.mapper, SchemaVersion.DRAFT_7,
				OptionPreset.PLAIN_JSON)
			.with(Option.MAP_VALUES_AS_ADDITIONAL_PROPERTIES);
		// A worker fills in the properties in the order of the schema.
		config.forTypesInGeneral().withCustomDefinitionProvider(this::text).withPropertySorter((first, second) -> 0);
		config.forFields()
			.withRequiredCheck(DerivedSchema::isRequired)
			.withPropertyNameOverrideResolver(DerivedSchema::name)
			.withDescriptionResolver(DerivedSchema::description);
		return new SchemaGenerator(config.build());
	}

	/**
	 * Return the definition of a type that is written as a string, or {@code null} for
	 * any other type.
	 */
	private @Nullable CustomDefinition text(ResolvedType type, SchemaGenerationContext context) {
		Class<?> raw = type.getErasedType();
		ObjectNode definition = this.mapper.createObjectNode().put("type", "string");
		Map.Entry<String, String> text = TEXTS.get(raw);
		if (text != null) {
			definition.put(text.getKey(), text.getValue());
		}
		else if (raw.isEnum()) {
			ArrayNode constants = definition.putArray("enum");
			for (Object constant : raw.getEnumConstants()) {
				constants.add(this.mapper.<JsonNode>valueToTree(constant));
			}
		}
		else {
			return null;
		}
		return new CustomDefinition(definition, CustomDefinition.INLINE_DEFINITION,
				CustomDefinition.INCLUDING_ATTRIBUTES);
	}

	private static boolean isRequired(FieldScope field) {
		return field.getDeclaredType().getErasedType() != Optional.class && annotations(field.getRawMember())
			.noneMatch((annotation) -> annotation.annotationType().getSimpleName().equals("Nullable"));
	}

	/**
	 * A {@code @Nullable} annotates the field or its type, depending on the library.
	 */
	private static Stream<Annotation> annotations(Field field) {
		return Stream.concat(Stream.of(field.getAnnotations()), Stream.of(field.getAnnotatedType().getAnnotations()));
	}

	private static @Nullable String name(FieldScope field) {
		JsonProperty property = field.getAnnotation(JsonProperty.class);
		return (property != null && !property.value().isEmpty()) ? property.value() : null;
	}

	private static @Nullable String description(FieldScope field) {
		JsonPropertyDescription description = field.getAnnotation(JsonPropertyDescription.class);
		return (description != null) ? description.value() : null;
	}

}
