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
import java.util.function.Supplier;

import com.handinger.spring.transport.BaseUrl;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the webhook that are in force. For internal use only.
 *
 * @param enabled whether there may be an endpoint; without one, missed deliveries can
 * still be recovered
 * @param path the path of the webhook, below that of the application
 * @param tokens returns the configured tokens, and is asked for each request
 * @param maxBodySize the size of the largest body that is read, in bytes
 * @param timeout the time within which a delivery is answered
 * @param filterOrder the order of the webhook among the filters of the application
 * @param registration the registration of the webhook
 * @param reconciliation the recovery of missed deliveries
 */
public record WebhookSettings(boolean enabled, String path, Supplier<List<String>> tokens, int maxBodySize,
		Duration timeout, int filterOrder, Registration registration, Reconciliation reconciliation) {

	/**
	 * Return the registration, which has no URL without an endpoint.
	 */
	Registration toRegister() {
		return this.enabled ? this.registration : Registration.NONE;
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
		return "WebhookSettings[enabled=" + this.enabled + ", path=" + this.path + ", maxBodySize=" + this.maxBodySize
				+ ", timeout=" + this.timeout + ", filterOrder=" + this.filterOrder + ", registration="
				+ this.registration + ", reconciliation=" + this.reconciliation + "]";
	}

	/**
	 * The registration of the webhook.
	 *
	 * @param url the public URL of the webhook, or {@code null} to register nothing
	 * @param workerIds the workers whose tasks are delivered
	 * @param overwrite whether another URL may be replaced
	 */
	public record Registration(@Nullable String url, List<String> workerIds, boolean overwrite) {

		private static final Registration NONE = new Registration(null, List.of(), false);

		@Override
		public String toString() {
			return "Registration[url=" + ((this.url != null) ? BaseUrl.printable(this.url) : null) + ", workerIds="
					+ this.workerIds + ", overwrite=" + this.overwrite + "]";
		}

	}

	/**
	 * The recovery of missed deliveries.
	 *
	 * @param enabled whether they are recovered
	 * @param interval the time between two passes
	 * @param maxAge the age beyond which they are abandoned
	 */
	public record Reconciliation(boolean enabled, Duration interval, Duration maxAge) {
	}

}
