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

package com.handinger.spring.webhook;

import java.beans.ConstructorProperties;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.transport.ImmutableJson;
import com.handinger.spring.task.TaskStatus;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.worker.WorkerFile;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * A task has come to its end, or to a further end after a follow-up turn. It is published
 * to the {@code @EventListener} methods of the application, and given to each
 * {@link TaskFinishedHandler}.
 * <p>
 * A listener may be called more than once for the same end: {@link #key()} tells whether
 * it was. As JSON an event is its ids and little more, below 400 characters, so that an
 * event registry can keep it: {@link #task()} and {@link #body()} are left out, and are
 * {@code null} and empty in an event that was read from JSON.
 *
 * @param taskId the id of the task
 * @param turnCount how many turns the task had at this end
 * @param workerId the id of the worker that ran it
 * @param status the status at this end
 * @param arrivedAt when this application heard of it
 * @param source how it heard of it
 * @param task the task as Handinger shows it, or {@code null} in an event that was read
 * from JSON: {@code HandingerTasksClient.retrieve} gives it then
 * @param body what was delivered, as it came, or empty if nothing was. It is a hint from
 * outside: what Handinger itself says is in the task
 */
public record TaskFinishedEvent(String taskId, long turnCount, String workerId, TaskStatus status, Instant arrivedAt,
		Source source, @JsonIgnore @Nullable TaskWithTurns task, @JsonIgnore Map<String, @Nullable Object> body) {

	public TaskFinishedEvent {
		Assert.hasText(taskId, "'taskId' must not be empty");
		workerId = (workerId != null) ? workerId : "";
		status = (status != null) ? status : TaskStatus.UNKNOWN;
		arrivedAt = (arrivedAt != null) ? arrivedAt : Instant.EPOCH;
		source = (source != null) ? source : Source.DELIVERY;
		body = ImmutableJson.object(body);
	}

	/**
	 * Create an event from its JSON, as a mapper does that misses what the JSON leaves
	 * out.
	 */
	@JsonCreator
	@ConstructorProperties({ "taskId", "turnCount", "workerId", "status", "arrivedAt", "source" })
	TaskFinishedEvent(String taskId, long turnCount, String workerId, TaskStatus status, Instant arrivedAt,
			Source source) {
		this(taskId, turnCount, workerId, status, arrivedAt, source, null, Map.of());
	}

	/**
	 * Create an event.
	 */
	static TaskFinishedEvent of(TaskWithTurns task, Delivery delivery) {
		return new TaskFinishedEvent(task.task().id(), task.turnCount(), task.task().workerId(), task.task().status(),
				delivery.arrivedAt(), delivery.source(), task, delivery.body());
	}

	/**
	 * Return the output of the last turn as one text.
	 * @return the text, which is empty if there is no turn, or {@code null} in an event
	 * that was read from JSON
	 */
	public @Nullable String outputText() {
		return (this.task != null) ? this.task.outputText() : null;
	}

	/**
	 * Return the structured output of the last turn as a type of the application's, as
	 * {@link TaskWithTurns#structuredOutput(Class)} does.
	 * @param <T> the type
	 * @param type the type
	 * @return the output, or {@code null} if there is none, and in an event that was read
	 * from JSON
	 * @throws HandingerException if the output does not fit the type; the message names
	 * the field
	 */
	public <T> @Nullable T structuredOutput(Class<T> type) {
		return (this.task != null) ? this.task.structuredOutput(type) : null;
	}

	/**
	 * Return the files of the last turn.
	 * @return the files, of which there are none in an event that was read from JSON
	 */
	public List<WorkerFile> files() {
		return (this.task != null) ? this.task.files() : List.of();
	}

	/**
	 * Return what tells this end from all others: the id of the task, {@code #}, and the
	 * number of its turns.
	 * @return the key
	 */
	public String key() {
		return key(this.taskId, this.turnCount);
	}

	static String key(String taskId, long turnCount) {
		return taskId + "#" + turnCount;
	}

	/**
	 * The body is left out, which may hold what a task was asked or has answered.
	 */
	@Override
	public String toString() {
		return "TaskFinishedEvent[key=" + key() + ", workerId=" + this.workerId + ", status=" + this.status
				+ ", arrivedAt=" + this.arrivedAt + ", source=" + this.source + "]";
	}

	/**
	 * How an application hears of the end of a task.
	 */
	public enum Source {

		/**
		 * Handinger has called the webhook.
		 */
		DELIVERY,

		/**
		 * The delivery was missed, and was found in Handinger's list of executions.
		 */
		RECONCILIATION

	}

}
