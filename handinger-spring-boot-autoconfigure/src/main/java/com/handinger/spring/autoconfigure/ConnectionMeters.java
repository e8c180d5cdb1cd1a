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

import java.util.Locale;
import java.util.function.IntSupplier;

import com.handinger.spring.netty.HandingerConnectors;
import com.handinger.spring.transport.PluggedInCode;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.docs.MeterDocumentation;

/**
 * The meters of the connections to Handinger.
 */
final class ConnectionMeters implements HandingerConnectors.Gauges {

	private final MeterRegistry registry;

	private final PluggedInCode code = new PluggedInCode();

	ConnectionMeters(MeterRegistry registry) {
		this.registry = registry;
	}

	@Override
	public void register(String state, String pool, IntSupplier value) {
		Documentation meter = Documentation.valueOf(state.toUpperCase(Locale.ROOT));
		this.code.run("A meter of connections",
				() -> Gauge.builder(meter.getName(), value::getAsInt)
					.description(meter.description)
					.tag(Documentation.POOL.asString(), pool)
					.register(this.registry));
	}

	/**
	 * The meters, as in the table of {@code docs/operations.md}.
	 */
	enum Documentation implements MeterDocumentation {

		/**
		 * Connections in use.
		 */
		ACTIVE("Connections in use"),

		/**
		 * Idle connections that are kept open.
		 */
		IDLE("Idle connections that are kept open"),

		/**
		 * Calls that are queued for a connection.
		 */
		PENDING("Calls that are queued for a connection");

		private static final KeyName POOL = () -> "pool";

		private final String description;

		Documentation(String description) {
			this.description = description;
		}

		String description() {
			return this.description;
		}

		@Override
		public String getName() {
			return "handinger.connections." + name().toLowerCase(Locale.ROOT);
		}

		@Override
		public Meter.Type getType() {
			return Meter.Type.GAUGE;
		}

		@Override
		public KeyName[] getKeyNames() {
			return new KeyName[] { POOL };
		}

	}

}
