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

import com.handinger.spring.webhook.TaskFinishedEvent;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * How the sample learned that turns of the newest tasks ended. Most ends arrive from more
 * than one source.
 */
@Component
final class Arrivals {

	private final PerTask<Arrival> arrivals = new PerTask<>();

	private final StartedTasks startedTasks;

	private final TaskStore store;

	Arrivals(StartedTasks startedTasks, TaskStore store) {
		this.startedTasks = startedTasks;
		this.store = store;
		store.arrivals().forEach((known) -> this.arrivals.add(known.taskId(), known.arrival()));
	}

	@EventListener
	void on(TaskFinishedEvent event) {
		Arrival arrival = Arrival.of(event);
		this.store.deliver(event.taskId(), event.task(), arrival);
		add(event.taskId(), arrival);
	}

	/**
	 * Show an arrival that is already stored.
	 */
	void add(String taskId, Arrival arrival) {
		this.arrivals.add(taskId, arrival);
		this.startedTasks.touch(taskId);
	}

	/**
	 * Return the arrivals of a task, in order.
	 */
	List<Arrival> of(String taskId) {
		return this.arrivals.of(taskId);
	}

}
