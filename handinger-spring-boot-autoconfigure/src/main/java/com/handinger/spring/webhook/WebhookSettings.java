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
import java.util.List;

import com.handinger.spring.transport.BaseUrl;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Settings for the webhook, to which Handinger delivers finished tasks. They are bound to
 * {@code handinger.webhook}, and validated there. For internal use only.
 *
 * @param enabled Whether to enable the webhook. It stays disabled without a token.
 * @param path Path of the webhook, relative to the path of the application.
 * @param tokens Tokens that authenticate deliveries, as shown by Handinger. Several
 * tokens may be valid at once, to allow for rotation. By default, only the tokens of
 * registered webhooks are accepted.
 * @param maxBodySize Maximum size of a delivery. A plain number is in bytes.
 * @param timeout Time within which a delivery is acknowledged. Listeners that are already
 * running continue. A plain number is in milliseconds.
 * @param filterOrder Order of the webhook among the filters of the application. By
 * default, it comes before Spring Security.
 * @param registration Settings for registering the webhook with Handinger.
 * @param reconciliation Settings for recovering missed deliveries.
 */
public record WebhookSettings(@DefaultValue("true") boolean enabled, @DefaultValue("/handinger/webhook") String path,
		@Nullable List<String> tokens, @DefaultValue("1MB") DataSize maxBodySize, @DefaultValue("10s") Duration timeout,
		@DefaultValue("-2147483548") int filterOrder, @DefaultValue Registration registration,
		@DefaultValue Reconciliation reconciliation) {

	public WebhookSettings {
		tokens = (tokens != null) ? List.copyOf(tokens) : null;
	}

	/**
	 * Return the settings in force. Without a web server, only reconciliation can be
	 * enabled, and the URL identifies the deliveries of the application. The webhook is
	 * not enabled by a condition on beans, which would be evaluated ahead of time.
	 * @param webServer whether the application has a web server
	 * @return the settings in force
	 */
	public WebhookSettings inForce(boolean webServer) {
		String url = this.enabled ? this.registration.url() : null;
		boolean reconciles = (this.reconciliation.enabled() != null) ? this.reconciliation.isEnabled()
				: webServer && url != null;
		return new WebhookSettings(this.enabled && webServer, this.path, this.tokens, this.maxBodySize, this.timeout,
				this.filterOrder, new Registration(url, this.registration.workerIds(), this.registration.overwrite()),
				new Reconciliation(this.enabled && reconciles, this.reconciliation.interval(),
						this.reconciliation.maxAge()));
	}

	/**
	 * Return the registration, which has no URL without an endpoint.
	 */
	Registration toRegister() {
		return this.enabled ? this.registration : new Registration(null, List.of(), false);
	}

	/**
	 * Return the time after which the owner of a claim counts as dead.
	 * @return the time
	 */
	public Duration lease() {
		return this.timeout.multipliedBy(2);
	}

	@Override
	public String toString() {
		return "WebhookSettings[enabled=" + this.enabled + ", path=" + this.path + "]";
	}

	/**
	 * Settings for registering the webhook with Handinger.
	 *
	 * @param url Public URL of the webhook. Must be https, unless it names this machine.
	 * If set, the webhook of each worker is registered once the web server is listening.
	 * Unset by default.
	 * @param workerIds IDs of the workers whose finished tasks are delivered. Empty by
	 * default. At least one is required if the URL is set.
	 * @param overwrite Whether to replace a different webhook URL of a worker.
	 */
	public record Registration(@Nullable String url, @DefaultValue List<String> workerIds,
			@DefaultValue("false") boolean overwrite) {

		public Registration {
			url = (url != null && !url.isBlank()) ? url : null;
			workerIds = List.copyOf(workerIds);
		}

		@Override
		public String toString() {
			return "Registration[url=" + ((this.url != null) ? BaseUrl.printable(this.url) : null) + ", workerIds="
					+ this.workerIds + ", overwrite=" + this.overwrite + "]";
		}

	}

	/**
	 * Settings for recovering missed deliveries.
	 *
	 * @param enabled Whether to recover failed deliveries from Handinger's list of
	 * webhook executions. By default, they are recovered if the webhook is registered.
	 * @param interval Time between two reconciliations. A plain number is in
	 * milliseconds.
	 * @param maxAge Age beyond which a missed delivery is abandoned. A plain number is in
	 * milliseconds.
	 */
	public record Reconciliation(@Nullable Boolean enabled, @DefaultValue("1m") Duration interval,
			@DefaultValue("24h") Duration maxAge) {

		/**
		 * Return whether reconciliation is enabled explicitly, or in force.
		 * @return whether it is
		 */
		public boolean isEnabled() {
			return Boolean.TRUE.equals(this.enabled);
		}

	}

}
