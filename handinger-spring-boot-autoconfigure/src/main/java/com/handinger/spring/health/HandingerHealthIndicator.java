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

package com.handinger.spring.health;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.transport.ApiCall;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.HandingerTransport.LastResponse;
import com.handinger.spring.transport.Redaction;
import com.handinger.spring.transport.Scheduling;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.core.NestedExceptionUtils;

/**
 * Health of Handinger: whether it answers and accepts the API key. This costs nothing.
 * Any response within the cache time counts. Otherwise the indicator requests a task that
 * does not exist, once for any number of probes.
 */
public final class HandingerHealthIndicator implements ReactiveHealthIndicator {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	/**
	 * Created when it is first needed, and not on an event loop.
	 */
	private final Mono<HandingerTransport> transport;

	private final Mono<Health> probe;

	private final Supplier<Map<String, String>> webhooks;

	private final Mono<Map<String, Object>> runs;

	private final Duration cacheTime;

	private final Clock clock;

	private volatile Instant probedAt = Instant.EPOCH;

	/**
	 * Create a new indicator.
	 * @param transport supplies the transport, which may fail without an API key
	 * @param webhooks supplies the state of the webhook's registration by worker
	 * @param runs supplies the durable runs that have not ended; may block and fail
	 * @param cacheTime the time for which a response counts
	 * @param clock the clock
	 */
	public HandingerHealthIndicator(Supplier<HandingerTransport> transport, Supplier<Map<String, String>> webhooks,
			Supplier<Map<String, Object>> runs, Duration cacheTime, Clock clock) {
		this.transport = Scheduling.<HandingerTransport>blocking(transport).cacheInvalidateIf((created) -> false);
		this.webhooks = webhooks;
		this.runs = Scheduling.<Map<String, Object>>blocking(runs)
			.timeout(TIMEOUT)
			.onErrorResume((ex) -> Mono.just(Map.of("error", ex.getClass().getName())));
		this.cacheTime = cacheTime;
		this.clock = clock;
		this.probe = this.transport.flatMap(HandingerHealthIndicator::probe)
			.doOnNext((health) -> this.probedAt = clock.instant())
			.cacheInvalidateIf((health) -> !isFresh(this.probedAt));
	}

	@Override
	public Mono<Health> health() {
		return this.transport.flatMap(this::check)
			.onErrorResume(RuntimeException.class,
					(ex) -> Mono.just(Health.unknown().withDetail("error", message(ex)).build()))
			.map((health) -> with(health, "webhooks", this.webhooks.get()))
			.zipWith(this.runs, (health, runs) -> with(health, "runs", runs));
	}

	private Mono<Health> check(HandingerTransport transport) {
		LastResponse last = transport.lastResponse();
		boolean isKnown = last != null && isFresh(last.at()) && last.at().isAfter(this.probedAt);
		return isKnown ? Mono.just(health(transport, null)) : this.probe;
	}

	private boolean isFresh(Instant at) {
		return at.plus(this.cacheTime).isAfter(this.clock.instant());
	}

	private static Mono<Health> probe(HandingerTransport transport) {
		return transport.poll(ApiCall.get(Map.class, "/api/tasks/{taskId}", "tsk_00000000000000000000000000"))
			.timeout(TIMEOUT)
			.then()
			.materialize()
			.map((end) -> health(transport, end.getThrowable()));
	}

	private static Health health(HandingerTransport transport, @Nullable Throwable failure) {
		LastResponse last = transport.lastResponse();
		boolean isAnswered = last != null && (failure == null || failure instanceof HandingerApiException);
		boolean isUp = isAnswered && isUp(last.status());
		Health.Builder health = (isUp ? Health.up() : Health.down()).withDetail("host",
				String.valueOf(URI.create(transport.baseUrl()).getHost()));
		if (last != null) {
			health.withDetail("latency", last.latency().toMillis()).withDetail("lastAnswer", last.at().toString());
		}
		if (isAnswered && last.retryAfter() != null) {
			health.withDetail("retryAfter", last.retryAfter().toSeconds());
		}
		if (!isUp) {
			health.withDetail("error", (failure != null) ? message(failure)
					: "The last response of Handinger has the status " + last.status());
		}
		if (isAnswered && last.status() == 401) {
			health.withDetail("error", "Handinger rejects the API key: check handinger.api-key");
		}
		return health.build();
	}

	/**
	 * A server that redirects or fails is not the API, or not available.
	 */
	private static boolean isUp(int status) {
		return (status >= 200 && status < 300) || (status >= 400 && status < 500 && status != 401 && status != 408);
	}

	private static String message(Throwable failure) {
		if (failure instanceof TimeoutException) {
			return "No response within " + TIMEOUT.toSeconds() + " s";
		}
		Throwable cause = (failure instanceof HandingerException) ? failure
				: NestedExceptionUtils.getMostSpecificCause(failure);
		return Redaction.of(String.valueOf(cause.getMessage()));
	}

	private static Health with(Health health, String name, Map<String, ?> details) {
		return details.isEmpty() ? health
				: new Health.Builder(health.getStatus(), health.getDetails()).withDetail(name, details).build();
	}

}
