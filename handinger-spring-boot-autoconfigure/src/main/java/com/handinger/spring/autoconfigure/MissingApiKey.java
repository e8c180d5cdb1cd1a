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

package com.handinger.spring.autoconfigure;

import com.handinger.spring.transport.MisconfigurationException;
import com.handinger.spring.webhook.WebhookSettings;
import org.jspecify.annotations.Nullable;

/**
 * Creates the exceptions for a missing API key.
 */
final class MissingApiKey {

	private static final String KEY = "an API key of your organization (hdg_live_…), which you get in the dashboard at "
			+ "https://handinger.com";

	private MissingApiKey() {
	}

	/**
	 * Create the exception for the connection details in force.
	 * @param details the connection details
	 * @param name the name of the connection details
	 * @param webhook the settings of the webhook, which may need the key, or {@code null}
	 * if there is none
	 */
	static MisconfigurationException of(HandingerConnectionDetails details, String name,
			@Nullable WebhookSettings webhook) {
		String webhookNeed = (webhook != null) ? need(webhook, details) : null;
		String start = (webhookNeed != null) ? webhookNeed + ", and there is" : "There is";
		String need = ((webhookNeed != null) ? webhookNeed : "A client of Handinger is needed")
				+ ", and there is no API key: ";
		String instead = (webhookNeed != null)
				? " If no webhook is wanted, set handinger.webhook.enabled=false instead." : "";
		if (details instanceof PropertiesHandingerConnectionDetails) {
			return create(start, "handinger.api-key is not set", need + "handinger.api-key is not set.",
					"Set the property handinger.api-key, or the environment variable HANDINGER_API_KEY, to " + KEY
							+ ", or define a bean of type HandingerConnectionDetails that has one." + instead);
		}
		return create(start, "getApiKey() of " + name + " returns none",
				need + "the connection details in force are " + name
						+ ", and their getApiKey() returns none. They replace handinger.api-key.",
				"Make " + name + " return " + KEY + ", or remove that bean of type HandingerConnectionDetails "
						+ "and set handinger.api-key." + instead);
	}

	/**
	 * Return why the webhook needs an API key, or {@code null} if it does not.
	 */
	private static @Nullable String need(WebhookSettings webhook, HandingerConnectionDetails details) {
		if (webhook.enabled() && webhook.registration().url() != null) {
			return "handinger.webhook.registration.url is set, so the webhook is registered with Handinger";
		}
		if (webhook.reconciliation().isEnabled()) {
			return "handinger.webhook.reconciliation.enabled is true, so Handinger's list of executions is read";
		}
		if (!webhook.enabled() || details.getWebhookTokens().isEmpty()) {
			return null;
		}
		return ((details instanceof PropertiesHandingerConnectionDetails) ? "handinger.webhook.tokens is set"
				: "The connection details have tokens of the webhook")
				+ ", so there is a webhook, and delivered tasks are retrieved";
	}

	/**
	 * Create the exception for connection details of a further account.
	 * @param name the name of the connection details
	 */
	static MisconfigurationException ofFurtherAccount(String name) {
		String reason = "getApiKey() of " + name + " returns none";
		return create("There is", reason,
				"A client of a further account of Handinger is created, and its connection details have no API key: "
						+ reason + ".",
				"Give HandingerClients.create connection details with the API key of that account (hdg_live_…). "
						+ "It differs from handinger.api-key, which is the key of the first account.");
	}

	private static MisconfigurationException create(String start, String reason, String description, String action) {
		return new MisconfigurationException(start + " no API key for Handinger: " + reason, description, action, null);
	}

}
