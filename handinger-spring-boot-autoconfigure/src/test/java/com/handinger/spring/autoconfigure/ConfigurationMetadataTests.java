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

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.handinger.spring.http.HandingerException;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.HttpConnections;
import com.handinger.spring.transport.Backoff;
import com.handinger.spring.run.HandingerRuns;
import com.handinger.spring.run.RunsSettings;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.Metadata;
import com.handinger.spring.support.Metadata.Property;
import com.handinger.spring.support.NettyServer;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.ServerKeys;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.Polling;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.webhook.WebhookLifecycle;
import com.handinger.spring.webhook.WebhookSettings;
import io.netty.channel.ChannelOption;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClientConfig;

import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What an IDE shows of the properties is complete, and each of them changes something.
 */
class ConfigurationMetadataTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	/**
	 * What takes longer than this is not waited for.
	 */
	private static final Duration LONGEST_OBSERVED = Duration.ofSeconds(20);

	private static final String REFUSED = "refused";

	@TempDir
	static Path directory;

	private final Map<String, Experiment> experiments = new TreeMap<>();

	/**
	 * A value of a property, and what can be observed without and with it.
	 *
	 * @param value the value
	 * @param without what is observed without it
	 * @param with what is observed with it
	 * @param observation what observes an application that has some properties
	 * @param context properties that are there both times
	 */
	private record Experiment(String value, Object without, Object with, Observation observation, String... context) {

		Object observe(String... more) throws Exception {
			return this.observation.of(Stream.concat(Stream.of(this.context), Stream.of(more)).toArray(String[]::new));
		}

	}

	@FunctionalInterface
	private interface Observation {

		Object of(String... properties) throws Exception;

	}

	ConfigurationMetadataTests() {
		connections();
		proxy();
		calls();
		webhook();
		webhookOfWorkers();
		runs();
	}

	private void connections() {
		add("handinger.api-key", "hdg_test_1", REFUSED, "Bearer hdg_test_1", ConfigurationMetadataTests::authorization);
		add("handinger.base-url", "https://example.com", "CONNECT handinger.com:443", "CONNECT example.com:443",
				ConfigurationMetadataTests::tunnel);
		add("handinger.allow-plain-http", "true", REFUSED, "CONNECT example.com:80", ConfigurationMetadataTests::tunnel,
				"handinger.base-url=http://example.com");
		add("handinger.connect-timeout", "50ms", 10_000, 50,
				(properties) -> client("taskCalls", properties).options().get(ChannelOption.CONNECT_TIMEOUT_MILLIS));
		add("handinger.read-timeout", "50ms", "waits", "HandingerConnectionException",
				(properties) -> silence("shortCalls", (client) -> client.retrieve("tsk_1"), properties));
		add("handinger.task-timeout", "50ms", "waits", "OutcomeUnknownException",
				(properties) -> silence("taskCalls", (client) -> client.create(CreateTask.of("x")), properties));
		add("handinger.max-connections", "1", 20, 1, ConfigurationMetadataTests::connectionsOfTwentyTasks);
		add("handinger.http2", "true", 0, 1, ConfigurationMetadataTests::requestsOverHttp2);
		add("handinger.ssl.bundle", "handinger", "HandingerConnectionException", "answered",
				ConfigurationMetadataTests::callOverTls);
	}

	private void proxy() {
		add("handinger.proxy.host", "localhost", "GET /api/tasks/tsk_1", "CONNECT localhost:",
				ConfigurationMetadataTests::requestToAServerThatIsAProxyToo);
		add("handinger.proxy.port", "0", false, true, ConfigurationMetadataTests::isProxyReached);
		String credentials = Base64.getEncoder().encodeToString("joe:5ecret".getBytes(StandardCharsets.UTF_8));
		add("handinger.proxy.username", "joe", REFUSED, "Basic " + credentials,
				ConfigurationMetadataTests::proxyAuthorization, "handinger.proxy.password=5ecret");
		add("handinger.proxy.password", "5ecret", REFUSED, "Basic " + credentials,
				ConfigurationMetadataTests::proxyAuthorization, "handinger.proxy.username=joe");
	}

	private void calls() {
		add("handinger.max-response-size", "1B", "answered", "UnexpectedResponseException",
				ConfigurationMetadataTests::outcome);
		add("handinger.retry.max-attempts", "5", 3, 5, ConfigurationMetadataTests::attempts,
				"handinger.retry.initial-backoff=1ms", "handinger.retry.max-backoff=1ms");
		add("handinger.retry.initial-backoff", "7ms", Duration.ofMillis(500), Duration.ofMillis(7),
				(properties) -> backoff(properties).initialBackoff());
		add("handinger.retry.max-backoff", "9s", Duration.ofSeconds(8), Duration.ofSeconds(9),
				(properties) -> backoff(properties).maxBackoff());
		add("handinger.await.initial-interval", "7ms", Duration.ofSeconds(2), Duration.ofMillis(7),
				(properties) -> polling(properties).initialInterval());
		add("handinger.await.max-interval", "7m", Duration.ofSeconds(30), Duration.ofMinutes(7),
				(properties) -> polling(properties).maxInterval());
		add("handinger.await.not-found-grace", "7s", Duration.ofSeconds(60), Duration.ofSeconds(7),
				(properties) -> polling(properties).notFoundGrace());
		add("handinger.health.cache-time", "1ms", 1, 2, ConfigurationMetadataTests::requestsOfTwoProbes);
		add("management.health.handinger.enabled", "false", true, false, ConfigurationMetadataTests::isHealthShown);
	}

	private void webhook() {
		String tokens = "handinger.webhook.tokens=" + HookedApplication.TOKEN;
		Observation status = (properties) -> deliver("/handinger/webhook", properties);
		add("handinger.webhook.enabled", "false", 204, HookedApplication.PASSED_ON, status, tokens);
		add("handinger.webhook.path", "/other", HookedApplication.PASSED_ON, 204,
				(properties) -> deliver("/other", properties), tokens);
		add("handinger.webhook.tokens", "other," + HookedApplication.TOKEN, HookedApplication.PASSED_ON, 204, status);
		add("handinger.webhook.max-body-size", "1B", 204, 413, status, tokens);
		add("handinger.webhook.timeout", "50ms", 204, 503, status, tokens);
		add("handinger.webhook.filter-order", "1", 204, HookedApplication.PASSED_ON, status, tokens);
	}

	private void webhookOfWorkers() {
		String url = "handinger.webhook.registration.url=" + HookedApplication.URL;
		String workers = "handinger.webhook.registration.worker-ids=wrk_1";
		String overwrite = "handinger.webhook.registration.overwrite=true";
		String reconciliation = "handinger.webhook.reconciliation.enabled=true";
		add("handinger.webhook.registration.url", HookedApplication.URL, 0L, 1L,
				ConfigurationMetadataTests::updatesOfTheWebhook, workers, overwrite);
		add("handinger.webhook.registration.worker-ids", "wrk_1", REFUSED, 1L,
				ConfigurationMetadataTests::updatesOfTheWebhook, url, overwrite);
		add("handinger.webhook.registration.overwrite", "true", 0L, 1L, ConfigurationMetadataTests::updatesOfTheWebhook,
				url, workers);
		add("handinger.webhook.reconciliation.enabled", "true", 0L, 1L, ConfigurationMetadataTests::passes, workers);
		add("handinger.webhook.reconciliation.interval", "10ms", 1L, 2L, ConfigurationMetadataTests::passes, workers,
				reconciliation);
		add("handinger.webhook.reconciliation.max-age", "1h", 1L, 0L, ConfigurationMetadataTests::lookUpsOfAnOldFailure,
				workers, reconciliation, "handinger.webhook.reconciliation.interval=10ms");
	}

	private void runs() {
		add("handinger.runs.enabled", "false", "HANDINGER_RUNS", "none", ConfigurationMetadataTests::tableOfRuns);
		add("handinger.runs.jdbc.initialize-schema", "never", "HANDINGER_RUNS", "none",
				ConfigurationMetadataTests::tableOfRuns);
		add("handinger.runs.jdbc.schema", "optional:classpath:none.sql", "HANDINGER_RUNS", "none",
				ConfigurationMetadataTests::tableOfRuns);
		add("handinger.runs.jdbc.platform", "sqlite", "HANDINGER_RUNS", "none",
				ConfigurationMetadataTests::tableOfRuns);
		add("handinger.runs.jdbc.continue-on-error", "false", true, false,
				(properties) -> withDatabase(
						(context) -> ((AssertableApplicationContext) context).getStartupFailure() == null, properties),
				"handinger.runs.jdbc.schema=classpath:com/handinger/spring/run/schema-sqlserver.sql");
		add("handinger.runs.jdbc.table-name", "other_runs", true, false, (properties) -> withDatabase(
				(context) -> ((SmartLifecycle) context.getBean(HandingerRuns.class)).isRunning(), properties));
		add("handinger.runs.visit-interval", "7s", Duration.ofMinutes(1), Duration.ofSeconds(7),
				(properties) -> runs(properties).visitInterval());
		add("handinger.runs.retention", "7s", Duration.ofDays(7), Duration.ofSeconds(7),
				(properties) -> runs(properties).retention());
		add("handinger.runs.concurrency", "7", 10, 7, (properties) -> runs(properties).concurrency());
		add("handinger.runs.polling-interval", "7s", Duration.ofSeconds(5), Duration.ofSeconds(7),
				(properties) -> runs(properties).pollingInterval());
	}

	private void add(String name, String value, Object without, Object with, Observation observation,
			String... context) {
		this.experiments.put(name, new Experiment(value, without, with, observation, context));
	}

	static List<Property> properties() {
		return Metadata.properties();
	}

	@ParameterizedTest
	@MethodSource("properties")
	void propertyIsDescribed(Property property) {
		assertThat(property.description()).matches("[A-Z].*\\.").doesNotContain("  ", "@", "{", "<");
		assertThat(property.type()).isNotEmpty().doesNotContain("Object");
		assertThat(property.defaultValue().isEmpty()).as("default or a sentence about it")
			.isEqualTo(property.description().toLowerCase(Locale.ROOT).contains("by default")
					&& !property.name().equals("handinger.webhook.filter-order"));
	}

	@ParameterizedTest
	@MethodSource("properties")
	void unitIsTold(Property property) {
		Class<?> type = property.typeClass();
		assertThat(property.description().contains("A plain number is in milliseconds."))
			.isEqualTo(type == Duration.class);
		assertThat(property.description().contains("A plain number is in bytes.")).isEqualTo(type == DataSize.class);
		if (!property.defaultValue().isEmpty() && (type == Duration.class || type == DataSize.class)) {
			assertThat(property.defaultValue()).matches("\\d+(ms|s|m|h|d|KB|MB)");
		}
		if (type == Integer.class) {
			assertThat(property.description()).matches("(Maximum number of|Port of|Order of) .*");
		}
	}

	/**
	 * There is no enum among the properties now; one that comes is known to an IDE by its
	 * type, or has hints.
	 */
	@ParameterizedTest
	@MethodSource("properties")
	void valuesOfAnEnumAreKnown(Property property) {
		Class<?> type = property.typeClass();
		if (type == null || type.isEnum()) {
			assertThat(property.type().startsWith("java.util.List<java.lang.String>") || (type != null && type.isEnum())
					|| Metadata.hinted().contains(property.name()))
				.isTrue();
		}
	}

	@Test
	void eachGroupSaysWhatItIsFor() {
		assertThat(Metadata.groups()).hasSize(11)
			.allSatisfy((name, description) -> assertThat(description).as(name).matches("[A-Z].{10,}\\."));
	}

	@Test
	void hintsAreForPropertiesThatThereAre() {
		assertThat(properties()).extracting(Property::name).containsAll(Metadata.hinted());
		assertThat(Metadata.hinted()).contains("handinger.base-url", "handinger.task-timeout",
				"handinger.webhook.filter-order");
	}

	@Test
	void thereIsAnExperimentForEachProperty() {
		assertThat(properties()).extracting(Property::name)
			.containsExactlyInAnyOrderElementsOf(this.experiments.keySet());
	}

	@Tag("slow")
	@ParameterizedTest
	@MethodSource("properties")
	void propertyChangesSomething(Property property) throws Exception {
		Experiment experiment = this.experiments.get(property.name());
		assertThat(experiment).as("experiment").isNotNull();
		assertThat(experiment.value()).isNotEqualTo(property.defaultValue());
		assertThat(experiment.observe()).as("without").isEqualTo(experiment.without());
		assertThat(experiment.observe(property.name() + "=" + experiment.value())).as("with")
			.isEqualTo(experiment.with())
			.isNotEqualTo(experiment.without());
	}

	/**
	 * Look at an application that has some properties, if it can be started and used.
	 */
	private static Object application(Function<ApplicationContext, Object> look, String... properties) {
		AtomicReference<Object> seen = new AtomicReference<>(REFUSED);
		TasksClient.application()
			.withConfiguration(AutoConfigurations.of(HandingerHealthAutoConfiguration.class))
			.withBean("connectorBuilder", ClientHttpConnectorBuilder.class, HttpStack.REACTOR_EPOLL::connectorBuilder)
			.withPropertyValues(properties)
			.run((context) -> {
				if (context.getStartupFailure() == null) {
					seen.set(look.apply(context));
				}
			});
		return seen.get();
	}

	private static Object withKey(Function<ApplicationContext, Object> look, String url, String... properties) {
		return application(look, Stream.concat(Stream.of("handinger.api-key=hdg_test_1", url), Stream.of(properties))
			.toArray(String[]::new));
	}

	private static String outcome(ApplicationContext context, Function<HandingerTasksClient, Mono<?>> call) {
		try {
			call.apply(context.getBean(HandingerTasksClient.class)).block(PATIENCE);
			return "answered";
		}
		catch (HandingerException ex) {
			return ex.getClass().getSimpleName();
		}
	}

	private static Object outcome(String... properties) {
		try (RawServer server = answering()) {
			return withKey((context) -> outcome(context, (client) -> client.retrieve("tsk_1")), baseUrl(server),
					properties);
		}
	}

	private static RawServer answering() {
		return RawServer.start((request, connection, number) -> connection.json(200, Json.TASK_WITH_TURNS));
	}

	private static String baseUrl(RawServer server) {
		return "handinger.base-url=" + server.url();
	}

	private static Object authorization(String... properties) {
		try (RawServer server = answering()) {
			return application((context) -> {
				if (context.getBean(HandingerProperties.class).apiKey() == null) {
					return REFUSED;
				}
				outcome(context, (client) -> client.retrieve("tsk_1"));
				return server.requests().get(0).headers().get("Authorization");
			}, Stream.concat(Stream.of(baseUrl(server)), Stream.of(properties)).toArray(String[]::new));
		}
	}

	private static RawServer refusingProxy() {
		return RawServer.start((request, connection, number) -> connection
			.write("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"));
	}

	/**
	 * Return where a call goes, as a proxy sees it.
	 */
	private static Object tunnel(String... properties) {
		try (RawServer proxy = refusingProxy()) {
			return application((context) -> {
				outcome(context, (client) -> client.retrieve("tsk_1"));
				return proxy.requests().get(0).line().replace(" HTTP/1.1", "");
			}, Stream.concat(
					Stream.of("handinger.api-key=hdg_test_1", "handinger.proxy.host=localhost",
							"handinger.proxy.port=" + proxy.port(), "handinger.retry.max-attempts=1"),
					Stream.of(properties))
				.toArray(String[]::new));
		}
	}

	private static Object proxyAuthorization(String... properties) {
		try (RawServer proxy = refusingProxy()) {
			return withKey((context) -> {
				outcome(context, (client) -> client.retrieve("tsk_1"));
				return proxy.requests().get(0).headers().get("Proxy-Authorization");
			}, "handinger.proxy.host=localhost",
					Stream
						.concat(Stream.of("handinger.proxy.port=" + proxy.port(), "handinger.retry.max-attempts=1"),
								Stream.of(properties))
						.toArray(String[]::new));
		}
	}

	private static Object requestToAServerThatIsAProxyToo(String... properties) {
		try (RawServer server = refusingProxy()) {
			return withKey((context) -> {
				outcome(context, (client) -> client.retrieve("tsk_1"));
				return server.requests().get(0).line().replaceAll("(?<=localhost:)\\d+| HTTP/1.1", "");
			}, baseUrl(server),
					Stream
						.concat(Stream.of("handinger.proxy.port=" + server.port(), "handinger.retry.max-attempts=1"),
								Stream.of(properties))
						.toArray(String[]::new));
		}
	}

	/**
	 * The port of the proxy is only known here.
	 */
	private static Object isProxyReached(String... properties) {
		try (RawServer proxy = refusingProxy()) {
			String[] all = Stream
				.concat(Stream.of("handinger.proxy.host=localhost", "handinger.retry.max-attempts=1"),
						Stream.of(properties).map((property) -> property.replace("=0", "=" + proxy.port())))
				.toArray(String[]::new);
			return withKey((context) -> {
				outcome(context, (client) -> client.retrieve("tsk_1"));
				return !proxy.requests().isEmpty();
			}, "handinger.base-url=https://example.com", all);
		}
	}

	private static HttpClientConfig client(String kind, String... properties) {
		return (HttpClientConfig) withKey((context) -> client(context, kind), "handinger.base-url=http://localhost:1",
				properties);
	}

	private static HttpClientConfig client(ApplicationContext context, String kind) {
		return HandingerAutoConfigurationTests.clients(context.getBean(HttpConnections.class), kind).get(0);
	}

	/**
	 * Return what becomes of a call that is not answered, unless it waits for long.
	 */
	private static Object silence(String kind, Function<HandingerTasksClient, Mono<?>> call, String... properties) {
		try (RawServer server = RawServer.start((request, connection, number) -> {
		})) {
			return withKey((context) -> {
				Duration patience = client(context, kind).responseTimeout();
				return (patience == null || patience.compareTo(LONGEST_OBSERVED) > 0) ? "waits"
						: outcome(context, call);
			}, baseUrl(server), properties);
		}
	}

	private static Object connectionsOfTwentyTasks(String... properties) {
		AtomicInteger connections = new AtomicInteger();
		try (RawServer server = RawServer.start((request, connection, number) -> {
			if (!connection.isReused()) {
				connections.incrementAndGet();
			}
			connection.awaitRelease();
			connection.json(200, Json.WORKER);
		})) {
			return withKey((context) -> {
				HandingerTasksClient client = context.getBean(HandingerTasksClient.class);
				Mono<?> all = Flux.range(0, 20).flatMap((i) -> client.create(CreateTask.of("x")), 20).then().cache();
				all.subscribe();
				Integer limit = context.getBean(HandingerProperties.class).maxConnections();
				await().atMost(PATIENCE).until(() -> connections.get() == ((limit != null) ? limit : 20));
				server.release();
				all.block(PATIENCE);
				return connections.get();
			}, baseUrl(server), properties);
		}
	}

	private static Object requestsOverHttp2(String... properties) {
		try (NettyServer server = NettyServer.plain(NettyServer.Behaviour.ANSWER, HttpProtocol.H2C,
				HttpProtocol.HTTP11)) {
			return withKey((context) -> {
				outcome(context, (client) -> client.create(CreateTask.of("x")));
				return server.posts(2);
			}, "handinger.base-url=" + server.url(), properties);
		}
	}

	private static Object callOverTls(String... properties) throws IOException, InterruptedException {
		Path keyStore = directory.resolve("server.p12");
		ServerKeys keys = keyStore.toFile().exists() ? new ServerKeys(keyStore) : ServerKeys.create(directory);
		try (NettyServer server = NettyServer.secure(keys, NettyServer.Behaviour.ANSWER, HttpProtocol.HTTP11)) {
			return withKey((context) -> outcome(context, (client) -> client.retrieve("tsk_1")),
					"handinger.base-url=" + server.url(),
					Stream
						.of(Stream.of("handinger.retry.max-attempts=1"), Stream.of(keys.trust()), Stream.of(properties))
						.flatMap(Function.identity())
						.toArray(String[]::new));
		}
	}

	private static Object attempts(String... properties) {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(503, "{}"))) {
			return withKey((context) -> {
				outcome(context, (client) -> client.retrieve("tsk_1"));
				return server.requests().size();
			}, baseUrl(server), properties);
		}
	}

	private static Backoff backoff(String... properties) {
		return (Backoff) withKey(
				(context) -> ReflectionTestUtils.getField(context.getBean(HandingerTransport.class), "backoff"),
				"handinger.base-url=http://localhost:1", properties);
	}

	private static Polling polling(String... properties) {
		return (Polling) withKey((context) -> ReflectionTestUtils.getField(
				ReflectionTestUtils.getField(context.getBean(HandingerTasksClient.class), "environment"), "polling"),
				"handinger.base-url=http://localhost:1", properties);
	}

	private static Object withDatabase(Function<ApplicationContext, Object> look, String... properties) {
		AtomicReference<Object> seen = new AtomicReference<>(REFUSED);
		TasksClient.application()
			.withConfiguration(AutoConfigurations.of(HandingerWebhookAutoConfiguration.class,
					HandingerRunsAutoConfiguration.class))
			.withBean(DataSource.class,
					() -> new EmbeddedDatabaseBuilder().generateUniqueName(true)
						.setType(EmbeddedDatabaseType.H2)
						.build())
			.withPropertyValues("handinger.api-key=hdg_test_1")
			.withPropertyValues(properties)
			.run((context) -> seen.set(look.apply(context)));
		return seen.get();
	}

	private static Object tableOfRuns(String... properties) {
		return withDatabase((context) -> new JdbcTemplate(context.getBean(DataSource.class))
			.queryForList("select table_name from information_schema.tables where table_name like '%RUNS'",
					String.class)
			.stream()
			.findFirst()
			.orElse("none"), properties);
	}

	private static RunsSettings runs(String... properties) {
		return (RunsSettings) withDatabase(
				(context) -> ReflectionTestUtils.getField(context.getBean(HandingerRuns.class), "settings"),
				properties);
	}

	private static Object requestsOfTwoProbes(String... properties) {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(404, "{}"))) {
			return withKey((context) -> {
				ReactiveHealthIndicator indicator = context.getBean(ReactiveHealthIndicator.class);
				indicator.health().block(PATIENCE);
				Instant later = Instant.now().plusMillis(5);
				await().atMost(PATIENCE).until(() -> Instant.now().isAfter(later));
				indicator.health().block(PATIENCE);
				return server.requests().size();
			}, baseUrl(server), properties);
		}
	}

	private static Object isHealthShown(String... properties) {
		return application((context) -> context.containsBean("handingerHealthIndicator"), properties);
	}

	private static Object deliver(String path, String... properties) {
		try (HookedApplication application = new HookedApplication(properties)) {
			return application.deliver(path);
		}
	}

	/**
	 * Return how often Handinger was told the URL, once the registration is settled.
	 */
	private static Object updatesOfTheWebhook(String... properties) {
		try (HookedApplication application = new HookedApplication(properties)) {
			if (application.context().getBean(WebhookSettings.class).registration().url() != null) {
				WebhookLifecycle registrations = application.context().getBean(WebhookLifecycle.class);
				await().atMost(PATIENCE)
					.until(() -> registrations.states()
						.getOrDefault("wrk_1", "")
						.matches("registered|.*overwrite=true.*"));
			}
			return application.requests("PUT /api/workers/wrk_1/webhook")
					+ application.requests("POST /api/workers/wrk_1/webhook");
		}
		catch (RuntimeException ex) {
			assertThat(ex).hasStackTraceContaining("handinger.webhook.registration.worker-ids");
			return REFUSED;
		}
	}

	/**
	 * Return how often the list of executions is read: never, once, or again and again.
	 */
	private static Object passes(String... properties) {
		try (HookedApplication application = new HookedApplication(
				Stream.concat(Stream.of(properties), Stream.of("handinger.webhook.tokens=" + HookedApplication.TOKEN))
					.toArray(String[]::new))) {
			WebhookSettings.Reconciliation settings = application.context()
				.getBean(WebhookSettings.class)
				.reconciliation();
			long expected = !settings.enabled() ? 0 : (settings.interval().compareTo(LONGEST_OBSERVED) > 0) ? 1 : 2;
			await().atMost(PATIENCE)
				.until(() -> application.requests("GET /api/workers/wrk_1/webhook/executions") >= expected);
			return Math.min(2, application.requests("GET /api/workers/wrk_1/webhook/executions"));
		}
	}

	/**
	 * Return whether a delivery is made up for that failed two hours ago.
	 */
	private static Object lookUpsOfAnOldFailure(String... properties) {
		try (HookedApplication application = new HookedApplication(
				Stream.concat(Stream.of(properties), Stream.of("handinger.webhook.tokens=" + HookedApplication.TOKEN))
					.toArray(String[]::new))) {
			await().atMost(PATIENCE)
				.until(() -> application.requests("GET /api/workers/wrk_1/webhook/executions") >= 3);
			return Math.min(1, application.requests("GET /api/tasks/tsk_1"));
		}
	}

}
