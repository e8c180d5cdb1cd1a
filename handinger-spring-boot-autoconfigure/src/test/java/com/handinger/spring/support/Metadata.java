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

package com.handinger.spring.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What the library tells an IDE about its properties.
 */
public final class Metadata {

	private static final JsonNode ROOT = read();

	private Metadata() {
	}

	private static JsonNode read() {
		try (InputStream metadata = Metadata.class.getClassLoader()
			.getResourceAsStream("META-INF/spring-configuration-metadata.json")) {
			return JsonMapper.shared().readTree(metadata);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Return the properties.
	 */
	public static List<Property> properties() {
		return ROOT.get("properties")
			.valueStream()
			.map((property) -> new Property(text(property, "name"), text(property, "type"),
					text(property, "description"), text(property, "defaultValue")))
			.toList();
	}

	/**
	 * Return the groups of properties, with their descriptions.
	 */
	public static Map<String, String> groups() {
		return ROOT.get("groups")
			.valueStream()
			.collect(Collectors.toMap((group) -> text(group, "name"), (group) -> text(group, "description")));
	}

	/**
	 * Return the names of the properties that have hints.
	 */
	public static List<String> hinted() {
		return ROOT.get("hints").valueStream().map((hint) -> hint.get("name").asString()).toList();
	}

	private static String text(JsonNode property, String field) {
		JsonNode value = property.get(field);
		return (value != null) ? value.asString() : "";
	}

	/**
	 * A property.
	 *
	 * @param name its name
	 * @param type the name of its type
	 * @param description what it is for
	 * @param defaultValue what holds without it, or an empty text
	 */
	public record Property(String name, String type, String description, String defaultValue) {

		/**
		 * Return the type, or {@code null} if it has parameters.
		 */
		public @Nullable Class<?> typeClass() {
			try {
				return Class.forName(this.type);
			}
			catch (ClassNotFoundException ex) {
				return null;
			}
		}

		@Override
		public String toString() {
			return this.name;
		}

	}

}
