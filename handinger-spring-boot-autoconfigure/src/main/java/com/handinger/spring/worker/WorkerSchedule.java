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

package com.handinger.spring.worker;

import java.time.Instant;

import com.handinger.spring.transport.ImmutableJson;
import org.jspecify.annotations.Nullable;

/**
 * Schedule of a worker.
 * <p>
 * {@link #toString()} omits the input.
 *
 * @param id the id of the schedule
 * @param budget the budget of each task
 * @param input the input of each task
 * @param nextRunAt when the next task runs, or {@link Instant#EPOCH} if the API sends no
 * valid date
 * @param type the type of the schedule
 * @param delayInSeconds the delay, or {@code null} if the type is not
 * {@link ScheduleType#DELAYED}
 * @param cron the cron expression, or {@code null} if the type is not
 * {@link ScheduleType#CRON}
 * @param intervalSeconds the interval between tasks, or {@code null} if the type is not
 * {@link ScheduleType#INTERVAL}
 */
public record WorkerSchedule(String id, Budget budget, String input, Instant nextRunAt, ScheduleType type,
		@Nullable Long delayInSeconds, @Nullable String cron, @Nullable Long intervalSeconds) {

	public WorkerSchedule {
		ImmutableJson.require(id, "id");
		budget = (budget != null) ? budget : Budget.UNKNOWN;
		input = (input != null) ? input : "";
		nextRunAt = (nextRunAt != null) ? nextRunAt : Instant.EPOCH;
		type = (type != null) ? type : ScheduleType.UNKNOWN;
	}

	@Override
	public String toString() {
		return "WorkerSchedule[id=" + this.id + ", budget=" + this.budget + ", nextRunAt=" + this.nextRunAt + ", type="
				+ this.type + ", delayInSeconds=" + this.delayInSeconds + ", cron=" + this.cron + ", intervalSeconds="
				+ this.intervalSeconds + "]";
	}

}
