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

package com.handinger.spring.test.simulator;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * All workers of the simulator: those that were created for a task, and those that a
 * client has created or changed. The oldest of each kind are evicted when there are too
 * many.
 */
final class SimulatedWorkers {

	private static final int MOST_MADE_FOR_TASKS = 200_000;

	private static final int MOST_SHAPED = 10_000;

	private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,200}");

	private final Map<String, SimulatedWorker> madeForTasks = new LinkedHashMap<>();

	private final Map<String, SimulatedWorker> shaped = new LinkedHashMap<>();

	private final Scheduler clock;

	private long made;

	SimulatedWorkers(Scheduler clock) {
		this.clock = clock;
	}

	/**
	 * Create a worker for a task that does not name one.
	 */
	synchronized SimulatedWorker makeForTask() {
		SimulatedWorker worker = new SimulatedWorker(newId(), newTemplate(), this.clock);
		put(this.madeForTasks, worker, MOST_MADE_FOR_TASKS);
		return worker;
	}

	/**
	 * Return the worker that a task names, and create it if it does not exist.
	 * @throws ApiError if the id is not valid
	 */
	synchronized SimulatedWorker findOrMakeForTask(String id) {
		SimulatedWorker worker = find(id);
		if (worker == null) {
			worker = make(id);
			put(this.madeForTasks, worker, MOST_MADE_FOR_TASKS);
		}
		return worker;
	}

	synchronized SimulatedWorker create(JsonBody body) {
		SimulatedWorker worker = new SimulatedWorker(newId(), newTemplate().createdFrom(body), this.clock);
		put(this.shaped, worker, MOST_SHAPED);
		return worker;
	}

	/**
	 * Return a worker.
	 * @throws ApiError if there is no worker with this id
	 */
	synchronized SimulatedWorker known(String id) {
		SimulatedWorker worker = find(id);
		if (worker == null) {
			throw unknown();
		}
		return worker;
	}

	/**
	 * Return a worker that is about to be changed, and keep it longer than workers that
	 * were only created for a task.
	 * @throws ApiError if there is no worker with this id
	 */
	synchronized SimulatedWorker shape(String id) {
		SimulatedWorker worker = known(id);
		if (this.madeForTasks.remove(id) != null) {
			put(this.shaped, worker, MOST_SHAPED);
		}
		return worker;
	}

	/**
	 * Return a worker that is about to be changed, and create it if it does not exist.
	 * @throws ApiError if the id is not valid
	 */
	synchronized SimulatedWorker shapeOrCreate(String id) {
		if (find(id) == null) {
			put(this.shaped, make(id), MOST_SHAPED);
		}
		return shape(id);
	}

	/**
	 * Delete a worker. Its tasks remain, but are no longer delivered.
	 */
	synchronized void delete(String id) {
		known(id).retire();
		this.madeForTasks.remove(id);
		this.shaped.remove(id);
	}

	synchronized void clear() {
		// A schedule that is running meanwhile should not go on.
		this.shaped.values().forEach(SimulatedWorker::retire);
		this.madeForTasks.clear();
		this.shaped.clear();
		this.made = 0;
	}

	synchronized int count() {
		return this.madeForTasks.size() + this.shaped.size();
	}

	private SimulatedWorker make(String id) {
		if (!ID.matcher(id).matches()) {
			throw unknown();
		}
		return new SimulatedWorker(id, newTemplate(), this.clock);
	}

	private @Nullable SimulatedWorker find(String id) {
		SimulatedWorker worker = this.shaped.get(id);
		return (worker != null) ? worker : this.madeForTasks.get(id);
	}

	private static String newId() {
		return "wrk_" + Ulid.next();
	}

	private WorkerTemplate newTemplate() {
		return WorkerTemplate.untitled("Worker " + ++this.made);
	}

	private static void put(Map<String, SimulatedWorker> workers, SimulatedWorker worker, int most) {
		workers.put(worker.id(), worker);
		if (workers.size() > most) {
			workers.remove(workers.keySet().iterator().next());
		}
	}

	private static ApiError unknown() {
		return ApiError.notFound("There is no worker with this id.");
	}

}
