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

import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.FluxSink.OverflowStrategy;
import reactor.core.scheduler.Scheduler;

/**
 * Internal: ends the waits for a task as soon as the application learns of its end
 * otherwise, such as by a webhook delivery, and all waits when the application ends.
 */
public final class TaskWaiters {

	private static final long MOMENT_IN_SECONDS = 1;

	private final Map<String, List<FluxSink<TaskWithTurns>>> waiting = new ConcurrentHashMap<>();

	private volatile boolean closed;

	/**
	 * Return the ends of a task that the application learns of. Completes when the
	 * application ends.
	 */
	Flux<TaskWithTurns> ends(String taskId, Scheduler scheduler) {
		return Flux.create((sink) -> add(taskId, sink, scheduler), OverflowStrategy.IGNORE);
	}

	private void add(String taskId, FluxSink<TaskWithTurns> sink, Scheduler scheduler) {
		this.waiting.merge(taskId, List.of(sink), (present, added) -> {
			List<FluxSink<TaskWithTurns>> all = new ArrayList<>(present);
			all.addAll(added);
			return all;
		});
		sink.onDispose(() -> this.waiting.computeIfPresent(taskId, (id, present) -> {
			List<FluxSink<TaskWithTurns>> others = present.stream().filter((other) -> other != sink).toList();
			return others.isEmpty() ? null : others;
		}));
		if (this.closed) {
			// Not at once, or a retry without a pause would never stop.
			scheduler.schedule(sink::complete, MOMENT_IN_SECONDS, TimeUnit.SECONDS);
		}
	}

	/**
	 * Pass on how a task has ended. This neither blocks nor fails.
	 * @param task the task as Handinger shows it
	 */
	public void publish(TaskWithTurns task) {
		this.waiting.getOrDefault(task.task().id(), List.of()).forEach((sink) -> sink.next(task));
	}

	/**
	 * End all waits, and all that begin later.
	 */
	void close() {
		this.closed = true;
		this.waiting.values().forEach((sinks) -> sinks.forEach(FluxSink::complete));
	}

}
