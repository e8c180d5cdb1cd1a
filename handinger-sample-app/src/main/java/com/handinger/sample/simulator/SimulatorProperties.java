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

package com.handinger.sample.simulator;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/**
 * Properties for the simulator of the Handinger API.
 *
 * @param port port of the simulator, or 0 for a random free port.
 * @param only whether to start only the simulator. A blank value counts as true.
 */
@ConfigurationProperties("simulator")
public record SimulatorProperties(@DefaultValue("8090") int port, @Nullable Boolean only) {

	private static final int MAX_PORT = 65535;

	public SimulatorProperties {
		if (port < 0 || port > MAX_PORT) {
			throw new InvalidConfigurationPropertyValueException("simulator.port", port,
					"it must be from 1 to 65535, or 0 for a random free port");
		}
	}

}
