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

import com.handinger.spring.transport.HandingerTransport;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.util.Assert;

/**
 * {@link HandingerWorkersClient} over a {@link HandingerTransport}.
 */
final class DefaultHandingerWorkersClient implements HandingerWorkersClient {

	private final HandingerTransport transport;

	DefaultHandingerWorkersClient(HandingerTransport transport) {
		this.transport = transport;
	}

	@Override
	public Mono<WorkerTemplate> create(CreateWorker worker) {
		Assert.notNull(worker, "'worker' must not be null");
		return this.transport.sendOnce(WorkersApi.create(worker));
	}

	@Override
	public Mono<Worker> retrieve(String workerId) {
		return this.transport.send(WorkersApi.retrieve(workerId));
	}

	@Override
	public Mono<Worker> retrieve(String workerId, String taskId) {
		return this.transport.send(WorkersApi.retrieve(workerId, taskId));
	}

	@Override
	public Mono<WorkerTemplate> update(String workerId, UpdateWorker changes) {
		Assert.notNull(changes, "'changes' must not be null");
		return this.transport.send(WorkersApi.update(workerId, changes));
	}

	@Override
	public Mono<DeleteWorkerResponse> delete(String workerId) {
		return this.transport.send(WorkersApi.delete(workerId));
	}

	@Override
	public Mono<String> email(String workerId) {
		return this.transport.send(WorkersApi.email(workerId)).map(WorkerEmail::email);
	}

	@Override
	public Mono<WorkerSchedules> schedules(String workerId) {
		return this.transport.send(WorkersApi.schedules(workerId));
	}

	@Override
	public Mono<WorkerSchedule> schedule(String workerId, CreateSchedule schedule) {
		Assert.notNull(schedule, "'schedule' must not be null");
		return this.transport.sendOnce(WorkersApi.schedule(workerId, schedule));
	}

	@Override
	public Mono<CancelScheduleResponse> cancelSchedule(String workerId, String scheduleId) {
		return this.transport.send(WorkersApi.cancelSchedule(workerId, scheduleId));
	}

	@Override
	public Mono<Webhook> webhook(String workerId) {
		return this.transport.send(WorkersApi.webhook(workerId));
	}

	@Override
	public Mono<Webhook> updateWebhook(String workerId, String url) {
		return this.transport.send(WorkersApi.updateWebhook(workerId, url));
	}

	@Override
	public Mono<Webhook> deleteWebhook(String workerId) {
		return this.transport.send(WorkersApi.deleteWebhook(workerId));
	}

	@Override
	public Mono<Webhook> regenerateWebhookToken(String workerId) {
		return this.transport.sendOnce(WorkersApi.regenerateWebhookToken(workerId));
	}

	@Override
	public Flux<WebhookExecution> webhookExecutions(String workerId) {
		WorkersApi.checkWorkerId(workerId);
		return WebhookExecutionPages.all((page) -> this.transport.send(WorkersApi.webhookExecutions(workerId, page)));
	}

}
