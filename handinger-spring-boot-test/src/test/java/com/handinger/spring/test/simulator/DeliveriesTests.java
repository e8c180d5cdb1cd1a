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

import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.netty.resources.LoopResources;
import reactor.test.scheduler.VirtualTimeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link Deliveries}, with a virtual clock.
 */
class DeliveriesTests {

	private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();

	private final LoopResources loops = LoopResources.create("deliveries", 1, true);

	private final Deliveries deliveries = new Deliveries(this.clock, this.loops);

	private final DeliveryReceiver receiver = new DeliveryReceiver();

	private final SimulatedWorkers workers = new SimulatedWorkers(this.clock);

	private final SimulatedTasks tasks = new SimulatedTasks(ApiVersion.V2026_07, this.clock, this.workers,
			this.deliveries::add, new Rules(), Duration.ZERO);

	@AfterEach
	void close() {
		this.deliveries.dispose();
		this.receiver.close();
		this.loops.dispose();
		this.clock.dispose();
	}

	@Test
	void attemptInFlightEndsWhenDeliveriesAreDisposedOf() throws IOException {
		SimulatedWorker worker = this.workers.shapeOrCreate("wrk_1");
		try (ServerSocket server = new ServerSocket(0)) {
			worker.updateWebhook((webhook) -> webhook.withUrl("http://localhost:" + server.getLocalPort()));
			this.tasks.accept(TaskRequest.of(Map.of("input", "[delay=1s]", "workerId", "wrk_1"), List.of()));
			this.clock.advanceTimeBy(Duration.ofSeconds(1));
			try (Socket connection = server.accept()) {
				connection.setSoTimeout((int) Duration.ofMinutes(2).toMillis());
				assertThat(connection.getInputStream().read()).isEqualTo('P');
				this.deliveries.dispose();
				assertThat(connection.getInputStream().readAllBytes()).isNotEmpty();
			}
		}
	}

	@Test
	void attemptEndsAfterFiveSecondsWithoutAnAnswer() {
		SimulatedWorker worker = this.workers.shapeOrCreate("wrk_1");
		worker.updateWebhook((webhook) -> webhook.withUrl(this.receiver.url()));
		this.receiver.answer(Mono.never());
		this.tasks.accept(TaskRequest.of(Map.of("input", "[delay=1s]", "workerId", "wrk_1"), List.of()));
		this.clock.advanceTimeBy(Duration.ofSeconds(1));
		this.receiver.awaitReceived(1);
		this.clock.advanceTimeBy(Duration.ofMillis(4999));
		assertThat(worker.executions().page(1).logs()).isEmpty();
		this.clock.advanceTimeBy(Duration.ofMillis(1));
		WebhookExecution execution = worker.executions().page(1).logs().get(0);
		assertThat(execution.createdAt()).isEqualTo(Instant.ofEpochSecond(1));
		assertThat(execution.durationMs()).isEqualTo(5000);
		assertThat(execution.requestStatus()).isEqualTo(DeliveryOutcome.Status.ERROR);
		assertThat(execution.errorMessage()).isEqualTo("There was no response within 5 s.");
	}

}
