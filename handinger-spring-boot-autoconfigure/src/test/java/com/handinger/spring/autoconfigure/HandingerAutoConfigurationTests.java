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

import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import com.handinger.spring.http.ServerErrorException;
import com.handinger.spring.netty.HandingerConnectors;
import com.handinger.spring.support.FakeNetwork;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.DefaultHandingerTasksClient;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.Polling;
import com.handinger.spring.task.TaskWaiters;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.HttpConnections;
import com.handinger.spring.transport.MisconfigurationException;
import com.handinger.spring.worker.DefaultHandingerWorkersClient;
import com.handinger.spring.worker.HandingerWorkersClient;
import io.micrometer.observation.ObservationRegistry;
import io.netty.channel.ChannelOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpStatus;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class HandingerAutoConfigurationTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final ApplicationContextRunner application = TasksClient.application();

	private final ApplicationContextRunner applicationWithKey = this.application
		.withPropertyValues("handinger.api-key=hdg_test_1");

	@Test
	void clientIsThere() {
		this.applicationWithKey.run((context) -> assertThat(context).hasSingleBean(HandingerTasksClient.class));
	}

	@Test
	void clientOfWorkersIsThere() {
		this.applicationWithKey.run((context) -> assertThat(context).hasSingleBean(HandingerWorkersClient.class));
	}

	@Test
	void clientOfWorkersOfTheApplicationWins() {
		HandingerWorkersClient client = new DefaultHandingerWorkersClient(transport());
		this.applicationWithKey.withBean(HandingerWorkersClient.class, () -> client)
			.run((context) -> assertThat(context).getBean(HandingerWorkersClient.class).isSameAs(client));
	}

	@Test
	void applicationWithoutAKeyStartsAsLongAsItNeedsNoClient() {
		this.application.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void applicationWithoutAKeyThatNeedsAClientIsToldWhatToDo() {
		this.application.withBean(NeedsClient.class).run((context) -> {
			assertThat(context).hasFailed();
			FailureAnalysis analysis = new MisconfigurationFailureAnalyzer().analyze(context.getStartupFailure());
			assertThat(analysis).isNotNull();
			assertThat(analysis.getAction()).contains("handinger.api-key")
				.contains("HANDINGER_API_KEY")
				.contains("https://handinger.com");
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "\t\n" })
	void blankKeyIsNoKey(String apiKey) {
		this.application.withSystemProperties("handinger.api-key=" + apiKey)
			.withBean(NeedsClient.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(MisconfigurationException.class)
				.hasMessageContaining("no API key"));
	}

	@Test
	void failureTellsWhyTheWebhookNeedsAKey() {
		this.application.withPropertyValues("handinger.webhook.reconciliation.enabled=true")
			.withConfiguration(AutoConfigurations.of(HandingerWebhookAutoConfiguration.class))
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessage(
						"handinger.webhook.reconciliation.enabled is true, so Handinger's list of executions is read, "
								+ "and there is no API key for Handinger: handinger.api-key is not set"));
	}

	@Test
	void connectionDetailsWithoutAKeyAreToldAsSuch() {
		HandingerConnectionDetails details = mock(HandingerConnectionDetails.class);
		given(details.getBaseUrl()).willReturn("https://handinger.com");
		this.application.withBean(HandingerConnectionDetails.class, () -> details)
			.withBean(NeedsClient.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(MisconfigurationException.class)
				.hasMessageContaining("no API key"));
	}

	@Test
	void blankBaseUrlIsTheDefault() {
		this.applicationWithKey.withPropertyValues("handinger.base-url=")
			.run((context) -> assertThat(context.getBean(HandingerConnectionDetails.class).getBaseUrl())
				.isEqualTo("https://handinger.com"));
	}

	@Test
	void clientOfTheApplicationWins() {
		HandingerTasksClient client = new DefaultHandingerTasksClient(transport(),
				new Polling(Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofSeconds(60)),
				Schedulers.parallel(), ObservationRegistry.NOOP, null, new TaskWaiters());
		this.applicationWithKey.withBean(HandingerTasksClient.class, () -> client)
			.run((context) -> assertThat(context).getBean(HandingerTasksClient.class).isSameAs(client));
	}

	@Test
	void attemptsWaitOnTheSchedulerOfTheApplication() {
		VirtualTimeScheduler time = VirtualTimeScheduler.create();
		AtomicInteger attempts = new AtomicInteger();
		HttpConnections connections = FakeNetwork.connections((request) -> {
			attempts.incrementAndGet();
			return Mono.just(ClientResponse.create(HttpStatus.SERVICE_UNAVAILABLE).build());
		});
		this.applicationWithKey
			.withPropertyValues("handinger.retry.max-backoff=1h", "handinger.retry.initial-backoff=1h")
			.withBean(HttpConnections.class, () -> connections)
			.withBean("handingerScheduler", Scheduler.class, () -> time)
			.run((context) -> {
				Mono<?> call = context.getBean(HandingerTasksClient.class).retrieve("tsk_1");
				StepVerifier.create(call)
					.then(() -> assertThat(attempts).hasValue(1))
					.then(() -> time.advanceTimeBy(Duration.ofHours(3)))
					.verifyError(ServerErrorException.class);
				assertThat(attempts).hasValue(3);
			});
	}

	private static HandingerTransport transport() {
		return FakeNetwork.transport((request) -> Mono.never());
	}

	@Test
	void transportOfTheApplicationWins() {
		HandingerTransport transport = transport();
		this.applicationWithKey.withBean(HandingerTransport.class, () -> transport)
			.run((context) -> assertThat(context).getBean(HandingerTransport.class).isSameAs(transport));
	}

	@Test
	void connectionDetailsOfTheApplicationWin() {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			this.applicationWithKey
				.withBean(HandingerConnectionDetails.class,
						() -> HandingerConnectionDetails.of(server.url(), "hdg_test_other"))
				.run((context) -> StepVerifier
					.create(context.getBean(HandingerTasksClient.class).create(CreateTask.of("x")))
					.expectNextCount(1)
					.expectComplete()
					.verify(PATIENCE));
			assertThat(server.requests()).singleElement()
				.satisfies((request) -> assertThat(request.headers()).containsEntry("Authorization",
						"Bearer hdg_test_other"));
		}
	}

	@Test
	void keyIsReadForEachRequest() {
		try (RawServer server = RawServer
			.start((request, connection, number) -> connection.json(200, Json.TASK_WITH_TURNS))) {
			RotatingConnectionDetails details = new RotatingConnectionDetails(server.url());
			this.application.withBean(HandingerConnectionDetails.class, () -> details).run((context) -> {
				HandingerTasksClient client = context.getBean(HandingerTasksClient.class);
				Mono<?> call = client.retrieve("tsk_1");
				StepVerifier.create(call).expectNextCount(1).expectComplete().verify(PATIENCE);
				details.apiKey = "hdg_test_new";
				StepVerifier.create(call).expectNextCount(1).expectComplete().verify(PATIENCE);
			});
			assertThat(server.requests()).extracting((request) -> request.headers().get("Authorization"))
				.containsExactly("Bearer hdg_test_old", "Bearer hdg_test_new");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.jackson.property-naming-strategy=SNAKE_CASE",
			"spring.jackson.default-property-inclusion=always",
			"spring.jackson.deserialization.fail-on-unknown-properties=true",
			"spring.jackson.mapper.accept-case-insensitive-enums=true" })
	void jsonOfTheApplicationChangesNothing(String property) {
		jsonIsTheContracts(this.applicationWithKey.withPropertyValues(property));
	}

	@Test
	void jsonMapperOfTheApplicationChangesNothing() {
		JsonMapper mapper = JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE).build();
		jsonIsTheContracts(this.applicationWithKey.withBean(JsonMapper.class, () -> mapper));
	}

	private void jsonIsTheContracts(ApplicationContextRunner application) {
		String worker = Json.WORKER.replace("\"object\"", "\"unknown_field\":{\"a\":[1]},\"object\"");
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, worker))) {
			application.withPropertyValues("handinger.base-url=" + server.url()).run((context) -> {
				assertThat(context).hasSingleBean(JsonMapper.class);
				StepVerifier
					.create(context.getBean(HandingerTasksClient.class)
						.create(CreateTask.of("x").withWorkerId("wrk_1")))
					.assertNext((read) -> assertThat(read.outputText()).isEqualTo("Sunny."))
					.expectComplete()
					.verify(PATIENCE);
			});
			assertThat(server.requests().get(0).body()).isEqualTo("{\"input\":\"x\",\"workerId\":\"wrk_1\"}");
		}
	}

	@Test
	void connectionsWaitForTasksWithoutALimitAndShortCallsDoNot() {
		this.applicationWithKey.run((context) -> {
			HttpConnections connections = context.getBean(HttpConnections.class);
			assertThat(clients(connections, "taskCalls"))
				.allSatisfy((client) -> assertThat(client.responseTimeout()).isNull());
			assertThat(clients(connections, "shortCalls"))
				.allSatisfy((client) -> assertThat(client.responseTimeout()).isEqualTo(Duration.ofSeconds(60)));
			List<HttpClientConfig> all = new ArrayList<>(clients(connections, "taskCalls"));
			all.addAll(clients(connections, "shortCalls"));
			assertThat(all).hasSize(6).allSatisfy((client) -> {
				assertThat(client.isRetryDisabled()).isTrue();
				assertThat(client.followRedirectPredicate()).isNull();
				Map<ChannelOption<?>, ?> options = client.options();
				assertThat(options.get(ChannelOption.SO_KEEPALIVE)).isEqualTo(true);
				assertThat(options.get(ChannelOption.CONNECT_TIMEOUT_MILLIS)).isEqualTo(10_000);
			});
		});
	}

	/**
	 * Return the clients over plain HTTP and over TLS, there with HTTP/2 and without.
	 */
	static List<HttpClientConfig> clients(HttpConnections connections, String kind) {
		Object connector = field(field(field(connections, kind), "network"), "connector");
		Object secure = made(field(connector, "secure"));
		Object plain = made(field(connector, "plain"));
		return Stream.of(field(plain, "http11"), field(secure, "http2"), field(secure, "http11"))
			.map((reactor) -> ((HttpClient) field(reactor, "httpClient")).configuration())
			.toList();
	}

	private static Object made(Object connector) {
		return ((Mono<?>) field(connector, "making")).block(PATIENCE);
	}

	private static Object field(Object owner, String name) {
		Object value = ReflectionTestUtils.getField(owner, name);
		assertThat(value).as(name).isNotNull();
		return value;
	}

	@Test
	void withoutReactorNettyTheJdkIsUsed() {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			this.applicationWithKey.withClassLoader(new FilteredClassLoader(HttpClient.class))
				.withPropertyValues("handinger.base-url=" + server.url())
				.run((context) -> {
					assertThat(context.getBean(HandingerConnectors.class).build().isReactorNetty()).isFalse();
					StepVerifier.create(context.getBean(HandingerTasksClient.class).create(CreateTask.of("x")))
						.expectNextCount(1)
						.expectComplete()
						.verify(PATIENCE);
				});
		}
	}

	@Test
	void jdkThatWouldSendAgainIsRefused() {
		String property = "jdk.httpclient.enableAllMethodRetry";
		TasksClient.application(HttpStack.JDK, "http://localhost")
			.withSystemProperties(property + "=true")
			.withBean(NeedsClient.class)
			.run((context) -> assertThat(context).getFailure().rootCause().hasMessageContaining(property));
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void customizerOfTheApplicationIsInForce(HttpStack stack) {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			TasksClient.application(stack, server.url())
				.withBean(WebClientCustomizer.class,
						() -> (builder) -> builder.defaultHeader("X-Tenant", "42")
							.defaultHeader("User-Agent", "theirs"))
				.run((context) -> StepVerifier
					.create(context.getBean(HandingerTasksClient.class).create(CreateTask.of("x")))
					.expectNextCount(1)
					.expectComplete()
					.verify(PATIENCE));
			assertThat(server.requests().get(0).headers()).containsEntry("X-Tenant", "42")
				.hasEntrySatisfying("User-Agent", (value) -> assertThat(value).startsWith("handinger-spring-boot/"));
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void ownCustomizersComeLastAndInOrder(HttpStack stack) {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			TasksClient.application(stack, server.url()).withUserConfiguration(OwnCustomizers.class).run((context) -> {
				StepVerifier.create(context.getBean(HandingerTasksClient.class).create(CreateTask.of("x")))
					.expectNextCount(1)
					.expectComplete()
					.verify(PATIENCE);
				context.getBean(WebClient.Builder.class)
					.defaultHeaders((headers) -> assertThat(headers.getFirst("X-Customized")).isEqualTo("by all"));
			});
			assertThat(server.requests().get(0).headers()).containsEntry("X-Customized",
					"by all, then first, then second");
		}
	}

	@Test
	void ownCustomizerIsCalledForEachKindOfCallAndCannotTakeTheConnector() {
		List<WebClient.Builder> customized = new ArrayList<>();
		this.applicationWithKey.withBean(HandingerWebClientCustomizer.class, () -> (builder) -> {
			customized.add(builder);
			builder.clientConnector(new JdkClientHttpConnector());
		}).run((context) -> {
			assertThat(clients(context.getBean(HttpConnections.class), "taskCalls"))
				.allSatisfy((client) -> assertThat(client.isRetryDisabled()).isTrue());
			assertThat(customized).hasSize(3).doesNotHaveDuplicates();
		});
	}

	@Test
	void builderOfTheApplicationStaysAsItIs() {
		WebClient.Builder builder = WebClient.builder();
		this.applicationWithKey.withBean(WebClient.Builder.class, () -> builder)
			.withBean(HandingerWebClientCustomizer.class, () -> (ours) -> ours.defaultHeader("X-Tenant", "42"))
			.run((context) -> {
				assertThat(context.getBean(HandingerTasksClient.class)).isNotNull();
				assertThat(builder).usingRecursiveComparison().isEqualTo(WebClient.builder());
			});
	}

	@Test
	void noneOfSeveralBuildersIsTakenButTheCustomizersAre() {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			TasksClient.application(HttpStack.REACTOR_NIO, server.url())
				.withBean("one", WebClient.Builder.class, () -> WebClient.builder().defaultHeader("X-One", "1"))
				.withBean("two", WebClient.Builder.class, WebClient::builder)
				.withBean(WebClientCustomizer.class, () -> (builder) -> builder.defaultHeader("X-Tenant", "42"))
				.run((context) -> StepVerifier
					.create(context.getBean(HandingerTasksClient.class).create(CreateTask.of("x")))
					.expectNextCount(1)
					.expectComplete()
					.verify(PATIENCE));
			assertThat(server.requests().get(0).headers()).containsEntry("X-Tenant", "42").doesNotContainKey("X-One");
		}
	}

	@Test
	void proxyThatTheConnectorWouldIgnoreIsRefused() {
		assertThatStartFails(ClientHttpConnectorBuilder.jdk(), "handinger.proxy.username", "handinger.proxy.host=proxy",
				"handinger.proxy.username=joe", "handinger.proxy.password=s3cret");
		assertThatStartFails((settings) -> new JdkClientHttpConnector(), "handinger.proxy.host",
				"handinger.proxy.host=proxy");
	}

	private void assertThatStartFails(ClientHttpConnectorBuilder<?> connectors, String named, String... properties) {
		this.applicationWithKey.withPropertyValues(properties)
			.withBean("connectorBuilder", ClientHttpConnectorBuilder.class, () -> connectors)
			.withBean(NeedsClient.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.isInstanceOf(InvalidConfigurationPropertyValueException.class)
				.hasMessageContaining(named)
				.hasMessageContaining("Reactor Netty"));
	}

	@Test
	void connectorOfTheApplicationThatFollowsAndSendsAgainDoesNeither() {
		ClientHttpConnectorBuilder<?> builder = ClientHttpConnectorBuilder.reactor()
			.withHttpClientCustomizer(
					(client) -> client.followRedirect(true).disableRetry(false).responseTimeout(Duration.ofMillis(1)));
		this.applicationWithKey.withBean("connectorBuilder", ClientHttpConnectorBuilder.class, () -> builder)
			.run((context) -> {
				assertThat(clients(context.getBean(HttpConnections.class), "taskCalls")).allSatisfy((client) -> {
					assertThat(client.isRetryDisabled()).isTrue();
					assertThat(client.followRedirectPredicate()).isNull();
					assertThat(client.responseTimeout()).isNull();
				});
			});
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "handinger.base-url=handinger.com|https://",
			"handinger.base-url=http://handinger.com|handinger.allow-plain-http",
			"handinger.base-url=https://u:s3cret@handinger.com|user info",
			"handinger.base-url=https://handinger.com?a=b|query", "handinger.base-url=https://handinger.com#a|fragment",
			"handinger.connect-timeout=0s|at least 1ms", "handinger.read-timeout=-1s|at least 1ms",
			"handinger.task-timeout=0|at least 1ms", "handinger.max-connections=0|at least 1",
			"handinger.max-response-size=0B|at least 1B", "handinger.max-response-size=2GB|2048MB",
			"handinger.retry.max-attempts=0|at least 1", "handinger.retry.initial-backoff=0ms|at least 1ms",
			"handinger.retry.max-backoff=1ms|initial-backoff", "handinger.proxy.port=0|1 to 65535" })
	void badValueIsNamedAtStart(String property, String reason) {
		this.applicationWithKey.withPropertyValues(property).run((context) -> {
			assertThat(context).hasFailed();
			assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining(property.substring(0, property.indexOf('=')))
				.hasMessageContaining(reason);
			assertThat(context.getStartupFailure()).hasStackTraceContaining("handinger")
				.satisfies((failure) -> assertThat(stackTrace(failure)).doesNotContain("s3cret"));
		});
	}

	@Test
	void badKeyIsNamedAtStartAndNotShown() {
		this.application.withPropertyValues("handinger.api-key=hdg_test_s3cret and more").run((context) -> {
			assertThat(context).getFailure().rootCause().hasMessageContaining("handinger.api-key");
			assertThat(stackTrace(context.getStartupFailure())).doesNotContain("s3cret");
		});
	}

	private static String stackTrace(Throwable failure) {
		StringWriter trace = new StringWriter();
		failure.printStackTrace(new PrintWriter(trace));
		return trace.toString();
	}

	@Test
	void unknownSslBundleIsNamed() {
		this.applicationWithKey.withPropertyValues("handinger.ssl.bundle=nope")
			.withBean(NeedsClient.class)
			.run((context) -> assertThat(context).getFailure()
				.rootCause()
				.hasMessageContaining("handinger.ssl.bundle")
				.hasMessageContaining("nope"));
	}

	@Test
	void sslBundleNeedNotBeListed() {
		SslBundles sslBundles = mock(SslBundles.class);
		given(sslBundles.getBundle("lazy")).willReturn(SslBundle.systemDefault());
		this.applicationWithKey.withPropertyValues("handinger.ssl.bundle=lazy")
			.withBean(SslBundles.class, () -> sslBundles)
			.withBean(NeedsClient.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void plainHttpToAnotherHostIsAllowedWhenTheApplicationSaysSo() {
		this.applicationWithKey
			.withPropertyValues("handinger.base-url=http://handinger.internal", "handinger.allow-plain-http=true")
			.withBean(NeedsClient.class)
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void propertiesHideTheirSecrets() {
		this.applicationWithKey
			.withPropertyValues("handinger.api-key=hdg_test_s3cret", "handinger.proxy.password=s3cret")
			.run((context) -> assertThat(context.getBean(HandingerProperties.class).toString()).doesNotContain("s3cret")
				.contains("******"));
	}

	@Test
	void connectionsAreClosedWithTheApplication() {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			this.applicationWithKey
				.withPropertyValues("handinger.base-url=" + server.url(),
						"spring.reactor.netty.shutdown-quiet-period=1s")
				.run((context) -> Flux.merge(context.getBean(HandingerTasksClient.class).create(CreateTask.of("x")))
					.as(StepVerifier::create)
					.expectNextCount(1)
					.expectComplete()
					.verify(PATIENCE));
			server.awaitClosed(PATIENCE);
		}
	}

	/**
	 * A bean that needs a client.
	 */
	static final class NeedsClient {

		NeedsClient(HandingerTasksClient client) {
			assertThat(client).isNotNull();
		}

	}

	private static final class RotatingConnectionDetails implements HandingerConnectionDetails {

		private final String url;

		private volatile String apiKey = "hdg_test_old";

		RotatingConnectionDetails(String url) {
			this.url = url;
		}

		@Override
		public String getBaseUrl() {
			return this.url;
		}

		@Override
		public String getApiKey() {
			return this.apiKey;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnCustomizers {

		@Bean
		WebClientCustomizer customizerOfAll() {
			return (builder) -> builder.defaultHeader("X-Customized", "by all");
		}

		@Bean
		@Order(2)
		HandingerWebClientCustomizer second() {
			return (builder) -> append(builder, ", then second");
		}

		@Bean
		@Order(1)
		HandingerWebClientCustomizer first() {
			return (builder) -> append(builder, ", then first");
		}

		private static void append(WebClient.Builder builder, String text) {
			builder.defaultHeaders((headers) -> headers.set("X-Customized", headers.getFirst("X-Customized") + text));
		}

	}

}
