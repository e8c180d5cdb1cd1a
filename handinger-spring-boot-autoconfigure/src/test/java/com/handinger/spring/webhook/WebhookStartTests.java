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

package com.handinger.spring.webhook;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

import com.handinger.spring.support.EnableBareAutoConfiguration;
import com.handinger.spring.support.StartFailure;
import com.handinger.spring.webhook.WebhookController.WebhookRequest;
import com.handinger.spring.worker.HandingerWorkersClient;
import com.handinger.spring.worker.Webhook;
import com.handinger.spring.worker.WebhookExecution;
import com.handinger.spring.worker.WebhookExecution.RequestStatus;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mockito.Mockito;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerInitializedEvent;
import org.springframework.boot.web.servlet.support.SpringBootServletInitializer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextManager;
import org.springframework.web.context.WebApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.timeout;
import static org.mockito.Mockito.times;

/**
 * When registration and reconciliation begin, and what is said of them then.
 */
@ExtendWith(OutputCaptureExtension.class)
class WebhookStartTests {

	private static final long PATIENCE = Duration.ofMinutes(2).toMillis();

	private static final String KEY = "handinger.api-key=hdg_test_5ecret";

	private static final String ADDRESS = "handinger.base-url=http://localhost:1";

	private static final String URL = "handinger.webhook.registration.url=https://example.com/handinger/webhook";

	private static final String WORKERS = "handinger.webhook.registration.worker-ids=wrk_1";

	private static final String RECONCILIATION = "handinger.webhook.reconciliation.enabled=true";

	private static final String MEMORY = "Webhook deduplication is in memory only";

	private static HandingerWorkersClient workers(ApplicationContext context) {
		return context.getBean(HandingerWorkersClient.class);
	}

	private static void shouldRegister(HandingerWorkersClient workers, int times) {
		then(workers).should(timeout(PATIENCE).times(times)).webhook("wrk_1");
	}

	private static void shouldReconcile(HandingerWorkersClient workers, int times) {
		then(workers).should(timeout(PATIENCE).times(times)).webhookExecutions("wrk_1");
	}

	private static LoadedTest test(Class<?> test) {
		TestContext context = new TestContextManager(test).getTestContext();
		return new LoadedTest(context, context.getApplicationContext());
	}

	private static ConfigurableApplicationContext start(WebApplicationType type, String... properties) {
		return start(type, Application.class, properties);
	}

	private static ConfigurableApplicationContext start(WebApplicationType type, Class<?> application,
			String... properties) {
		List<String> all = new ArrayList<>(List.of(KEY, ADDRESS));
		all.addAll(List.of(properties));
		return StartFailure.none(type, application, all.toArray(String[]::new));
	}

	@ParameterizedTest
	@ValueSource(classes = { MockedServletTest.class, MockedReactiveTest.class })
	void testWithAMockedWebEnvironmentAsksNothingOfHandinger(Class<?> test, CapturedOutput output) {
		HandingerWorkersClient workers;
		try (LoadedTest loaded = test(test)) {
			workers = workers(loaded.context());
			assertThat(loaded.context().getBean(WebhookLifecycle.class).states()).containsEntry("wrk_1",
					"not registered yet");
		}
		then(workers).shouldHaveNoInteractions();
		assertThat(output).doesNotContain(MEMORY);
	}

