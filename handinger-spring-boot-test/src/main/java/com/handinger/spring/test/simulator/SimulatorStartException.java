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

package com.handinger.spring.test.simulator;

/**
 * Thrown when the simulator cannot listen on its port.
 */
public final class SimulatorStartException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	private final int port;

	private final String reason;

	SimulatorStartException(int port, String reason, Throwable cause) {
		super("The simulator cannot listen on port " + port + " (" + reason
				+ "): use another port, or 0 for a random free port", cause);
		this.port = port;
		this.reason = reason;
	}

	/**
	 * Return the port.
	 * @return the port
	 */
	public int port() {
		return this.port;
	}

	/**
	 * Return why the simulator cannot listen on the port.
	 * @return the reason, without a period
	 */
	public String reason() {
		return this.reason;
	}

}
