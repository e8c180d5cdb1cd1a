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
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.transport.ImmutableJson;
import com.handinger.spring.task.TaskStatus;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.worker.WorkerFile;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.StringUtils;

/**
 * A task has finished, or has finished again after a follow-up turn. The event is
 * published to the {@code @EventListener} methods of the application and passed to each
 * {@link TaskFinishedHandler}.
 * <p>
 * A listener may be called more than once for the same finished turn, with the same
 * {@link #key()}. The JSON of an event contains only its ids, in less than 500
 * characters, so that an event registry can store it. An event that was read from JSON
 * has no {@link #task()}, and its {@link #body()} is empty.
 *
 * @param taskId the id of the task
 * @param turnCount the number of turns that the task had when it finished
 * @param workerId the id of the worker
 * @param status the status of the task
 * @param arrivedAt the time at which this application received the delivery
 * @param source the source of the event
 * @param runKey the key of the durable run that the turn belongs to, whatever the source,
 * or {@code null} if there is none
 * @param task the task as Handinger returns it, or {@code null} in an event that was read
 * from JSON: use {@code HandingerTasksClient.retrieve} then
 * @param body the body of the delivery, which is empty if the delivery was missed. It is
 * only a hint: the task is read from Handinger
 */
public record TaskFinishedEvent(String taskId, long turnCount, String workerId, TaskStatus status, Instant arrivedAt,
		Source source, @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable String runKey,
		@JsonIgnore @Nullable TaskWithTurns task, @JsonIgnore Map<String, @Nullable Object> body) {

	public TaskFinishedEvent {
		Assert.hasText(taskId, "'taskId' must not be empty");
		workerId = (workerId != null) ? workerId : "";
		status = (status != null) ? status : TaskStatus.UNKNOWN;
		arrivedAt = (arrivedAt != null) ? arrivedAt : Instant.EPOCH;
		source = (source != null) ? source : Source.DELIVERY;
		runKey = StringUtils.hasLength(runKey) ? runKey : null;
		body = ImmutableJson.object(body);
	}

	/**
	 * Create an event from its JSON, which has neither the task nor the body. A mapper
	 * may refuse {@code null}.
	 */
	@JsonCreator
	@ConstructorProperties({ "taskId", "turnCount", "workerId", "status", "arrivedAt", "source", "runKey" })
	TaskFinishedEvent(String taskId, long turnCount, String workerId, TaskStatus status, Instant arrivedAt,
			Source source, @JsonSetter(nulls = Nulls.AS_EMPTY) @Nullable String runKey) {
		this(taskId, turnCount, workerId, status, arrivedAt, source, runKey, null, Map.of());
	}

	/**
	 * Create an event.
	 */
	static TaskFinishedEvent of(TaskWithTurns task, Delivery delivery) {
		return new TaskFinishedEvent(task.task().id(), task.turnCount(), task.task().workerId(), task.task().status(),
				delivery.arrivedAt(), delivery.source(), null, task, delivery.body());
	}

	/**
	 * Return this event with the key of a durable run.
	 */
	TaskFinishedEvent withRunKey(@Nullable String runKey) {
		return new TaskFinishedEvent(this.taskId, this.turnCount, this.workerId, this.status, this.arrivedAt,
				this.source, runKey, this.task, this.body);
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
	 * Return the structured output of the last turn as a type of the application, as
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
	 * @return the files, which are none in an event that was read from JSON
	 */
	public List<WorkerFile> files() {
		return (this.task != null) ? this.task.files() : List.of();
	}

	/**
	 * Return the key of this finished turn: the id of the task, {@code #}, and the number
	 * of its turns.
	 * @return the key
	 */
	public String key() {
		return this.taskId + "#" + this.turnCount;
	}

	/**
	 * Leaves out the body, which may contain the input or the output of the task.
	 */
	@Override
	public String toString() {
		return "TaskFinishedEvent[key=" + key() + ", workerId=" + this.workerId + ", status=" + this.status
				+ ", arrivedAt=" + this.arrivedAt + ", source=" + this.source
				+ ((this.runKey != null) ? ", runKey=" + this.runKey : "") + "]";
	}

	/**
	 * The source of an event.
	 */
	public enum Source {

		/**
		 * Handinger has called the webhook.
		 */
		DELIVERY,

		/**
		 * The delivery was missed, and recovered from Handinger's list of executions.
		 */
		RECONCILIATION,

		/**
		 * The task belongs to a durable run of this application, which has polled it.
		 */
		RUN

	}

}
