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
import java.util.List;
import java.util.Map;

import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetailsFactories;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetailsFactory;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

/**
 * Where Handinger is, and the key, come from the application if it says so, and are read
 * at each use.
 */
class ConnectionDetailsTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final String OTHER_KEY = "hdg_test_0therKey";

	private static RawServer server() {
		return RawServer.start((request, connection, number) -> connection.json(200,
				request.line().startsWith("POST") ? Json.WORKER : Json.TASK_WITH_TURNS));
	}

	private static List<String> keys(RawServer server) {
		return server.requests().stream().map((request) -> request.headers().get("Authorization")).toList();
	}

	private static void succeeds(Mono<?> call) {
		StepVerifier.create(call).expectNextCount(1).expectComplete().verify(PATIENCE);
	}

	private static HandingerException fails(Mono<?> call) {
		HandingerException[] failure = new HandingerException[1];
		StepVerifier.create(call).expectErrorSatisfies((error) -> {
			assertThat(error).isInstanceOf(HandingerException.class);
			failure[0] = (HandingerException) error;
		}).verify(PATIENCE);
		return failure[0];
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void nextCallGoesToTheNextHostWithTheNextKey(HttpStack stack) {
		try (RawServer first = server(); RawServer second = server()) {
			Details details = new Details(first.url(), TasksClient.API_KEY);
			TasksClient.application(stack, "http://localhost:1")
				.withBean(HandingerConnectionDetails.class, () -> details)
				.run((context) -> {
					HandingerTasksClient client = context.getBean(HandingerTasksClient.class);
					Mono<?> call = client.retrieve("tsk_1");
					succeeds(call);
					details.baseUrl = second.url();
					details.apiKey = OTHER_KEY;
					succeeds(call);
					succeeds(client.create(CreateTask.of("x")));
				});
			assertThat(keys(first)).containsExactly("Bearer " + TasksClient.API_KEY);
			assertThat(keys(second)).containsExactly("Bearer " + OTHER_KEY, "Bearer " + OTHER_KEY);
		}
	}

	@Test
	void runLooksItsTaskUpWithTheKeyOfNow() {
		Details details = new Details("", TasksClient.API_KEY);
		try (RawServer server = RawServer.start((request, connection, number) -> {
			if (request.line().startsWith("POST")) {
				details.apiKey = OTHER_KEY;
				connection.reset();
			}
			else if (!details.apiKey.equals(OTHER_KEY)) {
				connection.json(404, Json.error("No such task."));
			}
			else {
				String path = request.line().split(" ")[1];
				connection.json(200, Json.task(path.substring(path.lastIndexOf('/') + 1), "completed", 1));
			}
		})) {
			details.baseUrl = server.url();
			TasksClient
				.application(HttpStack.REACTOR_EPOLL, "http://localhost:1", "handinger.await.initial-interval=10ms")
				.withBean(HandingerConnectionDetails.class, () -> details)
				.run((context) -> succeeds(context.getBean(HandingerTasksClient.class).run(CreateTask.of("x"))));
			assertThat(keys(server)).startsWith("Bearer " + TasksClient.API_KEY).endsWith("Bearer " + OTHER_KEY);
		}
	}

	@Test
	void detailsOfAContainerWin() {
		try (RawServer server = server()) {
			TasksClient.application(HttpStack.REACTOR_EPOLL, "http://localhost:1")
				.withInitializer((context) -> register(context, new Container(server.url())))
				.run((context) -> {
					assertThat(context).hasSingleBean(HandingerConnectionDetails.class);
					succeeds(context.getBean(HandingerTasksClient.class).retrieve("tsk_1"));
				});
			assertThat(keys(server)).containsExactly("Bearer " + Details.KEY_OF_A_CONTAINER);
		}
	}

	/**
	 * As Boot's support for Testcontainers and Docker Compose does it.
	 */
	private static void register(ConfigurableApplicationContext context, Container container) {
		Map<Class<?>, ConnectionDetails> all = new ConnectionDetailsFactories(
				ConnectionDetailsTests.class.getClassLoader())
			.getConnectionDetails(container, true);
		all.forEach((type, details) -> ((BeanDefinitionRegistry) context)
			.registerBeanDefinition("handingerConnectionDetailsForContainer", definition(type, details)));
	}

	@SuppressWarnings("unchecked")
	private static <T> RootBeanDefinition definition(Class<T> type, ConnectionDetails details) {
		return new RootBeanDefinition(type, () -> (T) details);
	}

	@Test
	void healthIsThatOfTheHostInForce() {
		try (RawServer server = server()) {
			Details details = new Details(server.url().replace("localhost", "127.0.0.1"), OTHER_KEY);
			TasksClient.application(HttpStack.REACTOR_EPOLL, "http://localhost:1")
				.withConfiguration(AutoConfigurations.of(HandingerHealthAutoConfiguration.class))
				.withBean(HandingerConnectionDetails.class, () -> details)
				.run((context) -> {
					ReactiveHealthIndicator indicator = context.getBean(ReactiveHealthIndicator.class);
					Health up = indicator.health().block(PATIENCE);
					assertThat(up).isNotNull();
					assertThat(up.getStatus()).isEqualTo(Status.UP);
					assertThat(up.getDetails()).containsEntry("host", "127.0.0.1");
				});
			assertThat(keys(server)).containsExactly("Bearer " + OTHER_KEY);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " " })
	void keyThatIsGoneFailsTheCallAndNothingIsSent(String noKey) {
		try (RawServer server = server()) {
			Details details = new Details(server.url(), TasksClient.API_KEY);
			TasksClient.application(HttpStack.REACTOR_EPOLL, "http://localhost:1")
				.withBean(HandingerConnectionDetails.class, () -> details)
				.run((context) -> {
					HandingerTasksClient client = context.getBean(HandingerTasksClient.class);
					details.apiKey = noKey;
					assertThat(fails(client.retrieve("tsk_1")))
						.hasMessage("GET /api/tasks/{taskId} was not sent: There is no "
								+ "API key for Handinger: getApiKey() of " + Details.class.getName() + " returns none");
					assertThat(fails(client.create(CreateTask.of("x")))).hasMessageContaining("There is no API key");
					details.apiKey = OTHER_KEY;
					succeeds(client.create(CreateTask.of("x")));
				});
			assertThat(server.requests()).hasSize(1);
		}
	}

	@Test
	void keyIsNotShownToTheNetworkByAnotherBaseUrl() {
		try (RawServer server = server()) {
			Details details = new Details(server.url(), TasksClient.API_KEY);
			TasksClient.application(HttpStack.REACTOR_EPOLL, "http://localhost:1")
				.withBean(HandingerConnectionDetails.class, () -> details)
				.run((context) -> {
					HandingerTasksClient client = context.getBean(HandingerTasksClient.class);
					details.baseUrl = "http://handinger.internal";
					assertThat(fails(client.retrieve("tsk_1")))
						.hasMessageContaining("'http://handinger.internal' can't be used")
						.hasMessageContaining("handinger.allow-plain-http=true");
				});
		}
	}

	@Test
	void detailsWithThePathOfTheApiAreRefusedWhenTheClientIsMadeAndForEachCall() {
		TasksClient.application(HttpStack.REACTOR_EPOLL, "http://localhost:1")
			.withBean(HandingerConnectionDetails.class,
					() -> new Details("https://handinger.com/api/", TasksClient.API_KEY))
			.run((context) -> assertThatException().isThrownBy(() -> context.getBean(HandingerTasksClient.class))
				.havingRootCause()
				.withMessageContaining("'https://handinger.com/api/' can't be used")
				.withMessageContaining("write https://handinger.com"));
		Details details = new Details("http://localhost:1", TasksClient.API_KEY);
		TasksClient.application(HttpStack.REACTOR_EPOLL, "http://localhost:1")
			.withBean(HandingerConnectionDetails.class, () -> details)
			.run((context) -> {
				HandingerTasksClient client = context.getBean(HandingerTasksClient.class);
				details.baseUrl = "https://handinger.com/api/tasks";
				assertThat(fails(client.retrieve("tsk_1"))).hasMessageContaining("write https://handinger.com");
			});
	}

	@Test
	void detailsThatFailAreToldOfAndAskedAgain() {
		try (RawServer server = server()) {
			Details details = new Details(server.url(), TasksClient.API_KEY);
			TasksClient
				.application(HttpStack.REACTOR_EPOLL, "http://localhost:1", "handinger.retry.max-attempts=1",
						"handinger.await.initial-interval=10ms")
				.withBean(HandingerConnectionDetails.class, () -> details)
				.run((context) -> {
					HandingerTasksClient client = context.getBean(HandingerTasksClient.class);
					details.failures = 2;
					for (Mono<?> call : List.of(client.retrieve("tsk_1"), client.create(CreateTask.of("x")))) {
						assertThat(fails(call)).isInstanceOf(HandingerConnectionException.class)
							.hasMessageContaining(
									" was not sent: the connection details of Handinger can't be read from "
											+ Details.class.getName() + ", which has failed with "
											+ "java.lang.UnsupportedOperationException: correct that, then call again")
							.hasRootCauseInstanceOf(UnsupportedOperationException.class);
					}
					succeeds(client.retrieve("tsk_1"));
					details.failures = 2;
					succeeds(client.await("tsk_1"));
				});
			assertThat(keys(server)).hasSize(2).containsOnly("Bearer " + TasksClient.API_KEY);
		}
	}

	@Test
	void detailsThatFailAtTheStartAreToldOf() {
		Details details = new Details("https://handinger.com", TasksClient.API_KEY);
		details.failures = 1;
		TasksClient.application(HttpStack.REACTOR_EPOLL, "http://localhost:1")
			.withBean(HandingerConnectionDetails.class, () -> details)
			.withBean(HandingerAutoConfigurationTests.NeedsClient.class)
			.run((context) -> assertThat(context).getFailure()
				.hasStackTraceContaining(
						"the connection details of Handinger can't be read from " + Details.class.getName())
				.rootCause()
				.isInstanceOf(UnsupportedOperationException.class));
	}

	/**
	 * Details that change.
	 */
	private static final class Details implements HandingerConnectionDetails {

		static final String KEY_OF_A_CONTAINER = "hdg_test_c0ntainer";

		private volatile String baseUrl;

		private volatile String apiKey;

		private volatile int failures;

		Details(String baseUrl, String apiKey) {
			this.baseUrl = baseUrl;
			this.apiKey = apiKey;
		}

		@Override
		public String getBaseUrl() {
			if (this.failures > 0) {
				this.failures--;
				throw new UnsupportedOperationException("The vault is closed");
			}
			return this.baseUrl;
		}

		@Override
		public String getApiKey() {
			return this.apiKey;
		}

	}

	/**
	 * Stands for what Testcontainers or Docker Compose has started.
	 *
	 * @param url where it is
	 */
	record Container(String url) {
	}

	/**
	 * Found through {@code spring.factories}.
	 */
	static final class ContainerConnectionDetailsFactory
			implements ConnectionDetailsFactory<Container, HandingerConnectionDetails> {

		@Override
		public HandingerConnectionDetails getConnectionDetails(Container container) {
			return new Details(container.url(), Details.KEY_OF_A_CONTAINER);
		}

	}

}
