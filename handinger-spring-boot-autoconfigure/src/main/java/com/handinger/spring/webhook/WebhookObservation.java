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

import java.util.Locale;
import java.util.Map;

import com.handinger.spring.transport.PluggedInCode;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.ReceiverContext;

/**
 * Observes a delivery as {@code handinger.webhook.delivery}.
 */
final class WebhookObservation {

	private final Observation observation;

	private WebhookObservation(Observation observation) {
		this.observation = observation;
	}

	/**
	 * Start to observe a delivery, whose token was right.
	 * @param trace the headers that continue a trace
	 * @param code calls the handlers of the application
	 */
	static WebhookObservation start(ObservationRegistry registry, Map<String, String> trace, PluggedInCode code) {
		return new WebhookObservation(code
			.observe(registry,
					() -> Observation.createNotStarted("handinger.webhook.delivery", () -> context(trace), registry)
						.contextualName("handinger webhook delivery"))
			.start());
	}

	private static ReceiverContext<Map<String, String>> context(Map<String, String> trace) {
		ReceiverContext<Map<String, String>> context = new ReceiverContext<>(
				(headers, name) -> headers.get(name.toLowerCase(Locale.ROOT)));
		context.setCarrier(trace);
		return context;
	}

	Observation observation() {
		return this.observation;
	}

	void taskId(String taskId) {
		this.observation.highCardinalityKeyValue(KeyValue.of("task.id", taskId));
	}

	void stop(String outcome) {
		this.observation.lowCardinalityKeyValue("outcome", outcome);
		this.observation.stop();
	}

}
