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

import java.beans.ConstructorProperties;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.transport.ImmutableJson;
import com.handinger.spring.transport.RawFields;
import com.handinger.spring.worker.WorkerFile;
import org.jspecify.annotations.Nullable;

/**
 * A task with its turns.
 * <p>
 * {@link #toString()} leaves out the raw fields.
 *
 * @param task the task
 * @param turns its turns in the order in which they ran
 * @param rawFields the values of the fields that are not of the documented type, and
 * therefore have their defaults, by path: see {@link RawFields#rawFields()}
 */
public record TaskWithTurns(Task task, List<Turn> turns,
		@JsonIgnore Map<String, @Nullable Object> rawFields) implements RawFields<TaskWithTurns>, Serializable {

	/**
	 * In place of turns that the API leaves out.
	 */
	private static final List<Turn> OMITTED = Collections.unmodifiableList(new ArrayList<>());

	public TaskWithTurns {
		ImmutableJson.require(task, "task");
		turns = (turns == null || turns == OMITTED) ? OMITTED : ImmutableJson.list(turns);
		rawFields = ImmutableJson.object(rawFields);
	}

	/**
	 * Create a task whose fields are all of the documented type.
	 * @param task the task
	 * @param turns its turns in the order in which they ran
	 */
	@JsonCreator
	@ConstructorProperties({ "task", "turns" })
	public TaskWithTurns(Task task, List<Turn> turns) {
		this(task, turns, Map.of());
	}

	@Override
	public TaskWithTurns withRawFields(Map<String, ? extends @Nullable Object> rawFields) {
		return new TaskWithTurns(this.task, this.turns, ImmutableJson.object(rawFields));
	}

	/**
	 * Return the output of the last turn as one text.
	 * @return the text, which is empty if there is no turn
	 */
	public String outputText() {
		Turn turn = lastTurn();
		return (turn != null) ? turn.outputText() : "";
	}

	/**
	 * Return the structured output of the last turn as a type of the application, such as
	 * a record whose component names are those of the worker's output schema. Dates may
	 * be {@code java.time} types. The JSON settings of the application do not apply.
	 * @param <T> the type
	 * @param type the type
	 * @return the output, or {@code null} if there is none
	 * @throws HandingerException if the output does not fit the type; the message names
	 * the field
	 */
	public <T> @Nullable T structuredOutput(Class<T> type) {
		Turn turn = lastTurn();
		return (turn != null)
				? ImmutableJson.convert(turn.structuredOutput(), type, "turn " + turn.id(), this.task.id()) : null;
	}

	/**
	 * Return the files of the last turn.
	 * @return the files, none if there is no turn
	 */
	public List<WorkerFile> files() {
		Turn turn = lastTurn();
		return (turn != null) ? turn.files() : List.of();
	}

	/**
	 * Return whether the API has left out the turns, rather than that there are none.
	 */
	boolean omitsTurns() {
		return this.turns == OMITTED;
	}

	private @Nullable Turn lastTurn() {
		return this.turns.isEmpty() ? null : this.turns.get(this.turns.size() - 1);
	}

	/**
	 * Return whether the task has ended with more turns than a number, which is negative
	 * if any end counts. A task may list a further turn before its status is running
	 * again, and may count one before it lists it.
	 */
	boolean isEndedAfter(long count) {
		Turn turn = lastTurn();
		return this.task.hasEnded()
				&& (count < 0 || ((turn != null) ? this.turns.size() > count && turn.hasEnded() : turnCount() > count));
	}

	/**
	 * Return whether the task {@link Task#hasEnded() has ended}, and lists no running
	 * turn.
	 * @return whether it has
	 */
	public boolean hasEnded() {
		Turn turn = lastTurn();
		return this.task.hasEnded() && (turn == null || turn.hasEnded());
	}

	/**
	 * Return the number of turns: that of the totals or that of the list, whichever is
	 * greater.
	 * @return the number of turns
	 */
	public long turnCount() {
		return Math.max(this.task.totals().turnCount(), this.turns.size());
	}

	@Override
	public String toString() {
		return "TaskWithTurns[task=" + this.task + ", turns=" + this.turns + "]";
	}

}
