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

import java.util.Collection;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * Output schema of a worker: its validation, and its derivation from a type.
 */
final class OutputSchema {

	private static final boolean DERIVABLE = ClassUtils
		.isPresent("com.github.victools.jsonschema.generator.SchemaGenerator", OutputSchema.class.getClassLoader());

	private OutputSchema() {
	}

	/**
	 * Check that a schema describes an object, as structured output is always one.
	 * @throws IllegalArgumentException if it describes another type
	 */
	static void check(@Nullable Map<String, ? extends @Nullable Object> schema) {
		Object type = (schema != null) ? schema.get("type") : null;
		boolean isObject = (type instanceof Collection<?> types) ? types.contains("object")
				: type == null || type.equals("object");
		Assert.isTrue(isObject, "'outputSchema' must describe an object, since structured output is always one: "
				+ "wrap any other type in an object with a property for it");
	}

	/**
	 * Derive the schema of a type.
	 * @throws IllegalStateException if the library for that is missing
	 * @throws IllegalArgumentException if the type is not written as an object
	 */
	static Map<String, @Nullable Object> of(Class<?> type) {
		Assert.notNull(type, "'type' must not be null");
		Assert.state(DERIVABLE, "Deriving an output schema from a class requires a library that is missing: add "
				+ "com.github.victools:jsonschema-generator of version 5 to the class path, or pass the schema as a map");
		Map<String, @Nullable Object> schema = DerivedSchema.of(type);
		Assert.isTrue("object".equals(schema.get("type")), () -> "Structured output is an object, and " + type.getName()
				+ " is not: pass a record with a component for each field");
		return schema;
	}

}
