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

import com.handinger.spring.http.BadRequestException;
import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.http.PermissionDeniedException;
import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.http.UnprocessableContentException;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Client for workers, their schedules and their webhooks. Only the tasks that a
 * {@link #schedule schedule} runs cost credits.
 * <p>
 * Nothing is sent before there is a subscriber, and nothing blocks. A failure is
 * signalled as a {@link HandingerException}: a {@link HandingerApiException} for a status
 * of 400 and above, such as {@link NotFoundException} for an unknown worker, an
 * {@link UnexpectedResponseException} for a response that does not conform to the API, or
 * a {@link HandingerConnectionException} if there is no response and the call can safely
 * be repeated. Transient failures are retried, up to {@code handinger.retry.max-attempts}
 * attempts with {@code handinger.read-timeout} each.
 * <p>
 * {@link #create create}, {@link #schedule schedule} and {@link #regenerateWebhookToken
 * regenerateWebhookToken} are never sent again after a request that may have reached the
 * server, not even by a second subscriber, {@code retry()} or {@code repeat()}: these get
 * the same outcome. If the response is lost, the outcome is an
 * {@link OutcomeUnknownException}. Only if the request never reached Handinger, the next
 * subscriber makes a new attempt.
 * <p>
 * Every method throws an {@link IllegalArgumentException} for an id that is empty or has
 * a control character.
 */
public interface HandingerWorkersClient {

	/**
	 * Create a worker.
	 * @param worker the worker to create
	 * @return the new worker. Signals {@link OutcomeUnknownException} if the response is
	 * lost, and the dashboard shows whether there is a new worker;
	 * {@link UnprocessableContentException} or {@link BadRequestException} if Handinger
	 * rejects the worker
	 */
	Mono<WorkerTemplate> create(CreateWorker worker);

	/**
	 * Retrieve a worker, with the messages of its most recent task.
	 * @param workerId the id of the worker
	 * @return the worker
	 */
	Mono<Worker> retrieve(String workerId);

	/**
	 * Retrieve a worker, with the messages of one of its tasks.
	 * @param workerId the id of the worker
	 * @param taskId the id of the task
	 * @return the worker. Signals {@link NotFoundException} if the worker or the task is
	 * unknown
	 */
	Mono<Worker> retrieve(String workerId, String taskId);

	/**
	 * Update a worker. Fields that are {@code null} stay as they are.
	 * @param workerId the id of the worker
	 * @param changes the changes
	 * @return the updated worker. Signals {@link UnprocessableContentException} or
	 * {@link BadRequestException} if Handinger rejects the changes
	 */
	Mono<WorkerTemplate> update(String workerId, UpdateWorker changes);

	/**
	 * Delete a worker.
	 * @param workerId the id of the worker
	 * @return whether the worker is deleted. Since this call may be retried, it may
	 * signal {@link NotFoundException} for a worker that its first attempt deleted
	 */
	Mono<DeleteWorkerResponse> delete(String workerId);

	/**
	 * Retrieve the email address of a worker. Each email to it runs a task, so treat the
	 * address like a key.
	 * @param workerId the id of the worker
	 * @return the address
	 */
	Mono<String> email(String workerId);

	/**
	 * Retrieve the schedules of a worker.
	 * @param workerId the id of the worker
	 * @return the schedules
	 */
	Mono<WorkerSchedules> schedules(String workerId);

	/**
	 * Schedule a task, to run once or repeatedly. Each run costs credits.
	 * @param workerId the id of the worker
	 * @param schedule the schedule to create
	 * @return the new schedule. Signals {@link OutcomeUnknownException} if the response
	 * is lost, and {@link #schedules} shows whether there is a new schedule;
	 * {@link UnprocessableContentException} or {@link BadRequestException} if Handinger
	 * rejects the schedule
	 */
	Mono<WorkerSchedule> schedule(String workerId, CreateSchedule schedule);

	/**
	 * Cancel a schedule. A running task continues.
	 * @param workerId the id of the worker
	 * @param scheduleId the id of the schedule
	 * @return whether the schedule is cancelled. Signals {@link NotFoundException} if
	 * there is no such schedule, even if the first attempt of this call cancelled it
	 */
	Mono<CancelScheduleResponse> cancelSchedule(String workerId, String scheduleId);

	/**
	 * Retrieve the webhook of a worker. Requires an API key of the worker's creator.
	 * @param workerId the id of the worker
	 * @return the webhook, which is empty if the worker has none. Signals
	 * {@link PermissionDeniedException} if the API key is not the creator's
	 */
	Mono<Webhook> webhook(String workerId);

	/**
	 * Set the URL to which Handinger delivers the finished tasks of a worker. The first
	 * call generates a token, and later calls keep it. Requires an API key of the
	 * worker's creator.
	 * @param workerId the id of the worker
	 * @param url the absolute URL, at most 2,048 characters
	 * @return the updated webhook. Signals {@link PermissionDeniedException} if the API
	 * key is not the creator's
	 * @throws IllegalArgumentException if the URL is invalid
	 */
	Mono<Webhook> updateWebhook(String workerId, String url);

	/**
	 * Delete the URL and the token of a worker's webhook. Requires an API key of the
	 * worker's creator.
	 * @param workerId the id of the worker
	 * @return the empty webhook. Signals {@link PermissionDeniedException} if the API key
	 * is not the creator's
	 */
	Mono<Webhook> deleteWebhook(String workerId);

	/**
	 * Generate a new token for the webhook of a worker, and keep its URL. The previous
	 * token is invalid immediately. Requires an API key of the worker's creator.
	 * @param workerId the id of the worker
	 * @return the webhook with its new token. Signals {@link OutcomeUnknownException} if
	 * the response is lost, and {@link #webhook} returns the valid token;
	 * {@link PermissionDeniedException} if the API key is not the creator's
	 */
	Mono<Webhook> regenerateWebhookToken(String workerId);

	/**
	 * Retrieve the attempts to deliver to the webhook of a worker, newest first. The API
	 * returns pages of 50. A page is read once there is demand for its elements, so
	 * {@code take(10)} reads one page. At most 200 pages are read. An attempt that moves
	 * to the next page while pages are read is emitted once.
	 * @param workerId the id of the worker
	 * @return the attempts
	 */
	Flux<WebhookExecution> webhookExecutions(String workerId);

}
