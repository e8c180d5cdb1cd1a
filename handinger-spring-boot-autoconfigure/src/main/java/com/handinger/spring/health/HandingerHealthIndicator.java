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
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import com.handinger.spring.transport.LastResponse;
import com.handinger.spring.transport.ApiCall;
import com.handinger.spring.transport.BlockingCall;
import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.Redaction;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.core.NestedExceptionUtils;

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
		this.transport = BlockingCall.<HandingerTransport>of(transport).cacheInvalidateIf((made) -> false);
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
		return Health.unknown().withDetail("error", sentence(ex)).build();
	}

	private Mono<Checked> check(HandingerTransport transport) {
		Checked known = known(transport);
		if (known != null) {
			return Mono.just(known);
		}
		// By now another probe may have found out, and be done.
		Mono<Checked> mine = Mono.defer(() -> Mono.justOrEmpty(known(transport)))
			.switchIfEmpty(Mono.defer(() -> ask(transport)).doOnNext((checked) -> this.last = checked))
			.doFinally((signal) -> this.checking.set(null))
			.cache();
		Mono<Checked> others = this.checking.compareAndExchange(null, mine);
		return (others != null) ? others : mine;
	}

	private @Nullable Checked known(HandingerTransport transport) {
		LastResponse answer = transport.lastAnswer();
		Checked last = this.last;
		if (answer != null && isFresh(answer.at()) && (last == null || last.at().isBefore(answer.at()))) {
			return new Checked(answer.at(), health(transport, answer, null));
		}
		return (last != null && isFresh(last.at())) ? last : null;
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
		LastResponse answer = transport.lastAnswer();
		boolean isAnswered = answer != null && (failure == null || failure instanceof HandingerApiException);
		return new Checked(now(), isAnswered ? health(transport, answer, failure) : down(transport, failure));
	}

	private static Health down(HandingerTransport transport, @Nullable Throwable failure) {
		Health.Builder health = Health.down().withDetail("host", host(transport));
		LastResponse answer = transport.lastAnswer();
		if (answer != null) {
			addAnswer(health, answer);
		}
		return health.withDetail("error", sentence(failure)).build();
	}

	private static Health health(HandingerTransport transport, LastResponse answer, @Nullable Throwable failure) {
		int status = answer.status();
		Health.Builder health = isUp(status) ? Health.up() : Health.down();
		addAnswer(health.withDetail("host", host(transport)), answer);
		if (answer.retryAfter() != null) {
			health.withDetail("retryAfter", answer.retryAfter().toSeconds());
		}
		if (status == 401) {
			health.withDetail("error", "Handinger does not take the API key: check handinger.api-key");
		}
		else if (!isUp(status)) {
			health.withDetail("error", (failure != null) ? sentence(failure) : "Handinger has answered with " + status);
		}
		return health.build();
	}

	/**
	 * What redirects, or fails, is not the API, or can't do its work.
	 */
	private static boolean isUp(int status) {
		return (status >= 200 && status < 300) || (status >= 400 && status < 500 && status != 401 && status != 408);
	}

	private static void addAnswer(Health.Builder health, LastResponse answer) {
		health.withDetail("latency", answer.latency().toMillis()).withDetail("lastAnswer", answer.at().toString());
	}

	private static String sentence(@Nullable Throwable failure) {
		if (failure == null || failure instanceof TimeoutException) {
			return "There was no answer within " + PATIENCE.toSeconds() + " s";
		}
		Throwable cause = (failure instanceof HandingerException) ? failure
				: NestedExceptionUtils.getMostSpecificCause(failure);
		return Redaction.of(String.valueOf(cause.getMessage()));
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
