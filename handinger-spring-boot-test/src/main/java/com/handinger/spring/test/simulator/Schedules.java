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

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

import reactor.core.scheduler.Scheduler;

/**
 * Runs the schedules of workers on the simulator's clock.
 */
final class Schedules {

	private final Scheduler clock;

	private final SimulatedTasks tasks;

	Schedules(Scheduler clock, SimulatedTasks tasks) {
		this.clock = clock;
		this.tasks = tasks;
	}

	ScheduleJson create(SimulatedWorker worker, JsonBody body) {
		ScheduleJson schedule = ScheduleJson.of(body, now());
		// A directive that is not understood is an error of this request.
		TaskRequest.scheduled(schedule, worker.id());
		worker.add(schedule);
		plan(worker, schedule);
		return schedule;
	}

	/**
	 * Schedule the next run. A date that has passed is run at once.
	 */
	private void plan(SimulatedWorker worker, ScheduleJson schedule) {
		long wait = SimulatorClock.nanos(Duration.between(now(), schedule.nextRunAt()));
		this.clock.schedule(() -> run(worker, schedule), Math.max(0, wait), TimeUnit.NANOSECONDS);
	}

	private void run(SimulatedWorker worker, ScheduleJson schedule) {
		ScheduleJson next = schedule.next();
		if (worker.replace(schedule, next)) {
			// First, because the condition of a rule may fail.
			if (next != null) {
				plan(worker, next);
			}
			this.tasks.run(TaskRequest.scheduled(schedule, worker.id()), worker);
		}
	}

	private Instant now() {
		return SimulatorClock.now(this.clock);
	}

}
