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

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * What is observed of a {@link HandingerTasksClient#run run}, under the name
 * {@code handinger.task}.
 */
public final class TaskObservationContext extends Observation.Context {

	private final CreateTask request;

	private volatile @Nullable String taskId;

	private volatile @Nullable TaskWithTurns end;

	private volatile Outcome outcome = Outcome.UNKNOWN;

	TaskObservationContext(CreateTask request, @Nullable String taskId) {
		this.request = request;
		this.taskId = taskId;
	}

	/**
	 * Return what the worker was asked to do.
	 * @return the task as it was created
	 */
	public CreateTask getRequest() {
		return this.request;
	}

	/**
	 * Return the id of the task.
	 * @return the id, or {@code null} if it is not known (yet)
	 */
	public @Nullable String getTaskId() {
		return this.taskId;
	}

	/**
	 * Return the task at its end, which may be a bad one.
	 * @return the task, or {@code null} if no end was seen (yet)
	 */
	public @Nullable TaskWithTurns getEnd() {
		return this.end;
	}

	/**
	 * Return how the run has gone.
	 * @return the outcome
	 */
	public Outcome getOutcome() {
		return this.outcome;
	}

	void ended(TaskWithTurns end, Outcome outcome) {
		this.end = end;
		this.taskId = end.task().id();
		this.outcome = outcome;
	}

	void failed() {
		this.outcome = Outcome.FAILED;
	}

	/**
	 * How a run has gone.
	 */
	public enum Outcome {

		/**
		 * The request was answered when the task was at its end.
		 */
		ANSWERED,

		/**
		 * The end of the task was found without an answer to the request.
		 */
		RECOVERED,

		/**
		 * The run has signalled an error.
		 */
		FAILED,

		/**
		 * Nobody has waited for the end.
		 */
		UNKNOWN

	}

}
