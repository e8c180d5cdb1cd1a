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
	 * Create the exception for {@code handinger.api-key} being unset.
	 * @param webhookNeed why the webhook needs the key, or {@code null} if only a client
	 * needs it
	 */
	static MisconfigurationException ofProperty(@Nullable String webhookNeed) {
		return create("set handinger.api-key", webhookNeed, "handinger.api-key is not set.",
				"Set the property handinger.api-key, or the environment variable HANDINGER_API_KEY, to " + KEY
						+ ", or define a bean of type HandingerConnectionDetails that has one.");
	}

	/**
	 * Create the exception for connection details without a key.
	 * @param connectionDetails the name of the connection details
	 * @param webhookNeed why the webhook needs the key, or {@code null} if only a client
	 * needs it
	 */
	static MisconfigurationException of(String connectionDetails, @Nullable String webhookNeed) {
		return create("getApiKey() of " + connectionDetails + " returns none", webhookNeed,
				"the connection details in force are " + connectionDetails
						+ ", and their getApiKey() returns none. They replace handinger.api-key.",
				"Make " + connectionDetails + " return " + KEY
						+ ", or remove that bean of type HandingerConnectionDetails and set handinger.api-key.");
	}

	/**
	 * Create the exception for connection details of a further account without a key.
	 * @param connectionDetails the name of the connection details
	 */
	static MisconfigurationException ofFurtherAccount(String connectionDetails) {
		String reason = "getApiKey() of " + connectionDetails + " returns none";
		return new MisconfigurationException("There is no API key for Handinger: " + reason,
				"A client of a further account of Handinger is created, and its connection details have no API key: "
						+ reason + ".",
				"Give HandingerClients.create connection details with the API key of that account (hdg_live_…). "
						+ "It differs from handinger.api-key, which is the key of the first account.",
				null);
	}

	private static MisconfigurationException create(String reason, @Nullable String webhookNeed, String description,
			String action) {
		return (webhookNeed != null)
				? new MisconfigurationException(webhookNeed + ", and there is no API key for Handinger: " + reason,
						webhookNeed + ", and there is no API key: " + description,
						action + " If no webhook is wanted, set handinger.webhook.enabled=false instead.", null)
				: new MisconfigurationException("There is no API key for Handinger: " + reason,
						"A client of Handinger is needed, and there is no API key: " + description, action, null);
	}

}
