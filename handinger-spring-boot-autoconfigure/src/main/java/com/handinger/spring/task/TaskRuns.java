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

package com.handinger.spring.task;

import java.time.Clock;
import java.util.Locale;

import com.handinger.spring.http.HandingerException;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.SafeLog;
import com.handinger.spring.worker.Worker;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Makes the runs of one client, and holds what they share.
 */
final class TaskRuns {

	private static final SafeLog logger = SafeLog.of(TaskRuns.class);

	private final HandingerTransport transport;

	private final Polling polling;

	private final TaskWaiters taskWaiters;

	private final ObservationRegistry observations;

	private final @Nullable TaskMeters meters;

	private volatile boolean idsAreRefused;

	/**
	 * Create new runs.
	 * @param transport what sends the requests
	 * @param polling how often to look a task up
	 * @param taskWaiters tells of the end of a task when it is known
	 * @param observations where runs are observed
	 * @param meters what counts finished runs, or {@code null} if nothing does
	 */
	TaskRuns(HandingerTransport transport, Polling polling, TaskWaiters taskWaiters, ObservationRegistry observations,
			@Nullable TaskMeters meters) {
		this.transport = transport;
		this.polling = polling;
		this.taskWaiters = taskWaiters;
		this.observations = observations;
		this.meters = meters;
		// The first id may block, and must not do so when a task is run.
		TaskIds.next(Clock.systemUTC());
	}

	Mono<TaskWithTurns> run(CreateTask request) {
		return new TaskRun(this, request).end();
	}

	HandingerTransport transport() {
		return this.transport;
	}

	Polling polling() {
		return this.polling;
	}

	TaskWaiters taskWaiters() {
		return this.taskWaiters;
	}

	/**
	 * Return the id for a task whose caller gave none, or {@code null} if the server
	 * takes none.
	 */
	@Nullable String newTaskId() {
		return this.idsAreRefused ? null : TaskIds.next(Clock.systemUTC());
	}

	/**
	 * Make no more ids, since the server does not take them.
	 */
	void refuseIds() {
		this.idsAreRefused = true;
	}

	/**
	 * Count a run that has ended.
	 */
	void count(CreateTask request, TaskWithTurns end, long turnsBefore) {
		if (this.meters != null) {
			this.meters.record(request.budget(), end, turnsBefore, this.transport.code());
		}
	}

	/**
	 * Count a task by the answer to its request alone.
	 */
	void count(CreateTask request, Worker answer) {
		if (this.meters != null) {
			this.meters.record(request.budget(), answer, this.transport.code());
		}
	}

	/**
	 * Call what may call code of the application, and must not fail.
	 */
	void call(String what, Runnable code) {
		this.transport.code().run(what, code);
	}

	void report(String what, Throwable failure) {
		this.transport.code().report(what, failure);
	}

	/**
	 * Tell that the request of a run has lost its connection.
	 */
	void logLoss(String taskId, Throwable failure) {
		logger.debug(() -> "POST /api/tasks: connection lost, polling " + taskId + ": " + failure.getMessage());
	}

	/**
	 * Tell that a run has found the end of its task without an answer to its request.
	 */
	void logRecovery(TaskWithTurns end) {
		logger.debug(() -> "POST /api/tasks: recovered " + end.task().id() + " by polling: "
				+ end.task().status().name().toLowerCase(Locale.ROOT));
	}

	/**
	 * Tell that a result is less than it could be.
	 */
	void warnOfAnswer(String taskId, HandingerException failure) {
		logger.warn("The task " + taskId
				+ " was answered and can't be looked up, so its result is put together from the answer: "
				+ failure.getMessage());
	}

	/**
	 * Return an observation, or {@code null} if nobody observes.
	 */
	@Nullable Observation observe(TaskObservationContext context, @Nullable Observation parent) {
		if (this.observations.isNoop()) {
			return null;
		}
		Observation observation = this.transport.code()
			.observe(this.observations,
					() -> Observation
						.createNotStarted(null, TaskObservationConvention.INSTANCE, () -> context, this.observations)
						.parentObservation(parent));
		return observation.isNoop() ? null : observation;
	}

}
