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

package com.handinger.spring.webhook;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import com.handinger.spring.transport.Backoff;
import com.handinger.spring.transport.BaseUrl;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.worker.HandingerWorkersClient;
import com.handinger.spring.worker.Webhook;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Registers the webhook of each worker, and accepts its token. A failure never keeps the
 * application from starting: it is retried.
 */
final class WebhookRegistration {

	private static final Log logger = LogFactory.getLog(WebhookRegistration.class);

	private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

	/**
	 * A flood of wrong tokens must not cause a flood of requests.
	 */
	private static final Duration REFRESH_INTERVAL = Duration.ofMinutes(1);

	private static final String REGISTERED = "registered";

	private final WebhookSettings.Registration settings;

	private final String url;

	private final HandingerWorkersClient workers;

	private final WebhookTokens tokens;

	private final Map<String, String> states = new ConcurrentHashMap<>();

	private final AtomicLong nextRefresh = new AtomicLong(System.nanoTime());

	private final AtomicBoolean started = new AtomicBoolean();

	private final Disposable.Swap registering = Disposables.swap();

	private final Disposable.Swap refreshing = Disposables.swap();

	/**
	 * Create a new registration, which has to be started.
	 * @param settings the settings
	 * @param workers reads and sets the webhooks
	 * @param tokens the accepted tokens
	 */
	WebhookRegistration(WebhookSettings.Registration settings, HandingerWorkersClient workers, WebhookTokens tokens) {
		this.settings = settings;
		this.url = String.valueOf(settings.url());
		this.workers = workers;
		this.tokens = tokens;
	}

	/**
	 * Register all workers, with retries, unless that has begun.
	 * @return whether it begins now
	 */
	boolean start() {
		boolean begins = this.settings.url() != null && this.started.compareAndSet(false, true);
		if (begins) {
			this.registering.update(Flux.fromIterable(this.settings.workerIds())
				.flatMap(this::registerWithRetries)
				.contextWrite(HandingerTransport::expectLateFailures)
				.subscribe(null, (failure) -> logger
					.warn("No webhook is registered, and this is not tried again: " + failure.getMessage())));
		}
		return begins;
	}

	void stop() {
		this.started.set(false);
		this.registering.update(Disposables.disposed());
		this.refreshing.update(Disposables.disposed());
	}

	/**
	 * Read the tokens again, at most once a minute: one may have been regenerated. Does
	 * nothing before the registration has started.
	 */
	void onUnknownToken() {
		long due = this.nextRefresh.get();
		long now = System.nanoTime();
		if (this.started.get() && now - due >= 0
				&& this.nextRefresh.compareAndSet(due, now + REFRESH_INTERVAL.toNanos())) {
			this.refreshing.update(Flux.fromIterable(this.settings.workerIds())
				.flatMap((workerId) -> webhook(workerId).filter((webhook) -> this.url.equals(webhook.url()))
					.doOnNext((webhook) -> accept(workerId, webhook))
					.onErrorComplete())
				.subscribe());
		}
	}

	/**
	 * Return the workers, each with {@code registered} or the reason why it is not.
	 */
	Map<String, String> states() {
		Map<String, String> states = new LinkedHashMap<>();
		this.settings.workerIds()
			.forEach((workerId) -> states.put(workerId, this.states.getOrDefault(workerId, "not registered yet")));
		return states;
	}

	private Mono<Webhook> registerWithRetries(String workerId) {
		return webhook(workerId).flatMap((webhook) -> set(workerId, webhook))
			.doOnNext((webhook) -> accept(workerId, webhook))
			.doOnError((failure) -> note(workerId, failure))
			.retryWhen(Retry.from((failures) -> failures.concatMap((failed) -> Mono.delay(wait(failed)))));
	}

	/**
	 * A mocked client ends the loop, because it would fail for ever.
	 */
	private static Duration wait(Retry.RetrySignal failed) {
		Throwable failure = failed.failure();
		if (failure instanceof MockedClientException mocked) {
			throw mocked;
		}
		long doubled = (failure instanceof ForeignWebhookException) ? LONGEST_WAIT.toSeconds()
				: 1L << Math.min(failed.totalRetries(), 10);
		Duration wait = Duration.ofSeconds(Math.min(doubled, LONGEST_WAIT.toSeconds()));
		Duration retryAfter = Backoff.retryAfter(failure);
		return (retryAfter != null && retryAfter.compareTo(wait) > 0) ? retryAfter : wait;
	}

	private Mono<Webhook> webhook(String workerId) {
		return MockedClientException.one("HandingerWorkersClient.webhook", () -> this.workers.webhook(workerId));
	}

	private Mono<Webhook> set(String workerId, Webhook present) {
		boolean isOurs = this.url.equals(present.url());
		if (isOurs && present.token() != null) {
			return Mono.just(present);
		}
		if (!isOurs && present.url() != null && !this.settings.overwrite()) {
			return Mono.error(new ForeignWebhookException("Handinger delivers the tasks of worker " + workerId + " to "
					+ BaseUrl.printable(present.url()) + " and not to " + BaseUrl.printable(this.url)
					+ ". Remove that webhook, or set handinger.webhook.registration.overwrite=true to replace it"));
		}
		return MockedClientException.one("HandingerWorkersClient.updateWebhook",
				() -> this.workers.updateWebhook(workerId, this.url));
	}

	private void accept(String workerId, Webhook webhook) {
		if (webhook.token() != null) {
			this.tokens.register(workerId, webhook.token());
		}
		if (!REGISTERED.equals(this.states.put(workerId, REGISTERED))) {
			logger.info("Handinger delivers the finished tasks of worker " + workerId + " to "
					+ BaseUrl.printable(this.url));
		}
	}

	/**
	 * The same failure is logged once.
	 */
	private void note(String workerId, Throwable failure) {
		String message = String.valueOf(failure.getMessage());
		if (message.equals(this.states.put(workerId, message)) || failure instanceof MockedClientException) {
			return;
		}
		String text = "The webhook of worker " + workerId + " is not registered. Registration is retried: " + message;
		if (failure instanceof ForeignWebhookException) {
			logger.error(text);
		}
		else {
			logger.warn(text);
		}
	}

	/**
	 * The worker has a webhook with another URL.
	 */
	private static final class ForeignWebhookException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		ForeignWebhookException(String message) {
			super(message);
		}

	}

}
