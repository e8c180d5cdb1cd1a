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

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What the webhook consists of, beside the filter before it.
 */
final class WebhookRuntime {

	private static final Log logger = LogFactory.getLog(WebhookRuntime.class);

	private final WebhookController controller;

	private final Deliveries deliveries;

	private final WebhookRegistration registration;

	private final WebhookReconciliation reconciliation;

	private final TaskFinishedListeners listeners;

	private final AtomicBoolean isWarnedOfMemory = new AtomicBoolean();

	private final AtomicBoolean isRegistering = new AtomicBoolean();

	private final AtomicBoolean isReconciling = new AtomicBoolean();

	WebhookRuntime(WebhookController controller, Deliveries deliveries, WebhookRegistration registration,
			WebhookReconciliation reconciliation, TaskFinishedListeners listeners) {
		this.controller = controller;
		this.deliveries = deliveries;
		this.registration = registration;
		this.reconciliation = reconciliation;
		this.listeners = listeners;
	}

	WebhookController controller() {
		return this.controller;
	}

	/**
	 * Return the state of the webhook of each worker, with the delivery that was rejected
	 * last, if any.
	 */
	Map<String, String> registrations() {
		Map<String, String> states = new LinkedHashMap<>(this.registration.states());
		this.reconciliation.rejections()
			.forEach((workerId, rejection) -> states.merge(workerId, rejection,
					(state, rejected) -> state + ", but " + rejected));
		return states;
	}

	void start() {
		if (this.deliveries.areTransactional()) {
			this.listeners.requireSynchronous();
		}
		this.deliveries.start();
	}

	/**
	 * Tell Handinger where to deliver, unless that has begun.
	 */
	void register() {
		if (this.isRegistering.compareAndSet(false, true)) {
			warnOfMemory();
			this.registration.start();
		}
	}

	private void warnOfMemory() {
		if (this.registration.isEnabled() && !this.deliveries.isDurable()
				&& this.isWarnedOfMemory.compareAndSet(false, true)) {
			logger.warn("Webhook deduplication is in memory only: after a restart, or on another instance, listeners "
					+ "may receive the same finished task again. To keep it, add a ConcurrentMetadataStore that all "
					+ "instances share, such as Spring Integration's JdbcMetadataStore");
		}
	}

	/**
	 * Recover missed deliveries, unless that has begun.
	 */
	void reconcile() {
		if (this.isReconciling.compareAndSet(false, true)) {
			this.reconciliation.start();
		}
	}

	void stop(Runnable onStopped) {
		this.isRegistering.set(false);
		this.isReconciling.set(false);
		this.registration.stop();
		this.reconciliation.stop();
		this.deliveries.stop(onStopped);
	}

}
