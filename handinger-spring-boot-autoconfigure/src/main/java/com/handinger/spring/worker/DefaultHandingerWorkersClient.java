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
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.ImmutableJson;
import com.handinger.spring.transport.RequestBody;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.util.Assert;

/**
 * {@link HandingerWorkersClient} over a {@link HandingerTransport}. Internal: an
 * application injects {@link HandingerWorkersClient}.
 */
public final class DefaultHandingerWorkersClient implements HandingerWorkersClient {

	private static final String WORKERS = "/api/workers";

	private static final String WORKER = WORKERS + "/{workerId}";

	private static final String SCHEDULES = WORKER + "/schedules";

	private static final String WEBHOOK = WORKER + "/webhook";

	private final HandingerTransport transport;

	/**
	 * Create a client.
	 * @param transport sends its calls
	 */
	public DefaultHandingerWorkersClient(HandingerTransport transport) {
		this.transport = transport;
	}

	@Override
	public Mono<WorkerTemplate> create(CreateWorker worker) {
		Assert.notNull(worker, "'worker' must not be null");
		return this.transport.sendOnce(ApiCall.post(WorkerTemplate.class, RequestBody.json(() -> worker), WORKERS)
			.redacting(worker.instructions(), worker.prompt(), worker.summary(), worker.title()));
	}

	@Override
	public Mono<Worker> retrieve(String workerId) {
		return this.transport.send(ApiCall.get(Worker.class, WORKER, workerId));
	}

	@Override
	public Mono<Worker> retrieve(String workerId, String taskId) {
		return this.transport
			.send(ApiCall.get(Worker.class, WORKER + "?taskId={taskId}", workerId, taskId).aboutTask(taskId));
	}

	@Override
	public Mono<WorkerTemplate> update(String workerId, UpdateWorker changes) {
		Assert.notNull(changes, "'changes' must not be null");
		return this.transport
			.send(ApiCall.patch(WorkerTemplate.class, RequestBody.json(changes::fields), WORKER, workerId)
				.redacting(changes.instructions(), changes.summary(), changes.title()));
	}

	@Override
	public Mono<DeleteWorkerResponse> delete(String workerId) {
		return this.transport.send(ApiCall.delete(DeleteWorkerResponse.class, WORKER, workerId));
	}

	@Override
	public Mono<String> email(String workerId) {
		return this.transport.send(ApiCall.get(Email.class, WORKER + "/email", workerId).answeringSecret())
			.map(Email::email);
	}

	@Override
	public Mono<WorkerSchedules> schedules(String workerId) {
		return this.transport.send(ApiCall.get(WorkerSchedules.class, SCHEDULES, workerId));
	}

	@Override
	public Mono<WorkerSchedule> schedule(String workerId, CreateSchedule schedule) {
		Assert.notNull(schedule, "'schedule' must not be null");
		return this.transport
			.sendOnce(ApiCall.post(WorkerSchedule.class, RequestBody.json(() -> schedule), SCHEDULES, workerId)
				.redacting(schedule.input()));
	}

	@Override
	public Mono<CancelScheduleResponse> cancelSchedule(String workerId, String scheduleId) {
		return this.transport
			.send(ApiCall.delete(CancelScheduleResponse.class, SCHEDULES + "/{scheduleId}", workerId, scheduleId));
	}

	@Override
	public Mono<Webhook> webhook(String workerId) {
		return this.transport.send(ApiCall.get(Webhook.class, WEBHOOK, workerId).answeringSecret());
	}

	@Override
	public Mono<Webhook> updateWebhook(String workerId, String url) {
		Webhook.checkUrl(url);
		RequestBody body = RequestBody.json(() -> Map.of("url", url));
		return this.transport
			.send(ApiCall.put(Webhook.class, body, WEBHOOK, workerId).answeringSecret().redacting(url));
	}

	@Override
	public Mono<Webhook> deleteWebhook(String workerId) {
		return this.transport.send(ApiCall.delete(Webhook.class, WEBHOOK, workerId).answeringSecret());
	}

	@Override
	public Mono<Webhook> regenerateWebhookToken(String workerId) {
		return this.transport
			.sendOnce(ApiCall.post(Webhook.class, RequestBody.empty(), WEBHOOK + "/regenerate-token", workerId)
				.answeringSecret());
	}

	@Override
	public Flux<WebhookExecution> webhookExecutions(String workerId) {
		ApiCall.checkId(workerId, "workerId");
		return WebhookExecutionPages.all((page) -> this.transport.send(ApiCall.get(WebhookExecutionPages.Page.class,
				WEBHOOK + "/executions?page={page}", workerId, String.valueOf(page))));
	}

	/**
	 * The address of a worker.
	 * <p>
	 * {@link #toString()} omits it, since a mail to it runs a task.
	 *
	 * @param email the address
	 */
	record Email(String email) {

		Email {
			ImmutableJson.require(email, "email");
		}

		@Override
		public String toString() {
			return "Email[]";
		}

	}

}
