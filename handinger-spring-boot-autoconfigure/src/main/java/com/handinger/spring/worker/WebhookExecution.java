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

package com.handinger.spring.worker;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * An attempt to deliver to the webhook of a worker.
 * <p>
 * {@link #toString()} leaves out the error message, the title of the task and the URL.
 *
 * @param id the id of the attempt
 * @param createdAt when it was made, or {@link Instant#EPOCH} if the API sends no date
 * that can be read
 * @param durationMs the duration in milliseconds
 * @param errorMessage what went wrong, or {@code null} if nothing did
 * @param requestStatus how it ended
 * @param responseStatus the HTTP status of the answer, or {@code null} if there was none
 * @param taskId the task that has finished, or {@code null} if the API does not tell
 * @param taskTitle the title of that task, or {@code null} if the API does not tell
 * @param url the URL to which the delivery went
 * @param workerId the worker that the webhook belongs to
 */
public record WebhookExecution(String id, Instant createdAt, long durationMs, @Nullable String errorMessage,
		RequestStatus requestStatus, @Nullable Integer responseStatus, @Nullable String taskId,
		@Nullable String taskTitle, String url, String workerId) {

	public WebhookExecution {
		id = (id != null) ? id : "none of " + taskId + " at " + createdAt;
		createdAt = (createdAt != null) ? createdAt : Instant.EPOCH;
		requestStatus = (requestStatus != null) ? requestStatus : RequestStatus.UNKNOWN;
		url = (url != null) ? url : "";
		workerId = (workerId != null) ? workerId : "";
	}

	@Override
	public String toString() {
		return "WebhookExecution[id=" + this.id + ", workerId=" + this.workerId + ", taskId=" + this.taskId
				+ ", requestStatus=" + this.requestStatus + ", responseStatus=" + this.responseStatus + ", createdAt="
				+ this.createdAt + ", durationMs=" + this.durationMs + "]";
	}

	/**
	 * How a delivery has ended.
	 */
	public enum RequestStatus {

		/**
		 * It was answered with a status of 2xx.
		 */
		@JsonProperty("success")
		SUCCESS,

		/**
		 * It was answered with another status, or not at all.
		 */
		@JsonProperty("error")
		ERROR,

		/**
		 * A status that this version does not know.
		 */
		@JsonEnumDefaultValue
		UNKNOWN

	}

}
