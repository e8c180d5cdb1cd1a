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

import java.util.Arrays;
import java.util.Locale;

import com.handinger.spring.task.CreateTask;
import com.handinger.spring.worker.Budget;
import org.jspecify.annotations.Nullable;

/**
 * A request to start a task.
 * <p>
 * {@link #toString()} leaves out the input.
 *
 * @param input the input
 * @param budget the budget of credits
 * @param workerId the worker that runs it
 * @param taskId the task to add a turn to, or the id of a new task
 */
record TaskRequest(@Nullable String input, @Nullable String budget, @Nullable String workerId,
		@Nullable String taskId) {

	/**
	 * Return the task to create, with a new id if the request has none.
	 */
	CreateTask toTask() {
		if (this.input == null || this.input.isBlank()) {
			throw new IllegalArgumentException("'input' must not be empty: describe what the worker should do");
		}
		CreateTask task = CreateTask.of(this.input)
			.withBudget((this.budget != null) ? budget(this.budget) : null)
			.withWorkerId(this.workerId);
		return (this.taskId != null) ? task.withTaskId(this.taskId) : task.withNewTaskId();
	}

	private static Budget budget(String name) {
		return Arrays.stream(Budget.values())
			.filter((budget) -> budget != Budget.UNKNOWN && budget.name().toLowerCase(Locale.ROOT).equals(name))
			.findFirst()
			.orElseThrow(
					() -> new IllegalArgumentException("'budget' must be one of low, standard, high and unlimited"));
	}

	@Override
	public String toString() {
		return "TaskRequest[budget=" + this.budget + ", workerId=" + this.workerId + ", taskId=" + this.taskId + "]";
	}

}
