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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.handinger.spring.webhook.TaskFinishedEvent;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * How the ends of the newest tasks have reached the sample. Each end usually comes in
 * more than one way.
 */
@Component
final class Arrivals {

	private final Map<String, List<Arrival>> arrivals = new LinkedHashMap<>();

	private final StartedTasks startedTasks;

	private final TaskStore store;

	Arrivals(StartedTasks startedTasks, TaskStore store) {
		this.startedTasks = startedTasks;
		this.store = store;
		store.arrivals().forEach((known) -> keep(known.taskId(), known.arrival()));
	}

	@EventListener
	void on(TaskFinishedEvent event) {
		Arrival arrival = Arrival.of(event);
		this.store.deliver(event.taskId(), event.task(), arrival);
		add(event.taskId(), arrival);
	}

	/**
	 * Show what is kept already.
	 */
	void add(String taskId, Arrival arrival) {
		keep(taskId, arrival);
		this.startedTasks.touch(taskId);
	}

	private synchronized void keep(String taskId, Arrival arrival) {
		this.arrivals.computeIfAbsent(taskId, (id) -> new ArrayList<>()).add(arrival);
		if (this.arrivals.size() > StartedTasks.MOST) {
			this.arrivals.remove(this.arrivals.keySet().iterator().next());
		}
	}

	/**
	 * Return how the ends of a task have come, in that order.
	 */
	synchronized List<Arrival> of(String taskId) {
		return List.copyOf(this.arrivals.getOrDefault(taskId, List.of()));
	}

}
