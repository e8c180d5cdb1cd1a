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

package com.handinger.spring.webhook;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

import com.handinger.spring.transport.ImmutableJson;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * Finds the id of a task in what was delivered, whose shape the API does not document.
 */
final class DeliveryBody {

	/**
	 * What is written here ends in a path. The API's own ids have no other characters.
	 */
	private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,200}");

	private static final String TASK_ID_PREFIX = "tsk_";

	private static final ObjectReader READER = JsonMapper.builder().build().readerFor(Map.class);

	private static final List<Place> PLACES = List.of(Place.of("taskId"), Place.of("task_id"), Place.of("task", "id"),
			Place.of("data", "taskId"), Place.of("data", "task_id"), Place.of("data", "task", "id"),
			Place.ofTask("data", "id"), Place.ofTask("id"));

	private DeliveryBody() {
	}

	/**
	 * Read a body.
	 * @return the object, or {@code null} if it is none
	 */
	static @Nullable Map<String, @Nullable Object> read(byte[] body) {
		try {
			Map<?, ?> object = READER.readValue(body);
			return (object != null) ? ImmutableJson.object(object) : null;
		}
		catch (JacksonException ex) {
			return null;
		}
	}

	/**
	 * Return the id of the task, or {@code null} if there is none.
	 */
	static @Nullable String taskId(Map<String, @Nullable Object> body) {
		return PLACES.stream()
			.map((place) -> place.id(body))
			.filter(Objects::nonNull)
			.findFirst()
			.filter(DeliveryBody::isId)
			.orElse(null);
	}

	/**
	 * Return whether a text can be the id of a task.
	 */
	static boolean isId(String text) {
		return ID.matcher(text).matches();
	}

	/**
	 * A place where the id may be.
	 */
	private static final class Place {

		private final List<String> names;

		/**
		 * Whether the id of something else may be there.
		 */
		private final boolean mayBeOther;

		private Place(List<String> names, boolean mayBeOther) {
			this.names = names;
			this.mayBeOther = mayBeOther;
		}

		static Place of(String... names) {
			return new Place(List.of(names), false);
		}

		static Place ofTask(String... names) {
			return new Place(List.of(names), true);
		}

		@Nullable String id(Map<String, @Nullable Object> body) {
			Object value = body;
			for (String name : this.names) {
				value = (value instanceof Map<?, ?> object) ? object.get(name) : null;
			}
			return (value instanceof String id && (!this.mayBeOther || id.startsWith(TASK_ID_PREFIX))) ? id : null;
		}

	}

}
