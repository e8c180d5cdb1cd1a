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
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A {@code Turn} of the contract.
 *
 * @param id the id
 * @param completedAt the time of its end, or {@code null} if it has not ended
 * @param credits the credits
 * @param durationMs the duration in milliseconds
 * @param files the published files
 * @param input the input
 * @param inputTokens the number of input tokens
 * @param outputText the answer
 * @param outputTokens the number of output tokens
 * @param role the role of the sender
 * @param seq the number of the turn within the task, from 0
 * @param startedAt the start time
 * @param status the status
 * @param structuredOutput the structured output
 * @param taskId the task
 */
record TurnJson(String id, @Nullable Instant completedAt, int credits, long durationMs, List<WorkerJson.File> files,
		String input, int inputTokens, String outputText, int outputTokens, String role, int seq, Instant startedAt,
		TurnStatus status, @Nullable Map<String, @Nullable Object> structuredOutput, String taskId) {
}