	@ParameterizedTest
	@ValueSource(classes = { MockedServletTest.class, MockedReactiveTest.class })
	void wrongTokenInAMockedWebEnvironmentAsksNothingOfHandinger(Class<?> test) {
		try (LoadedTest loaded = test(test)) {
			loaded.context()
				.getBean(WebhookRuntime.class)
				.controller()
				.receive(new WebhookRequest("POST", (name) -> List.of("whk_unknown"), 0, Mono.empty()))
				.as(StepVerifier::create)
				.expectNextMatches((response) -> response.status() == 401)
				.verifyComplete();
			then(workers(loaded.context())).shouldHaveNoInteractions();
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { ListeningServletTest.class, ListeningReactiveTest.class })
	void testWithARealPortRegistersAndReconciles(Class<?> test) {
		try (LoadedTest loaded = test(test)) {
			shouldRegister(workers(loaded.context()), 1);
			shouldReconcile(workers(loaded.context()), 1);
		}
	}

	@Test
	void testWithoutAWebServerFailsToStartWithARegistration(CapturedOutput output) {
		assertThat(catchFailure(ServerlessTest.class)).hasStackTraceContaining("this application has no web server");
	}

	private static Throwable catchFailure(Class<?> test) {
		try {
			throw new AssertionError(test(test) + " has started");
		}
		catch (IllegalStateException ex) {
			return ex;
		}
	}

	@ParameterizedTest
	@EnumSource(value = WebApplicationType.class, names = { "SERVLET", "REACTIVE" })
	void applicationWithLazyBeansRegistersAndReconciles(WebApplicationType type) {
		try (ConfigurableApplicationContext context = start(type, URL, WORKERS,
				"spring.main.lazy-initialization=true")) {
			shouldRegister(workers(context), 1);
			shouldReconcile(workers(context), 1);
		}
	}

	@Test
	void serverWithoutAPortRegistersNothing() {
		HandingerWorkersClient workers;
		try (ConfigurableApplicationContext context = start(WebApplicationType.SERVLET, URL, WORKERS,
				"server.port=-1")) {
			workers = workers(context);
		}
		then(workers).shouldHaveNoInteractions();
	}

	@Test
	void serverOfAnotherContextRegistersNothing() {
		HandingerWorkersClient workers;
		try (LoadedTest loaded = test(MockedReactiveTest.class);
				ReactiveWebServerApplicationContext management = new ReactiveWebServerApplicationContext()) {
			WebServer server = mock(WebServer.class);
			given(server.getPort()).willReturn(8081);
			loaded.context().publishEvent(new ReactiveWebServerInitializedEvent(server, management));
			workers = workers(loaded.context());
		}
		then(workers).shouldHaveNoInteractions();
	}

	@Test
	void serverThatStartsLateIsWaitedFor() {
		try (LoadedTest loaded = test(MockedReactiveTest.class)) {
			then(workers(loaded.context())).shouldHaveNoInteractions();
			loaded.context().getBean(WebhookLifecycle.class).listen();
			shouldRegister(workers(loaded.context()), 1);
			shouldReconcile(workers(loaded.context()), 1);
		}
	}

	@ParameterizedTest
	@EnumSource(value = WebApplicationType.class, names = { "SERVLET", "REACTIVE" })
	void contextThatIsStartedAgainRegistersAndReconcilesAgain(WebApplicationType type, CapturedOutput output) {
		try (ConfigurableApplicationContext context = start(type, URL, WORKERS)) {
			shouldReconcile(workers(context), 1);
			context.stop();
			context.start();
			shouldRegister(workers(context), 2);
			shouldReconcile(workers(context), 2);
			assertThat(output).containsOnlyOnce(MEMORY);
		}
	}

	@Test
	void readyChildDoesNotMakeItsParentReconcileAgain() {
		try (ConfigurableApplicationContext parent = start(WebApplicationType.NONE, WORKERS, RECONCILIATION)) {
			shouldReconcile(workers(parent), 1);
			new SpringApplicationBuilder(Nothing.class).web(WebApplicationType.NONE).parent(parent).run().close();
			then(workers(parent)).should(times(1)).webhookExecutions("wrk_1");
		}
	}

	@Test
	void warInAServletContainerRegistersAndReconciles(@TempDir Path directory, CapturedOutput output) throws Exception {
		Tomcat tomcat = new Tomcat();
		tomcat.setBaseDir(directory.toString());
		tomcat.setPort(0);
		tomcat.getConnector();
		Context context = tomcat.addContext("/shop", directory.toString());
		War war = new War();
		context.addServletContainerInitializer((classes, servletContext) -> war.onStartup(servletContext), Set.of());
		try {
			tomcat.start();
			shouldRegister(War.workers, 1);
			shouldReconcile(War.workers, 1);
			assertThat(output).contains(
					"/handinger/webhook, which does not end in the path of the webhook, " + "/shop/handinger/webhook");
		}
		finally {
			tomcat.stop();
			tomcat.destroy();
		}
	}

	@Test
	void registrationWithoutAWebServerIsAStartFailure(CapturedOutput output) {
		assertThat(StartFailure.of(output, WebApplicationType.NONE, Application.class, KEY, ADDRESS, URL, WORKERS))
			.contains(
					"The property handinger.webhook.registration.url can't have the value "
							+ "'https://example.com/handinger/webhook'",
					"this application has no web server", "spring-boot-starter-webmvc",
					"handinger.webhook.reconciliation.enabled=true", "handinger.webhook.enabled=false");
	}

	@Test
	void registrationWithoutAWebServerIsAStartFailureWithLazyBeans(CapturedOutput output) {
		assertThat(StartFailure.of(output, WebApplicationType.NONE, Application.class, KEY, ADDRESS, URL, WORKERS,
				"spring.main.lazy-initialization=true"))
			.contains("this application has no web server");
	}

	@ParameterizedTest
	@ValueSource(strings = { WORKERS, URL + ";" + WORKERS })
	void reconciliationAloneNeedsNoWebServer(String properties, CapturedOutput output) {
		try (ConfigurableApplicationContext context = start(WebApplicationType.NONE,
				(properties + ";" + RECONCILIATION).split(";"))) {
			shouldReconcile(workers(context), 1);
			then(workers(context)).should(never()).webhook(anyString());
			then(workers(context)).should(never()).updateWebhook(anyString(), anyString());
			assertThat(context.getBean(WebhookLifecycle.class).states()).isEmpty();
			assertThat(output).doesNotContain("There is no webhook");
		}
	}

	@Test
	void applicationWithoutAWebServerStartsWithoutTheWebhook() {
		HandingerWorkersClient workers;
		try (ConfigurableApplicationContext context = start(WebApplicationType.NONE, URL, WORKERS, RECONCILIATION,
				"handinger.webhook.enabled=false")) {
			workers = workers(context);
		}
		then(workers).shouldHaveNoInteractions();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "/handinger/webhook|''", "/gateway/v1/handinger/webhook|''", "/handinger/webhook?team=1|''",
					"/shop/handinger/webhook|/shop", "/eu/shop/api/handinger/webhook|/shop/api",
					"/pr%C3%BCfung/handinger/webhook|/prüfung", "/my%20shop/handinger/webhook|/my%20shop",
					"/pr%c3%bcfung/handinger/webhook|/pr%C3%BCfung", "/100%25/handinger/webhook|/100%" })
	void urlLeadsToTheWebhookWhateverAProxyPutsBeforeIt(String path, String prefix) {
		assertThat(WebhookLifecycle.leadsTo("https://example.com" + path, prefix, "/handinger/webhook")).isTrue();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "/handinger/webhook|/shop", "/shop/handinger/webhook|/shop/api", "/other|''", "''|''", "/|''",
					"/handinger/webhook/|''", "/Handinger/webhook|''", "/handinger/%77ebhook|''",
					"/other?path=/handinger/webhook|''", "/anotherhandinger/webhook|''" })
	void urlWithAnotherPathDoesNotLeadToTheWebhook(String path, String prefix) {
		assertThat(WebhookLifecycle.leadsTo("https://example.com" + path, prefix, "/handinger/webhook")).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "SERVLET, server.servlet.context-path=/shop, spring.mvc.servlet.path=/api, /shop/api",
			"REACTIVE, spring.webflux.base-path=/shop, spring.mvc.servlet.path=/unused, /shop" })
	void forgottenContextPathIsWarnedOfWithBothPaths(WebApplicationType type, String path, String servletPath,
			String prefix, CapturedOutput output) {
		start(type, URL, WORKERS, path, servletPath).close();
		assertThat(output).containsOnlyOnce("The path of handinger.webhook.registration.url is /handinger/webhook, "
				+ "which does not end in the path of the webhook, " + prefix + "/handinger/webhook");
		int end = output.length();
		start(type, URL.replace(".com", ".com/eu" + prefix), WORKERS, path, servletPath).close();
		assertThat(output.getAll().substring(end)).doesNotContain("which does not end in");
	}

	@Test
	void rejectedDeliveryIsShownByHealth() {
		try (ConfigurableApplicationContext context = start(WebApplicationType.SERVLET, RejectingApplication.class, URL,
				WORKERS)) {
			shouldReconcile(workers(context), 1);
			Awaitility.await()
				.atMost(Duration.ofMillis(PATIENCE))
				.untilAsserted(() -> assertThat(String.valueOf(context.getBean(ReactiveHealthIndicator.class)
					.health()
					.block(Duration.ofMillis(PATIENCE))
					.getDetails()
					.get("webhooks"))).contains("wrk_1=registered, but the webhook delivery of ",
							"to https://example.com/handinger/webhook was answered with 404"));
		}
	}

	@ParameterizedTest
	@EnumSource(value = WebApplicationType.class, names = { "SERVLET", "REACTIVE" })
	void missingTokenIsWarnedOfWithAListenerAlone(WebApplicationType type, CapturedOutput output) {
		start(type, Nothing.class).close();
		start(type, ListenerForAll.class).close();
		assertThat(output).doesNotContain("There is no webhook");
		for (Class<?> application : List.of(Listener.class, ListenerInterface.class, Handler.class)) {
			int end = output.length();
			start(type, application, "spring.main.lazy-initialization=true").close();
			assertThat(output.getAll().substring(end)).as(application.getName())
				.containsOnlyOnce("There is no webhook at /handinger/webhook");
		}
	}

	@Test
	void listenerOfTheParentIsOne(CapturedOutput output) {
		try (ConfigurableApplicationContext parent = start(WebApplicationType.NONE, Listener.class)) {
			assertThat(output).doesNotContain("There is no webhook");
			assertThat(new TaskFinishedListeners(parent).exist()).isTrue();
			try (ConfigurableApplicationContext child = new SpringApplicationBuilder(Empty.class)
				.web(WebApplicationType.NONE)
				.parent(parent)
				.run()) {
				assertThat(new TaskFinishedListeners(child).exist()).isTrue();
			}
		}
	}

	/**
	 * A test of an application, whose context is closed after it.
	 */
	private record LoadedTest(TestContext test, ApplicationContext context) implements AutoCloseable {

		@Override
		public void close() {
			this.test.markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
		}

	}

	/**
	 * An application for a servlet container.
	 */
	private static final class War extends SpringBootServletInitializer {

		private static volatile HandingerWorkersClient workers;

		@Override
		protected SpringApplicationBuilder configure(SpringApplicationBuilder application) {
			return application.sources(Application.class).properties(KEY, ADDRESS, URL, WORKERS);
		}

		@Override
		protected WebApplicationContext run(SpringApplication application) {
			WebApplicationContext context = super.run(application);
			War.workers = WebhookStartTests.workers(context);
			return context;
		}

	}

	@SpringBootTest(classes = Application.class, properties = { KEY, ADDRESS, URL, WORKERS })
	static class MockedServletTest {

	}

	@SpringBootTest(classes = Application.class,
			properties = { KEY, ADDRESS, URL, WORKERS, "spring.main.web-application-type=reactive" })
	static class MockedReactiveTest {

	}

	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { KEY, ADDRESS, URL, WORKERS })
	static class ListeningServletTest {

	}

	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.RANDOM_PORT,
			properties = { KEY, ADDRESS, URL, WORKERS, "spring.main.web-application-type=reactive" })
	static class ListeningReactiveTest {

	}

	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE,
			properties = { KEY, ADDRESS, URL, WORKERS })
	static class ServerlessTest {

	}

	/**
	 * Has a client that takes note of what it is asked for.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableBareAutoConfiguration
	static class Application {

		@Bean
		HandingerWorkersClient workers() {
			HandingerWorkersClient workers = mock(HandingerWorkersClient.class);
			given(workers.webhook("wrk_1"))
				.willReturn(Mono.just(new Webhook("whk_1", "https://example.com/handinger/webhook")));
			given(workers.updateWebhook(anyString(), anyString())).willReturn(Mono.never());
			given(workers.webhookExecutions("wrk_1")).willReturn(Flux.never());
			Mockito.clearInvocations(workers);
			return workers;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableBareAutoConfiguration
	static class RejectingApplication extends Application {

		@Override
		HandingerWorkersClient workers() {
			HandingerWorkersClient workers = super.workers();
			WebhookExecution rejected = new WebhookExecution("whx_1", Instant.now(), 10, null, RequestStatus.ERROR, 404,
					"tsk_1", null, "https://example.com/handinger/webhook", "wrk_1");
			given(workers.webhookExecutions("wrk_1")).willReturn(Flux.just(rejected));
			Mockito.clearInvocations(workers);
			return workers;
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Empty {

	}

	@Configuration(proxyBeanMethods = false)
	static class Nothing {

	}

	@Configuration(proxyBeanMethods = false)
	static class ListenerForAll {

		@EventListener
		void on(Object event) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Listener {

		@EventListener
		void on(TaskFinishedEvent event) {
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class ListenerInterface {

		@Bean
		ApplicationListener<PayloadApplicationEvent<TaskFinishedEvent>> listener() {
			return new ApplicationListener<>() {

				@Override
				public void onApplicationEvent(PayloadApplicationEvent<TaskFinishedEvent> event) {
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Handler {

		@Bean
		TaskFinishedHandler handler() {
			return (event) -> Mono.empty();
		}

	}

}
