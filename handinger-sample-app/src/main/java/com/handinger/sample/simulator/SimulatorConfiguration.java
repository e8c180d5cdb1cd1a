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

import java.time.Duration;

import com.handinger.spring.test.HandingerSimulator;

import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;

/**
 * Configuration for the {@link HandingerSimulator}, which is started lazily. Whether it
 * is needed is therefore decided at run time rather than at build time.
 */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SimulatorProperties.class)
public class SimulatorConfiguration {

	private static final Duration TURN_DURATION = Duration.ofMillis(500);

	@Bean(destroyMethod = "close")
	@Lazy
	HandingerSimulator simulator(SimulatorProperties properties) {
		return HandingerSimulator.builder().port(properties.port()).turnDuration(TURN_DURATION).start();
	}

}
