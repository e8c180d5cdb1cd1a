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

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * A {@code Task} of the contract.
 *
 * @param id the id
 * @param completedAt the time of its end, or {@code null} if it has not ended
 * @param createdAt the creation time
 * @param createdByUserId the user whose API key was used, or {@code null} if a schedule
 * created it
 * @param organizationId the organization
 * @param status the status
 * @param title the title
 * @param totals the usage of all turns
 * @param triggeredBy the trigger
 * @param url its page
 * @param workerId the worker
 */
record TaskJson(String id, @Nullable Instant completedAt, Instant createdAt, @Nullable String createdByUserId,
		String organizationId, TurnStatus status, String title, Totals totals, String triggeredBy, String url,
		String workerId) {

	/**
	 * The usage of all turns.
	 *
	 * @param credits the credits
	 * @param durationMs the duration in milliseconds
	 * @param turnCount the number of turns
	 */
	record Totals(int credits, long durationMs, int turnCount) {
	}

	/**
	 * A {@code TaskWithTurns} of the contract.
	 *
	 * @param task the task
	 * @param turns the turns, or {@code null} to leave them out
	 */
	record WithTurns(TaskJson task, @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<TurnJson> turns) {
	}

	/**
	 * A {@code TaskTurnList} of the contract.
	 *
	 * @param items the turns
	 * @param taskId the task
	 */
	record TurnList(List<TurnJson> items, String taskId) {
	}

}
