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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import tools.jackson.databind.JsonNode;

/**
 * A worker with its schedules, its webhook and its deliveries.
 */
final class SimulatedWorker {

	private static final int MOST_SCHEDULES = 1000;

	private final String id;

	private final Scheduler clock;

	private final Instant createdAt;

	private final Map<String, ScheduleJson> schedules = new LinkedHashMap<>();

	private final Executions executions = new Executions();

	private WorkerTemplate template;

	private Instant updatedAt;

	private Webhook webhook = Webhook.NONE;

	private @Nullable String latestTaskId;

	SimulatedWorker(String id, WorkerTemplate template, Scheduler clock) {
		this.id = id;
		this.template = template;
		this.clock = clock;
		this.createdAt = SimulatorClock.now(clock);
		this.updatedAt = this.createdAt;
	}

	String id() {
		return this.id;
	}

	Instant createdAt() {
		return this.createdAt;
	}

	Executions executions() {
		return this.executions;
	}

	/**
	 * Return the task with the latest turn, which may have been evicted.
	 */
	synchronized @Nullable String latestTaskId() {
		return this.latestTaskId;
	}

	synchronized void worksOn(String taskId) {
		this.latestTaskId = taskId;
	}

	synchronized WorkerTemplateJson update(JsonBody body, String baseUrl) {
		this.template = this.template.updatedFrom(body);
		this.updatedAt = SimulatorClock.now(this.clock);
		return toTemplate(baseUrl);
	}

	synchronized WorkerTemplateJson toTemplate(String baseUrl) {
		return new WorkerTemplateJson(this.id, this.createdAt, this.template.instructions(), "org_simulator",
				this.template.outputSchema(), this.template.summary(), this.template.title(), this.updatedAt,
				url(baseUrl), "usr_simulator", this.template.visibility());
	}

	/**
	 * Return the schema of the structured output, or {@code null} if there is none.
	 */
	synchronized @Nullable JsonNode outputSchema() {
		return this.template.outputSchema();
	}

	String url(String baseUrl) {
		return baseUrl + "/worker/" + this.id;
	}

	synchronized ScheduleListJson schedules() {
		return new ScheduleListJson(List.copyOf(this.schedules.values()), ScheduleJson.TIME_ZONE.getId(), this.id);
	}

	synchronized void add(ScheduleJson schedule) {
		if (this.schedules.size() >= MOST_SCHEDULES) {
			throw ApiError.unprocessable("The worker has " + MOST_SCHEDULES + " schedules: cancel one first.");
		}
		this.schedules.put(schedule.id(), schedule);
	}

	/**
	 * Replace a schedule that is about to run by its next run, and return false if it was
	 * cancelled.
	 */
	synchronized boolean replace(ScheduleJson schedule, @Nullable ScheduleJson next) {
		if (!this.schedules.containsKey(schedule.id())) {
			return false;
		}
		if (next != null) {
			this.schedules.put(schedule.id(), next);
		}
		else {
			this.schedules.remove(schedule.id());
		}
		return true;
	}

	/**
	 * Run no schedule and deliver nothing from now on.
	 */
	synchronized void retire() {
		this.schedules.clear();
		this.webhook = Webhook.NONE;
	}

	synchronized void cancel(String scheduleId) {
		if (this.schedules.remove(scheduleId) == null) {
			throw ApiError.notFound("The worker has no schedule with this id.");
		}
	}

	synchronized Webhook webhook() {
		return this.webhook;
	}

	synchronized Webhook updateWebhook(UnaryOperator<Webhook> update) {
		this.webhook = update.apply(this.webhook);
		return this.webhook;
	}

}
