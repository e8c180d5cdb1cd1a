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

package com.handinger.spring.run;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.TaskInstance;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.run.RunData.Request;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.Polling;
import com.handinger.spring.task.TaskWaiters;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.transport.Backoff;
import com.handinger.spring.transport.SafeLog;
import com.handinger.spring.webhook.ListenerCalls;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.core.io.ResourceLoader;
import org.springframework.util.Assert;

/**
 * The visits to the rows of the runs, on the threads of the scheduler. A visit polls the
 * task, and moves the run to its next state. Each change of a row is conditional on the
 * version with which the visit has begun, so that an instance that was paused, and counts
 * as dead, changes and sends nothing.
 */
final class RunVisits {

	/**
	 * The name of the task of the scheduler.
	 */
	static final String TASK = "handinger-run";

	private static final SafeLog logger = SafeLog.of(RunVisits.class);

	private static final Duration LONGEST_POLL = Duration.ofSeconds(30);

	private static final Duration UNKNOWN_INTERVAL = Duration.ofHours(1);

	private final RunsSettings settings;

	private final Polling polling;

	private final RunStore store;

	private final RunRequests requests;

	private final Supplier<HandingerTasksClient> tasks;

	private final TaskWaiters waiters;

	private final ListenerCalls calls;

	private final ResourceLoader resources;

	private final @Nullable RunMeters meters;

	private final Clock clock;

	private final Sinks.Empty<Void> stop = Sinks.empty();

	RunVisits(RunsSettings settings, Polling polling, RunStore store, RunRequests requests,
			Supplier<HandingerTasksClient> tasks, TaskWaiters waiters, ListenerCalls calls, ResourceLoader resources,
			@Nullable RunMeters meters, Clock clock) {
		this.settings = settings;
		this.polling = polling;
		this.store = store;
		this.requests = requests;
		this.tasks = tasks;
		this.waiters = waiters;
		this.calls = calls;
		this.resources = resources;
		this.meters = meters;
		this.clock = clock;
	}

	/**
	 * Visit a run. What may fail is done before the handler is returned, because a
	 * handler that fails leaves the row to the detection of dead instances.
	 */
	CompletionHandler<RunData> visit(TaskInstance<RunData> instance) {
		RunData data = instance.getData();
		long start = System.nanoTime();
		CompletionHandler<RunData> next = visit(instance.getId(), data);
		if (this.meters != null) {
			this.meters.visited(data.state(), Duration.ofNanos(System.nanoTime() - start));
		}
		return next;
	}

	private CompletionHandler<RunData> visit(String key, RunData data) {
		try {
			return switch (data.state()) {
				case REQUESTED -> visitRequested(key, data);
				case SENT, UNKNOWN -> visitSent(key, data);
				case DONE, REFUSED -> visitEnded(key, data);
			};
		}
		catch (HandingerException ex) {
			logger.debug(() -> "A poll of the run " + key + " failed: " + ex.getMessage());
			return pollLater(data, ex);
		}
		catch (RuntimeException ex) {
			String warning = "The visit of the run " + key + " failed, and is repeated";
			if (data.looksSoFar() == 0) {
				logger.warn(warning, ex);
			}
			else {
				logger.debug(() -> warning + ": " + ex);
			}
			return next(data.polled(data.state(), data.missingSince(), this.clock.instant()), wait(data, null));
		}
	}

	private CompletionHandler<RunData> visitRequested(String key, RunData data) {
		if (!this.requests.reserve()) {
			return pollLater(data, null);
		}
		CompletionHandler<RunData> sending = null;
		try {
			sending = prepare(key, data);
		}
		finally {
			if (sending == null) {
				this.requests.release();
			}
		}
		return (sending != null) ? sending : pollLater(data, null);
	}

