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
 * The context of the observation {@code handinger.task} of a
 * {@link HandingerTasksClient#run run}.
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
	 * Return the task to run.
	 * @return the task
	 */
	public CreateTask getRequest() {
		return this.request;
	}

	/**
	 * Return the id of the task.
	 * @return the id, or {@code null} if it is unknown (yet)
	 */
	public @Nullable String getTaskId() {
		return this.taskId;
	}

	/**
	 * Return the ended task, with any status.
	 * @return the task, or {@code null} if it has not ended (yet)
	 */
	public @Nullable TaskWithTurns getEnd() {
		return this.end;
	}

	/**
	 * Return the outcome of the run.
	 * @return the outcome
	 */
	public Outcome getOutcome() {
		return this.outcome;
	}

	void ended(@Nullable TaskWithTurns end, Outcome outcome) {
		this.outcome = outcome;
		if (end != null) {
			this.end = end;
			this.taskId = end.task().id();
		}
	}

	/**
	 * The outcome of a run.
	 */
	public enum Outcome {

		/**
		 * The request was answered.
		 */
		ANSWERED,

		/**
		 * The end of the task was found without a response to the request.
		 */
		RECOVERED,

		/**
		 * The run has signalled an error.
		 */
		FAILED,

		/**
		 * The run was cancelled, or has not ended yet.
		 */
		UNKNOWN

	}

}
