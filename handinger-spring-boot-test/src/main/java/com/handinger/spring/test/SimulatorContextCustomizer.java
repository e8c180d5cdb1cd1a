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

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.AotDetector;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.MergedContextConfiguration;

/**
 * Adds a simulator to a context. All customizers are equal, so that tests share contexts.
 */
record SimulatorContextCustomizer() implements ContextCustomizer {

	private static final String NAME = "handingerSimulatorProperties";

	/**
	 * Properties of production that could keep a test from starting or would lead past
	 * the simulator, such as a placeholder that is resolved only there.
	 */
	private static final Map<String, String> CONNECTION = Map.of("handinger.base-url", "http://localhost",
			"handinger.api-key", HandingerSimulator.API_KEY, "handinger.ssl.bundle", "", "handinger.proxy.host", "",
			"handinger.proxy.port", "8080", "handinger.http2", "false", "handinger.webhook.tokens",
			SimulatorConfiguration.WEBHOOK_TOKEN, "handinger.webhook.registration.url", "",
			"handinger.webhook.reconciliation.enabled", "false");

	/**
	 * The application may read these itself, so they stay unless they cannot be resolved.
	 */
	private static final String WORKER_IDS = "handinger.webhook.registration.worker-ids";

	/**
	 * Properties that make tests fast. Each group stays as the application has it if the
	 * test sets one of the group, because the properties of a group limit each other.
	 */
	private static final List<Map<String, String>> WAITS = List.of(
			Map.of("handinger.await.initial-interval", "20ms", "handinger.await.max-interval", "200ms"),
			Map.of("handinger.await.not-found-grace", "5s"), Map.of("handinger.retry.initial-backoff", "10ms"));

	@Override
	public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration mergedConfig) {
		addProperties(context.getEnvironment());
		// Otherwise, the configuration was processed ahead of time.
		if (!AotDetector.useGeneratedArtifacts()) {
			Class<?> configuration = hasSimulator(mergedConfig.getParentApplicationContext())
					? SimulatorConfiguration.WebServerConfiguration.class : SimulatorConfiguration.class;
			((BeanDefinitionRegistry) context.getBeanFactory()).registerBeanDefinition(configuration.getName(),
					new RootBeanDefinition(configuration));
		}
	}

	/**
	 * The contexts of a hierarchy have one simulator, as they have one client.
	 */
	private static boolean hasSimulator(@Nullable ApplicationContext parent) {
		return parent != null
				&& BeanFactoryUtils.beanNamesForTypeIncludingAncestors(parent, HandingerSimulator.class).length > 0;
	}

	/**
	 * Those of the test itself come before those of the JVM.
	 */
	private static void addProperties(ConfigurableEnvironment environment) {
		MutablePropertySources sources = environment.getPropertySources();
		List<PropertySource<?>> ofTest = sources.stream()
			.takeWhile((source) -> !source.getName().equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME))
			.filter((source) -> !ConfigurationPropertySources.isAttachedConfigurationPropertySource(source))
			.toList();
		Map<String, Object> properties = new HashMap<>(CONNECTION);
		WAITS.stream().filter((group) -> !isSet(group.keySet(), ofTest)).forEach(properties::putAll);
		if (hasUnresolvedWorkerIds(environment)) {
			properties.put(WORKER_IDS, "");
		}
		MapPropertySource source = new MapPropertySource(NAME, properties);
		if (sources.contains(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME)) {
			sources.addBefore(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME, source);
		}
		else {
			sources.addLast(source);
		}
	}

	private static boolean hasUnresolvedWorkerIds(Environment environment) {
		return Binder.get(environment)
			.bind(WORKER_IDS, Bindable.listOf(String.class))
			.orElse(List.of())
			.stream()
			.anyMatch((workerId) -> workerId.contains("${"));
	}

	private static boolean isSet(Collection<String> names, List<PropertySource<?>> sources) {
		Iterable<ConfigurationPropertySource> configuration = ConfigurationPropertySources.from(sources);
		return names.stream()
			.map(ConfigurationPropertyName::of)
			.anyMatch((name) -> StreamSupport.stream(configuration.spliterator(), false)
				.anyMatch((source) -> source.getConfigurationProperty(name) != null));
	}

}
