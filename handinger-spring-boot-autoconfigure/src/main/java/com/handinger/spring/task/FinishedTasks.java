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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Who waits for which task, so that the end of a task that this application hears of in
 * another way than by looking it up ends the wait at once.
 */
final class FinishedTasks {

	private final Map<String, List<Consumer<TaskWithTurns>>> waiting = new ConcurrentHashMap<>();

	void add(String taskId, Consumer<TaskWithTurns> listener) {
		this.waiting.merge(taskId, List.of(listener), (present, added) -> {
			List<Consumer<TaskWithTurns>> all = new ArrayList<>(present);
			all.addAll(added);
			return all;
		});
	}

	void remove(String taskId, Consumer<TaskWithTurns> listener) {
		this.waiting.computeIfPresent(taskId, (id, present) -> {
			List<Consumer<TaskWithTurns>> others = new ArrayList<>(present);
			others.remove(listener);
			return others.isEmpty() ? null : others;
		});
	}

	/**
	 * Tell all who wait for a task what has become of it.
	 * @param task the task as Handinger shows it
	 */
	void publish(TaskWithTurns task) {
		this.waiting.getOrDefault(task.task().id(), List.of()).forEach((listener) -> listener.accept(task));
	}

}
