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

import java.util.List;

import com.handinger.spring.support.StartFailure;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.worker.HandingerWorkersClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.netty.http.client.HttpClient;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Controller;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application that can't start says what is wrong, and what to do.
 */
@ExtendWith(OutputCaptureExtension.class)
class StartFailureTests {

	private static final String REGISTRATION = "handinger.webhook.registration.url=https://example.com/hook;"
			+ "handinger.webhook.registration.worker-ids=wrk_1";

	@ParameterizedTest
	@EnumSource(WebApplicationType.class)
	void clientOfTasksWithoutAKey(WebApplicationType type, CapturedOutput output) {
		assertThat(StartFailure.of(output, type, TasksController.class)).contains(
				"A client of Handinger is needed, and there is no API key", "handinger.api-key is not set",
				"Set the property handinger.api-key", "HANDINGER_API_KEY", "https://handinger.com",
				"HandingerConnectionDetails");
	}

	@ParameterizedTest
	@EnumSource(WebApplicationType.class)
	void clientOfWorkersWithoutAKey(WebApplicationType type, CapturedOutput output) {
		assertThat(StartFailure.of(output, type, WorkersController.class)).contains(
				"A client of Handinger is needed, and there is no API key", "Set the property handinger.api-key",
				"HANDINGER_API_KEY");
	}

	@ParameterizedTest
	@EnumSource(WebApplicationType.class)
	void applicationWithoutAKeyThatNeedsNoClientStarts(WebApplicationType type) {
		try (ConfigurableApplicationContext context = StartFailure.none(type, Nothing.class)) {
			assertThat(context.isRunning()).isTrue();
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { NullKey.class, BlankKey.class })
	void connectionDetailsWithoutAKeyAreNamed(Class<?> application, CapturedOutput output) {
		assertThat(StartFailure.of(output, WebApplicationType.NONE, application, "handinger.api-key=hdg_test_5ecret"))
			.contains("A client of Handinger is needed, and there is no API key",
					"the connection details in force are " + Details.class.getName(), "getApiKey() returns none",
					"Make " + Details.class.getName() + " return an API key")
			.doesNotContain("Set the property", "5ecret");
	}

	@Test
	void keyOfConnectionDetailsThatIsNoneIsNotShown(CapturedOutput output) {
		assertThat(catchFailure(BadKey.class)).hasRootCauseMessage("The API key of Handinger has a space, a line break "
				+ "or another character that can't be part of a key: check where getApiKey() of "
				+ Details.class.getName() + " has it from");
		assertThat(output).doesNotContain("5ecret");
	}

	private static Throwable catchFailure(Class<?> application) {
		try (ConfigurableApplicationContext context = StartFailure.none(WebApplicationType.NONE, application)) {
			throw new AssertionError(context + " has started");
		}
		catch (RuntimeException ex) {
			return ex;
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { REGISTRATION + "|handinger.webhook.registration.url is set, so the webhook is registered",
					"handinger.webhook.tokens=whk_5ecret|handinger.webhook.tokens is set, so there is a webhook",
					"handinger.webhook.reconciliation.enabled=true|handinger.webhook.reconciliation.enabled is true" })
	void webhookWithoutAKey(String properties, String reason, CapturedOutput output) {
		assertThat(StartFailure.of(output, WebApplicationType.SERVLET, Nothing.class, properties.split(";")))
			.contains(reason, "and there is no API key: handinger.api-key is not set",
					"Set the property handinger.api-key", "handinger.webhook.enabled=false")
			.doesNotContain("5ecret");
	}

	@Test
	void webhookWithoutAKeyIsToldOfWhoeverNeedsTheKeyFirst(CapturedOutput output) {
		assertThat(StartFailure.of(output, WebApplicationType.REACTIVE, TasksController.class, REGISTRATION.split(";")))
			.contains("handinger.webhook.registration.url is set", "Set the property handinger.api-key");
	}

	@Test
	void tokensOfConnectionDetailsWithoutAKey(CapturedOutput output) {
		assertThat(StartFailure.of(output, WebApplicationType.REACTIVE, TokensAlone.class)).contains(
				"The connection details have tokens of the webhook",
				"the connection details in force are " + Details.class.getName());
	}

	@Test
	void webhookWithoutAKeyAndWithLazyBeans(CapturedOutput output) {
		assertThat(StartFailure.of(output, WebApplicationType.SERVLET, Nothing.class,
				(REGISTRATION + ";spring.main.lazy-initialization=true").split(";")))
			.contains("handinger.webhook.registration.url is set", "Set the property handinger.api-key");
	}

	@ParameterizedTest
	@ValueSource(strings = { REGISTRATION + ";handinger.webhook.enabled=false",
			"handinger.webhook.tokens=whk_5ecret;handinger.webhook.enabled=false" })
	void webhookThatIsSwitchedOffNeedsNoKey(String properties) {
		try (ConfigurableApplicationContext context = StartFailure.none(WebApplicationType.SERVLET, Nothing.class,
				properties.split(";"))) {
			assertThat(context.isRunning()).isTrue();
		}
	}

	@Test
	void noReactiveConnector(CapturedOutput output) {
		assertThat(StartFailure.of(output, withoutConnectors(), WebApplicationType.NONE, TasksController.class,
				"handinger.api-key=hdg_test_1"))
			.contains("there is no reactive HTTP connector on the class path",
					"Add io.projectreactor.netty:reactor-netty-http", "ClientHttpConnectorBuilder");
	}

	@Test
	void connectorOfTheApplicationIsEnough() {
		TasksClient.application()
			.withClassLoader(withoutConnectors())
			.withPropertyValues("handinger.api-key=hdg_test_1")
			.withBean(ClientHttpConnectorBuilder.class, ClientHttpConnectorBuilder::jdk)
			.run((context) -> assertThat(context.getBean(HandingerTasksClient.class)).isNotNull());
	}

	private static FilteredClassLoader withoutConnectors() {
		return new FilteredClassLoader(HttpClient.class, java.net.http.HttpClient.class);
	}

	@Controller
	static class TasksController {

		TasksController(HandingerTasksClient tasks) {
			assertThat(tasks).isNotNull();
		}

	}

	@Controller
	static class WorkersController {

		WorkersController(HandingerWorkersClient workers) {
			assertThat(workers).isNotNull();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Nothing {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(TasksController.class)
	static class NullKey {

		@Bean
		Details details() {
			return new Details(null);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(TasksController.class)
	static class BlankKey {

		@Bean
		Details details() {
			return new Details(" ");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class TokensAlone {

		@Bean
		Details details() {
			return new Details(null);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(TasksController.class)
	static class BadKey {

		@Bean
		Details details() {
			return new Details("hdg_test 5ecret");
		}

	}

	/**
	 * Connection details of an application that knows nothing of null-safety.
	 */
	static final class Details implements HandingerConnectionDetails {

		private final @Nullable String apiKey;

		Details(@Nullable String apiKey) {
			this.apiKey = apiKey;
		}

		@Override
		public String getBaseUrl() {
			return "https://handinger.com";
		}

		@Override
		public String getApiKey() {
			return this.apiKey;
		}

		@Override
		public List<String> getWebhookTokens() {
			return List.of("whk_5ecret");
		}

	}

}
