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

import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.worker.Worker;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.util.Assert;

/**
 * Internal: the {@link HandingerTasksClient} over a {@link HandingerTransport}, which
 * auto-configuration creates.
 */
public final class DefaultHandingerTasksClient implements HandingerTasksClient {

	private final HandingerTransport transport;

	private final Polling polling;

	/**
	 * Makes each call as often as the retry policy allows.
	 */
	private final TasksApi calls;

	/**
	 * Makes each call a single time.
	 */
	private final TasksApi lookUps;

	private final TaskRuns runs;

	private final TaskWaiters taskWaiters;

	/**
	 * Create a client.
	 * @param transport sends its calls
	 * @param polling the interval at which running tasks are polled
	 * @param observations where {@link #run runs} are observed, which may be
	 * {@link ObservationRegistry#NOOP}
	 * @param meters counts finished runs, or {@code null} to count none
	 * @param taskWaiters hears of the ends of tasks that the application learns otherwise
	 */
	public DefaultHandingerTasksClient(HandingerTransport transport, Polling polling, ObservationRegistry observations,
			@Nullable TaskMeters meters, TaskWaiters taskWaiters) {
		this.transport = transport;
		this.polling = polling;
		this.calls = new TasksApi(transport::send);
		this.lookUps = new TasksApi(transport::lookUp);
		this.taskWaiters = taskWaiters;
		this.runs = new TaskRuns(transport, polling, this.taskWaiters, observations, meters);
		transport.onClose(this.taskWaiters::close);
	}

	/**
	 * Return what is told when this application hears of the end of a task in another way
	 * than through this client.
	 */
	TaskWaiters taskWaiters() {
		return this.taskWaiters;
	}

	@Override
	public Mono<Worker> create(CreateTask task) {
		checkTask(task);
		return this.transport.sendOnce(TasksApi.create(task), (worker) -> this.runs.count(task, worker));
	}

	@Override
	public Mono<TaskWithTurns> run(CreateTask task) {
		checkTask(task);
		return this.runs.run(task);
	}

	private static void checkTask(CreateTask task) {
		Assert.notNull(task, "'task' must not be null");
	}

	@Override
	public Mono<TaskWithTurns> await(String taskId) {
		return states(taskId, this.lookUps.retrieveEnd(taskId)).last()
			.flatMap((task) -> task.task().hasFailed() ? Mono.error(new TaskFailedException(task)) : Mono.just(task));
	}

	@Override
	public Flux<TaskWithTurns> watch(String taskId) {
		return states(taskId, this.lookUps.poll(taskId));
	}

	private Flux<TaskWithTurns> states(String taskId, Mono<TaskWithTurns> lookUp) {
		return TaskWatch.states(taskId, lookUp, this.polling, this.taskWaiters);
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
