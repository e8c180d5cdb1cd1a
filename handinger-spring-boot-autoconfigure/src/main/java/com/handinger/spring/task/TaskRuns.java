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

import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.HandingerTransport;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Makes the runs of one client, and holds what they share.
 */
final class TaskRuns {

	private static final Log logger = LogFactory.getLog(TaskRuns.class);

	private final HandingerTransport transport;

	private final AwaitPolicy policy;

	private final FinishedTasks finishedTasks;

	private final ObservationRegistry observations;

	private final @Nullable TaskMeters meters;

	private volatile boolean idsAreRefused;

	/**
	 * Create new runs.
	 * @param transport what sends the requests
	 * @param policy how often to look a task up
	 * @param finishedTasks tells of the end of a task when it is known
	 * @param observations where runs are observed
	 * @param meters what counts finished runs, or {@code null} if nothing does
	 */
	TaskRuns(HandingerTransport transport, AwaitPolicy policy, FinishedTasks finishedTasks,
			ObservationRegistry observations, @Nullable TaskMeters meters) {
		this.transport = transport;
		this.policy = policy;
		this.finishedTasks = finishedTasks;
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

	AwaitPolicy policy() {
		return this.policy;
	}

	FinishedTasks finishedTasks() {
		return this.finishedTasks;
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
	 * Count a run that has ended. What goes wrong there must not cost its result.
	 */
	void count(CreateTask request, TaskWithTurns end, long turnsBefore) {
		try {
			if (this.meters != null) {
				this.meters.record(request.budget(), end, turnsBefore);
			}
		}
		catch (RuntimeException ex) {
			logger.warn("What the task " + end.task().id() + " has used is not counted", ex);
		}
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
	@Nullable Observation observe(TaskObservationContext context) {
		return this.observations.isNoop() ? null : Observation.createNotStarted(null,
				TaskObservationConvention.INSTANCE, () -> context, this.observations);
	}

}
