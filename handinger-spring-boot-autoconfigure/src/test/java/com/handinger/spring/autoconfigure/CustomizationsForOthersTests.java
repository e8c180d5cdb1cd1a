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

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import com.handinger.spring.transport.HttpConnections;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.test.StepVerifier;

import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What an application customizes for other services than Handinger.
 */
class CustomizationsForOthersTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final ApplicationContextRunner application = TasksClient.application()
		.withPropertyValues("handinger.api-key=hdg_test_1", "handinger.base-url=http://localhost:1",
				"handinger.retry.initial-backoff=1ms");

	private String customizedBy(ApplicationContextRunner application) {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			application.withPropertyValues("handinger.base-url=" + server.url())
				.run((context) -> StepVerifier
					.create(context.getBean(HandingerTasksClient.class).create(CreateTask.of("x")))
					.expectNextCount(1)
					.expectComplete()
					.verify(PATIENCE));
			return server.requests().get(0).headers().getOrDefault("X-Customized", "");
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { MetaQualified.class, Qualified.class, JakartaQualified.class, NoDefaultCandidate.class,
			NoCandidate.class })
	void builderForOthersIsNotTakenButTheCustomizersAre(Class<?> configuration) {
		WebClientCustomizer customizer = (builder) -> builder.defaultHeader("X-Customized", "for all");
		assertThat(customizedBy(this.application.withUserConfiguration(configuration)
			.withBean(WebClientCustomizer.class, () -> customizer))).isEqualTo("for all");
	}

	@ParameterizedTest
	@ValueSource(classes = { MetaQualified.class, Qualified.class, JakartaQualified.class, NoDefaultCandidate.class,
			NoCandidate.class })
	void generalBuilderBesideOneForOthersIsTaken(Class<?> configuration) {
		assertThat(customizedBy(this.application.withUserConfiguration(configuration, General.class)))
			.isEqualTo("for all");
	}

	@Test
	void primaryBuilderIsTakenAlthoughItIsQualified() {
		assertThat(customizedBy(this.application.withUserConfiguration(PrimaryQualified.class, General.class)))
			.isEqualTo("primary");
	}

	@Test
	void generalBuilderOfAParentIsTaken() {
		try (AnnotationConfigApplicationContext parent = new AnnotationConfigApplicationContext(General.class)) {
			assertThat(customizedBy(this.application.withParent(parent).withUserConfiguration(MetaQualified.class)))
				.isEqualTo("for all");
		}
	}

	@Test
	void customizerThatIsNoDefaultCandidateIsNotTaken() {
		assertThat(customizedBy(this.application.withUserConfiguration(MetaQualified.class, CustomizerForOthers.class)))
			.isEmpty();
	}

	@Test
	void connectorBuilderForOthersIsNotTakenButTheCustomizersAre() {
		AtomicInteger customized = new AtomicInteger();
		ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> customizer = (builder) -> {
			customized.incrementAndGet();
			return builder;
		};
		this.application.withUserConfiguration(ConnectorsForOthers.class)
			.withBean("customizer", ClientHttpConnectorBuilderCustomizer.class, () -> customizer)
			.run((context) -> {
				assertThat(
						HandingerAutoConfigurationTests.clients(context.getBean(HttpConnections.class), "shortCalls"))
					.isNotEmpty();
				assertThat(customized).hasPositiveValue();
			});
	}

	@Test
	void generalConnectorBuilderBesideOneForOthersIsTaken() {
		AtomicInteger customized = new AtomicInteger();
		ClientHttpConnectorBuilder<?> general = ClientHttpConnectorBuilder.reactor()
			.withHttpClientCustomizer((HttpClient client) -> {
				customized.incrementAndGet();
				return client;
			});
		assertThat(customizedBy(this.application.withUserConfiguration(NonDefaultConnectors.class)
			.withBean("general", ClientHttpConnectorBuilder.class, () -> general))).isEmpty();
		assertThat(customized).hasPositiveValue();
	}

	@Test
	void settingsForOthersAreNotTaken() {
		this.application.withUserConfiguration(SettingsForOthers.class)
			.withPropertyValues("spring.http.clients.redirects=dont-follow", "spring.http.clients.read-timeout=7s")
			.run((context) -> assertThat(
					new ApplicationBeans(context.getSourceApplicationContext().getBeanFactory()).httpClientSettings()
						.readTimeout())
				.isEqualTo(Duration.ofSeconds(7)));
	}

	@Test
	void generalSettingsBesideOthersAreTaken() {
		this.application.withUserConfiguration(NonDefaultSettings.class)
			.withBean("general", HttpClientSettings.class,
					() -> HttpClientSettings.defaults().withReadTimeout(Duration.ofSeconds(8)))
			.run((context) -> assertThat(
					new ApplicationBeans(context.getSourceApplicationContext().getBeanFactory()).httpClientSettings()
						.readTimeout())
				.isEqualTo(Duration.ofSeconds(8)));
	}

	@Test
	void observationsForOthersAreNotTaken() {
		this.application.withUserConfiguration(ObservationsForOthers.class).run((context) -> {
			run(context.getBean(HandingerTasksClient.class));
			assertThat(context.getBean(ObservationsForOthers.class).observed).hasValue(0);
		});
	}

	@Test
	void generalObservationsBesideThoseForOthersAreTaken() {
		this.application.withUserConfiguration(ObservationsForOthers.class, GeneralObservations.class)
			.run((context) -> {
				run(context.getBean(HandingerTasksClient.class));
				assertThat(context.getBean(ObservationsForOthers.class).observed).hasValue(0);
				assertThat(context.getBean(GeneralObservations.class).observed).hasPositiveValue();
			});
	}

	private static void run(HandingerTasksClient client) {
		StepVerifier.create(client.run(CreateTask.of("x"))).expectError().verify(PATIENCE);
	}

	@Test
	void severalMeterRegistriesWithoutAPrimaryOneKeepNoClientFromStarting() {
		this.application.withBean("one", MeterRegistry.class, SimpleMeterRegistry::new)
			.withBean("two", MeterRegistry.class, SimpleMeterRegistry::new)
			.run((context) -> assertThat(context.getBean(HandingerTasksClient.class)).isNotNull());
	}

	/**
	 * As Spring Cloud's {@code @LoadBalanced}.
	 */
	@Target({ ElementType.METHOD, ElementType.TYPE })
	@Retention(RetentionPolicy.RUNTIME)
	@Qualifier
	@interface ForOthers {

	}

	/**
	 * As {@link ForOthers}.
	 */
	@Target(ElementType.METHOD)
	@Retention(RetentionPolicy.RUNTIME)
	@jakarta.inject.Qualifier
	@interface JakartaForOthers {

	}

	private static WebClient.Builder builder(String value) {
		return WebClient.builder().defaultHeader("X-Customized", value);
	}

	static final class General {

		@Bean
		WebClient.Builder general() {
			return builder("for all");
		}

	}

	static final class MetaQualified {

		@Bean
		@ForOthers
		WebClient.Builder others() {
			return builder("for others");
		}

	}

	static final class Qualified {

		@Bean
		@Qualifier("others")
		WebClient.Builder others() {
			return builder("for others");
		}

	}

	static final class JakartaQualified {

		@Bean
		@JakartaForOthers
		WebClient.Builder others() {
			return builder("for others");
		}

	}

	static final class NoDefaultCandidate {

		@Bean(defaultCandidate = false)
		WebClient.Builder others() {
			return builder("for others");
		}

	}

	static final class NoCandidate {

		@Bean(autowireCandidate = false)
		WebClient.Builder others() {
			return builder("for others");
		}

	}

	static final class PrimaryQualified {

		@Bean
		@Primary
		@ForOthers
		WebClient.Builder primary() {
			return builder("primary");
		}

	}

	static final class CustomizerForOthers {

		@Bean(defaultCandidate = false)
		WebClientCustomizer customizerForOthers() {
			return (builder) -> builder.defaultHeader("X-Customized", "for others");
		}

	}

	static final class ConnectorsForOthers {

		@Bean
		@ForOthers
		ClientHttpConnectorBuilder<ClientHttpConnector> connectorsForOthers() {
			return (settings) -> unusable();
		}

		static ClientHttpConnector unusable() {
			return (method, uri, callback) -> Mono.error(new IllegalStateException("for others"));
		}

	}

	static final class NonDefaultConnectors {

		@Bean(defaultCandidate = false)
		ClientHttpConnectorBuilder<ClientHttpConnector> connectorsForOthers() {
			return (settings) -> ConnectorsForOthers.unusable();
		}

	}

	static final class NonDefaultSettings {

		@Bean(defaultCandidate = false)
		HttpClientSettings settingsForOthers() {
			return HttpClientSettings.defaults().withReadTimeout(Duration.ofMillis(1));
		}

	}

	static final class SettingsForOthers {

		@Bean
		@ForOthers
		HttpClientSettings settingsForOthers() {
			return HttpClientSettings.defaults().withReadTimeout(Duration.ofMillis(1));
		}

	}

	private static ObservationRegistry counting(AtomicInteger observed) {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler((context) -> {
			observed.incrementAndGet();
			return false;
		});
		return registry;
	}

	static final class ObservationsForOthers {

		private final AtomicInteger observed = new AtomicInteger();

		@Bean
		@ForOthers
		ObservationRegistry observationsForOthers() {
			return counting(this.observed);
		}

	}

	static final class GeneralObservations {

		private final AtomicInteger observed = new AtomicInteger();

		@Bean
		ObservationRegistry generalObservations() {
			return counting(this.observed);
		}

	}

}
