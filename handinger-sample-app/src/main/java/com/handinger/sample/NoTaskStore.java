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

import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.worker.Worker;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Profile;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.util.Assert;

/**
 * Stores nothing: the state of the sample is lost when it stops.
 */
@Component
@Profile("!durable")
final class NoTaskStore implements TaskStore {

	/**
	 * Create a new store. If the sample was compiled ahead of time, the store was chosen
	 * at build time.
	 */
	NoTaskStore(Environment environment) {
		Assert.state(!environment.matchesProfiles("durable"),
				"The sample was compiled ahead of time without the profile 'durable': start it without spring.aot.enabled");
	}

	@Override
	public Mono<Void> add(StartedTask task, long turnsBefore) {
		return Mono.empty();
	}

	@Override
	public Mono<Void> remove(StartedTask task) {
		return Mono.empty();
	}

	@Override
	public Mono<Void> end(TaskEnd end) {
		return Mono.empty();
	}

	@Override
	public Mono<Void> addSources(String taskId, List<Worker.Source> sources) {
		return Mono.empty();
	}

	@Override
	public void deliver(String taskId, @Nullable TaskWithTurns found, Arrival arrival) {
	}

	@Override
	public Mono<TaskWithTurns> result(String taskId) {
		return Mono.empty();
	}

	@Override
	public List<StartedTask> tasks() {
		return List.of();
	}

	@Override
	public List<RunningTask> running() {
		return List.of();
	}

	@Override
	public List<TaskArrival> arrivals() {
		return List.of();
	}

	@Override
	public List<TaskSource> sources() {
		return List.of();
	}

}
