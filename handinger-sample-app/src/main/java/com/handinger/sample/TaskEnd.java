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

package com.handinger.sample;

import java.time.Instant;
import java.util.Locale;

import com.handinger.spring.task.TaskStatus;
import com.handinger.spring.task.TaskWithTurns;
import org.jspecify.annotations.Nullable;

/**
 * The end of a task that the sample has started.
 *
 * @param task the ended task
 * @param found the task as returned by Handinger, or {@code null} if it is unknown
 * @param arrival the arrival, or {@code null} if it is already stored
 */
record TaskEnd(StartedTask task, @Nullable TaskWithTurns found, @Nullable Arrival arrival) {

	static TaskEnd found(StartedTask started, TaskWithTurns found, Arrival.Way way) {
		return known(started, found).withArrival(new Arrival(found.turnCount(), way, Instant.now()));
	}

	static TaskEnd known(StartedTask started, TaskWithTurns found) {
		TaskStatus status = found.task().status();
		return new TaskEnd(
				(status == TaskStatus.COMPLETED) ? started.completed()
						: started.failed("The task ended with the status " + status.name().toLowerCase(Locale.ROOT)),
				found, null);
	}

	static TaskEnd unknown(StartedTask started, Throwable reason) {
		return new TaskEnd(started.failed(String.valueOf(reason.getMessage())), null, null);
	}

	private TaskEnd withArrival(Arrival arrival) {
		return new TaskEnd(this.task, this.found, arrival);
	}

}
