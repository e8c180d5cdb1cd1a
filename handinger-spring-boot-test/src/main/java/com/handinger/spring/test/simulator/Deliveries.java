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

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;

/**
 * Delivers the ends of turns to the webhooks of workers.
 * <p>
 * Each attempt uses a new connection and the URL and token that are set when it starts,
 * and is listed when it has ended. Attempts are not retried and do not follow redirects.
 * Deliveries beyond the concurrency limit are queued.
 */
final class Deliveries implements Disposable {

	private static final String TOKEN_HEADER = "X-Handinger-Token";

	private static final Duration TIMEOUT = Duration.ofSeconds(5);

	private static final int MOST_AT_ONCE = 1000;

	private final Sinks.Many<Delivery> queue = Sinks.many().unicast().onBackpressureBuffer();

	private final Scheduler clock;

	private final HttpClient httpClient;

	private final Disposable attempts;

	private long successes;

	private long errors;

	Deliveries(Scheduler clock, LoopResources loops) {
		this.clock = clock;
		this.httpClient = HttpClient.create(ConnectionProvider.newConnection())
			.runOn(loops)
			.resolver((resolver) -> resolver.runOn(loops))
			.keepAlive(false)
			.followRedirect(false)
			.disableRetry(true);
		this.attempts = this.queue.asFlux().flatMap(this::attempt, MOST_AT_ONCE).subscribe();
	}

	/**
	 * Deliver the end of a turn as often as its directives ask. Must be called on the
	 * clock's thread.
	 */
	void add(SimulatedTurn turn) {
		Delivery delivery = Delivery.of(turn);
		for (int i = 0; i < turn.request().directives().delivery().times(); i++) {
			this.queue.emitNext(delivery, Sinks.EmitFailureHandler.FAIL_FAST);
		}
	}

	private Mono<Void> attempt(Delivery delivery) {
		Webhook webhook = delivery.worker().webhook();
		String url = webhook.url();
		if (url == null) {
			return Mono.empty();
		}
		Instant start = now();
		return outcome(delivery, url, webhook.token()).doOnNext((outcome) -> list(delivery, url, start, outcome))
			.then();
	}

	private Mono<DeliveryOutcome> outcome(Delivery delivery, String url, @Nullable String token) {
		if (delivery.lost()) {
			return Mono.just(DeliveryOutcome.failed("The delivery was lost, as requested."));
		}
		return Mono.defer(() -> post(delivery, url, token))
			.timeout(TIMEOUT, this.clock)
			.map(DeliveryOutcome::answered)
			.onErrorResume((error) -> Mono.just(DeliveryOutcome.failed(message(error))));
	}

	private Mono<Integer> post(Delivery delivery, String url, @Nullable String token) {
		byte[] json = Answers.json(delivery.body());
		return this.httpClient
			.headers((headers) -> headers.set(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE)
				.set(HttpHeaders.CONTENT_LENGTH, json.length)
				.set(TOKEN_HEADER, String.valueOf(token)))
			.post()
			.uri(URI.create(url))
			.send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(json)))
			.response((response, body) -> body.then(Mono.just(response.status().code())))
			.next();
	}

	private static String message(Throwable error) {
		if (error instanceof TimeoutException) {
			return "There was no response within " + TIMEOUT.toSeconds() + " s.";
		}
		return "The delivery failed: "
				+ ((error.getMessage() != null) ? error.getMessage() : error.getClass().getSimpleName());
	}

	private synchronized void list(Delivery delivery, String url, Instant start, DeliveryOutcome outcome) {
		if (outcome.status() == DeliveryOutcome.Status.SUCCESS) {
			this.successes++;
		}
		else {
			this.errors++;
		}
		long durationMs = Math.max(0, Duration.between(start, now()).toMillis());
		delivery.worker()
			.executions()
			.add(new WebhookExecution("exe_" + Ulid.next(), start, durationMs, outcome.errorMessage(), outcome.status(),
					outcome.responseStatus(), delivery.body().taskId(), delivery.taskTitle(), url,
					delivery.worker().id()));
	}

	private Instant now() {
		return Instant.ofEpochMilli(this.clock.now(TimeUnit.MILLISECONDS));
	}

	/**
	 * Return the number of listed attempts.
	 */
	synchronized SimulatorState.DeliveryCounts counts() {
		return new SimulatorState.DeliveryCounts(this.successes, this.errors);
	}

	/**
	 * Cancel deliveries that are in flight, and deliver nothing more.
	 */
	@Override
	public void dispose() {
		this.attempts.dispose();
	}

}
