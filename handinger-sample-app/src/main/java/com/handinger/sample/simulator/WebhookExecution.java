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

package com.handinger.sample.simulator;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A {@code WebhookExecution} of the contract: one attempt to deliver.
 *
 * @param id the id
 * @param createdAt when the attempt started
 * @param durationMs how long it took
 * @param errorMessage what went wrong, or {@code null} if nothing did
 * @param requestStatus how it ended
 * @param responseStatus the status of the answer, or {@code null} if there was none
 * @param taskId the task
 * @param taskTitle the title of the task
 * @param url where it went
 * @param workerId the worker
 */
record WebhookExecution(String id, Instant createdAt, long durationMs, @Nullable String errorMessage,
		DeliveryOutcome.Status requestStatus, @Nullable Integer responseStatus, String taskId, String taskTitle,
		String url, String workerId) {
}
