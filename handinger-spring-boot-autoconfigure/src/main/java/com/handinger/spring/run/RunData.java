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

package com.handinger.spring.run;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.github.kagkarlsson.scheduler.serializer.Serializer;
import com.handinger.spring.task.Attachment;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.transport.ImmutableJson;
import com.handinger.spring.worker.Budget;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.http.MediaType;
import org.springframework.util.Assert;

/**
 * The data of a run, which is stored as JSON. A field that a later version has added is
 * ignored. A state that it has added fails, so that this version leaves the run alone.
 *
 * @param state the state
 * @param since the time at which the run entered the state
 * @param taskId the id of the task
 * @param request the request, until it is sent
 * @param turnsBefore the number of turns before the request, or {@link #NO_TASK}
 * @param sentAt the time at which the request was about to be sent
 * @param missingSince the time since which each poll has shown no trace of the request
 * @param status the HTTP status if the request was refused
 * @param turnCount the number of turns at the end
 * @param looks the number of polls since the last change, for the backoff
 * @param formerTaskIds the ids of earlier requests whose outcome is unknown
 */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
record RunData(RunState state, Instant since, String taskId, @Nullable Request request, @Nullable Long turnsBefore,
		@Nullable Instant sentAt, @Nullable Instant missingSince, @Nullable Integer status, @Nullable Long turnCount,
		@Nullable Integer looks, List<String> formerTaskIds) {

	/**
	 * In place of the number of turns, if there was no task before the run.
	 */
	static final long NO_TASK = -1;

	RunData {
		ImmutableJson.require(state, "state");
		ImmutableJson.require(taskId, "taskId");
		since = (since != null) ? since : Instant.EPOCH;
		formerTaskIds = ImmutableJson.list(formerTaskIds);
	}

	static RunData requested(String taskId, Request request, Instant now) {
		return new RunData(RunState.REQUESTED, now, taskId, request, null, null, null, null, null, null, List.of());
	}

	/**
	 * Drops the request, so that its input is in the database no longer than necessary.
	 */
	RunData sent(long turnsBefore, Instant now) {
		return new RunData(RunState.SENT, now, this.taskId, null, turnsBefore, now, null, null, null, null,
				this.formerTaskIds);
	}

	/**
	 * The request was certainly not carried out.
	 */
	RunData requestedAgain(Request request, Instant now) {
		return new RunData(RunState.REQUESTED, now, this.taskId, request, null, null, null, null, null, 1,
				this.formerTaskIds);
	}

	RunData resent(String taskId, Request request, Instant now) {
		return new RunData(RunState.REQUESTED, now, taskId, request, null, null, null, null, null, null,
				Stream.concat(this.formerTaskIds.stream(), Stream.of(this.taskId)).distinct().toList());
	}

	RunData refusedWith(int status) {
		return with(this.state, this.since, this.missingSince, status, 0);
	}

	/**
	 * The task was polled, and has not ended.
	 */
	RunData polled(RunState state, @Nullable Instant missingSince, Instant now) {
		return with(state, (state != this.state) ? now : this.since, missingSince, this.status, looksSoFar() + 1);
	}

	RunData done(long turnCount, Instant now) {
		return new RunData(RunState.DONE, now, this.taskId, null, this.turnsBefore, this.sentAt, null, null, turnCount,
				null, this.formerTaskIds);
	}

	private RunData with(RunState state, Instant since, @Nullable Instant missingSince, @Nullable Integer status,
			int looks) {
		return new RunData(state, since, this.taskId, this.request, this.turnsBefore, this.sentAt, missingSince, status,
				this.turnCount, looks, this.formerTaskIds);
	}

	int looksSoFar() {
		return (this.looks != null) ? this.looks : 0;
	}

	long turnsBeforeOrNone() {
		return (this.turnsBefore != null) ? this.turnsBefore : NO_TASK;
	}

	Instant sentAtOrSince() {
		return (this.sentAt != null) ? this.sentAt : this.since;
	}

	/**
	 * Return whether the run waits for the end of the request that was sent at a time.
	 */
	boolean isOfRequest(Instant sentAt) {
		return (this.state == RunState.SENT || this.state == RunState.UNKNOWN) && sentAt.equals(this.sentAt);
	}

	boolean isFollowUp() {
		return (this.request != null) ? this.request.isFollowUp() : turnsBeforeOrNone() != NO_TASK;
	}

	/**
	 * Return whether a turn with which the task has ended is that of this run.
	 */
	boolean owns(long turnCount) {
		return switch (this.state) {
			case REQUESTED -> !isFollowUp();
			case SENT, UNKNOWN -> turnCount > turnsBeforeOrNone();
			case DONE -> Objects.equals(this.turnCount, turnCount);
			case REFUSED -> false;
		};
	}

	DurableRun toRun(String key, boolean joined) {
		return new DurableRun(key, this.taskId, this.state, this.since, joined);
	}

	/**
	 * Leaves out the request.
	 */
	@Override
	public String toString() {
		return "RunData[state=" + this.state + ", since=" + this.since + ", taskId=" + this.taskId + "]";
	}

	/**
	 * The request of a run.
	 *
	 * @param input the instructions
	 * @param budget the budget
	 * @param workerId the id of the worker
	 * @param followUp whether the application has given the id of the task
	 * @param files the attachments
	 */
	@JsonInclude(JsonInclude.Include.NON_EMPTY)
	record Request(String input, @Nullable Budget budget, @Nullable String workerId, @Nullable Boolean followUp,
			List<File> files) {

		Request {
			files = ImmutableJson.list(files);
		}

		static Request of(CreateTask task) {
			Assert.isNull(task.key(), "leave out the key of the task, because the durable run has one");
			return new Request(task.input(), task.budget(), task.workerId(), task.taskId() != null,
					task.attachments().stream().map(File::of).toList());
		}

		boolean isFollowUp() {
			return Boolean.TRUE.equals(this.followUp);
		}

		CreateTask toTask(String taskId) {
			return new CreateTask(this.input, this.budget, taskId, this.workerId,
					this.files.stream().map(File::toAttachment).toList());
		}

		/**
		 * Leaves out the input.
		 */
		@Override
		public String toString() {
			return "Request[workerId=" + this.workerId + "]";
		}

	}

	/**
	 * An attachment, of which only the location is stored.
	 *
	 * @param location the location of its content
	 * @param mediaType its media type
	 */
	record File(String location, String mediaType) {

		static File of(Attachment attachment) {
			String location = attachment.location();
			Assert.isTrue(location != null,
					() -> "The attachment '" + attachment.filename() + "' can't be stored with a durable run, which "
							+ "may be sent by another process: create it with Attachment.ofLocation, or run the task "
							+ "with HandingerTasksClient");
			return new File(location, attachment.mediaType().toString());
		}

		Attachment toAttachment() {
			return Attachment.ofLocation(this.location).withMediaType(MediaType.parseMediaType(this.mediaType));
		}

		@Override
		public String toString() {
			return "File[mediaType=" + this.mediaType + "]";
		}

	}

	/**
	 * Reads and writes the data, whatever the JSON settings of the application.
	 */
	static final class Json implements Serializer {

		private static final JsonMapper MAPPER = JsonMapper.builder().build();

		@Override
		public byte[] serialize(Object data) {
			return MAPPER.writeValueAsBytes(data);
		}

		@Override
		public <T> T deserialize(Class<T> type, byte[] json) {
			return MAPPER.readValue(json, type);
		}

	}

}
