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

import java.time.Instant;
import java.util.Map;

import com.handinger.spring.webhook.TaskFinishedEvent.Source;
import org.jspecify.annotations.Nullable;

/**
 * Word that a task may be at an end. Only its id counts.
 *
 * @param taskId the id of the task
 * @param arrivedAt when the word came
 * @param source where it came from
 * @param body what was delivered, if anything was
 * @param attemptedAt when Handinger has tried to deliver it, if that is told
 */
record Delivery(String taskId, Instant arrivedAt, Source source, Map<String, @Nullable Object> body,
		@Nullable Instant attemptedAt) {

	/**
	 * Create what was delivered just now.
	 */
	static Delivery delivered(String taskId, Instant arrivedAt, Map<String, @Nullable Object> body) {
		return new Delivery(taskId, arrivedAt, Source.DELIVERY, body, null);
	}

	/**
	 * Create what was missed.
	 */
	static Delivery missed(String taskId, Instant foundAt, Instant attemptedAt) {
		return new Delivery(taskId, foundAt, Source.RECONCILIATION, Map.of(), attemptedAt);
	}

	@Override
	public String toString() {
		return "Delivery[taskId=" + this.taskId + ", arrivedAt=" + this.arrivedAt + ", source=" + this.source + "]";
	}

}
