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

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.test.simulator.RecordedDelivery;
import com.handinger.spring.webhook.TaskFinishedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.test.context.MergedContextConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.Mockito.mock;

/**
 * Tests where the simulator delivers the end of a turn to.
 */
class SimulatorWebhookTests {

	private static ConfigurableApplicationContext start(Class<?> source, String... args) {
		SpringApplication application = new SpringApplication(source);
		application.addInitializers((context) -> new SimulatorContextCustomizer().customizeContext(context,
				mock(MergedContextConfiguration.class)));
		return application
			.run(Stream.concat(Stream.of(args), Stream.of("--server.port=0", "--spring.main.banner-mode=off"))
				.toArray(String[]::new));
	}

	/**
	 * Deliver a task that has ended.
	 */
	private static RecordedDelivery deliver(ApplicationContext context) {
		HandingerSimulator simulator = context.getBean(HandingerSimulator.class);
		simulator.whenInput("Weather?").thenAnswer("Sunny.").loseWebhook();
		context.getBean(HandingerTasksClient.class).run(CreateTask.of("Weather?")).block(Duration.ofSeconds(20));
		return simulator.deliver(simulator.tasks().get(0).id());
	}

	@ParameterizedTest
	@CsvSource({ "servlet, /handinger/webhook, --test=1", "reactive, /handinger/webhook, --test=1",
			"servlet, /app/handinger/webhook, --server.servlet.context-path=/app",
			"servlet, /my%20app/handinger/webhook, --server.servlet.context-path=/my app",
			"servlet, /mvc/handinger/webhook, --spring.mvc.servlet.path=/mvc",
			"reactive, /flux/handinger/webhook, --spring.webflux.base-path=/flux",
			"servlet, /finished, --handinger.webhook.path=/finished",
			"reactive, /finished, --handinger.webhook.path=/finished" })
	void endIsDeliveredToTheWebhook(String type, String path, String property) {
		try (ConfigurableApplicationContext context = start(Listening.class,
				"--spring.main.web-application-type=" + type, property)) {
			RecordedDelivery delivery = deliver(context);
			assertThat(delivery.responseStatus()).isEqualTo(204);
			assertThat(delivery.url())
				.isEqualTo("http://localhost:" + context.getEnvironment().getProperty("local.server.port") + path);
			assertThat(context.getBean(Listening.class).events).singleElement()
				.satisfies((event) -> assertThat(event.outputText()).isEqualTo("Sunny."));
		}
	}

	@ParameterizedTest
	@CsvSource({ "--spring.main.web-application-type=none", "--handinger.webhook.enabled=false" })
	void endIsNotDeliveredWithoutAWebhook(String property) {
		try (ConfigurableApplicationContext context = start(Listening.class, property)) {
			assertThatIllegalStateException().isThrownBy(() -> deliver(context));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "servlet", "reactive" })
	void endIsDeliveredOverTls(String type, @TempDir Path directory) throws Exception {
		Path keyStore = directory.resolve("server.p12");
		assertThat(new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
				"-genkeypair", "-keyalg", "EC", "-dname", "CN=example.com", "-storetype", "PKCS12", "-keystore",
				keyStore.toString(), "-storepass", "changeit")
			.start()
			.waitFor()).isZero();
		try (ConfigurableApplicationContext context = start(Listening.class,
				"--spring.main.web-application-type=" + type, "--server.ssl.key-store=" + keyStore,
				"--server.ssl.key-store-password=changeit")) {
			RecordedDelivery delivery = deliver(context);
			assertThat(delivery.url()).startsWith("https://localhost:");
			assertThat(delivery.responseStatus()).isEqualTo(204);
		}
	}

	@Test
	void endIsNotDeliveredWithoutAListener() {
		try (ConfigurableApplicationContext context = start(Silent.class)) {
			assertThatIllegalStateException().isThrownBy(() -> deliver(context));
		}
	}

	@Test
	void endIsDeliveredAfterAReset() {
		try (ConfigurableApplicationContext context = start(Listening.class)) {
			context.getBean(HandingerSimulator.class).reset();
			assertThat(deliver(context).responseStatus()).isEqualTo(204);
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Silent {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Listening {

		private final List<TaskFinishedEvent> events = new ArrayList<>();

		@EventListener
		void on(TaskFinishedEvent event) {
			this.events.add(event);
		}

	}

}
