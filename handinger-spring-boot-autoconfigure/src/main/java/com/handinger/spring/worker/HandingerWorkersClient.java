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
 * Creates and changes workers, their schedules and their webhooks. None of that costs
 * credits but the tasks that a {@link #schedule schedule} runs.
 * <p>
 * Nothing is sent before there is a subscriber, and nothing blocks. Every call signals
 * its failures as a {@link HandingerException}: a {@link HandingerApiException} for an
 * answer with a status of 400 and above, among them {@link NotFoundException} if there is
 * no such worker; an {@link UnexpectedResponseException} for an answer that is none of
 * the API's; and a {@link HandingerConnectionException} when there is no answer and
 * calling again does no harm. All calls but {@link #create create}, {@link #schedule
 * schedule} and {@link #regenerateWebhookToken regenerateWebhookToken} are sent again
 * after failures that pass. All are given up after some attempts
 * ({@code handinger.retry.max-attempts}), each of them after
 * {@code handinger.read-timeout} of silence.
 * <p>
 * One call of one of those three sends at most one request that may be carried out,
 * however often its result is subscribed to: a second subscriber, {@code retry()} and
 * {@code repeat()} get the same outcome. If the answer is lost, that is an
 * {@link OutcomeUnknownException}. Only when the request never reached Handinger, the
 * next subscriber makes a new attempt.
 * <p>
 * An id that is empty or has a control character is an {@link IllegalArgumentException}
 * of the method itself.
 */
public interface HandingerWorkersClient {

	/**
	 * Create a worker.
	 * @param worker what the worker is told
	 * @return the new worker. Signals {@link OutcomeUnknownException} if there may be a
	 * new worker and the answer is lost: look for it in the dashboard then;
	 * {@link UnprocessableContentException} or {@link BadRequestException} if Handinger
	 * did not take it
	 */
	Mono<WorkerTemplate> create(CreateWorker worker);

	/**
	 * Read the state of a worker, with the messages of its most recent task.
	 * @param workerId the id of the worker
	 * @return the worker
	 */
	Mono<Worker> retrieve(String workerId);

	/**
	 * Read the state of a worker, with the messages of one of its tasks.
	 * @param workerId the id of the worker
	 * @param taskId the id of the task
	 * @return the worker. Signals {@link NotFoundException} also if there is no such task
	 */
	Mono<Worker> retrieve(String workerId, String taskId);

	/**
	 * Change a worker. What is not set stays as it is.
	 * @param workerId the id of the worker
	 * @param changes what to change
	 * @return the worker as it is now. Signals {@link UnprocessableContentException} or
	 * {@link BadRequestException} if Handinger did not take the changes
	 */
	Mono<WorkerTemplate> update(String workerId, UpdateWorker changes);

	/**
	 * Delete a worker.
	 * @param workerId the id of the worker
	 * @return whether it is deleted. Since this call may be sent again, it may signal
	 * {@link NotFoundException} for a worker that its first attempt has deleted
	 */
	Mono<DeleteWorkerResponse> delete(String workerId);

	/**
	 * Read the address to which mails for a worker are sent. Each mail to it runs a task,
	 * so it is worth as much as a key.
	 * @param workerId the id of the worker
	 * @return the address
	 */
	Mono<String> email(String workerId);

	/**
	 * Read the schedules of a worker.
	 * @param workerId the id of the worker
	 * @return the schedules
	 */
	Mono<WorkerSchedules> schedules(String workerId);

	/**
	 * Let a worker run a task later, or again and again. Each of these tasks costs
	 * credits.
	 * @param workerId the id of the worker
	 * @param schedule what to run and when
	 * @return the new schedule. Signals {@link OutcomeUnknownException} if there may be a
	 * new schedule and the answer is lost: look for it in {@link #schedules} then;
	 * {@link UnprocessableContentException} or {@link BadRequestException} if Handinger
	 * did not take it
	 */
	Mono<WorkerSchedule> schedule(String workerId, CreateSchedule schedule);

	/**
	 * Cancel a schedule. A task that runs already goes on.
	 * @param workerId the id of the worker
	 * @param scheduleId the id of the schedule
	 * @return whether it is cancelled. Signals {@link NotFoundException} if there is no
	 * such schedule, also if the first attempt of this call has cancelled it
	 */
	Mono<CancelScheduleResponse> cancelSchedule(String workerId, String scheduleId);

	/**
	 * Read the webhook of a worker. Only its creator may.
	 * @param workerId the id of the worker
	 * @return the webhook, which is empty if the worker has none. Signals
	 * {@link PermissionDeniedException} if the API key is not that of the creator
	 */
	Mono<Webhook> webhook(String workerId);

	/**
	 * Set the URL to which Handinger tells that a task of a worker has finished. The
	 * first time, Handinger makes a token, and later updates keep it. Only the creator of
	 * the worker may.
	 * @param workerId the id of the worker
	 * @param url the URL: absolute, and of at most 2,048 characters
	 * @return the webhook as it is now. Signals {@link PermissionDeniedException} if the
	 * API key is not that of the creator
	 * @throws IllegalArgumentException if the URL is none that can be set
	 */
	Mono<Webhook> updateWebhook(String workerId, String url);

	/**
	 * Remove the URL and the token of the webhook of a worker. Only its creator may.
	 * @param workerId the id of the worker
	 * @return the webhook, which is empty now. Signals {@link PermissionDeniedException}
	 * if the API key is not that of the creator
	 */
	Mono<Webhook> deleteWebhook(String workerId);

	/**
	 * Make a new token for the webhook of a worker. The one before is invalid at once,
	 * and the URL stays. Only the creator of the worker may.
	 * @param workerId the id of the worker
	 * @return the webhook with its new token. Signals {@link OutcomeUnknownException} if
	 * the token may be a new one and the answer is lost: read the {@link #webhook} then;
	 * {@link PermissionDeniedException} if the API key is not that of the creator
	 */
	Mono<Webhook> regenerateWebhookToken(String workerId);

	/**
	 * Read the attempts to deliver to the webhook of a worker, newest first. The API has
	 * them in pages of 50. A page is read when there is demand for what is on it, so
	 * {@code take(10)} reads one, and 200 of them are read at most. What is pushed from
	 * one page onto the next by attempts that are made meanwhile is emitted once.
	 * @param workerId the id of the worker
	 * @return the attempts
	 */
	Flux<WebhookExecution> webhookExecutions(String workerId);

}
