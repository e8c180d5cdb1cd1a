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

import org.jspecify.annotations.Nullable;

import org.springframework.stereotype.Component;

/**
 * The newest tasks that the sample has started, as the page shows them.
 */
@Component
final class TaskList {

	static final int MOST = 10_000;

	private final Map<String, Versioned> tasks = new LinkedHashMap<>();

	private long version;

	/**
	 * Add a task at the end, in place of its previous turn.
	 */
	synchronized void add(StartedTask task) {
		this.tasks.remove(task.taskId());
		put(task);
		if (this.tasks.size() > MOST) {
			this.tasks.remove(this.tasks.keySet().iterator().next());
		}
	}

	private void put(StartedTask task) {
		this.tasks.put(task.taskId(), new Versioned(task, ++this.version));
	}

	/**
	 * Update a task, unless it was started again or has been evicted.
	 */
	synchronized void update(StartedTask task) {
		StartedTask known = find(task.taskId());
		if (known != null && known.key().equals(task.key())) {
			put(task);
		}
	}

	/**
	 * Mark a task as changed.
	 */
	synchronized void touch(String taskId) {
		StartedTask known = find(taskId);
		if (known != null) {
			put(known);
		}
	}

	synchronized @Nullable StartedTask find(String taskId) {
		Versioned known = this.tasks.get(taskId);
		return (known != null) ? known.task() : null;
	}

	/**
	 * Return the number of running tasks.
	 */
	synchronized int running() {
		return (int) this.tasks.values().stream().filter((versioned) -> versioned.task().isRunning()).count();
	}

	/**
	 * Return the number of tasks.
	 */
	synchronized int count() {
		return this.tasks.size();
	}

	synchronized List<StartedTask> newestFirst() {
		List<StartedTask> newestFirst = new ArrayList<>(changedSince(-1).tasks());
		Collections.reverse(newestFirst);
		return newestFirst;
	}

	/**
	 * Return the tasks that have changed since a version, oldest first, and the current
	 * version.
	 */
	synchronized Changes changedSince(long version) {
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
