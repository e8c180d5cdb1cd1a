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

import org.springframework.stereotype.Component;

/**
 * The newest tasks that the sample has started, and what has become of them.
 */
@Component
final class StartedTasks {

	static final int MOST = 10_000;

	private final Map<String, StartedTask> tasks = new LinkedHashMap<>();

	synchronized void add(StartedTask task) {
		this.tasks.remove(task.taskId());
		this.tasks.put(task.taskId(), task);
		if (this.tasks.size() > MOST) {
			this.tasks.remove(this.tasks.keySet().iterator().next());
		}
	}

	/**
	 * Note what has become of a task, unless it was started once more or is too old.
	 */
	synchronized void update(StartedTask task, UnaryOperator<StartedTask> change) {
		if (isKnown(task)) {
			this.tasks.put(task.taskId(), change.apply(task));
		}
	}

	private boolean isKnown(StartedTask task) {
		StartedTask known = this.tasks.get(task.taskId());
		return known != null && known.startedAt().equals(task.startedAt());
	}

	synchronized boolean isRunning(String taskId) {
		StartedTask task = this.tasks.get(taskId);
		return task != null && task.state() == StartedTask.State.RUNNING;
	}

	synchronized List<StartedTask> newestFirst() {
		List<StartedTask> newestFirst = new ArrayList<>(this.tasks.values());
		Collections.reverse(newestFirst);
		return newestFirst;
	}

}
