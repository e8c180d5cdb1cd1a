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
 * Attempt to deliver to the webhook of a worker.
 * <p>
 * {@link #toString()} omits the error message, the title of the task and the URL.
 *
 * @param id the id of the execution
 * @param createdAt when the attempt was made, or {@link Instant#EPOCH} if the API sends
 * no valid date
 * @param durationMs the duration in milliseconds
 * @param errorMessage the error message, or {@code null} if the attempt succeeded
 * @param requestStatus the outcome of the attempt
 * @param responseStatus the HTTP status of the response, or {@code null} without a
 * response
 * @param taskId the finished task, or {@code null} if the API does not send it
 * @param taskTitle the title of the task, or {@code null} if the API does not send it
 * @param url the URL of the delivery
 * @param workerId the worker of the webhook
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
	 * Outcome of a delivery.
	 */
	public enum RequestStatus {

		/**
		 * The response status was 2xx.
		 */
		@JsonProperty("success")
		SUCCESS,

		/**
		 * The response status was not 2xx, or there was no response.
		 */
		@JsonProperty("error")
		ERROR,

		/**
		 * Outcome that this version does not know.
		 */
		@JsonEnumDefaultValue
		UNKNOWN

	}

}
