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

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What has reached the simulator.
 *
 * @param posts the requests to run a task, whatever became of them
 * @param tasksRun the tasks that were created
 * @param turnsRun the turns that were accepted
 * @param rejected the requests that {@code [reject=…]} turned away
 * @param running the turns that are not at an end
 * @param workers the workers that are known
 * @param deliveries the attempts to deliver to webhooks, whether or not they are listed
 * still
 * @param tasks the tasks by their ids, but for those that were forgotten
 */
record SimulatorState(long posts, long tasksRun, long turnsRun, long rejected, long running, int workers,
		DeliveryCounts deliveries, Map<String, TaskState> tasks) {

	/**
	 * The attempts to deliver that have ended.
	 *
	 * @param success those that were answered with a status from 200 to 299
	 * @param error all others
	 */
	record DeliveryCounts(long success, long error) {
	}

	/**
	 * What has reached one task.
	 *
	 * @param posts the requests that named it or created it
	 * @param turns the turns that were accepted
	 * @param status the status, or {@code null} if every request was rejected
	 */
	record TaskState(long posts, int turns, @Nullable TurnStatus status) {
	}

}
