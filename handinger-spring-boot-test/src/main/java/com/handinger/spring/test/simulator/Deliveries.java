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
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLException;

import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
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

	private final Scheduler clock;

	private final Flight flight;

	private final HttpClient httpClient;

	private final Sinks.Empty<Void> disposal = Sinks.empty();

	private volatile Webhook defaultWebhook = Webhook.NONE;

	private Sinks.Many<Delivery> queue;

	private Disposable attempts;

	private long successes;

	private long errors;

	Deliveries(SimulatorClock clock, LoopResources loops) {
		this(clock, loops, new Flight(clock::deliveryStarted, clock::deliveryEnded));
	}

	/**
	 * Create deliveries without a clock that waits for them.
	 */
	Deliveries(Scheduler clock, LoopResources loops) {
		this(clock, loops, Flight.UNOBSERVED);
	}

	private Deliveries(Scheduler clock, LoopResources loops, Flight flight) {
		this.clock = clock;
		this.flight = flight;
		this.httpClient = HttpClient.create(ConnectionProvider.newConnection())
			.runOn(loops)
			.resolver((resolver) -> resolver.runOn(loops))
			.keepAlive(false)
			.followRedirect(false)
			.disableRetry(true);
		this.queue = Sinks.many().unicast().onBackpressureBuffer();
		this.attempts = attempts(this.queue);
	}

	private Disposable attempts(Sinks.Many<Delivery> queue) {
		return queue.asFlux().flatMap(this::attempt, MOST_AT_ONCE).subscribe();
	}

	/**
	 * Set the webhook of all workers that have none of their own.
	 */
	void setDefault(Webhook webhook) {
		this.defaultWebhook = webhook;
	}

	/**
	 * Deliver the end of a turn as often as its directives ask. Must be called on the
	 * clock's thread.
	 */
	synchronized void add(SimulatedTurn turn) {
		Delivery delivery = Delivery.of(turn);
		for (int i = 0; i < turn.request().directives().delivery().times(); i++) {
			// Fails only when nothing is delivered any more.
			this.queue.tryEmitNext(delivery);
		}
	}

	/**
	 * Deliver the end of a turn now, and wait for the response.
	 * @param forged whether to use a wrong token, and to list nothing
	 */
	RecordedDelivery deliver(SimulatedTurn turn, boolean forged) {
		Delivery delivery = Delivery.of(turn).found();
		Webhook webhook = webhook(delivery.worker());
		if (webhook.url() == null) {
			throw new IllegalStateException("Worker " + delivery.worker().id() + " of task " + delivery.task().id()
					+ " has no webhook: set one with webhook(url, token), or run the test with a real port, such as "
					+ "webEnvironment = RANDOM_PORT, in an application with a listener.");
		}
		String token = forged ? "whk_forged" : webhook.token();
		RecordedDelivery attempt = attempt(delivery, webhook.url(), token, !forged)
			.takeUntilOther(this.disposal.asMono())
			.block();
		if (attempt == null) {
			throw new IllegalStateException("The simulator was closed before the delivery was answered.");
		}
		return attempt;
	}

	/**
	 * Wait until a number of attempts have ended, and return whether they have.
	 */
	synchronized boolean await(int count) {
		return RealTime.await(this, () -> this.successes + this.errors >= count, RealTime.LONGEST_AWAIT);
	}

	private Webhook webhook(SimulatedWorker worker) {
		Webhook webhook = worker.webhook();
		return (webhook.url() != null) ? webhook : this.defaultWebhook;
	}

	private Mono<RecordedDelivery> attempt(Delivery delivery) {
		Webhook webhook = webhook(delivery.worker());
		return (webhook.url() != null) ? attempt(delivery, webhook.url(), webhook.token(), true) : Mono.empty();
	}

	private Mono<RecordedDelivery> attempt(Delivery delivery, String url, @Nullable String token, boolean listed) {
		return Mono.defer(() -> {
			this.flight.onStart().run();
			Instant start = now();
			return outcome(delivery, url, token).map((outcome) -> {
				RecordedDelivery attempt = new RecordedDelivery(delivery.body().taskId(), delivery.body().workerId(),
						delivery.body().status(), url, start, outcome.responseStatus(), outcome.errorMessage());
				if (listed) {
					list(delivery, attempt, outcome);
				}
				return attempt;
			}).doFinally((signal) -> this.flight.onEnd().run());
		});
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
		return httpClient(url)
			.headers((headers) -> headers.set(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON_VALUE)
				.set(HttpHeaders.CONTENT_LENGTH, json.length)
				.set(TOKEN_HEADER, String.valueOf(token)))
			.post()
			.uri(URI.create(url))
			.send(Mono.fromSupplier(() -> Unpooled.wrappedBuffer(json)))
			.response((response, body) -> body.then(Mono.just(response.status().code())))
			.next();
	}

	/**
	 * The certificate of an application under test is rarely one that Java trusts.
	 */
	private HttpClient httpClient(String url) {
		return url.startsWith("https://localhost:")
				? this.httpClient.secure((tls) -> tls.sslContext(TrustAll.SSL_CONTEXT)) : this.httpClient;
	}

	private static String message(Throwable error) {
		if (error instanceof TimeoutException) {
			return "There was no response within " + TIMEOUT.toSeconds() + " s.";
		}
		return "The delivery failed: "
				+ ((error.getMessage() != null) ? error.getMessage() : error.getClass().getSimpleName());
	}

	private synchronized void list(Delivery delivery, RecordedDelivery attempt, DeliveryOutcome outcome) {
		if (outcome.status() == DeliveryOutcome.Status.SUCCESS) {
			this.successes++;
		}
		else {
			this.errors++;
		}
		Instant start = attempt.startedAt();
		long durationMs = Math.max(0, Duration.between(start, now()).toMillis());
		delivery.worker()
			.executions()
			.add(new WebhookExecution("exe_" + Ulid.next(), start, durationMs, outcome.errorMessage(), outcome.status(),
					outcome.responseStatus(), attempt.taskId(), delivery.task().title(), attempt.url(),
					attempt.workerId()));
		delivery.task().add(attempt);
		notifyAll();
	}

	private Instant now() {
		return SimulatorClock.now(this.clock);
	}

	/**
	 * Return the number of listed attempts.
	 */
	synchronized SimulatorState.DeliveryCounts counts() {
		return new SimulatorState.DeliveryCounts(this.successes, this.errors);
	}

	/**
	 * Cancel all deliveries, and forget that there were some. The default webhook stays.
	 */
	synchronized void clear() {
		this.attempts.dispose();
		this.queue = Sinks.many().unicast().onBackpressureBuffer();
		this.attempts = attempts(this.queue);
		this.successes = 0;
		this.errors = 0;
	}

	/**
	 * Cancel deliveries that are in flight, and deliver nothing more.
	 */
	@Override
	public synchronized void dispose() {
		this.attempts.dispose();
		this.disposal.tryEmitEmpty();
	}

	/**
	 * Observes attempts.
	 *
	 * @param onStart called when an attempt starts
	 * @param onEnd called when it has ended, or is cancelled
	 */
	private record Flight(Runnable onStart, Runnable onEnd) {

		private static final Flight UNOBSERVED = new Flight(() -> {
		}, () -> {
		});

	}

	/**
	 * Creates an SSL context only if it is needed, because that takes long.
	 */
	private static final class TrustAll {

		private static final SslContext SSL_CONTEXT = create();

		private static SslContext create() {
			try {
				return SslContextBuilder.forClient().trustManager(InsecureTrustManagerFactory.INSTANCE).build();
			}
			catch (SSLException ex) {
				throw new IllegalStateException("Every Java platform has TLS", ex);
			}
		}

	}

}
