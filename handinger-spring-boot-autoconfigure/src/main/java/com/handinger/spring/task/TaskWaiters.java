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

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.handinger.spring.transport.Scheduling;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink.OverflowStrategy;
import reactor.core.publisher.Signal;
import reactor.core.scheduler.Scheduler;

/**
 * Internal: ends the waits for a task as soon as its end is known from elsewhere, such as
 * a webhook delivery, and all waits when the application ends.
 */
public final class TaskWaiters {

	private static final Duration MOMENT = Duration.ofSeconds(1);

	private final Map<String, List<Consumer<Signal<TaskWithTurns>>>> waiting = new ConcurrentHashMap<>();

	private volatile boolean closed;

	/**
	 * Return the ends of a task that the application learns of. Completes when the
	 * application ends.
	 */
	Flux<TaskWithTurns> ends(String taskId, Scheduler scheduler) {
		return Flux
			.<Signal<TaskWithTurns>>create((sink) -> sink.onDispose(add(taskId, sink::next, scheduler)),
					OverflowStrategy.IGNORE)
			.dematerialize();
	}

	/**
	 * Add a waiter, until it is disposed.
	 * @param taskId the id of the task
	 * @param waiter gets each end of the task that the application learns of, on any
	 * thread, and {@link Signal#complete()} when the application ends
	 * @param scheduler the timer
	 */
	Disposable add(String taskId, Consumer<Signal<TaskWithTurns>> waiter, Scheduler scheduler) {
		this.waiting.merge(taskId, List.of(waiter),
				(present, added) -> Stream.concat(present.stream(), added.stream()).toList());
		// Not at once, or a retry without a pause would never stop.
		Disposable end = this.closed
				? Scheduling.delay(MOMENT, scheduler).subscribe((moment) -> waiter.accept(Signal.complete()))
				: Disposables.disposed();
		return () -> {
			end.dispose();
			this.waiting.computeIfPresent(taskId, (id, present) -> {
				List<Consumer<Signal<TaskWithTurns>>> others = present.stream()
					.filter((other) -> other != waiter)
					.toList();
				return others.isEmpty() ? null : others;
			});
		};
	}

	/**
	 * Pass on how a task has ended. This neither blocks nor fails.
	 * @param task the task as Handinger shows it
	 */
	public void publish(TaskWithTurns task) {
		this.waiting.getOrDefault(task.task().id(), List.of()).forEach((waiter) -> waiter.accept(Signal.next(task)));
	}

	boolean isClosed() {
		return this.closed;
	}

	/**
	 * End all waits, and all that begin later.
	 */
	void close() {
		this.closed = true;
		this.waiting.values().forEach((waiters) -> waiters.forEach((waiter) -> waiter.accept(Signal.complete())));
	}

}
