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

package com.handinger.spring.test.simulator;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A valid request for a turn of a task.
 * <p>
 * {@link #toString()} leaves out the input.
 *
 * @param input the input
 * @param directives the directives in the input
 * @param budget the budget
 * @param taskId the task to add the turn to, or {@code null} for a new task
 * @param workerId the worker, or {@code null} for the task's worker or a new one
 * @param files the uploaded files
 * @param script what a rule says about the turn
 * @param triggeredBy the trigger of the task: {@code api} or {@code schedule}
 */
record TaskRequest(String input, Directives directives, CreditBudget budget, @Nullable String taskId,
		@Nullable String workerId, List<UploadedFile> files, Script script, String triggeredBy) {

	/**
	 * The names of the supported fields.
	 */
	static final List<String> FIELDS = List.of("input", "budget", "taskId", "workerId");

	static TaskRequest of(Map<String, String> fields, List<UploadedFile> files) {
		String input = fields.get("input");
		if (input == null) {
			throw ApiError.unprocessable("'input' is missing: describe what the worker should do.");
		}
		FIELDS.forEach((name) -> checkNotEmpty(name, fields.get(name)));
		String budget = fields.get("budget");
		return new TaskRequest(input, Directives.of(input),
				(budget != null) ? CreditBudget.of(budget) : CreditBudget.STANDARD, fields.get("taskId"),
				fields.get("workerId"), List.copyOf(files), Script.NONE, "api");
	}

	static TaskRequest scheduled(ScheduleJson schedule, String workerId) {
		return new TaskRequest(schedule.input(), Directives.of(schedule.input()), schedule.budget(), null, workerId,
				List.of(), Script.NONE, "schedule");
	}

	/**
	 * Return this request with what a rule says about it.
	 */
	TaskRequest withScript(Script script) {
		return new TaskRequest(this.input, this.directives.with(script), this.budget, this.taskId, this.workerId,
				this.files, script, this.triggeredBy);
	}

	/**
	 * Return this request with the worker that its task has.
	 */
	TaskRequest withWorkerId(@Nullable String workerId) {
		return new TaskRequest(this.input, this.directives, this.budget, this.taskId, workerId, this.files, this.script,
				this.triggeredBy);
	}

	/**
	 * Describe this request for the journal.
	 */
	String describe() {
		return "input: \"" + RecordedTurn.shorten(this.input) + "\", budget: " + this.budget.wireName()
				+ ((this.taskId != null) ? ", task: " + this.taskId : "")
				+ ((this.workerId != null) ? ", worker: " + this.workerId : "")
				+ (this.files.isEmpty() ? "" : ", files: " + this.files.size());
	}

	private static void checkNotEmpty(String name, @Nullable String value) {
		if (value != null && value.isEmpty()) {
			throw ApiError.empty(name);
		}
	}

	@Override
	public String toString() {
		return "TaskRequest[directives=" + this.directives + ", budget=" + this.budget + ", taskId=" + this.taskId
				+ ", workerId=" + this.workerId + ", files=" + this.files.size() + "]";
	}

}
