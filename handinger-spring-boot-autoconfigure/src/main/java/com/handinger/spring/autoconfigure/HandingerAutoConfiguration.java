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

package com.handinger.spring.autoconfigure;

import java.time.Duration;

import com.handinger.spring.run.RunMeters;
import com.handinger.spring.task.DefaultHandingerTasksClient;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskMeters;
import com.handinger.spring.task.TaskWaiters;
import com.handinger.spring.netty.HandingerConnectors;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.HttpConnections;
import com.handinger.spring.webhook.WebhookMeters;
import com.handinger.spring.webhook.WebhookSettings;
import com.handinger.spring.worker.DefaultHandingerWorkersClient;
import com.handinger.spring.worker.HandingerWorkersClient;
import io.micrometer.core.instrument.MeterRegistry;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Auto-configuration for the clients of Handinger.
 * <p>
 * The clients are lazy, so that an application that has the starter and no API key starts
 * as long as it does not need one of them.
 */
@AutoConfiguration(after = { WebClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class },
		afterName = "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(WebClient.class)
@EnableConfigurationProperties(HandingerProperties.class)
@ImportRuntimeHints(HandingerRuntimeHints.class)
public final class HandingerAutoConfiguration {

	/**
	 * Create the configuration. A wrong name of the SSL bundle fails here, at start. The
	 * clients, which use the bundle as it is then, may be created much later.
	 */
	HandingerAutoConfiguration(HandingerProperties properties, ObjectProvider<SslBundles> sslBundles) {
		String bundle = properties.ssl().bundle();
		try {
			if (bundle != null) {
				sslBundles.getObject().getBundle(bundle);
			}
		}
		catch (NoSuchSslBundleException ex) {
			throw InvalidPropertyBindHandler.failure("handinger.ssl.bundle", bundle, null,
					"it has to be the name of an SSL bundle below spring.ssl.bundle, and there is none of that name");
		}
	}

	@Bean
	@ConditionalOnMissingBean
	HandingerConnectionDetails handingerConnectionDetails(HandingerProperties properties) {
		return new PropertiesHandingerConnectionDetails(properties);
	}

	@Bean(defaultCandidate = false)
	static ConfigurationPropertiesBindHandlerAdvisor handingerBindHandlerAdvisor() {
		return InvalidPropertyBindHandler::new;
	}

	@Bean
	@Lazy
	HandingerConnectors handingerConnectors(HandingerProperties properties, ObjectProvider<SslBundles> sslBundles,
			ObjectProvider<HandingerConnectors.Gauges> gauges, ConfigurableListableBeanFactory beans,
			Environment environment) {
		ApplicationBeans application = new ApplicationBeans(beans);
		HttpClientSettings http = application.httpClientSettings().withConnectTimeout(properties.connectTimeout());
		String bundle = properties.ssl().bundle();
		if (bundle != null) {
			http = http.withSslBundle(sslBundles.getObject().getBundle(bundle));
		}
		return new HandingerConnectors(application.connectorBuilder(),
				new HandingerConnectors.Settings(http, properties.readTimeout(), properties.taskTimeout(),
						properties.maxConnections(), properties.http2(), properties.proxy(),
						Binder.get(environment)
							.bind("spring.reactor.netty.shutdown-quiet-period", Duration.class)
							.orElse(Duration.ZERO)),
				gauges.getIfAvailable(() -> (state, pool, value) -> {
				}));
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean
	HttpConnections handingerHttpConnections(HandingerConnectors connectors,
			ObjectProvider<WebClientCustomizer> customizers, ConfigurableListableBeanFactory beans) {
		ApplicationBeans application = new ApplicationBeans(beans);
		return new HttpConnections(() -> application.webClientBuilder(customizers), connectors.build(),
				application.requestObservations(), application.requestConvention());
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean
	HandingerTransport handingerTransport(HandingerProperties properties, HandingerConnectionDetails details,
			HttpConnections connections, ObjectProvider<WebhookSettings> webhook,
			@Qualifier("handingerScheduler") Scheduler scheduler) {
		return HandingerClients.transport(details, properties, connections,
				(name) -> MissingApiKey.of(details, name, webhook.getIfUnique()), scheduler);
	}

	/**
	 * The clock and timer of all waits of the clients: between attempts, and between
	 * polls. Reactor's own is never disposed of.
	 */
	@Bean(defaultCandidate = false, destroyMethod = "")
	@Lazy
	@ConditionalOnMissingBean(name = "handingerScheduler")
	Scheduler handingerScheduler() {
		return Schedulers.parallel();
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean
	HandingerTasksClient handingerTasksClient(HandingerTransport transport, HandingerProperties properties,
			ObjectProvider<TaskMeters> meters, TaskWaiters taskWaiters, ConfigurableListableBeanFactory beans,
			@Qualifier("handingerScheduler") Scheduler scheduler) {
		return new DefaultHandingerTasksClient(transport, properties.await(), scheduler,
				new ApplicationBeans(beans).observations(), meters.getIfAvailable(), taskWaiters);
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean
	TaskWaiters handingerTaskWaiters() {
		return new TaskWaiters();
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean
	HandingerWorkersClient handingerWorkersClient(HandingerTransport transport) {
		return new DefaultHandingerWorkersClient(transport);
	}

	@Bean
	@Lazy
	@ConditionalOnMissingBean
	HandingerClients handingerClients(HandingerProperties properties, HttpConnections connections,
			ObjectProvider<TaskMeters> meters, ConfigurableListableBeanFactory beans,
			@Qualifier("handingerScheduler") Scheduler scheduler) {
		return new HandingerClients(properties, connections, new ApplicationBeans(beans).observations(),
				meters.getIfAvailable(), scheduler);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(MeterRegistry.class)
	@ConditionalOnSingleCandidate(MeterRegistry.class)
	static class MetersConfiguration {

		@Bean
		@Lazy
		@ConditionalOnMissingBean
		TaskMeters handingerTaskMeters(MeterRegistry registry) {
			return new TaskMeters(registry);
		}

		@Bean
		@Lazy
		ConnectionMeters handingerConnectionMeters(MeterRegistry registry) {
			return new ConnectionMeters(registry);
		}

		@Bean
		@Lazy
		RunMeters handingerRunMeters(MeterRegistry registry) {
			return new RunMeters(registry);
		}

		@Bean
		@Lazy
		WebhookMeters handingerWebhookMeters(MeterRegistry registry) {
			return new WebhookMeters(registry);
		}

	}

}
