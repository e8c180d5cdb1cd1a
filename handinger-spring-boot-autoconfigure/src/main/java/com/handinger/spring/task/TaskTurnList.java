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

package com.handinger.spring.task;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.handinger.spring.transport.ImmutableJson;
import com.handinger.spring.transport.RawFields;
import org.jspecify.annotations.Nullable;

/**
 * What the API answers to the question for the turns of a task.
 *
 * @param items the turns
 * @param rawFields what was sent for the fields that are not of the documented type
 */
record TaskTurnList(List<Turn> items,
		@JsonIgnore Map<String, @Nullable Object> rawFields) implements RawFields<TaskTurnList> {

	TaskTurnList {
		items = ImmutableJson.list(items);
		rawFields = ImmutableJson.object(rawFields);
	}

	@JsonCreator
	TaskTurnList(@JsonProperty(required = true) List<Turn> items) {
		this(items, Map.of());
	}

	@Override
	public TaskTurnList withRawFields(Map<String, ? extends @Nullable Object> rawFields) {
		return new TaskTurnList(this.items, ImmutableJson.object(rawFields));
	}

	@Override
	public String toString() {
		return "TaskTurnList[items=" + this.items + "]";
	}

}
