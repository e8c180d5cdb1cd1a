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

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.OneTimeCall;
import com.handinger.spring.worker.Worker;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.scheduler.Scheduler;

import org.springframework.core.io.ResourceLoader;
import org.springframework.util.Assert;

/**
 * Internal: the {@link HandingerTasksClient} over a {@link HandingerTransport}, which
 * auto-configuration creates.
 */
public final class DefaultHandingerTasksClient implements HandingerTasksClient {

	private final RunEnvironment environment;

	private final TaskRuns runs;

	/**
	 * Sends each call with retries.
	 */
	private final TasksApi calls;

	/**
	 * Sends each call once.
	 */
	private final TasksApi polls;

	/**
	 * Create a client.
	 * @param transport sends its calls
	 * @param polling the interval at which running tasks are polled
	 * @param clock the clock and timer of all waits
	 * @param observations where {@link #run runs} are observed, which may be
	 * {@link ObservationRegistry#NOOP}
	 * @param meters counts finished runs, or {@code null} to count none
	 * @param waiters ends waits whose end is known from elsewhere, such as a delivery
	 */
	public DefaultHandingerTasksClient(HandingerTransport transport, Polling polling, Scheduler clock,
			ObservationRegistry observations, @Nullable TaskMeters meters, TaskWaiters waiters) {
		this.environment = new RunEnvironment(transport, polling, clock, waiters, observations, meters,
				new AtomicBoolean());
		this.runs = new TaskRuns(this.environment);
		this.calls = new TasksApi(transport::send);
		this.polls = new TasksApi(transport::poll);
		transport.onClose(waiters::close);
		// The first id may block, and must not do so when a task is run.
		TaskIds.next(this.environment.now());
	}

	@Override
	public Mono<Worker> create(CreateTask task) {
		Assert.notNull(task, "'task' must not be null");
		if (task.key() != null) {
			return this.runs.create(task);
		}
		HandingerTransport transport = this.environment.transport();
		return transport.sendOnce(TasksApi.create(task),
				(worker) -> this.environment.count((meters) -> meters.record(task.budget(), worker, transport.code())));
	}

	/**
	 * Prepare the request of a task, for a caller that stores whether it was sent.
	 * @param task the task
	 * @param resources resolves the locations of its attachments
	 * @return the request, which can be sent once
	 */
	public OneTimeCall<Worker> prepare(CreateTask task, ResourceLoader resources) {
		return this.environment.transport().prepare(TasksApi.create(task.resolve(resources)), () -> {
		});
	}

	@Override
	public Mono<TaskWithTurns> run(CreateTask task) {
		Assert.notNull(task, "'task' must not be null");
		return this.runs.run(task);
	}

	@Override
	public Mono<TaskHandle> start(CreateTask task) {
		Assert.notNull(task, "'task' must not be null");
		return this.runs.start(task);
	}

	@Override
	public Flux<TaskWithTurns> follow(CreateTask task) {
		Assert.notNull(task, "'task' must not be null");
		return this.runs.follow(task);
	}

	@Override
	public Mono<TaskWithTurns> await(String taskId) {
		return end(states(taskId, this.polls.pollEnd(taskId), this.environment));
	}

	@Override
	public Mono<TaskWithTurns> await(TaskHandle handle) {
		Assert.notNull(handle, "'handle' must not be null");
		return end(states(handle, this.polls.pollEnd(handle.taskId()), this.environment));
	}

	private static Mono<TaskWithTurns> end(Flux<TaskWithTurns> states) {
		return states.last()
			.flatMap((task) -> task.task().hasFailed() ? Mono.error(new TaskFailedException(task)) : Mono.just(task));
	}

	@Override
	public Flux<TaskWithTurns> watch(String taskId) {
		return states(taskId, this.polls.poll(taskId), this.environment);
	}

	@Override
	public Flux<TaskWithTurns> watch(TaskHandle handle) {
		Assert.notNull(handle, "'handle' must not be null");
		return states(handle, this.polls.poll(handle.taskId()), this.environment);
	}

	static Flux<TaskWithTurns> states(String taskId, Mono<TaskWithTurns> poll, RunEnvironment environment) {
		return states(new TaskHandle(taskId, 0), Duration.ZERO, poll, environment);
	}

	private static Flux<TaskWithTurns> states(TaskHandle handle, Mono<TaskWithTurns> poll, RunEnvironment environment) {
		return states(handle, environment.polling().notFoundGrace(), poll, environment)
			.onErrorMap(NotFoundException.class, (missing) -> unknown(handle, missing));
	}

	/**
	 * A subscriber that does not keep up misses states, and never the end, after which
	 * there is none.
	 */
	private static Flux<TaskWithTurns> states(TaskHandle handle, Duration grace, Mono<TaskWithTurns> poll,
			RunEnvironment environment) {
		Flux<TaskWithTurns> polled = Flux.defer(() -> {
			AtomicLong graceEnd = new AtomicLong(environment.now() + grace.toMillis());
			return environment.polling()
				.poll(Polling.logged(poll), Duration.ZERO,
						(shown) -> Polling.isMissing(shown) ? graceEnd.get() - environment.now() : Long.MAX_VALUE,
						environment.clock())
				.handle((shown, sink) -> {
					TaskWithTurns task = shown.get();
					Throwable failure = shown.getThrowable();
					if (!Polling.isMissing(shown) || (task != null && handle.isEndedBy(task))) {
						graceEnd.set(environment.now() + grace.toMillis());
					}
					else if (environment.now() < graceEnd.get()) {
						return;
					}
					else if (task != null && task.turnCount() <= handle.turnsBefore()) {
						sink.error(unknown(handle, null));
						return;
					}
					if (task != null) {
						sink.next(task);
					}
					else if (failure != null && !isTransient(failure)) {
						sink.error(failure);
					}
				});
		});
		Flux<TaskWithTurns> ends = environment.waiters()
			.ends(handle.taskId(), environment.clock())
			.filter(handle::isEndedBy)
			.concatWith(Mono
				.error(() -> new HandingerConnectionException("The application ended while it waited for the task "
						+ handle.taskId() + ", which goes on: wait for it again", null, handle.taskId(), true)));
		return Flux.merge(ends, polled)
			.takeUntil((task) -> task.task().hasEnded())
			.onBackpressureLatest()
			.distinctUntilChanged();
	}

	private static OutcomeUnknownException unknown(TaskHandle handle, @Nullable Throwable cause) {
		return new OutcomeUnknownException("A task may run, but Handinger shows no trace of " + handle
				+ ": do not send it again, but look it up by its id", cause, handle.taskId());
	}

	/**
	 * Return whether the next poll may show what this one has not.
	 */
	private static boolean isTransient(Throwable failure) {
		return HandingerTransport.isTransient(failure) || failure instanceof TasksApi.OtherTaskException;
	}

	@Override
	public Mono<TaskWithTurns> retrieve(String taskId) {
		return this.calls.retrieve(taskId);
	}

	@Override
	public Flux<Turn> turns(String taskId) {
		return this.calls.turns(taskId).flatMapIterable((turns) -> turns);
	}

	@Override
	public Mono<DeleteTaskResponse> delete(String taskId) {
		return this.calls.delete(taskId);
	}

}
