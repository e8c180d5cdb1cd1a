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
 * Handles requests for the schedules of a worker.
 */
final class SchedulesHandler {

	private final SimulatedWorkers workers;

	private final Schedules schedules;

	SchedulesHandler(SimulatedWorkers workers, Schedules schedules) {
		this.workers = workers;
		this.schedules = schedules;
	}

	Mono<ServerResponse> list(ServerRequest request) {
		return Answers.ok(this.workers.known(WorkersHandler.workerId(request)).schedules());
	}

	Mono<ServerResponse> create(ServerRequest request) {
		return JsonBody.read(request)
			.flatMap((body) -> Answers
				.ok(this.schedules.create(this.workers.shape(WorkersHandler.workerId(request)), body)));
	}

	Mono<ServerResponse> cancel(ServerRequest request) {
		this.workers.known(WorkersHandler.workerId(request)).cancel(request.pathVariable("scheduleId"));
		return Answers.ok(Map.of("cancelled", true));
	}

}
