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
 * The shape of the answers of a worker, from a type of the application's.
 */
final class OutputSchema {

	private static final boolean DERIVABLE = ClassUtils
		.isPresent("com.github.victools.jsonschema.generator.SchemaGenerator", OutputSchema.class.getClassLoader());

	private OutputSchema() {
	}

	/**
	 * Check that a schema does not describe something else than an object, which is what
	 * a structured output is.
	 * @throws IllegalArgumentException if it does
	 */
	static void check(@Nullable Map<String, ? extends @Nullable Object> schema) {
		Object type = (schema != null) ? schema.get("type") : null;
		boolean isObject = (type instanceof Collection<?> types) ? types.contains("object")
				: type == null || type.equals("object");
		Assert.isTrue(isObject, "'outputSchema' must describe an object, since the structured output of a worker is "
				+ "one: wrap any other type in an object with a property for it");
	}

	/**
	 * Return the schema of a type.
	 * @throws IllegalStateException if the library that derives it is missing
	 * @throws IllegalArgumentException if the schema is not that of an object
	 */
	static Map<String, @Nullable Object> of(Class<?> type) {
		Assert.notNull(type, "'type' must not be null");
		Assert.state(DERIVABLE, "An output schema can't be derived from a class, since a library is missing: "
				+ "add com.github.victools:jsonschema-generator of version 5 to the class path, or give the schema as a map");
		Map<String, @Nullable Object> schema = DerivedSchema.of(type);
		Assert.isTrue("object".equals(schema.get("type")), () -> "The answers of a worker are objects, and "
				+ type.getName() + " is none: give a record with a component for each field");
		return schema;
	}

}
