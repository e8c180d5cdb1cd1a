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

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Meters of the connections to Handinger: {@code handinger.connections.active},
 * {@code handinger.connections.idle} and {@code handinger.connections.pending}, by pool.
 */
final class ConnectionMeters {

	private final MeterRegistry registry;

	ConnectionMeters(MeterRegistry registry) {
		this.registry = registry;
	}

	void register(ReactorNettyPool pool) {
		gauge("handinger.connections.active", "Connections that are in use", pool, ReactorNettyPool::active);
		gauge("handinger.connections.idle", "Connections that are kept open", pool, ReactorNettyPool::idle);
		gauge("handinger.connections.pending", "Calls that wait for a connection", pool, ReactorNettyPool::pending);
	}

	private void gauge(String name, String description, ReactorNettyPool pool,
			ToDoubleFunction<ReactorNettyPool> value) {
		Gauge.builder(name, pool, value).description(description).tag("pool", pool.name()).register(this.registry);
	}

}
