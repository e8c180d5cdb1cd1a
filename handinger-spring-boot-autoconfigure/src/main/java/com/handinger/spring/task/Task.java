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

import java.io.Serializable;
import java.time.Instant;

import com.handinger.spring.transport.ImmutableJson;
import org.jspecify.annotations.Nullable;

/**
 * One run of a worker, with all its turns so far.
 * <p>
 * {@link #toString()} leaves out the title, which may repeat what the task was asked.
 *
 * @param id the id of the task
 * @param completedAt the time when it ended, or {@code null} if it has not
 * @param createdAt the time when it was created, or {@link Instant#EPOCH} if the API
 * sends no readable date
 * @param createdByUserId the user who created it, or {@code null} if there is none
 * @param organizationId the organization that it belongs to
 * @param status the status
 * @param title the title
 * @param totals the usage of all its turns
 * @param triggeredBy the trigger that started it
 * @param url the page of the task in the dashboard
 * @param workerId the worker that runs it
 */
public record Task(String id, @Nullable Instant completedAt, Instant createdAt, @Nullable String createdByUserId,
		String organizationId, TaskStatus status, String title, Totals totals, TaskTrigger triggeredBy, String url,
		String workerId) implements Serializable {

	public Task {
		ImmutableJson.require(id, "id");
		createdAt = (createdAt != null) ? createdAt : Instant.EPOCH;
		organizationId = (organizationId != null) ? organizationId : "";
		status = (status != null) ? status : TaskStatus.UNKNOWN;
		title = (title != null) ? title : "";
		totals = (totals != null) ? totals : new Totals(0, 0, 0);
		triggeredBy = (triggeredBy != null) ? triggeredBy : TaskTrigger.UNKNOWN;
		url = (url != null) ? url : "";
		workerId = (workerId != null) ? workerId : "";
	}

	/**
	 * Return whether the task has ended: its status is {@link TaskStatus#COMPLETED},
	 * {@link TaskStatus#ERROR} or {@link TaskStatus#ABORTED}, or
	 * {@link TaskStatus#UNKNOWN} while {@link #completedAt()} is set.
	 * @return whether it has
	 */
	public boolean hasEnded() {
		return switch (this.status) {
			case COMPLETED, ERROR, ABORTED -> true;
			case UNKNOWN -> this.completedAt != null;
			case PENDING, RUNNING -> false;
		};
	}

	/**
	 * Return whether the task has ended with a failure.
	 */
	boolean hasFailed() {
		return this.status == TaskStatus.ERROR || this.status == TaskStatus.ABORTED;
	}

	@Override
	public String toString() {
		return "Task[id=" + this.id + ", workerId=" + this.workerId + ", status=" + this.status + ", createdAt="
				+ this.createdAt + ", completedAt=" + this.completedAt + ", totals=" + this.totals + "]";
	}

	/**
	 * The usage of all turns of a task.
	 *
	 * @param credits the credits
	 * @param durationMs the elapsed time in milliseconds
	 * @param turnCount the number of turns
	 */
	public record Totals(long credits, long durationMs, long turnCount) implements Serializable {
	}

}
