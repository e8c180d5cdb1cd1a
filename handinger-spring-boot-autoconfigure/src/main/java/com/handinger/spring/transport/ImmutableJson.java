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

import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import com.handinger.spring.http.HandingerException;
import org.jspecify.annotations.Nullable;

/**
 * JSON values of the models of the API: immutable copies, in which a missing list or
 * object is empty, and the conversion into types of the application.
 */
public final class ImmutableJson {

	private ImmutableJson() {
	}

	/**
	 * Check that the API has sent a required field.
	 * @param value the value of the field
	 * @param name the name of the field in the API
	 * @throws IllegalArgumentException if there is no value; the message names the field
	 */
	public static void require(@Nullable Object value, String name) {
		if (value == null) {
			throw new MissingFieldException(name);
		}
	}

	/**
	 * Return an immutable copy of a list of models.
	 * @param <T> the type of model
	 * @param list the list, or {@code null} for an empty one
	 * @return the copy, without the elements that are {@code null}
	 */
	public static <T> List<T> list(@Nullable List<? extends @Nullable T> list) {
		if (list == null || list.isEmpty()) {
			return List.of();
		}
		if (list instanceof FreshList<? extends @Nullable T> fresh && !fresh.elements.contains(null)) {
			return Collections.unmodifiableList(fresh.elements);
		}
		List<T> copy = new ArrayList<>(list.size());
		for (T element : list) {
			if (element != null) {
				copy.add(element);
			}
		}
		return Collections.unmodifiableList(copy);
	}

	/**
	 * Return an immutable copy of a JSON array, down to its leaves.
	 * @param array the array, or {@code null} for an empty one
	 * @return the copy, in which elements may be {@code null}
	 */
	public static List<@Nullable Object> values(@Nullable List<?> array) {
		if (array == null || array.isEmpty()) {
			return List.of();
		}
		if (array instanceof FreshList<?> fresh) {
			return frozen(fresh.elements);
		}
		List<@Nullable Object> copy = new ArrayList<>(array.size());
		array.forEach((element) -> copy.add(value(element)));
		return Collections.unmodifiableList(copy);
	}

	/**
	 * Return an immutable copy of a JSON object, down to its leaves.
	 * @param object the object, or {@code null} for an empty one
	 * @return the copy, in which values may be {@code null}
	 */
	public static Map<String, @Nullable Object> object(@Nullable Map<?, ?> object) {
		if (object == null || object.isEmpty()) {
			return Map.of();
		}
		if (object instanceof FreshObject fresh) {
			return frozen(fresh.fields);
		}
		Map<String, @Nullable Object> copy = new LinkedHashMap<>();
		object.forEach((name, value) -> copy.put(Objects.toString(name), value(value)));
		return Collections.unmodifiableMap(copy);
	}

	/**
	 * Return an immutable copy of a JSON value, down to its leaves.
	 * @param value the value
	 * @return the copy
	 */
	public static @Nullable Object value(@Nullable Object value) {
		if (value instanceof Map<?, ?> object) {
			return object(object);
		}
		if (value instanceof List<?> array) {
			return values(array);
		}
		boolean isPlain = value == null || value instanceof String || value instanceof Number
				|| value instanceof Boolean;
		return isPlain ? value : value(ApiJson.toPlain(value));
	}

	/**
	 * Mark a value that has just been read. It becomes immutable without a copy when a
	 * constructor asks for an immutable copy, since there is no other reference to it.
	 */
	static Object fresh(Object value) {
		if (value instanceof LinkedHashMap<?, ?> object) {
			return new FreshObject(object);
		}
		return (value instanceof ArrayList<?> array) ? new FreshList<>(array) : value;
	}

	private static @Nullable Object frozen(@Nullable Object value) {
		if (value instanceof LinkedHashMap<?, ?> object) {
			return frozen(object);
		}
		return (value instanceof ArrayList<?> array) ? frozen(array) : value(value);
	}

	@SuppressWarnings("unchecked")
	private static Map<String, @Nullable Object> frozen(Map<?, ?> object) {
		Map<String, @Nullable Object> fields = (Map<String, @Nullable Object>) object;
		fields.replaceAll((name, field) -> frozen(field));
		return Collections.unmodifiableMap(fields);
	}

	@SuppressWarnings("unchecked")
	private static List<@Nullable Object> frozen(List<?> array) {
		List<@Nullable Object> elements = (List<@Nullable Object>) array;
		elements.replaceAll(ImmutableJson::frozen);
		return Collections.unmodifiableList(elements);
	}

	/**
	 * Convert the structured output of a worker or a turn into a type of the application.
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
		return (output != null) ? ApiJson.convert(output, type, owner, taskId) : null;
	}

	/**
	 * A list that was just read. It needs no copy, and only a constructor sees it.
	 */
	private static final class FreshList<T> extends AbstractList<T> {

		private final List<T> elements;

		FreshList(List<T> elements) {
			this.elements = elements;
		}

		@Override
		public T get(int index) {
			return this.elements.get(index);
		}

		@Override
		public int size() {
			return this.elements.size();
		}

	}

	/**
	 * A JSON object that was just read. It needs no copy, and only a constructor sees it.
	 */
	private static final class FreshObject extends AbstractMap<Object, @Nullable Object> {

		private final Map<?, ?> fields;

		FreshObject(Map<?, ?> fields) {
			this.fields = fields;
		}

		@Override
		public Set<Entry<Object, @Nullable Object>> entrySet() {
			return Collections.<Object, @Nullable Object>unmodifiableMap(this.fields).entrySet();
		}

	}

	/**
	 * The API did not send a required field.
	 */
	static final class MissingFieldException extends IllegalArgumentException {

		private static final long serialVersionUID = 1L;

		private final String field;

		private MissingFieldException(String field) {
			super("'" + field + "' is missing");
			this.field = field;
		}

		String field() {
			return this.field;
		}

	}

}
