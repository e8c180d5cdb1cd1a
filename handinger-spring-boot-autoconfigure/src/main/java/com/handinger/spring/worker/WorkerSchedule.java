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
 * A schedule of a worker.
 * <p>
 * {@link #toString()} leaves out the input.
 *
 * @param id the id of the schedule
 * @param budget how many credits each task may use
 * @param input what each task has to do
 * @param nextRunAt when the next task runs, or {@link Instant#EPOCH} if the API sends no
 * date that can be read
 * @param type which of the following says when
 * @param delayInSeconds the delay, or {@code null} if the type is not
 * {@link ScheduleType#DELAYED}
 * @param cron the cron expression, or {@code null} if the type is not
 * {@link ScheduleType#CRON}
 * @param intervalSeconds the time from one task to the next, or {@code null} if the type
 * is not {@link ScheduleType#INTERVAL}
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
