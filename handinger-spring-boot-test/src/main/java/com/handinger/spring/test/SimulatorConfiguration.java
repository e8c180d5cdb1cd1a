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

import java.nio.charset.StandardCharsets;
import java.util.List;

import com.handinger.spring.autoconfigure.HandingerAutoConfiguration;
import com.handinger.spring.autoconfigure.HandingerConnectionDetails;
import com.handinger.spring.autoconfigure.HandingerWebhookAutoConfiguration;
import com.handinger.spring.webhook.WebhookLifecycle;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.web.server.Ssl;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.test.context.DynamicPropertyRegistrar;
import org.springframework.util.ClassUtils;
import org.springframework.web.util.UriUtils;

/**
 * The simulator of a context, and all that leads the application to it. A slice has no
 * auto-configuration of its own for the clients. A test configuration is not scanned.
 */
@TestConfiguration(proxyBeanMethods = false)
@ImportAutoConfiguration({ HandingerAutoConfiguration.class, HandingerWebhookAutoConfiguration.class })
class SimulatorConfiguration {

	static final String WEBHOOK_TOKEN = "hdgwh_test_simulator";

	private static final String CONNECTION_DETAILS = "handingerSimulatorConnectionDetails";

	/**
	 * A web server may create its filters first, with a class loader of its own, and
	 * would complain about threads that inherit it.
	 */
	@Bean
	HandingerSimulator handingerSimulator() {
		ClassLoader classLoader = ClassUtils
			.overrideThreadContextClassLoader(HandingerSimulator.class.getClassLoader());
		try {
			return HandingerSimulator.start();
		}
		finally {
			if (classLoader != null) {
				Thread.currentThread().setContextClassLoader(classLoader);
			}
		}
	}

	@Bean(CONNECTION_DETAILS)
	@Primary
	HandingerConnectionDetails connectionDetails(HandingerSimulator simulator) {
		return new SimulatorConnectionDetails(simulator.url(), simulator.apiKey(), List.of(WEBHOOK_TOKEN));
	}

	/**
	 * The connection details of the application may be primary themselves.
	 */
	@Bean
	static BeanFactoryPostProcessor handingerSimulatorConnectionDetailsSelector() {
		return SimulatorConfiguration::preferSimulator;
	}

	private static void preferSimulator(ConfigurableListableBeanFactory beans) {
		for (String name : beans.getBeanNamesForType(HandingerConnectionDetails.class, true, false)) {
			if (beans.containsBeanDefinition(name)) {
				beans.getBeanDefinition(name).setPrimary(name.equals(CONNECTION_DETAILS));
			}
		}
	}

	/**
	 * For code of the application that reads the properties itself.
	 */
	@Bean
	DynamicPropertyRegistrar handingerSimulatorPropertyRegistrar(HandingerSimulator simulator) {
		return (registry) -> registry.add("handinger.base-url", simulator::url);
	}

	/**
	 * The application may have a scheduler of its own for the waits of the clients.
	 */
	@Bean
	static ClockSelector handingerSimulatorClockSelector(ObjectProvider<HandingerSimulator> simulator) {
		return new ClockSelector(simulator);
	}

	/**
	 * Lets the clients wait on the clock of the simulator.
	 *
	 * @param simulator the simulator, which is not created before it is needed
	 */
	record ClockSelector(ObjectProvider<HandingerSimulator> simulator) implements BeanPostProcessor {

		@Override
		public Object postProcessBeforeInitialization(Object bean, String beanName) {
			return beanName.equals("handingerScheduler") ? this.simulator.getObject().clock() : bean;
		}

	}

	/**
	 * Connection details of the simulator.
	 *
	 * @param baseUrl the URL of the simulator
	 * @param apiKey a key that it accepts
	 * @param webhookTokens the token of its deliveries
	 */
	private record SimulatorConnectionDetails(String baseUrl, String apiKey,
			List<String> webhookTokens) implements HandingerConnectionDetails {

		@Override
		public String getBaseUrl() {
			return this.baseUrl;
		}

		@Override
		public String getApiKey() {
			return this.apiKey;
		}

		@Override
		public List<String> getWebhookTokens() {
			return this.webhookTokens;
		}

	}

	@TestConfiguration(proxyBeanMethods = false)
	@ConditionalOnClass(WebServerInitializedEvent.class)
	static class WebServerConfiguration {

		@Bean
		WebServerListener handingerSimulatorWebServerListener(HandingerSimulator simulator, ApplicationContext context,
				ObjectProvider<WebhookLifecycle> webhook, ObjectProvider<ServerProperties> server) {
			return new WebServerListener(simulator, context, webhook, server);
		}

	}

	/**
	 * Notices that a web server is listening. The one of the management port belongs to
	 * another context.
	 */
	static final class WebServerListener implements ApplicationListener<WebServerInitializedEvent> {

		private final HandingerSimulator simulator;

		private final ApplicationContext context;

		private final ObjectProvider<WebhookLifecycle> webhook;

		private final ObjectProvider<ServerProperties> server;

		WebServerListener(HandingerSimulator simulator, ApplicationContext context,
				ObjectProvider<WebhookLifecycle> webhook, ObjectProvider<ServerProperties> server) {
			this.simulator = simulator;
			this.context = context;
			this.webhook = webhook;
			this.server = server;
		}

		@Override
		public void onApplicationEvent(WebServerInitializedEvent event) {
			int port = event.getWebServer().getPort();
			if (event.getApplicationContext() == this.context && port > 0) {
				this.webhook.stream()
					.map(WebhookLifecycle::path)
					.filter((path) -> path != null)
					.map((path) -> scheme() + "://localhost:" + port
							+ UriUtils.encodePath(path, StandardCharsets.UTF_8))
					.forEach((url) -> this.simulator.webhook(url, WEBHOOK_TOKEN));
			}
		}

		private String scheme() {
			return this.server.stream().anyMatch((properties) -> Ssl.isEnabled(properties.getSsl())) ? "https" : "http";
		}

	}

}
