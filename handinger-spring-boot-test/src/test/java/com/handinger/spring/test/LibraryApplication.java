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
package com.handinger.spring.test;

import com.handinger.spring.autoconfigure.HandingerConnectionDetails;
import com.handinger.spring.test.simulator.ApiVersion;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * The library in an application of its own, against a simulator of a version of the API.
 */
public final class LibraryApplication implements AutoCloseable {

	private final HandingerSimulator simulator;

	private final ConfigurableApplicationContext context;

	private LibraryApplication(HandingerSimulator simulator) {
		this.simulator = simulator;
		this.context = new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.properties("handinger.await.initial-interval=50ms", "handinger.await.max-interval=200ms",
					"handinger.webhook.enabled=false")
			.initializers((context) -> context.getBeanFactory()
				.registerSingleton("simulatorConnectionDetails",
						HandingerConnectionDetails.of(simulator.url(), simulator.apiKey())))
			.run();
	}

	public static LibraryApplication start(ApiVersion apiVersion) {
		return new LibraryApplication(HandingerSimulator.builder().apiVersion(apiVersion).start());
	}

	public HandingerSimulator simulator() {
		return this.simulator;
	}

	public ApplicationContext context() {
		return this.context;
	}

	@Override
	public void close() {
		this.context.close();
		this.simulator.close();
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

}
