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

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.handinger.spring.transport.ImmutableJson;
import com.handinger.spring.transport.RawFields;
import org.jspecify.annotations.Nullable;

/**
 * What the API answers to the question for a task: with the turns, or without where they
 * have an address of their own.
 *
 * @param task the task
 * @param turns the turns, or {@code null} if the server left them out
 * @param rawFields what was sent for the fields that are not of the documented type
 */
record RetrievedTask(Task task, @Nullable List<Turn> turns,
		@JsonIgnore Map<String, @Nullable Object> rawFields) implements RawFields<RetrievedTask> {

	RetrievedTask {
		ImmutableJson.require(task, "task");
		rawFields = ImmutableJson.object(rawFields);
	}

	@JsonCreator
	RetrievedTask(Task task, @Nullable List<Turn> turns) {
		this(task, turns, Map.of());
	}

	@Override
	public RetrievedTask withRawFields(Map<String, ? extends @Nullable Object> rawFields) {
		return new RetrievedTask(this.task, this.turns, ImmutableJson.object(rawFields));
	}

	/**
	 * Return the task with the turns that came along, or with none.
	 */
	TaskWithTurns inlined() {
		return new TaskWithTurns(this.task, (this.turns != null) ? this.turns : List.of(), this.rawFields);
	}

	/**
	 * Return the task with the turns from their own address.
	 */
	TaskWithTurns with(TaskTurnList list) {
		Map<String, @Nullable Object> rawFields = new LinkedHashMap<>(this.rawFields);
		list.rawFields().forEach((path, value) -> rawFields.put(path.replaceFirst("^items", "turns"), value));
		return new TaskWithTurns(this.task, list.items(), rawFields);
	}

	@Override
	public String toString() {
		return "RetrievedTask[task=" + this.task + ", turns=" + this.turns + "]";
	}

}
