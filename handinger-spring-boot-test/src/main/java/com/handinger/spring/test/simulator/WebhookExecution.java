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
 * A {@code WebhookExecution} of the contract: one delivery attempt.
 *
 * @param id the id
 * @param createdAt the start time of the attempt
 * @param durationMs the duration in milliseconds
 * @param errorMessage the error, or {@code null} if there was none
 * @param requestStatus the status of the attempt
 * @param responseStatus the status of the response, or {@code null} if there was none
 * @param taskId the task
 * @param taskTitle the title of the task
 * @param url the URL
 * @param workerId the worker
 */
record WebhookExecution(String id, Instant createdAt, long durationMs, @Nullable String errorMessage,
		DeliveryOutcome.Status requestStatus, @Nullable Integer responseStatus, String taskId, String taskTitle,
		String url, String workerId) {
}
