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

import com.handinger.spring.test.HandingerSimulator;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * An application that starts only the simulator. It is not a {@code @Configuration}, so
 * that the component scan of the sample does not find it.
 */
@Import(SimulatorConfiguration.class)
public class SimulatorOnly {

	private static final Log logger = LogFactory.getLog(SimulatorOnly.class);

	@Bean
	ApplicationListener<ApplicationReadyEvent> simulatorOnlyMessage(HandingerSimulator simulator) {
		return (event) -> logger.info("The simulator of the Handinger API is listening at " + simulator.url()
				+ ": set HANDINGER_BASE_URL to this URL and HANDINGER_API_KEY to " + HandingerSimulator.API_KEY
				+ ", and open " + simulator.url() + "/simulator/state to see its requests.");
	}

}
