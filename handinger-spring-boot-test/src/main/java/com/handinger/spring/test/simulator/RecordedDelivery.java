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

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * An attempt to deliver the end of a turn to a webhook.
 *
 * @param taskId the task
 * @param workerId the worker
 * @param taskStatus the status that was delivered
 * @param url the URL of the webhook
 * @param startedAt the start time on the simulator's clock
 * @param responseStatus the status of the response, or {@code null} if there was none
 * @param error what went wrong, or {@code null} if the status was from 200 to 299
 */
public record RecordedDelivery(String taskId, String workerId, TurnStatus taskStatus, String url, Instant startedAt,
		@Nullable Integer responseStatus, @Nullable String error) {

	/**
	 * Return whether the response had a status from 200 to 299.
	 * @return whether the delivery was acknowledged
	 */
	public boolean isSuccess() {
		return this.error == null;
	}

	@Override
	public String toString() {
		return "delivery of " + this.taskId + " (" + this.taskStatus.wireName() + ") to " + this.url + ": "
				+ ((this.error != null) ? this.error : String.valueOf(this.responseStatus));
	}

}
