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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import javax.sql.DataSource;

import com.handinger.spring.support.BrokenLog;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.webhook.RawClient.Answer;
import com.handinger.spring.webhook.WebhookApplication.ListeningApplication;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.event.EventListener;
import org.springframework.integration.jdbc.metadata.JdbcMetadataStore;
import org.springframework.integration.metadata.ConcurrentMetadataStore;
import org.springframework.integration.metadata.SimpleMetadataStore;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;
import org.springframework.transaction.support.TransactionSynchronizationManager;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Who hears of the end of a task, and how.
 */
@Tag("slow")
@ExtendWith(OutputCaptureExtension.class)
class WebhookListenersTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final int CAPACITY = 8 + 256;

	private static TasksServer handinger(int tasks) {
		TasksServer handinger = TasksServer.start();
		IntStream.rangeClosed(1, tasks).forEach((i) -> handinger.withTask("tsk_" + i, 1));
		return handinger;
	}

	@ParameterizedTest
	@EnumSource
	void handlerIsCalledAfterTheListeners(WebStack stack) {
		try (TasksServer handinger = handinger(2);
				WebhookApplication application = WebhookApplication.start(stack, handinger,
						HandlingApplication.class)) {
			List<String> calls = application.context().getBean(Calls.class).calls;
			application.listener().onTask("tsk_1", (event) -> calls.add("listener"));
			assertThat(application.deliverTask("tsk_1").status()).isEqualTo(204);
			assertThat(calls).containsExactly("listener", "handler tsk_1");
			Answer failed = application.deliverTask("tsk_2");
			assertThat(failed.status()).isEqualTo(503);
			assertThat(failed.header("Retry-After")).isPresent();
			assertThat(application.deliverTask("tsk_1").status()).isEqualTo(204);
			assertThat(calls).filteredOn("handler tsk_1"::equals).hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void handlerThatNeverEndsIsGivenUp(WebStack stack) {
		try (TasksServer handinger = handinger(3);
				WebhookApplication application = WebhookApplication.start(stack, handinger, HandlingApplication.class,
						"handinger.webhook.timeout=1s", "spring.lifecycle.timeout-per-shutdown-phase=1s")) {
			assertThat(application.deliverTask("tsk_3").status()).isEqualTo(503);
			Awaitility.await().atMost(PATIENCE).until(() -> application.deliverTask("tsk_1").status() == 204);
		}
	}

	@Test
	void handlerBehindAScopedProxyIsCalledOnceAndOneThatIsNoCandidateNever() {
		try (TasksServer handinger = handinger(1);
				WebhookApplication application = WebhookApplication.start(WebStack.TOMCAT, handinger,
						ProxyingApplication.class)) {
			assertThat(application.deliverTask("tsk_1").status()).isEqualTo(204);
			assertThat(application.context().getBean(Calls.class).calls).containsExactly("proxied");
		}
	}

	@ParameterizedTest
	@EnumSource
	void brokenLogKeepsNoDeliveryFromItsAnswer(WebStack stack) {
		try (BrokenLog log = BrokenLog.start("TURBO_FILTER");
				TasksServer handinger = handinger(1);
				WebhookApplication application = WebhookApplication.start(stack, handinger)) {
			application.listener().onTask("tsk_1", (event) -> {
				throw new IllegalStateException("This is just a test");
			});
			log.breakDown();
			assertThat(application.deliverTask("tsk_1").status()).isEqualTo(503);
			assertThat(application.deliver("[]").status()).isEqualTo(400);
			assertThat(application.send("POST /handinger/webhook HTTP/1.1", "", "{}").status()).isEqualTo(401);
		}
	}

	@ParameterizedTest
	@EnumSource
	void fullSchedulerIsToldAtOnce(WebStack stack) throws Exception {
		int refused = 20;
		ExecutorService senders = Executors.newFixedThreadPool(CAPACITY + refused);
		CountDownLatch release = new CountDownLatch(1);
		try (TasksServer handinger = handinger(CAPACITY + refused);
				WebhookApplication application = WebhookApplication.start(stack, handinger,
						"handinger.webhook.timeout=30s")) {
			IntStream.rangeClosed(1, CAPACITY + refused)
				.forEach(
						(i) -> application.listener().onTask("tsk_" + i, (event) -> WebhookApplication.await(release)));
			List<Future<Answer>> answers = IntStream.rangeClosed(1, CAPACITY + refused)
				.mapToObj((i) -> senders.submit(() -> application.deliverTask("tsk_" + i)))
				.toList();
			Awaitility.await().atMost(PATIENCE).until(() -> answers.stream().filter(Future::isDone).count() == refused);
			release.countDown();
			List<Integer> statuses = new ArrayList<>();
			for (Future<Answer> answer : answers) {
				statuses.add(answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).status());
				if (answer.get().status() == 503) {
					assertThat(answer.get().header("Retry-After")).isPresent();
				}
			}
			assertThat(statuses).filteredOn((status) -> status == 503).hasSize(refused);
			assertThat(statuses).filteredOn((status) -> status == 204).hasSize(CAPACITY);
		}
		finally {
			release.countDown();
			senders.shutdownNow();
		}
	}

	@Test
	void transactionalListenersRunInTheTransaction() {
		try (TasksServer handinger = handinger(2);
				WebhookApplication application = WebhookApplication.start(WebStack.TOMCAT, handinger,
						TransactionalApplication.class)) {
			assertThat(application.deliverTask("tsk_1").status()).isEqualTo(204);
			assertThat(application.context().getBean(Calls.class).calls).containsExactly("in true", "before true",
					"after true");
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void listenersRunOnVirtualThreadsWhereTheApplicationDoes() {
		try (TasksServer handinger = handinger(1);
				WebhookApplication application = WebhookApplication.start(WebStack.TOMCAT, handinger,
						"spring.threads.virtual.enabled=true")) {
			List<Boolean> virtual = new CopyOnWriteArrayList<>();
			application.listener().onTask("tsk_1", (event) -> virtual.add(isVirtual(Thread.currentThread())));
			assertThat(application.deliverTask("tsk_1").status()).isEqualTo(204);
			assertThat(virtual).containsExactly(true);
		}
	}

	/**
	 * Java 17 has no such method.
	 */
	private static boolean isVirtual(Thread thread) {
		return thread.getThreadGroup() != null && thread.getThreadGroup().getName().equals("VirtualThreads");
	}

	@ParameterizedTest
	@ValueSource(classes = { JdbcStoreApplication.class, SharedStoreApplication.class })
	void instancesWithOneStoreHearOfEachTaskOnce(Class<?> configuration) {
		int tasks = 10;
		try (TasksServer handinger = handinger(tasks);
				WebhookApplication one = WebhookApplication.start(WebStack.TOMCAT, handinger, configuration);
				WebhookApplication other = WebhookApplication.start(WebStack.NETTY, handinger, configuration)) {
			List<Integer> statuses = IntStream.range(0, 200)
				.parallel()
				.mapToObj((i) -> ((i / tasks % 2 == 0) ? one : other).deliverTask("tsk_" + (i % tasks + 1)).status())
				.toList();
			assertThat(statuses).contains(204).allMatch((status) -> status == 204 || status == 503);
			for (int i = 1; i <= tasks; i++) {
				assertThat(one.deliverTask("tsk_" + i).status()).isEqualTo(204);
				assertThat(one.listener().events("tsk_" + i).size() + other.listener().events("tsk_" + i).size())
					.isEqualTo(1);
			}
		}
	}

	@Test
	void tokensDoNotShowWhereTheApplicationCanNotStart(CapturedOutput output) {
		try (TasksServer handinger = handinger(0)) {
			for (String property : List.of("handinger.webhook.timeout=0s",
					"handinger.webhook.tokens=" + WebhookApplication.TOKEN + ", ,x", "handinger.webhook.path=x",
					"handinger.webhook.max-body-size=x")) {
				try (WebhookApplication application = WebhookApplication.start(WebStack.TOMCAT, handinger, property)) {
					assertThat(application).as(property).isNull();
				}
				catch (RuntimeException ex) {
					for (Throwable each = ex; each != null; each = each.getCause()) {
						assertThat(each.toString()).doesNotContain(WebhookApplication.TOKEN);
					}
				}
			}
			assertThat(output.getAll().lines()).noneMatch((line) -> line.contains(WebhookApplication.TOKEN));
		}
	}

	/**
	 * Notes what is called.
	 */
	static class Calls {

		private final List<String> calls = new CopyOnWriteArrayList<>();

	}

	@Configuration(proxyBeanMethods = false)
	@Import(ListeningApplication.class)
	static class HandlingApplication {

		@Bean
		Calls calls() {
			return new Calls();
		}

		@Bean
		TaskFinishedHandler handler(Calls calls) {
			return (event) -> switch (event.taskId()) {
				case "tsk_2" -> Mono.error(new IllegalStateException("This is just a test"));
				case "tsk_3" -> Mono.never();
				default -> Mono.fromRunnable(() -> calls.calls.add("handler " + event.taskId()));
			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(ListeningApplication.class)
	static class ProxyingApplication {

		@Bean
		Calls calls() {
			return new Calls();
		}

		@Bean
		@Scope(scopeName = BeanDefinition.SCOPE_PROTOTYPE, proxyMode = ScopedProxyMode.INTERFACES)
		TaskFinishedHandler proxiedHandler(Calls calls) {
			return (event) -> Mono.fromRunnable(() -> calls.calls.add("proxied"));
		}

		@Bean(autowireCandidate = false)
		TaskFinishedHandler noCandidate(Calls calls) {
			return (event) -> Mono.fromRunnable(() -> calls.calls.add("no candidate"));
		}

		@Bean(defaultCandidate = false)
		TaskFinishedHandler noDefaultCandidate(Calls calls) {
			return (event) -> Mono.fromRunnable(() -> calls.calls.add("no default candidate"));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	@Import(ListeningApplication.class)
	static class TransactionalApplication {

		@Bean
		EmbeddedDatabase database() {
			return new EmbeddedDatabaseBuilder().setType(EmbeddedDatabaseType.H2).generateUniqueName(true).build();
		}

		@Bean
		JdbcTransactionManager transactionManager(DataSource database) {
			return new JdbcTransactionManager(database);
		}

		@Bean
		Calls calls() {
			return new Calls();
		}

		@Bean
		TransactionalListener transactionalListener(Calls calls) {
			return new TransactionalListener(calls);
		}

	}

	static class TransactionalListener {

		private final Calls calls;

		TransactionalListener(Calls calls) {
			this.calls = calls;
		}

		@EventListener
		void within(TaskFinishedEvent event) {
			note("in");
		}

		@TransactionalEventListener(phase = TransactionPhase.BEFORE_COMMIT, fallbackExecution = true)
		void beforeCommit(TaskFinishedEvent event) {
			note("before");
		}

		@TransactionalEventListener
		void afterCommit(TaskFinishedEvent event) {
			note("after");
		}

		private void note(String when) {
			this.calls.calls.add(when + " " + TransactionSynchronizationManager.isActualTransactionActive());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(ListeningApplication.class)
	static class SharedStoreApplication {

		private static final ConcurrentMetadataStore STORE = new SimpleMetadataStore();

		@Bean
		ConcurrentMetadataStore store() {
			return STORE;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(ListeningApplication.class)
	static class JdbcStoreApplication {

		private static final EmbeddedDatabase DATABASE = new EmbeddedDatabaseBuilder().setType(EmbeddedDatabaseType.H2)
			.generateUniqueName(true)
			.addScript("classpath:org/springframework/integration/jdbc/schema-h2.sql")
			.build();

		@Bean(destroyMethod = "")
		DataSource database() {
			return DATABASE;
		}

		@Bean
		JdbcTransactionManager transactionManager(DataSource database) {
			return new JdbcTransactionManager(database);
		}

		@Bean
		JdbcMetadataStore store(DataSource database) {
			return new JdbcMetadataStore(database);
		}

	}

}
