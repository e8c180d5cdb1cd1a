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

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * The newest tasks that the sample has started, with their states.
 */
@Component
final class StartedTasks {

	static final int MOST = 10_000;

	private final Map<String, Versioned> tasks = new LinkedHashMap<>();

	private long version;

	private int running;

	StartedTasks(TaskStore store) {
		store.tasks().forEach(this::add);
	}

	synchronized void add(StartedTask task) {
		remove(task.taskId());
		put(task);
		if (this.tasks.size() > MOST) {
			remove(this.tasks.keySet().iterator().next());
		}
	}

	private void remove(String taskId) {
		count(this.tasks.remove(taskId), -1);
	}

	private void put(StartedTask task) {
		Versioned versioned = new Versioned(task, ++this.version);
		count(this.tasks.put(task.taskId(), versioned), -1);
		count(versioned, 1);
	}

	private void count(@Nullable Versioned versioned, int change) {
		if (versioned != null && versioned.task().state() == StartedTask.State.RUNNING) {
			this.running += change;
		}
	}

	/**
	 * Update a task, unless it was started again or has been evicted.
	 */
	synchronized void update(StartedTask task, UnaryOperator<StartedTask> change) {
		if (isKnown(task)) {
			put(change.apply(task));
		}
	}

	private boolean isKnown(StartedTask task) {
		Versioned known = this.tasks.get(task.taskId());
		return known != null && known.task().startedAt().equals(task.startedAt());
	}

	/**
	 * Mark a task as changed.
	 */
	synchronized void touch(String taskId) {
		Versioned known = this.tasks.get(taskId);
		if (known != null) {
			put(known.task());
		}
	}

	synchronized boolean isRunning(String taskId) {
		Versioned known = this.tasks.get(taskId);
		return known != null && known.task().state() == StartedTask.State.RUNNING;
	}

	/**
	 * Return the number of running tasks.
	 */
	synchronized int running() {
		return this.running;
	}

	/**
	 * Return the number of tasks.
	 */
	synchronized int count() {
		return this.tasks.size();
	}

	synchronized List<StartedTask> newestFirst() {
		List<StartedTask> newestFirst = new ArrayList<>(this.tasks.values().stream().map(Versioned::task).toList());
		Collections.reverse(newestFirst);
		return newestFirst;
	}

	/**
	 * Return the tasks that have changed since a version, oldest first, and the current
	 * version.
	 */
	synchronized Changes changedSince(long version) {
		if (this.version == version) {
			return new Changes(List.of(), version);
		}
		return new Changes(this.tasks.values()
			.stream()
			.filter((versioned) -> versioned.version() > version)
			.map(Versioned::task)
			.toList(), this.version);
	}

	private record Versioned(StartedTask task, long version) {
	}

	/**
	 * Changed tasks.
	 *
	 * @param tasks the tasks
	 * @param version the version with which to ask for the next changes
	 */
	record Changes(List<StartedTask> tasks, long version) {
	}

}
