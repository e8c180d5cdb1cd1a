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

import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.worker.Worker;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.scheduler.Scheduler;

import org.springframework.util.Assert;

/**
 * Internal: the {@link HandingerTasksClient} over a {@link HandingerTransport}, which
 * auto-configuration creates.
 */
public final class DefaultHandingerTasksClient implements HandingerTasksClient {

	private final RunEnvironment environment;

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
		this.calls = new TasksApi(transport::send);
		this.polls = new TasksApi(transport::poll);
		transport.onClose(waiters::close);
		// The first id may block, and must not do so when a task is run.
		TaskIds.next(this.environment.now());
	}

	@Override
	public Mono<Worker> create(CreateTask task) {
		Assert.notNull(task, "'task' must not be null");
		HandingerTransport transport = this.environment.transport();
		return transport.sendOnce(TasksApi.create(task),
				(worker) -> this.environment.count((meters) -> meters.record(task.budget(), worker, transport.code())));
	}

	@Override
	public Mono<TaskWithTurns> run(CreateTask task) {
		Assert.notNull(task, "'task' must not be null");
		return new TaskRun(task, this.environment).end();
	}

	@Override
	public Mono<TaskWithTurns> await(String taskId) {
		return states(taskId, this.polls.pollEnd(taskId), this.environment).last()
			.flatMap((task) -> task.task().hasFailed() ? Mono.error(new TaskFailedException(task)) : Mono.just(task));
	}

	@Override
	public Flux<TaskWithTurns> watch(String taskId) {
		return states(taskId, this.polls.poll(taskId), this.environment);
	}

	/**
	 * A subscriber that does not keep up misses states, and never the end, after which
	 * there is none.
	 */
	static Flux<TaskWithTurns> states(String taskId, Mono<TaskWithTurns> poll, RunEnvironment environment) {
		Flux<TaskWithTurns> polled = Flux.defer(() -> environment.polling()
			.poll(Polling.logged(poll), Duration.ZERO, Polling.UNLIMITED, environment.clock())
			.filter((shown) -> !isTransient(shown))
			.dematerialize());
		Flux<TaskWithTurns> ends = environment.waiters()
			.ends(taskId, environment.clock())
			.filter((task) -> task.task().hasEnded())
			.concatWith(Mono
				.error(() -> new HandingerConnectionException("The application ended while it waited for the task "
						+ taskId + ", which goes on: wait for it again", null, taskId, true)));
		return Flux.merge(ends, polled)
			.takeUntil((task) -> task.task().hasEnded())
			.onBackpressureLatest()
			.distinctUntilChanged();
	}

	/**
	 * Return whether the next poll may show what this one has not.
	 */
	private static boolean isTransient(Signal<TaskWithTurns> polled) {
		Throwable failure = polled.getThrowable();
		return failure != null
				&& (HandingerTransport.isTransient(failure) || failure instanceof TasksApi.OtherTaskException);
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
