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
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Streams changes to pages: tasks, deliveries and the health of Handinger. A page that
 * connects, or reconnects, first receives the current state.
 */
@RestController
final class EventsController {

	private static final Duration INTERVAL = Duration.ofMillis(250);

	private static final int MOST_AT_FIRST = 200;

	private final TaskList tasks;

	private final Arrivals arrivals;

	private final SeenDeliveries deliveries;

	private final ReactiveHealthIndicator health;

	private final SampleConnectionDetails connectionDetails;

	private final Sinks.Empty<Void> end = Sinks.empty();

	EventsController(TaskList tasks, Arrivals arrivals, SeenDeliveries deliveries,
			@Qualifier("handingerHealthIndicator") ObjectProvider<ReactiveHealthIndicator> health,
			SampleConnectionDetails connectionDetails) {
		this.tasks = tasks;
		this.arrivals = arrivals;
		this.deliveries = deliveries;
		// The health indicator may be disabled.
		this.health = health.getIfAvailable(() -> () -> Mono.just(Health.unknown().build()));
		this.connectionDetails = connectionDetails;
	}

	@GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
	Flux<ServerSentEvent<Object>> events() {
		return Flux.defer(() -> {
			Page page = new Page();
			return Flux.merge(ticks().concatMapIterable((tick) -> page.news(), 1), health())
				.takeUntilOther(this.end.asMono());
		});
	}

	/**
	 * Return the health separately: a slow health check does not delay other events.
	 */
	private Flux<ServerSentEvent<Object>> health() {
		return ticks().concatMap((tick) -> this.health.health(), 1)
			.map(SeenHealth::of)
			.distinctUntilChanged()
			.map((health) -> event("health", health));
	}

	private static Flux<Long> ticks() {
		return Flux.interval(Duration.ZERO, INTERVAL).onBackpressureDrop();
	}

	/**
	 * End the streams. Pages never disconnect, so the web server would wait for them in
	 * vain.
	 */
	@EventListener(ContextClosedEvent.class)
	void end() {
		this.end.tryEmitEmpty();
	}

	private static ServerSentEvent<Object> event(String name, Object data) {
		return ServerSentEvent.builder(data).event(name).build();
	}

	/**
	 * The state that a page has received.
	 */
	private final class Page {

		private long version = -1;

		private long delivery;

		private @Nullable SampleStatus status;

		List<ServerSentEvent<Object>> news() {
			List<ServerSentEvent<Object>> events = new ArrayList<>();
			addStatus(events);
			addTasks(events);
			addDeliveries(events);
			return events;
		}

		private void addStatus(List<ServerSentEvent<Object>> events) {
			TaskList tasks = EventsController.this.tasks;
			SampleStatus status = new SampleStatus(tasks.running(), tasks.count(),
					EventsController.this.connectionDetails.isSimulated());
			if (!status.equals(this.status)) {
				this.status = status;
				events.add(event("status", status));
			}
		}

		private void addTasks(List<ServerSentEvent<Object>> events) {
			boolean isFirst = this.version < 0;
			TaskList.Changes changes = EventsController.this.tasks.changedSince(this.version);
			this.version = changes.version();
			List<StartedTask> tasks = changes.tasks();
			List<ListedTask> listed = tasks.stream()
				.skip(isFirst ? Math.max(0, tasks.size() - MOST_AT_FIRST) : 0)
				.map((task) -> new ListedTask(task, EventsController.this.arrivals.of(task.taskId())))
				.toList();
			if (isFirst || !listed.isEmpty()) {
				events.add(event("tasks", listed));
			}
		}

		private void addDeliveries(List<ServerSentEvent<Object>> events) {
			List<SeenDelivery> deliveries = EventsController.this.deliveries.after(this.delivery);
			if (!deliveries.isEmpty()) {
				this.delivery = deliveries.get(deliveries.size() - 1).number();
				events.add(event("deliveries", deliveries));
			}
		}

	}

}
