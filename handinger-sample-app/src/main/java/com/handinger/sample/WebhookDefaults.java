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

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.util.StringUtils;

/**
 * Registers the webhook with the simulator, unless there is an API key or the webhook is
 * configured. The URL must be known before the web server starts, so there is no webhook
 * on a random port.
 */
final class WebhookDefaults implements EnvironmentPostProcessor {

	/**
	 * The worker of the simulator for tasks that do not name one.
	 */
	private static final String WORKER_ID = "wrk_sample";

	private static final String WEBHOOK = "handinger.webhook.";

	private static final List<String> CHOICES = List.of("enabled", "tokens", "registration");

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		boolean isSimulated = !StringUtils.hasText(environment.getProperty("handinger.api-key"));
		if (isSimulated && CHOICES.stream().noneMatch((choice) -> isSet(environment, WEBHOOK + choice))) {
			environment.getPropertySources()
				.addLast(new MapPropertySource("webhookOfTheSample", defaults(environment)));
		}
	}

	private static boolean isSet(ConfigurableEnvironment environment, String property) {
		ConfigurationPropertyName name = ConfigurationPropertyName.of(property);
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source.getConfigurationProperty(name) != null
					|| source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT) {
				return true;
			}
		}
		return false;
	}

	private static Map<String, Object> defaults(ConfigurableEnvironment environment) {
		Map<String, Object> defaults = new LinkedHashMap<>();
		if (environment.getProperty("server.port", "8080").equals("0")) {
			defaults.put(WEBHOOK + "enabled", "false");
		}
		else {
			defaults.put(WEBHOOK + "registration.url",
					"http://localhost:${server.port:8080}${handinger.webhook.path:/handinger/webhook}");
			defaults.put(WEBHOOK + "registration.worker-ids", WORKER_ID);
			defaults.put(WEBHOOK + "reconciliation.interval", "5s");
			// Hides the warning that deduplication is in memory only, as is the
			// simulator.
			defaults.put("logging.level.com.handinger.spring.webhook.WebhookRuntime", "error");
		}
		return defaults;
	}

}
