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
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A {@code Turn} of the contract.
 *
 * @param id the id
 * @param completedAt when it ended, or {@code null} if it has not
 * @param credits the credits that it used
 * @param durationMs how long it took
 * @param files the files that it published
 * @param input what was asked
 * @param inputTokens the length of the input
 * @param outputText what was answered
 * @param outputTokens the length of the output
 * @param role who speaks
 * @param seq its place in the task
 * @param startedAt when it started
 * @param status the status
 * @param structuredOutput the answer in the shape that was asked for
 * @param taskId the task
 */
record TurnJson(String id, @Nullable Instant completedAt, int credits, long durationMs, List<WorkerJson.File> files,
		String input, int inputTokens, String outputText, int outputTokens, String role, int seq, Instant startedAt,
		TurnStatus status, @Nullable Map<String, Object> structuredOutput, String taskId) {
}
