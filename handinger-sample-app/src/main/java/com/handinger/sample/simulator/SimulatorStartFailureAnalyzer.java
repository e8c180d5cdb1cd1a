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

import com.handinger.spring.test.simulator.SimulatorStartException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Analyzes a {@link SimulatorStartException}.
 */
final class SimulatorStartFailureAnalyzer extends AbstractFailureAnalyzer<SimulatorStartException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, SimulatorStartException cause) {
		return new FailureAnalysis("The simulator of the Handinger API cannot listen on port " + cause
			.port() + ": " + cause.reason() + ".", "Stop the program that listens on port " + cause.port()
					+ ", or set simulator.port to another port, such as --simulator.port=8091, or to 0 for a random "
					+ "free port. With handinger.api-key set, the sample does not start the simulator.",
				cause);
	}

}
