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
package com.handinger.sample;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.UUID;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonValue;
import com.handinger.spring.task.TaskStatus;
import org.jspecify.annotations.Nullable;

/**
 * A task that the sample has started.
 * <p>
 * {@link #toString()} leaves out the input.
 *
 * @param key the key of the run that started it
 * @param taskId the id of the task
 * @param title the beginning of the last input
 * @param startedAt the start time
 * @param endedAt when the sample learned that it ended, or {@code null} while it is
 * running
 * @param state the state
 * @param error the reason of the failure, or {@code null} if it has not failed
 */
record StartedTask(@JsonIgnore String key, String taskId, String title, Instant startedAt,
		@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Instant endedAt, State state,
		@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String error) {

	private static final int LONGEST_TITLE = 80;

	static StartedTask running(String taskId, String input) {
		return new StartedTask(UUID.randomUUID().toString(), taskId, title(input), micros(Instant.now()), null,
				State.RUNNING, null);
	}

	/**
	 * Return a time with the precision that a database stores.
	 */
	private static Instant micros(Instant time) {
		return time.truncatedTo(ChronoUnit.MICROS);
	}

	private static String title(String input) {
		String line = input.strip().replaceAll("[\\s\\p{Cntrl}]+", " ");
		return (line.codePointCount(0, line.length()) <= LONGEST_TITLE) ? line
				: line.substring(0, line.offsetByCodePoints(0, LONGEST_TITLE - 1)) + "…";
	}

	StartedTask ended(TaskStatus status, Instant endedAt) {
		return (status == TaskStatus.COMPLETED) ? ended(State.COMPLETED, null, endedAt) : ended(State.FAILED,
				"The task ended with the status " + status.name().toLowerCase(Locale.ROOT), endedAt);
	}

	StartedTask failed(String error) {
		return ended(State.FAILED, error, Instant.now());
	}

	private StartedTask ended(State state, @Nullable String error, Instant endedAt) {
		return new StartedTask(this.key, this.taskId, this.title, this.startedAt, micros(endedAt), state, error);
	}

	@JsonIgnore
	boolean isRunning() {
		return this.state == State.RUNNING;
	}

	@Override
	public String toString() {
		return "StartedTask[taskId=" + this.taskId + ", startedAt=" + this.startedAt + ", state=" + this.state + "]";
	}

	/**
	 * The state of a task.
	 */
	enum State {

		/**
		 * The task is running.
		 */
		RUNNING,

		/**
		 * The task has completed.
		 */
		COMPLETED,

		/**
		 * The task has failed, or its outcome is unknown.
		 */
		FAILED;

		@JsonValue
		String wireName() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

}
