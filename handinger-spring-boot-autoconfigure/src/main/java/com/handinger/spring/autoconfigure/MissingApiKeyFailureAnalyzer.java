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

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Says what to do when there is no API key.
 */
final class MissingApiKeyFailureAnalyzer extends AbstractFailureAnalyzer<MissingApiKeyException> {

	private static final String KEY = "an API key of your organization (hdg_live_…), which you get in the dashboard at "
			+ "https://handinger.com";

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, MissingApiKeyException cause) {
		return (cause.isOfFurtherAccount() && cause.connectionDetails() != null) ? new FailureAnalysis(
				"A client of a further account of Handinger is created, and its connection details have no API "
						+ "key: getApiKey() of " + cause.connectionDetails() + " gives none.",
				"Give HandingerClients.create connection details with the API key of that account "
						+ "(hdg_live_…). It is not handinger.api-key, which is that of the first account.",
				cause) : analyzeFirstAccount(cause);
	}

	private static FailureAnalysis analyzeFirstAccount(MissingApiKeyException cause) {
		String need = cause.need();
		String what = (need != null) ? need : "A client of Handinger is needed";
		String details = cause.connectionDetails();
		String description = (details == null) ? what + ", and there is no API key: handinger.api-key is not set."
				: what + ", and there is no API key: the connection details in force are " + details
						+ ", and their getApiKey() gives none. They take the place of handinger.api-key.";
		String action = (details == null)
				? "Set the property handinger.api-key, or the environment variable HANDINGER_API_KEY, to " + KEY
						+ ", or define a bean of type HandingerConnectionDetails that has one."
				: "Let " + details + " give " + KEY
						+ ", or remove that bean of type HandingerConnectionDetails and set handinger.api-key.";
		return new FailureAnalysis(
				description, (need != null)
						? action + " If no webhook is wanted, set handinger.webhook.enabled=false instead." : action,
				cause);
	}

}
