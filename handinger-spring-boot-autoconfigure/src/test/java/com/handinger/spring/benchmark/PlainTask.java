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

package com.handinger.spring.benchmark;

import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A task with its turns as an application without this library would read it: plain
 * records whose dates are texts.
 *
 * @param task the task
 * @param turns its turns
 */
record PlainTask(Task task, List<Turn> turns) {

	/**
	 * The task.
	 */
	record Task(String id, @Nullable String completedAt, String createdAt, @Nullable String createdByUserId,
			String organizationId, String status, String title, Totals totals, String triggeredBy, String url,
			String workerId) {
	}

	/**
	 * What all its turns have used.
	 */
	record Totals(long credits, long durationMs, long turnCount) {
	}

	/**
	 * One of its turns.
	 */
	record Turn(String id, @Nullable String completedAt, long credits, long durationMs, List<PlainWorker.File> files,
			String input, long inputTokens, String outputText, long outputTokens, String role, long seq,
			String startedAt, String status, @Nullable Map<String, Object> structuredOutput, String taskId) {
	}

}
