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

import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

/**
 * What the webhook consists of, beside the filter before it.
 */
final class WebhookParts {

	private static final Log logger = LogFactory.getLog(WebhookParts.class);

	private final WebhookController controller;

	private final Deliveries deliveries;

	private final WebhookRegistration registration;

	private final WebhookReconciliation reconciliation;

	private final ListenerChecks checks;

	WebhookParts(WebhookController controller, Deliveries deliveries, WebhookRegistration registration,
			WebhookReconciliation reconciliation, ListenerChecks checks) {
		this.controller = controller;
		this.deliveries = deliveries;
		this.registration = registration;
		this.reconciliation = reconciliation;
		this.checks = checks;
	}

	WebhookController controller() {
		return this.controller;
	}

	Map<String, String> registrations() {
		return this.registration.states();
	}

	void start() {
		this.checks.check();
		if (this.registration.isEnabled() && !this.deliveries.areLasting()) {
			logger
				.warn("What was delivered is remembered in memory alone, so finished tasks are heard of again after a "
						+ "restart, and by each instance: with more than one, add a ConcurrentMetadataStore that they share, "
						+ "such as Spring Integration's JdbcMetadataStore");
		}
		this.deliveries.start();
		this.registration.start();
	}

	/**
	 * Look for what was missed.
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
