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

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;

import com.handinger.spring.transport.ImmutableJson;
import com.handinger.spring.webhook.TaskFinishedEvent.Source;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/**
 * A hint that a task may have finished. Only its id counts.
 *
 * @param taskId the id of the task
 * @param arrivedAt the time at which the hint arrived
 * @param source the source of the hint
 * @param body the delivered body, which is empty for a missed delivery
 * @param attemptedAt the time at which Handinger attempted a missed delivery
 */
record Delivery(String taskId, Instant arrivedAt, Source source, Map<String, @Nullable Object> body,
		@Nullable Instant attemptedAt) {

	/**
	 * The id becomes part of a path. The API's own ids have no other characters.
	 */
	private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,200}");

	private static final ObjectReader READER = JsonMapper.builder().build().readerFor(Map.class);

	/**
	 * The places of the id, because the API does not document the body.
	 */
	private static final List<String> PLACES = List.of("taskId", "task_id", "task/id", "data/taskId", "data/task_id",
			"data/task/id", "data/id", "id");

	/**
	 * Places that may have the id of something else.
	 */
	private static final List<String> AMBIGUOUS = List.of("data/id", "id");

	static Delivery delivered(String taskId, Instant arrivedAt, Map<String, @Nullable Object> body) {
		return new Delivery(taskId, arrivedAt, Source.DELIVERY, body, null);
	}

	static Delivery missed(String taskId, Instant foundAt, Instant attemptedAt) {
		return new Delivery(taskId, foundAt, Source.RECONCILIATION, Map.of(), attemptedAt);
	}

	static Delivery polled(String taskId, Instant shownAt) {
		return new Delivery(taskId, shownAt, Source.RUN, Map.of(), null);
	}

	/**
	 * Read a body.
	 * @return the JSON object, which is empty if the body is none
	 */
	static Map<String, @Nullable Object> read(byte[] body) {
		try {
			return ImmutableJson.object(READER.readValue(body));
		}
		catch (JacksonException ex) {
			return Map.of();
		}
	}

	/**
	 * Find the id of the task in a body.
	 * @return the id, or {@code null} if there is none
	 */
	static @Nullable String findTaskId(Map<String, @Nullable Object> body) {
		return PLACES.stream()
			.map((place) -> find(body, place))
			.filter(Objects::nonNull)
			.findFirst()
			.filter(Delivery::isId)
			.orElse(null);
	}

	private static @Nullable String find(Map<String, @Nullable Object> body, String place) {
		Object value = body;
		for (String name : place.split("/")) {
			value = (value instanceof Map<?, ?> object) ? object.get(name) : null;
		}
		return (value instanceof String id && (!AMBIGUOUS.contains(place) || id.startsWith("tsk_"))) ? id : null;
	}

	static boolean isId(String text) {
		return ID.matcher(text).matches();
	}

	/**
	 * Leaves out the body.
	 */
	@Override
	public String toString() {
		return "Delivery[taskId=" + this.taskId + ", arrivedAt=" + this.arrivedAt + ", source=" + this.source + "]";
	}

}
