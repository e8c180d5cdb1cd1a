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

import java.time.Duration;
import java.util.List;

import com.handinger.spring.autoconfigure.HandingerProperties;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.task.HandingerTasksClient;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * The tasks that were running when the sample was stopped or killed. They are polled
 * until they have finished. None is sent again, because it may have reached Handinger.
 */
@Component
final class InterruptedTasks {

	private final HandingerTasksClient client;

	private final TaskStarter starter;

	private final TaskStore store;

	private final Duration notFoundGrace;

	private final List<TaskStore.RunningTask> tasks;

	InterruptedTasks(HandingerTasksClient client, TaskStarter starter, TaskStore store,
			HandingerProperties properties) {
		this.client = client;
		this.starter = starter;
		this.store = store;
		this.notFoundGrace = properties.await().notFoundGrace();
		// Read before the first request, so that no new task is included.
		this.tasks = store.running();
	}

	@EventListener(ApplicationReadyEvent.class)
	void resume() {
		this.tasks.forEach((task) -> this.starter.run(task.task(), endOf(task.task(), task.turnsBefore())));
	}

	private Mono<TaskEnd> endOf(StartedTask started, long turnsBefore) {
		return this.store.result(started.taskId())
			.filter((found) -> found.turnCount() > turnsBefore)
			.map((found) -> TaskEnd.known(started, found))
			.switchIfEmpty(lookUp(started, turnsBefore));
	}

	private Mono<TaskEnd> lookUp(StartedTask started, long turnsBefore) {
		String taskId = started.taskId();
		return Mono.defer(() -> findTrace(taskId, turnsBefore))
			.then(TaskStarter.lookUpEnd(this.client.retrieve(taskId), turnsBefore))
			.map((found) -> TaskEnd.found(started, found, Arrival.Way.LOOK_UP))
			.retryWhen(Retry.backoff(Long.MAX_VALUE, TaskStarter.SHORTEST_WAIT)
				.maxBackoff(TaskStarter.LONGEST_OUTAGE_WAIT)
				.filter(HandingerException.class::isInstance));
	}

	/**
	 * Look for a turn that may never have been sent. Only answers of Handinger count:
	 * during an outage, the turn is not considered lost.
	 */
	private Mono<Void> findTrace(String taskId, long turnsBefore) {
		long deadline = System.nanoTime() + this.notFoundGrace.toNanos();
		return this.client.retrieve(taskId)
			.onErrorComplete(NotFoundException.class)
			.filter((found) -> found.turnCount() > turnsBefore)
			.repeatWhenEmpty((lookUps) -> TaskStarter.waits(lookUps.takeWhile((count) -> System.nanoTime() < deadline)))
			.switchIfEmpty(Mono.error(() -> new IllegalStateException(
					"The task has not reached Handinger: start it again if it is still needed")))
			.then();
	}

}
