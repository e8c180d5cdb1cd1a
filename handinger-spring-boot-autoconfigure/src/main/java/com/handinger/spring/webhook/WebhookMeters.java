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
import java.util.function.ToDoubleFunction;

import com.handinger.spring.transport.PluggedInCode;
import com.handinger.spring.webhook.WebhookMetrics.WebhookObservation;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Meter.Type;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * Records the meters of the webhook. A failing filter or registry of the application has
 * no effect on a delivery. For internal use only.
 */
public final class WebhookMeters {

	private static final String METER = "A meter of the webhook";

	private final MeterRegistry registry;

	private final PluggedInCode code = new PluggedInCode();

	/**
	 * Create new meters.
	 * @param registry the registry
	 */
	public WebhookMeters(MeterRegistry registry) {
		this.registry = registry;
	}

	void count(String outcome) {
		this.code.run(METER,
				() -> Counter.builder(WebhookMeter.DELIVERIES.getName())
					.description(WebhookMeter.DELIVERIES.description())
					.tag(WebhookObservation.OUTCOME.asString(), outcome)
					.register(this.registry)
					.increment());
	}

	void record(String outcome, Duration duration) {
		this.code.run(METER,
				() -> Timer.builder(WebhookMeter.HANDLING.getName())
					.description(WebhookMeter.HANDLING.description())
					.tag(WebhookObservation.OUTCOME.asString(), outcome)
					.register(this.registry)
					.record(duration));
	}

	/**
	 * Register a gauge, which does not keep its owner in memory.
	 */
	<T> void gauge(WebhookMeter meter, @Nullable String unit, T owner, ToDoubleFunction<T> value) {
		this.code.run(METER,
				() -> Gauge.builder(meter.getName(), owner, value)
					.baseUnit(unit)
					.description(meter.description())
					.register(this.registry));
	}

	/**
	 * The meters of the webhook.
	 */
	enum WebhookMeter implements MeterDocumentation {

		/**
		 * Requests to the webhook.
		 */
		DELIVERIES("handinger.webhook.deliveries", Type.COUNTER, "Requests to the webhook, by outcome"),

		/**
		 * Time to the answer.
		 */
		HANDLING("handinger.webhook.handling", Type.TIMER, "Time from a delivery to its answer"),

		/**
		 * Time since the last pass.
		 */
		AGE("handinger.webhook.reconciliation.age", Type.GAUGE,
				"Time since the last complete pass over the executions"),

		/**
		 * Open executions.
		 */
		BACKLOG("handinger.webhook.reconciliation.backlog", Type.GAUGE, "Failed executions that are not recovered yet"),

		/**
		 * Executions that are too old.
		 */
		ABANDONED("handinger.webhook.reconciliation.abandoned", Type.GAUGE,
				"Failed executions that were too old to be recovered"),

		/**
		 * Executions without a task.
		 */
		UNRESOLVABLE("handinger.webhook.reconciliation.unresolvable", Type.GAUGE,
				"Failed executions that name no task");

		private final String name;

		private final Type type;

		private final String description;

		WebhookMeter(String name, Type type, String description) {
			this.name = name;
			this.type = type;
			this.description = description;
		}

		@Override
		public String getName() {
			return this.name;
		}

		@Override
		public Meter.Type getType() {
			return this.type;
		}

		@Override
		public KeyName[] getKeyNames() {
			return (this.type == Type.GAUGE) ? new KeyName[0] : new KeyName[] { WebhookObservation.OUTCOME };
		}

		String description() {
			return this.description;
		}

	}

}