	/**
	 * Poll the task before its request is sent. For a new task, this finds the request
	 * whose row the database has lost after all.
	 * @return the handler that sends the request over the reserved connection, or
	 * {@code null} if it is not sent now
	 */
	private @Nullable CompletionHandler<RunData> prepare(String key, RunData data) {
		Request request = data.request();
		// Before the poll, whose turns are to include that of an earlier run.
		if (request == null || (request.isFollowUp() && isBusy(key, data))) {
			return null;
		}
		Optional<TaskWithTurns> shown = poll(data.taskId());
		if (shown.isPresent() && !request.isFollowUp()) {
			this.requests.release();
			return next(data.sent(RunData.NO_TASK, this.clock.instant()), Duration.ZERO);
		}
		if (shown.isPresent() && !shown.get().hasEnded()) {
			return null;
		}
		requireReadable(request);
		RunData sent = data.sent(shown.map(TaskWithTurns::turnCount).orElse(RunData.NO_TASK), this.clock.instant());
		return (complete, operations) -> {
			try {
				Assert.state(!this.requests.areClosed(), "The application ends");
				operations.reschedule(complete, this.clock.instant().plus(this.settings.visitInterval()), sent);
			}
			catch (RuntimeException ex) {
				this.requests.release();
				throw ex;
			}
			this.requests.send(key, sent, request);
		};
	}

	/**
	 * Return whether an earlier run has to end first: two runs that send a turn to one
	 * task at a time could not tell whose turn has ended.
	 */
	private boolean isBusy(String key, RunData data) {
		return this.store.ofTask(data.taskId())
			.stream()
			.filter((row) -> !row.key().equals(key))
			.anyMatch((other) -> switch (other.data().state()) {
				case REQUESTED -> other.data().since().isBefore(data.since())
						|| (other.data().since().equals(data.since()) && other.key().compareTo(key) < 0);
				case SENT -> true;
				// Whoever submits a further turn knows of the unknown one.
				case UNKNOWN, DONE, REFUSED -> false;
			});
	}

	/**
	 * Fail before the state is SENT.
	 */
	private void requireReadable(Request request) {
		request.files()
			.forEach((file) -> Assert.state(this.resources.getResource(file.location()).isReadable(),
					() -> "Its attachment " + file.location() + " can't be read: make it readable, or cancel the run"));
	}

	private CompletionHandler<RunData> visitSent(String key, RunData data) {
		Integer status = data.status();
		// A further turn that was refused is not that which another request has added.
		TaskWithTurns shown = (status != null && data.isFollowUp()) ? null : poll(data.taskId()).orElse(null);
		Instant now = this.clock.instant();
		boolean isInFlight = this.requests.areInFlight(key, data);
		if (shown != null && shown.hasEnded() && shown.turnCount() > data.turnsBeforeOrNone()) {
			this.waiters.publish(shown);
			return publish(this.calls.publish(shown, key)) ? end(key, data.done(shown.turnCount(), now))
					: pollLater(data, null);
		}
		if (shown != null && (!shown.hasEnded() || data.turnsBeforeOrNone() == RunData.NO_TASK)) {
			return next(data.polled(RunState.SENT, null, now),
					isInFlight ? this.settings.visitInterval() : wait(data, null));
		}
		if (isInFlight) {
			// Another instance can't see the request, and has counted the task as
			// missing.
			return next(data.polled(data.state(), null, now), this.settings.visitInterval());
		}
		if (status != null) {
			TaskRunRefusedEvent event = new TaskRunRefusedEvent(key, data.taskId(), status);
			return tell(key, data, "refused", event) ? end(key, data.polled(RunState.REFUSED, null, now))
					: pollLater(data, null);
		}
		return visitMissing(key, data, now);
	}

