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

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Counts of what has reached the simulator since its start or its last reset.
 *
 * @param posts the requests to run a task, whatever their outcome
 * @param tasksRun the tasks that were created
 * @param turnsRun the turns that were accepted
 * @param rejected the requests that a rule or {@code [reject=…]} rejected
 * @param running the turns that have not ended
 * @param workers the number of workers
 * @param deliveries the delivery attempts, including those that are no longer listed
 * @param tasks the tasks by their ids, except evicted ones
 */
public record SimulatorState(long posts, long tasksRun, long turnsRun, long rejected, long running, int workers,
		DeliveryCounts deliveries, Map<String, TaskState> tasks) {

	/**
	 * The delivery attempts that have ended.
	 *
	 * @param success the attempts whose response had a status from 200 to 299
	 * @param error all other attempts
	 */
	public record DeliveryCounts(long success, long error) {
	}

	/**
	 * The state of one task.
	 *
	 * @param posts the requests that named or created it
	 * @param turns the turns that were accepted
	 * @param deliveries the delivery attempts that have ended
	 * @param status the status, or {@code null} if every request was rejected
	 */
	public record TaskState(long posts, int turns, int deliveries, @Nullable TurnStatus status) {
	}

}
