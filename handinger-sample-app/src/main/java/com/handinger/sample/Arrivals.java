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

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.handinger.spring.task.TaskObservationContext;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.webhook.TaskFinishedEvent;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;

import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * How the sample learned that turns of the newest tasks ended. Most ends arrive from more
 * than one source, except those of durable runs.
 */
@Component
final class Arrivals implements ObservationHandler<TaskObservationContext> {

	private final Map<String, List<Arrival>> arrivals = new LinkedHashMap<>();

	private final TaskList tasks;

	Arrivals(TaskList tasks) {
		this.tasks = tasks;
	}

	@EventListener
	void on(TaskFinishedEvent event) {
		add(event.taskId(), Arrival.of(event));
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return context instanceof TaskObservationContext;
	}

	/**
	 * A task that was started with the client has ended.
	 */
	@Override
	public void onStop(TaskObservationContext run) {
		TaskWithTurns end = run.getEnd();
		if (end != null && run.getOutcome() != TaskObservationContext.Outcome.FAILED) {
			boolean isAnswered = run.getOutcome() == TaskObservationContext.Outcome.ANSWERED;
			add(end.task().id(),
					new Arrival(end.turnCount(), isAnswered ? Arrival.Way.ANSWER : Arrival.Way.LOOK_UP, Instant.now()));
		}
	}

	void add(String taskId, Arrival arrival) {
		synchronized (this.arrivals) {
			this.arrivals.computeIfAbsent(taskId, (id) -> new ArrayList<>()).add(arrival);
			if (this.arrivals.size() > TaskList.MOST) {
				this.arrivals.remove(this.arrivals.keySet().iterator().next());
			}
		}
		this.tasks.touch(taskId);
	}

	/**
	 * Return the arrivals of a task, in order.
	 */
	List<Arrival> of(String taskId) {
		synchronized (this.arrivals) {
			return List.copyOf(this.arrivals.getOrDefault(taskId, List.of()));
		}
	}

}
