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

package com.handinger.sample;

import java.util.List;

import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.worker.Worker;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Keeps what outlives the sample: the tasks that it has started, how their ends have
 * come, and their results.
 */
interface TaskStore {

	/**
	 * Keep a task that is about to be sent.
	 */
	Mono<Void> add(StartedTask task, long turnsBefore);

	/**
	 * Forget a task that was not taken.
	 */
	Mono<Void> remove(StartedTask task);

	/**
	 * Keep the end of a task, with its result.
	 */
	Mono<Void> end(TaskEnd end);

	/**
	 * Keep the sources that an answer has named.
	 */
	Mono<Void> addSources(String taskId, List<Worker.Source> sources);

	/**
	 * Keep what was delivered, in the transaction of the caller, who waits.
	 */
	void deliver(String taskId, @Nullable TaskWithTurns found, Arrival arrival);

	/**
	 * Return the task as it was when its last result was kept, if one was.
	 */
	Mono<TaskWithTurns> result(String taskId);

	/**
	 * Return the newest tasks, oldest first.
	 */
	List<StartedTask> tasks();

	/**
	 * Return the tasks that are not at an end.
	 */
	List<RunningTask> running();

	/**
	 * Return how the ends of the newest tasks have come, oldest first.
	 */
	List<TaskArrival> arrivals();

	/**
	 * Return the newest sources, oldest first.
	 */
	List<TaskSource> sources();

	/**
	 * A task that is not at an end.
	 *
	 * @param task the task
	 * @param turnsBefore how many turns it had before it was started
	 */
	record RunningTask(StartedTask task, long turnsBefore) {
	}

	/**
	 * How an end of a task has come.
	 *
	 * @param taskId the id of the task
	 * @param arrival how its end has come
	 */
	record TaskArrival(String taskId, Arrival arrival) {
	}

	/**
	 * A source of a task.
	 *
	 * @param taskId the id of the task
	 * @param source the source
	 */
	record TaskSource(String taskId, Worker.Source source) {
	}

}
