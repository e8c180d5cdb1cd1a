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
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import com.handinger.spring.http.ApiAnswer;
import com.handinger.spring.http.ApiCall;
import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.HandingerTransport;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;

/**
 * Tells whether Handinger answers, and takes the API key. It costs nothing: whatever
 * Handinger has answered a moment ago counts, and otherwise a task is asked for that does
 * not exist, once however many ask.
 */
public final class HandingerHealthIndicator implements ReactiveHealthIndicator {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static final ApiCall<Map<?, ?>> CALL = call();

	/**
	 * Made when it is first needed, which is not for an event loop.
	 */
	private final Mono<HandingerTransport> transport;

	private final Supplier<Map<String, String>> webhooks;

	private final Duration cacheTime;

	private final Clock clock;

	private final AtomicReference<@Nullable Mono<Checked>> checking = new AtomicReference<>();

	private volatile @Nullable Checked last;

	/**
	 * Create a new indicator.
	 * @param transport gives what sends the calls, which may fail without an API key
	 * @param webhooks gives what has become of the registration of each worker's webhook
	 * @param cacheTime how long an answer counts
	 * @param clock tells the time
	 */
	public HandingerHealthIndicator(Supplier<HandingerTransport> transport, Supplier<Map<String, String>> webhooks,
			Duration cacheTime, Clock clock) {
		this.transport = Mono.fromSupplier(transport)
			.subscribeOn(Schedulers.boundedElastic())
			.cacheInvalidateIf((made) -> false);
		this.webhooks = webhooks;
		this.cacheTime = cacheTime;
		this.clock = clock;
	}

	@SuppressWarnings("unchecked")
	private static ApiCall<Map<?, ?>> call() {
		return (ApiCall<Map<?, ?>>) (ApiCall<?>) ApiCall.get(Map.class, "/api/tasks/{taskId}",
				"tsk_00000000000000000000000000");
	}

	@Override
	public Mono<Health> health() {
		return this.transport.flatMap(this::check)
			.onErrorResume(RuntimeException.class, (ex) -> Mono.just(new Checked(now(), unknown(ex))))
			.map((checked) -> withWebhooks(checked.health()));
	}

	/**
	 * Without a key, say, nothing can be told.
	 */
	private static Health unknown(RuntimeException ex) {
		return Health.unknown().withDetail("error", String.valueOf(ex.getMessage())).build();
	}

	private Mono<Checked> check(HandingerTransport transport) {
		ApiAnswer answer = transport.lastAnswer();
		Checked last = this.last;
		if (answer != null && isFresh(answer.at()) && (last == null || last.at().isBefore(answer.at()))) {
			return Mono.just(new Checked(answer.at(), health(transport, answer, null)));
		}
		if (last != null && isFresh(last.at())) {
			return Mono.just(last);
		}
		Mono<Checked> mine = ask(transport).doOnNext((checked) -> this.last = checked)
			.doFinally((signal) -> this.checking.set(null))
			.cache();
		Mono<Checked> others = this.checking.compareAndExchange(null, mine);
		return (others != null) ? others : mine;
	}

	private boolean isFresh(Instant at) {
		return at.plus(this.cacheTime).isAfter(now());
	}

	private Instant now() {
		return this.clock.instant();
	}

	private Mono<Checked> ask(HandingerTransport transport) {
		return transport.lookUp(CALL)
			.timeout(PATIENCE)
			.then(Mono.fromSupplier(() -> checked(transport, null)))
			.onErrorResume((failure) -> Mono.fromSupplier(() -> checked(transport, failure)));
	}

	private Checked checked(HandingerTransport transport, @Nullable Throwable failure) {
		ApiAnswer answer = transport.lastAnswer();
		boolean isAnswered = answer != null && isFresh(answer.at())
				&& (failure == null || failure instanceof HandingerApiException);
		return new Checked(now(), isAnswered ? health(transport, answer, failure) : down(transport, failure));
	}

	private static Health down(HandingerTransport transport, @Nullable Throwable failure) {
		return Health.down()
			.withDetail("host", host(transport))
			.withDetail("error",
					(failure instanceof HandingerException) ? String.valueOf(failure.getMessage())
							: "There was no answer within " + PATIENCE.toSeconds() + " s")
			.build();
	}

	private static Health health(HandingerTransport transport, ApiAnswer answer, @Nullable Throwable failure) {
		int status = answer.status();
		boolean isUp = status < 500 && status != 401 && status != 408;
		Health.Builder health = isUp ? Health.up() : Health.down();
		health.withDetail("host", host(transport))
			.withDetail("latency", answer.latency().toMillis())
			.withDetail("lastAnswer", answer.at().toString());
		if (answer.retryAfter() != null) {
			health.withDetail("retryAfter", answer.retryAfter().toSeconds());
		}
		if (status == 401) {
			health.withDetail("error", "Handinger does not take the API key: check handinger.api-key");
		}
		else if (!isUp) {
			health.withDetail("error", (failure instanceof HandingerException) ? String.valueOf(failure.getMessage())
					: "Handinger has answered with " + status);
		}
		return health.build();
	}

	private static String host(HandingerTransport transport) {
		return String.valueOf(URI.create(transport.baseUrl()).getHost());
	}

	private Health withWebhooks(Health health) {
		Map<String, String> webhooks = this.webhooks.get();
		return webhooks.isEmpty() ? health
				: Health.status(health.getStatus())
					.withDetails(health.getDetails())
					.withDetail("webhooks", webhooks)
					.build();
	}

	/**
	 * What was found out.
	 *
	 * @param at when
	 * @param health what
	 */
	private record Checked(Instant at, Health health) {
	}

}
