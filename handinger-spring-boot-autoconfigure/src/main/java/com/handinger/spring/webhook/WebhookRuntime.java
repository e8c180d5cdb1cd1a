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

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskWaiters;
import com.handinger.spring.worker.HandingerWorkersClient;
import io.micrometer.observation.ObservationRegistry;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

import org.springframework.context.event.EventListenerFactory;

/**
 * The webhook without the filter before it: created only if it is used. For internal use
 * only.
 */
public final class WebhookRuntime {

	private static final Log logger = LogFactory.getLog(WebhookRuntime.class);

	private final WebhookController controller;

	private final Claims claims;

	private final Deliveries deliveries;

	private final WebhookRegistration registration;

	private final WebhookReconciliation reconciliation;

	private final ListenerCalls calls;

	private final AtomicBoolean warnedOfMemory = new AtomicBoolean();

	/**
	 * Create a new runtime, which has to be started.
	 * @param lifecycle starts and stops the runtime
	 * @param tasks reads the delivered tasks
	 * @param waiters receive the delivered tasks
	 * @param workers reads and sets the webhooks of workers
	 * @param claims remembers the handled turns
	 * @param calls calls the listeners
	 * @param scheduler runs the listeners
	 * @param observations the registry of observations
	 * @param meters the meters, or {@code null} if nothing is counted
	 */
	public WebhookRuntime(WebhookLifecycle lifecycle, HandingerTasksClient tasks, TaskWaiters waiters,
			HandingerWorkersClient workers, Claims claims, ListenerCalls calls, Scheduler scheduler,
			ObservationRegistry observations, @Nullable WebhookMeters meters) {
		Clock clock = Clock.systemUTC();
		WebhookSettings settings = lifecycle.settings();
		this.claims = claims;
		this.calls = calls;
		this.deliveries = new Deliveries(tasks::retrieve, waiters::publish, settings.timeout(), clock);
		this.registration = new WebhookRegistration(settings.toRegister(), workers, lifecycle.tokens());
		this.controller = new WebhookController(settings, lifecycle.tokens(), this.registration::onUnknownToken,
				this.deliveries, calls, new WebhookMetrics(observations, meters), clock);
		this.reconciliation = new WebhookReconciliation(settings, workers, this.controller::recover, claims, scheduler,
				clock);
		if (meters != null) {
			this.reconciliation.register(meters);
		}
	}

	/**
	 * Return a factory of listeners that wait for the future or publisher that their
	 * method returns.
	 * @return the factory
	 */
	public static EventListenerFactory awaitedListeners() {
		return new AwaitedListenerFactory();
	}

	WebhookController controller() {
		return this.controller;
	}

	/**
	 * Return the state of the webhook of each worker, with the delivery that was rejected
	 * last, if any.
	 */
	Map<String, String> states() {
		Map<String, String> states = new LinkedHashMap<>(this.registration.states());
		this.reconciliation.rejections()
			.forEach((workerId, rejection) -> states.merge(workerId, rejection,
					(state, rejected) -> state + ", but " + rejected));
		return states;
	}

	void start() {
		this.calls.requireSynchronous();
		this.deliveries.start();
	}

	/**
	 * Start the registration, unless it is started.
	 */
	void register() {
		if (this.registration.start() && !this.claims.isDurable() && this.warnedOfMemory.compareAndSet(false, true)) {
			logger.warn("Webhook deduplication is in memory only: after a restart, or on another instance, listeners "
					+ "may receive the same finished task again. To keep it, add a ConcurrentMetadataStore that all "
					+ "instances share, such as Spring Integration's JdbcMetadataStore");
		}
	}

	/**
	 * Start to recover missed deliveries, unless that is started.
	 */
	void reconcile() {
		this.reconciliation.start();
	}

	void stop(Runnable onStopped) {
		this.registration.stop();
		this.reconciliation.stop();
		this.deliveries.stop(onStopped);
	}

}
