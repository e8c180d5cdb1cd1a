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
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.handinger.spring.transport.ImmutableJson;
import com.handinger.spring.worker.WorkerFile;
import org.jspecify.annotations.Nullable;

/**
 * One exchange of a task: an input, and the output of the worker.
 * <p>
 * {@link #toString()} leaves out both, so a turn can be logged.
 *
 * @param id the id of the turn
 * @param completedAt the time when it ended, or {@code null} if it has not
 * @param credits the credits that it used
 * @param durationMs the duration in milliseconds
 * @param files the files that it published
 * @param input the input
 * @param inputTokens the number of input tokens
 * @param outputText the output of the worker as text
 * @param outputTokens the number of output tokens
 * @param role the role of the speaker
 * @param seq the number of the turn within its task
 * @param startedAt the time when it started, or {@link Instant#EPOCH} if the API sends no
 * readable date
 * @param status the status as the API names it
 * @param structuredOutput the output according to the worker's output schema, or
 * {@code null} if it has none
 * @param taskId the task that the turn belongs to
 */
public record Turn(String id, @Nullable Instant completedAt, long credits, long durationMs, List<WorkerFile> files,
		String input, long inputTokens, String outputText, long outputTokens, String role, long seq, Instant startedAt,
		String status, @Nullable Map<String, @Nullable Object> structuredOutput,
		String taskId) implements Serializable {

	private static final Set<String> OPEN_STATUSES = Set.of("pending", "running");

	public Turn {
		outputText = (outputText != null) ? outputText : "";
		if (outputText.isEmpty()) {
			ImmutableJson.require(id, "id");
		}
		id = (id != null) ? id : "";
		files = ImmutableJson.list(files);
		input = (input != null) ? input : "";
		role = (role != null) ? role : "";
		startedAt = (startedAt != null) ? startedAt : Instant.EPOCH;
		status = (status != null) ? status : "";
		structuredOutput = (structuredOutput != null) ? ImmutableJson.object(structuredOutput) : null;
		taskId = (taskId != null) ? taskId : "";
	}

	/**
	 * Return whether the turn has ended. The API does not document its statuses.
	 */
	boolean hasEnded() {
		return this.completedAt != null || !OPEN_STATUSES.contains(this.status);
	}

	@Override
	public String toString() {
		return "Turn[id=" + this.id + ", taskId=" + this.taskId + ", seq=" + this.seq + ", role=" + this.role
				+ ", status=" + this.status + ", startedAt=" + this.startedAt + ", completedAt=" + this.completedAt
				+ ", credits=" + this.credits + "]";
	}

}
