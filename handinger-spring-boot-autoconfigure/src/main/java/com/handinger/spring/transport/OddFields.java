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
 * The fields of one answer that are not of the type that the API documents, each with
 * what was sent for it.
 */
final class OddFields {

	/**
	 * An answer with more of them must not take a multiple of its size.
	 */
	static final int MOST_KEPT = 1000;

	private final Map<String, @Nullable Object> values = new LinkedHashMap<>();

	/**
	 * Note the value that a parser is at, and skip it.
	 */
	void add(JsonParser parser, DeserializationContext context) {
		if (this.values.size() < MOST_KEPT) {
			String path = path(parser);
			this.values.put(path, value(parser, context));
		}
		else {
			parser.skipChildren();
		}
	}

	/**
	 * Return whether a parser is at the outermost value, which is no field.
	 */
	static boolean isOutermost(JsonParser parser) {
		return context(parser).inRoot();
	}

	/**
	 * Return the paths of the fields. They have no names but those of the models.
	 */
	Set<String> paths() {
		return this.values.keySet();
	}

	/**
	 * Return an answer with what was sent for these fields, if it can keep that.
	 */
	@SuppressWarnings("unchecked")
	<T> T keptBy(T answer) {
		return (!this.values.isEmpty() && answer instanceof RawFields<?> keeper) ? (T) keeper.withRawFields(this.values)
				: answer;
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
	 * Return the context that a value is in, which is not the one that it opens.
	 */
	private static TokenStreamContext context(JsonParser parser) {
		TokenStreamContext context = parser.streamReadContext();
		return parser.currentToken().isStructStart() ? context.getParent() : context;
	}

}
