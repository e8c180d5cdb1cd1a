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

package com.handinger.spring.http;

import java.util.stream.Collectors;

import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON of the API. It is this library's alone: whatever the application sets for its
 * own JSON changes nothing here.
 */
final class ApiJson {

	private static final JsonMapper MAPPER = JsonMapper.builder()
		.enable(EnumFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE)
		.disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
		.build();

	private ApiJson() {
	}

	static byte[] write(Object value) {
		return MAPPER.writeValueAsBytes(value);
	}

	/**
	 * Read a value from the start of a buffer.
	 * @throws MalformedJsonException if there is no value of that type to be read
	 */
	static <T> T read(byte[] buffer, int length, Class<T> type) {
		if (isBlank(buffer, length)) {
			throw new MalformedJsonException("the body is empty", true);
		}
		try {
			T value = MAPPER.readValue(buffer, 0, length, type);
			if (value == null) {
				throw new MalformedJsonException("the body is null", false);
			}
			return value;
		}
		catch (UnexpectedEndOfInputException ex) {
			throw new MalformedJsonException("the body ends in the middle", true);
		}
		catch (JacksonException ex) {
			throw new MalformedJsonException(reason(ex), false);
		}
	}

	private static boolean isBlank(byte[] buffer, int length) {
		for (int i = 0; i < length; i++) {
			if (!Character.isWhitespace(buffer[i])) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Jackson's own message may quote the value, which may be what a task has answered.
	 */
	private static String reason(JacksonException ex) {
		String path = ex.getPath()
			.stream()
			.map((reference) -> (reference.getPropertyName() != null) ? "." + reference.getPropertyName()
					: "[" + reference.getIndex() + "]")
			.collect(Collectors.joining());
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			if (cause instanceof MissingFieldException missing) {
				return "'" + (path + "." + missing.field()).substring(1) + "' is missing";
			}
		}
		return (!path.isEmpty())
				? "'" + (path.startsWith(".") ? path.substring(1) : path) + "' is not what it should be"
				: "the body is not the JSON that was expected";
	}

}
