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

package com.handinger.spring.test.simulator;

import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Returns the state of the simulator.
 */
final class StateHandler {

	private final SimulatedTasks tasks;

	private final SimulatedWorkers workers;

	private final Deliveries deliveries;

	StateHandler(SimulatedTasks tasks, SimulatedWorkers workers, Deliveries deliveries) {
		this.tasks = tasks;
		this.workers = workers;
		this.deliveries = deliveries;
	}

	Mono<ServerResponse> state(ServerRequest request) {
		return Answers.ok(this.tasks.state(this.workers.count(), this.deliveries.counts()));
	}

}
