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

package com.handinger.sample;

import java.util.List;

import com.handinger.spring.autoconfigure.HandingerConnectionDetails;
import com.handinger.spring.autoconfigure.HandingerProperties;
import com.handinger.spring.test.HandingerSimulator;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/**
 * Points to Handinger if there is an API key. Otherwise starts the simulator and points
 * to it.
 */
@Component
final class SampleConnectionDetails implements HandingerConnectionDetails {

	private final String baseUrl;

	private final String apiKey;

	private final List<String> tokens;

	private final boolean simulated;

	private final @Nullable String defaultWorkerId;

	SampleConnectionDetails(HandingerProperties properties, ObjectProvider<HandingerSimulator> simulator) {
		String apiKey = properties.apiKey();
		this.simulated = apiKey == null;
		this.baseUrl = (apiKey != null) ? properties.baseUrl() : simulator.getObject().url();
		this.apiKey = (apiKey != null) ? apiKey : HandingerSimulator.API_KEY;
		this.tokens = properties.webhook().tokens();
		List<String> workerIds = properties.webhook().registration().workerIds();
		if (this.simulated) {
			workerIds.forEach(simulator.getObject()::addWorker);
		}
		this.defaultWorkerId = (this.simulated && !workerIds.isEmpty()) ? workerIds.get(0) : null;
	}

	@Override
	public String getBaseUrl() {
		return this.baseUrl;
	}

	@Override
	public String getApiKey() {
		return this.apiKey;
	}

	@Override
	public List<String> getWebhookTokens() {
		return this.tokens;
	}

	/**
	 * Return the worker for tasks that do not name one, or {@code null} if each of them
	 * gets a new worker.
	 */
	@Nullable String defaultWorkerId() {
		return this.defaultWorkerId;
	}

	/**
	 * Return whether this points to the simulator.
	 */
	boolean isSimulated() {
		return this.simulated;
	}

}
