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

import java.util.Map;

import com.handinger.spring.transport.ApiCall;
import com.handinger.spring.transport.RequestBody;

/**
 * The wire of workers, their schedules and their webhooks.
 */
final class WorkersApi {

	private static final String WORKERS = "/api/workers";

	private static final String WORKER = "/api/workers/{workerId}";

	private static final String WORKER_WITH_TASK = "/api/workers/{workerId}?taskId={taskId}";

	private static final String EMAIL = "/api/workers/{workerId}/email";

	private static final String SCHEDULES = "/api/workers/{workerId}/schedules";

	private static final String SCHEDULE = "/api/workers/{workerId}/schedules/{scheduleId}";

	private static final String WEBHOOK = "/api/workers/{workerId}/webhook";

	private static final String REGENERATE_TOKEN = "/api/workers/{workerId}/webhook/regenerate-token";

	private static final String EXECUTIONS = "/api/workers/{workerId}/webhook/executions?page={page}";

	private WorkersApi() {
	}

	static void checkWorkerId(String workerId) {
		ApiCall.checkId(workerId, "workerId");
	}

	static ApiCall<WorkerTemplate> create(CreateWorker worker) {
		return ApiCall.post(WorkerTemplate.class, RequestBody.json(worker::fields), WORKERS)
			.unspoken(TextLimits.all(worker.instructions(), worker.prompt(), worker.summary(), worker.title()));
	}

	static ApiCall<Worker> retrieve(String workerId) {
		return ApiCall.get(Worker.class, WORKER, workerId);
	}

	static ApiCall<Worker> retrieve(String workerId, String taskId) {
		return ApiCall.get(Worker.class, WORKER_WITH_TASK, workerId, taskId).aboutTask(taskId);
	}

	static ApiCall<WorkerTemplate> update(String workerId, UpdateWorker changes) {
		return ApiCall.patch(WorkerTemplate.class, RequestBody.json(changes::fields), WORKER, workerId)
			.unspoken(TextLimits.all(changes.instructions(), changes.summary(), changes.title()));
	}

	static ApiCall<DeleteWorkerResponse> delete(String workerId) {
		return ApiCall.delete(DeleteWorkerResponse.class, WORKER, workerId);
	}

	static ApiCall<WorkerEmail> email(String workerId) {
		return ApiCall.get(WorkerEmail.class, EMAIL, workerId).answeringSecret();
	}

	static ApiCall<WorkerSchedules> schedules(String workerId) {
		return ApiCall.get(WorkerSchedules.class, SCHEDULES, workerId);
	}

	static ApiCall<WorkerSchedule> schedule(String workerId, CreateSchedule schedule) {
		return ApiCall.post(WorkerSchedule.class, RequestBody.json(schedule::fields), SCHEDULES, workerId)
			.unspoken(schedule.input());
	}

	static ApiCall<CancelScheduleResponse> cancelSchedule(String workerId, String scheduleId) {
		return ApiCall.delete(CancelScheduleResponse.class, SCHEDULE, workerId, scheduleId);
	}

	static ApiCall<Webhook> webhook(String workerId) {
		return ApiCall.get(Webhook.class, WEBHOOK, workerId).answeringSecret();
	}

	static ApiCall<Webhook> updateWebhook(String workerId, String url) {
		Webhook.checkUrl(url);
		RequestBody body = RequestBody.json(() -> Map.of("url", url));
		return ApiCall.put(Webhook.class, body, WEBHOOK, workerId).answeringSecret().unspoken(url);
	}

	static ApiCall<Webhook> deleteWebhook(String workerId) {
		return ApiCall.delete(Webhook.class, WEBHOOK, workerId).answeringSecret();
	}

	static ApiCall<Webhook> regenerateWebhookToken(String workerId) {
		return ApiCall.post(Webhook.class, RequestBody.empty(), REGENERATE_TOKEN, workerId).answeringSecret();
	}

	static ApiCall<WebhookExecutionList> webhookExecutions(String workerId, int page) {
		return ApiCall.get(WebhookExecutionList.class, EXECUTIONS, workerId, String.valueOf(page));
	}

}
