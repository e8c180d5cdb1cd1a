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

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import com.handinger.spring.transport.ApiCall;
import com.handinger.spring.worker.Worker;
import org.jspecify.annotations.Nullable;

/**
 * A task that is put together from the response to its request, a worker, if polling does
 * not show the task.
 */
final class SynthesizedTask {

	private SynthesizedTask() {
	}

	/**
	 * Return the id of the task, if the response has one that is well-formed.
	 */
	static @Nullable String taskId(Worker worker) {
		Object taskId = worker.metadata().getOrDefault("taskId", worker.metadata().get("task_id"));
		return (taskId instanceof String id && ApiCall.isId(id)) ? id : null;
	}

	/**
	 * Return the task as it must be after the response.
	 * @param worker the response
	 * @param taskId the id of the task, or an empty text if it is unknown
	 * @param seen the task as a poll has shown it, if one has
	 */
	static TaskWithTurns of(Worker worker, String taskId, @Nullable TaskWithTurns seen) {
		Instant createdAt = Objects.requireNonNullElse(worker.createdAt(), Instant.EPOCH);
		Task.Totals totals = totals(worker.usage());
		Task task = (seen != null) ? seen.task() : new Task(taskId, null, createdAt, null, "", TaskStatus.COMPLETED, "",
				totals, TaskTrigger.API, worker.url(), worker.id());
		List<Turn> turns = new ArrayList<>(
				(seen != null) ? seen.turns().stream().filter(Turn::hasEnded).toList() : List.of());
		turns.add(new Turn("", null, totals.credits(), totals.durationMs(), worker.files(), "", 0, worker.outputText(),
				0, "assistant", turns.size() + 1, createdAt, "completed", worker.structuredOutput(), taskId));
		return new TaskWithTurns(task, turns, worker.rawFields());
	}

	private static Task.Totals totals(Worker.@Nullable Usage usage) {
		return (usage == null) ? new Task.Totals(0, 0, 1) : new Task.Totals(
				Objects.requireNonNullElse(usage.credits(), 0L), Objects.requireNonNullElse(usage.durationMs(), 0L), 1);
	}

}
