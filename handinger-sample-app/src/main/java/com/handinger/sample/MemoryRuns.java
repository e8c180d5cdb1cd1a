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

import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskFailedException;
import com.handinger.spring.task.TaskHandle;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.util.Assert;

/**
 * Runs tasks without a database: the sample forgets them when it stops.
 */
@Component
@Profile("!durable")
final class MemoryRuns implements TaskRuns {

	private final HandingerTasksClient client;

	private final TaskList tasks;

	private final Uploads uploads;

	/**
	 * Create the runs. If the sample was compiled ahead of time, they were chosen at
	 * build time.
	 */
	MemoryRuns(HandingerTasksClient client, TaskList tasks, Uploads uploads, Environment environment) {
		Assert.state(!environment.matchesProfiles("durable"),
				"The sample was compiled ahead of time without the profile 'durable': start it without spring.aot.enabled");
		this.client = client;
		this.tasks = tasks;
		this.uploads = uploads;
	}

	/**
	 * Start a task, even if whoever asked for it leaves meanwhile.
	 */
	@Override
	public Mono<Void> start(StartedTask task, CreateTask request) {
		return Mono.fromFuture(() -> this.client.start(request)
			.doOnNext((handle) -> follow(task, handle))
			.doOnError((ex) -> this.uploads.discard(task.key()))
			.then()
			.toFuture(), true);
	}

	/**
	 * Follow a task until it has finished. The client ends all waits when it is closed.
	 */
	private void follow(StartedTask task, TaskHandle handle) {
		this.tasks.add(task);
		this.client.await(handle)
			.onErrorResume(TaskFailedException.class, (ex) -> Mono.just(ex.task()))
			.map((end) -> task.ended(end.task().status(), Instant.now()))
			.onErrorResume((ex) -> Mono.just(task.failed(String.valueOf(ex.getMessage()))))
			.doFinally((signal) -> this.uploads.discard(task.key()))
			.subscribe(this.tasks::update);
	}

	@Override
	public Mono<Boolean> isSent(StartedTask task) {
		return Mono.just(true);
	}

}
