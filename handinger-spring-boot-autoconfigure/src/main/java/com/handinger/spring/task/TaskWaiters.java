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
import java.util.concurrent.TimeUnit;

import reactor.core.scheduler.Schedulers;

/**
 * Who of a {@link HandingerTasksClient} waits for which task, so that the end of a task
 * that this application hears of in another way than by looking it up ends the wait at
 * once, and so does the end of the application.
 */
public final class TaskWaiters {

	private static final long MOMENT_IN_SECONDS = 1;

	private final Map<String, List<Listener>> waiting = new ConcurrentHashMap<>();

	private volatile boolean closed;

	void add(String taskId, Listener listener) {
		this.waiting.merge(taskId, List.of(listener), (present, added) -> {
			List<Listener> all = new ArrayList<>(present);
			all.addAll(added);
			return all;
		});
		if (this.closed) {
			// Not at once, or whoever retries without a pause would never stop.
			Schedulers.parallel().schedule(listener::onClose, MOMENT_IN_SECONDS, TimeUnit.SECONDS);
		}
	}

	void remove(String taskId, Listener listener) {
		this.waiting.computeIfPresent(taskId, (id, present) -> {
			List<Listener> others = new ArrayList<>(present);
			others.remove(listener);
			return others.isEmpty() ? null : others;
		});
	}

	/**
	 * Tell all who wait for a task what has become of it. It neither blocks nor fails.
	 * @param task the task as Handinger shows it
	 */
	public void publish(TaskWithTurns task) {
		this.waiting.getOrDefault(task.task().id(), List.of()).forEach((listener) -> listener.onFinished(task));
	}

	/**
	 * Tell all who wait, and all who will, that the application ends.
	 */
	void close() {
		this.closed = true;
		this.waiting.values().forEach((listeners) -> listeners.forEach(Listener::onClose));
	}

	/**
	 * Waits for a task. Both may come more than once, and from any thread.
	 */
	interface Listener {

		/**
		 * Take what the application has heard of the task.
		 */
		void onFinished(TaskWithTurns task);

		/**
		 * Wait no longer, since the application ends.
		 */
		void onClose();

	}

}
