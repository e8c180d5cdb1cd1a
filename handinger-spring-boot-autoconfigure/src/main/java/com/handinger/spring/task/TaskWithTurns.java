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

import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.ImmutableJson;
import com.handinger.spring.http.StructuredOutput;
import org.jspecify.annotations.Nullable;

/**
 * A task with its turns.
 *
 * @param task the task
 * @param turns its turns in the order in which they ran
 */
public record TaskWithTurns(Task task, List<Turn> turns) {

	public TaskWithTurns {
		ImmutableJson.require(task, "task");
		turns = ImmutableJson.list(turns);
	}

	/**
	 * Return the structured output of the last turn as a type of the application's: a
	 * record, say, whose component names are those of the worker's output schema. Dates
	 * may be {@code java.time} types. The JSON settings of the application play no part.
	 * @param <T> the type
	 * @param type the type
	 * @return the output, or {@code null} if there is none
	 * @throws HandingerException if the output does not fit the type; the message names
	 * the field
	 */
	public <T> @Nullable T structuredOutput(Class<T> type) {
		if (this.turns.isEmpty()) {
			return null;
		}
		Turn turn = this.turns.get(this.turns.size() - 1);
		return StructuredOutput.convert(turn.structuredOutput(), type, "turn " + turn.id(), this.task.id());
	}

	/**
	 * Return whether there are more turns than a number, and the last has ended. A task
	 * may show a further turn before it shows that it runs again, and may tell of one
	 * before it shows it.
	 */
	boolean hasEndedTurnAfter(long count) {
		if (this.turns.isEmpty()) {
			return turnCount() > count;
		}
		return this.turns.size() > count && this.turns.get(this.turns.size() - 1).hasEnded();
	}

	/**
	 * Return whether the task {@link Task#hasEnded() is at an end}, and does not show a
	 * further turn that runs.
	 * @return whether it is
	 */
	public boolean hasEnded() {
		return this.task.hasEnded() && (this.turns.isEmpty() || this.turns.get(this.turns.size() - 1).hasEnded());
	}

	/**
	 * Return how many turns there are, by whichever of the two tells of more: the totals
	 * of the task, or its turns.
	 * @return the number of turns
	 */
	public long turnCount() {
		return Math.max(this.task.totals().turnCount(), this.turns.size());
	}

}
