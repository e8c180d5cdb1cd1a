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
import java.util.Locale;
import java.util.Map;

import com.handinger.spring.transport.PluggedInCode;
import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.docs.ObservationDocumentation;
import io.micrometer.observation.transport.ReceiverContext;
import org.jspecify.annotations.Nullable;

/**
 * Observes deliveries, and counts requests.
 */
final class WebhookMetrics {

	private final ObservationRegistry observations;

	private final @Nullable WebhookMeters meters;

	private final PluggedInCode code = new PluggedInCode();

	/**
	 * Create new metrics.
	 * @param observations the registry of observations
	 * @param meters the meters, or {@code null} if nothing is counted
	 */
	WebhookMetrics(ObservationRegistry observations, @Nullable WebhookMeters meters) {
		this.observations = observations;
		this.meters = meters;
	}

	/**
	 * Start to observe a delivery.
	 * @param taskId the id of the task
	 * @param trace the headers that continue a trace
	 */
	Observation start(String taskId, Map<String, String> trace) {
		return this.code
			.observe(() -> WebhookObservation.DELIVERY.observation(this.observations, () -> context(trace))
				.highCardinalityKeyValue(WebhookObservation.TASK_ID.withValue(taskId)))
			.start();
	}

	private static ReceiverContext<Map<String, String>> context(Map<String, String> trace) {
		ReceiverContext<Map<String, String>> context = new ReceiverContext<>(
				(headers, name) -> headers.get(name.toLowerCase(Locale.ROOT)));
		context.setCarrier(trace);
		return context;
	}

	void stop(Observation observation, Outcome outcome, Duration duration) {
		count(outcome.tag());
		if (this.meters != null) {
			this.meters.record(outcome.tag(), duration);
		}
		observation.lowCardinalityKeyValue(WebhookObservation.OUTCOME.withValue(outcome.tag()));
		observation.stop();
	}

	void count(String outcome) {
		if (this.meters != null) {
			this.meters.count(outcome);
		}
	}

	/**
	 * The observations of the webhook.
	 */
	enum WebhookObservation implements ObservationDocumentation {

		/**
		 * A delivery with the right token, from its arrival to its answer.
		 */
		DELIVERY;

		static final KeyName OUTCOME = () -> "outcome";

		static final KeyName TASK_ID = () -> "task.id";

		@Override
		public String getName() {
			return "handinger.webhook.delivery";
		}

		@Override
		public String getContextualName() {
			return "handinger webhook delivery";
		}

		@Override
		public KeyName[] getLowCardinalityKeyNames() {
			return new KeyName[] { OUTCOME };
		}

		@Override
		public KeyName[] getHighCardinalityKeyNames() {
			return new KeyName[] { TASK_ID };
		}

	}

}
