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
 * Stores the state that outlives the sample: the tasks that it has started, their
 * arrivals and their results.
 */
interface TaskStore {

	/**
	 * Store a task that is about to be sent.
	 */
	Mono<Void> add(StartedTask task, long turnsBefore);

	/**
	 * Remove a task that was not accepted.
	 */
	Mono<Void> remove(StartedTask task);

	/**
	 * Store the end of a task, with its result.
	 */
	Mono<Void> end(TaskEnd end);

	/**
	 * Store the sources of an answer.
	 */
	Mono<Void> addSources(String taskId, List<Worker.Source> sources);

	/**
	 * Store a delivered result in the transaction of the caller. This method blocks.
	 */
	void deliver(String taskId, @Nullable TaskWithTurns found, Arrival arrival);

	/**
	 * Return the task as of its last stored result, if there is one.
	 */
	Mono<TaskWithTurns> result(String taskId);

	/**
	 * Return the newest tasks, oldest first.
	 */
	List<StartedTask> tasks();

	/**
	 * Return the tasks that have not finished.
	 */
	List<RunningTask> running();

	/**
	 * Return the newest arrivals, oldest first.
	 */
	List<TaskArrival> arrivals();

	/**
	 * Return the newest sources, oldest first.
	 */
	List<TaskSource> sources();

	/**
	 * A task that has not finished.
	 *
	 * @param task the task
	 * @param turnsBefore the number of turns that it had before it was started
	 */
	record RunningTask(StartedTask task, long turnsBefore) {
	}

	/**
	 * An arrival of a task.
	 *
	 * @param taskId the id of the task
	 * @param arrival the arrival
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
