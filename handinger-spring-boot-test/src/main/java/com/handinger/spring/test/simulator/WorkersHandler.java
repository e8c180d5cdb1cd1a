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

import java.util.Map;

import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Handles requests for workers.
 */
final class WorkersHandler {

	private final SimulatedWorkers workers;

	private final SimulatedTasks tasks;

	WorkersHandler(SimulatedWorkers workers, SimulatedTasks tasks) {
		this.workers = workers;
		this.tasks = tasks;
	}

	Mono<ServerResponse> create(ServerRequest request) {
		return JsonBody.read(request)
			.flatMap((body) -> Answers.ok(this.workers.create(body).toTemplate(SimulatorHttp.baseUrl(request))));
	}

	Mono<ServerResponse> retrieve(ServerRequest request) {
		return Answers.worker(this.tasks.conversation(workerId(request), request.queryParam("taskId").orElse(null),
				SimulatorHttp.baseUrl(request)));
	}

	Mono<ServerResponse> update(ServerRequest request) {
		return JsonBody.read(request)
			.flatMap((body) -> Answers
				.ok(this.workers.shape(workerId(request)).update(body, SimulatorHttp.baseUrl(request))));
	}

	Mono<ServerResponse> delete(ServerRequest request) {
		this.workers.delete(workerId(request));
		return Answers.ok(Map.of("deleted", true));
	}

	Mono<ServerResponse> email(ServerRequest request) {
		return Answers.ok(Map.of("email", this.workers.known(workerId(request)).id() + "@simulator.example"));
	}

	static String workerId(ServerRequest request) {
		return request.pathVariable("workerId");
	}

}
