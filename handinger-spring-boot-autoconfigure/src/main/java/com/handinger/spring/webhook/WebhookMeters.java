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
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/**
 * Meters of the webhook: {@code handinger.webhook.deliveries} by outcome,
 * {@code handinger.webhook.handling}, and the gauges of the reconciliation.
 */
final class WebhookMeters {

	private static final String METER = "A meter of the webhook";

	private final MeterRegistry registry;

	private final PluggedInCode code = new PluggedInCode();

	/**
	 * Create new meters.
	 * @param registry where to register them
	 */
	WebhookMeters(MeterRegistry registry) {
		this.registry = registry;
	}

	void count(String outcome) {
		this.code.run(METER,
				() -> Counter.builder("handinger.webhook.deliveries")
					.description("Requests to the webhook, by what has become of them")
					.tag("outcome", outcome)
					.register(this.registry)
					.increment());
	}

	void record(Outcome outcome, Duration duration) {
		this.code.run(METER,
				() -> Timer.builder("handinger.webhook.handling")
					.description("Time from a delivery to its answer")
					.tag("outcome", outcome.tag())
					.register(this.registry)
					.record(duration));
	}

	<T> void gauge(String name, String unit, String description, T owner, ToDoubleFunction<T> value) {
		this.code.run(METER,
				() -> Gauge.builder("handinger.webhook.reconciliation." + name, owner, value)
					.baseUnit(unit.isEmpty() ? null : unit)
					.description(description)
					.register(this.registry));
	}

}