	/**
	 * There is no trace of the request, and no other process knows whether it was sent.
	 */
	private CompletionHandler<RunData> visitMissing(String key, RunData data, Instant now) {
		Instant since = (data.missingSince() != null) ? data.missingSince() : now;
		Duration left = Duration.between(now, since.plus(this.polling.notFoundGrace()));
		if (data.state() == RunState.UNKNOWN) {
			return next(data, UNKNOWN_INTERVAL);
		}
		if (left.compareTo(Duration.ZERO) > 0) {
			Duration wait = wait(data, null);
			return next(data.polled(data.state(), since, now), (wait.compareTo(left) < 0) ? wait : left);
		}
		TaskRunUnknownEvent event = new TaskRunUnknownEvent(key, data.taskId(), data.sentAtOrSince());
		return tell(key, data, "unknown", event) ? next(data.polled(RunState.UNKNOWN, since, now), UNKNOWN_INTERVAL)
				: next(data.polled(data.state(), since, now), wait(data, null));
	}

	private CompletionHandler<RunData> visitEnded(String key, RunData data) {
		this.requests.forget(key);
		Duration left = Duration.between(this.clock.instant(), data.since().plus(this.settings.retention()));
		return (left.compareTo(Duration.ZERO) > 0) ? next(data, left) : (complete, operations) -> operations.remove();
	}

	private CompletionHandler<RunData> end(String key, RunData ended) {
		this.requests.forget(key);
		return next(ended, this.settings.retention());
	}

	/**
	 * Stay in the state, and no longer count the task as missing.
	 */
	private CompletionHandler<RunData> pollLater(RunData data, @Nullable Throwable failure) {
		return next(data.polled(data.state(), null, this.clock.instant()), wait(data, failure));
	}

	private CompletionHandler<RunData> next(RunData data, Duration wait) {
		return (complete, operations) -> operations.reschedule(complete, this.clock.instant().plus(wait), data);
	}

	/**
	 * Return the time until the next visit of a run that no answer will make due.
	 */
	private Duration wait(RunData data, @Nullable Throwable failure) {
		Duration longest = (this.polling.maxInterval().compareTo(this.settings.visitInterval()) < 0)
				? this.polling.maxInterval() : this.settings.visitInterval();
		Duration wait = Backoff.exponential(this.polling.initialInterval(), longest, data.looksSoFar());
		Duration retryAfter = Backoff.retryAfter(failure);
		return (retryAfter != null && retryAfter.compareTo(wait) > 0) ? Backoff.jittered(retryAfter) : wait;
	}

	/**
	 * Publish an event once per request. The time of the request tells apart those of one
	 * key.
	 */
	private boolean tell(String key, RunData data, String what, Object event) {
		return publish(
				this.calls.publish("run:" + key + "@" + data.sentAtOrSince().toEpochMilli() + "#" + what, event));
	}

	/**
	 * Wait for listeners, as long as they take. The heartbeat of the visit goes on.
	 */
	private static boolean publish(Mono<Boolean> calls) {
		try {
			return Boolean.TRUE.equals(calls.toFuture().get());
		}
		catch (ExecutionException ex) {
			throw new IllegalStateException("A listener, the claim or the transaction has failed", ex.getCause());
		}
		catch (InterruptedException ex) {
			// Not interrupted again, or the row could not be given back.
			throw new IllegalStateException("The application ends", ex);
		}
	}

	/**
	 * Poll a task.
	 * @return the task, which is empty if Handinger does not know it
	 * @throws HandingerException if Handinger has not answered
	 */
	private Optional<TaskWithTurns> poll(String taskId) {
		return Objects.requireNonNull(Mono.defer(() -> this.tasks.get().retrieve(taskId))
			.takeUntilOther(this.stop.asMono())
			.filter((shown) -> shown.task().id().equals(taskId))
			.map(Optional::of)
			.switchIfEmpty(
					Mono.error(() -> new HandingerException("it was stopped, or has shown another task", null, taskId)))
			.onErrorResume(NotFoundException.class, (ex) -> Mono.just(Optional.empty()))
			.timeout(LONGEST_POLL)
			.onErrorMap(TimeoutException.class, (ex) -> new HandingerException("it has taken too long", ex, taskId))
			.block());
	}

	/**
	 * Stop the polls that are under way.
	 */
	void stop() {
		this.stop.tryEmitEmpty();
	}

}
