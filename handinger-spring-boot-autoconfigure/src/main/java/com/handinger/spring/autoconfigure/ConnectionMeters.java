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

import java.util.function.ToDoubleFunction;

import com.handinger.spring.transport.PluggedInCode;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Meters of the connections to Handinger: {@code handinger.connections.active},
 * {@code handinger.connections.idle} and {@code handinger.connections.pending}, by pool.
 */
final class ConnectionMeters {

	/**
	 * What the gauge of that name tells.
	 */
	static final String PENDING = "Calls that wait for a connection";

	private final MeterRegistry registry;

	private final PluggedInCode code = new PluggedInCode();

	ConnectionMeters(MeterRegistry registry) {
		this.registry = registry;
	}

	/**
	 * Measure something.
	 * @param <T> the type of its owner
	 * @param state the end of the name of the gauge
	 * @param pool the pool of connections that it is about
	 * @param description what it tells
	 * @param owner whose value it is
	 * @param value gives the value
	 */
	<T> void gauge(String state, String pool, String description, T owner, ToDoubleFunction<T> value) {
		this.code.run("A meter of connections",
				() -> Gauge.builder("handinger.connections." + state, owner, value)
					.description(description)
					.tag("pool", pool)
					.register(this.registry));
	}

}
