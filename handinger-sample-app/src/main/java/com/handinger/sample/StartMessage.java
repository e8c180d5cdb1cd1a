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

package com.handinger.sample;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

/**
 * Logs where tasks run and what to try, when the sample has started.
 */
@Component
final class StartMessage {

	private static final Log logger = LogFactory.getLog(StartMessage.class);

	private static final String TRY = "curl -i -H 'Content-Type: application/json' -d '{\"input\": \"Say hello\"}' ";

	private final SampleConnectionDetails connectionDetails;

	private final Environment environment;

	StartMessage(SampleConnectionDetails connectionDetails, Environment environment) {
		this.connectionDetails = connectionDetails;
		this.environment = environment;
	}

	@EventListener(ApplicationReadyEvent.class)
	void log() {
		String sample = "http://localhost:" + this.environment.getProperty("local.server.port");
		String handinger = this.connectionDetails.getBaseUrl();
		if (this.connectionDetails.isSimulated()) {
			logger.info("No handinger.api-key is set, so tasks run in the simulator at " + handinger + ". Open "
					+ sample + " or try " + TRY + sample + "/tasks. See also " + sample + "/actuator/health and "
					+ handinger + "/simulator/state");
		}
		else {
			logger.info("A handinger.api-key is set, so tasks run at " + handinger + " and cost credits. Try " + TRY
					+ sample + "/tasks or open " + sample + "/actuator/health");
		}
	}

}
