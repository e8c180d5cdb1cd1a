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

import java.util.Map;

import com.handinger.spring.transport.ApiJson.MalformedJsonException;
import com.handinger.spring.http.HandingerException;
import org.jspecify.annotations.Nullable;

/**
 * Converts the structured output of a worker or a turn to a type of the application.
 */
public final class StructuredOutput {

	private StructuredOutput() {
	}

	/**
	 * Convert a structured output.
	 * @param <T> the type to convert to
	 * @param output the structured output, or {@code null} if there is none
	 * @param type the type to convert to, such as a record
	 * @param owner the owner of the output, for the message of an exception
	 * @param taskId the id of the task, if known
	 * @return the value, or {@code null} if there is no structured output
	 * @throws HandingerException if the output does not fit the type; the message names
	 * the field
	 */
	public static <T> @Nullable T convert(@Nullable Map<String, ? extends @Nullable Object> output, Class<T> type,
			String owner, @Nullable String taskId) {
		if (output == null) {
			return null;
		}
		try {
			return ApiJson.convert(output, type);
		}
		catch (MalformedJsonException ex) {
			throw new HandingerException("The structured output of " + owner + " can't be read as " + type.getName()
					+ ", since " + ex.getMessage() + ": make the type fit the output schema of the worker", null,
					taskId);
		}
	}

}
