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

package com.handinger.spring.transport;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.databind.DeserializationContext;

/**
 * The fields of one response whose values are not of the type that the API documents,
 * with these values.
 */
final class OddFields {

	/**
	 * A response with more of them must not take a multiple of its size.
	 */
	static final int MAX_KEPT = 1000;

	private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

	/**
	 * Record the odd fields of what a parser reads.
	 */
	void observe(JsonParser parser) {
		// Jackson carries this value along and does not use it. Attributes of a reader
		// would copy its configuration for each response.
		parser.streamReadContext().assignCurrentValue(this);
	}

	/**
	 * Return the odd fields that the value of a parser belongs to, or {@code null} if the
	 * value is the response itself or is not observed.
	 */
	static @Nullable OddFields of(JsonParser parser) {
		TokenStreamContext context = context(parser);
		TokenStreamContext root = context;
		while (!root.inRoot()) {
			root = root.getParent();
		}
		return (context != root && root.currentValue() instanceof OddFields oddFields) ? oddFields : null;
	}

	/**
	 * Add the value that a parser is at, and skip it.
	 */
	void add(JsonParser parser, DeserializationContext context) {
		if (this.values.size() < MAX_KEPT) {
			String path = path(parser);
			this.values.put(path, value(parser, context));
		}
		else {
			parser.skipChildren();
		}
	}

	/**
	 * Return the paths of the fields. They consist of names of the models.
	 */
	Set<String> paths() {
		return this.values.keySet();
	}

	/**
	 * Return a response with these values, if it can keep them.
	 */
	@SuppressWarnings("unchecked")
	<T> T keptBy(T response) {
		return (!this.values.isEmpty() && response instanceof RawFields<?> keeper)
				? (T) keeper.withRawFields(this.values) : response;
	}

	/**
	 * A number such as 1e999999999 would be infinite as a double.
	 */
	private static @Nullable Object value(JsonParser parser, DeserializationContext context) {
		return parser.hasToken(JsonToken.VALUE_NUMBER_FLOAT) ? parser.getDecimalValue()
				: context.readValue(parser, Object.class);
	}

	private static String path(JsonParser parser) {
		StringBuilder path = new StringBuilder();
		for (TokenStreamContext at = context(parser); !at.inRoot(); at = at.getParent()) {
			path.insert(0, at.inArray() ? "[" + at.getCurrentIndex() + "]" : "." + at.currentName());
		}
		return (path.charAt(0) == '.') ? path.substring(1) : path.toString();
	}

	/**
	 * Return the context of a value, not the one that an object or array opens.
	 */
	private static TokenStreamContext context(JsonParser parser) {
		TokenStreamContext context = parser.streamReadContext();
		return parser.currentToken().isStructStart() ? context.getParent() : context;
	}

}
