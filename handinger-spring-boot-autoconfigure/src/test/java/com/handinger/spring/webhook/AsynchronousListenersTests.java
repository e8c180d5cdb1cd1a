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

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

import com.handinger.spring.autoconfigure.HandingerAutoConfiguration;
import com.handinger.spring.autoconfigure.HandingerWebhookAutoConfiguration;
import com.handinger.spring.support.StartFailure;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.transport.MisconfigurationException;
import com.handinger.spring.webhook.WebhookApplication.ListeningApplication;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.event.ApplicationEventMulticaster;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.context.event.SimpleApplicationEventMulticaster;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.integration.jdbc.metadata.JdbcMetadataStore;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabase;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.modulith.events.core.EventPublicationRegistry;
import org.springframework.modulith.events.support.PersistentApplicationEventMulticaster;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.support.TaskUtils;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.event.TransactionPhase;
import org.springframework.transaction.event.TransactionalEventListener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Listeners are waited for, and their failures seen, whatever the application does with
 * its events.
 */
@ExtendWith(OutputCaptureExtension.class)
class AsynchronousListenersTests {

	@ParameterizedTest
	@ValueSource(classes = { WithExecutor.class, WithErrorHandler.class, WithCustomMulticaster.class })
	void listenerThatFailsTakesBackItsWorkAndTheClaim(Class<?> application) {
		try (TasksServer handinger = TasksServer.start();
				WebhookApplication webhook = WebhookApplication.start(WebStack.TOMCAT, handinger, application)) {
			handinger.withTask("tsk_1", 1);
			WritingListener listener = webhook.context().getBean(WritingListener.class);
			listener.failures.set(2);
			assertThat(webhook.deliverTask("tsk_1").status()).isEqualTo(503);
			assertThat(listener.rows()).isZero();
			assertThat(webhook.deliverTask("tsk_1").status()).isEqualTo(503);
			assertThat(webhook.deliverTask("tsk_1").status()).isEqualTo(204);
			assertThat(webhook.deliverTask("tsk_1").status()).isEqualTo(204);
			assertThat(listener.rows()).isEqualTo(1);
			assertThat(listener.threads).hasSize(3).allMatch((thread) -> thread.startsWith("handinger-webhook-"));
		}
	}

	@Test
	void listenersOfEachKindAreCalledInTheirOrder() {
		try (ConfigurableApplicationContext parent = new AnnotationConfigApplicationContext(ParentListeners.class);
				AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.setParent(parent);
			context.register(Listeners.class);
			context.refresh();
			List<String> calls = context.getBean(Calls.class).calls;
			context.addApplicationListener((PayloadApplicationEvent<TaskFinishedEvent> event) -> calls.add("added"));
			publish(context);
			assertThat(calls).containsExactly("first", "second", "lazy", "added", "parent");
		}
	}

	@Test
	void listenerOfAParentIsCalledIfTheParentIsAProxy() {
		new ApplicationContextRunner().withUserConfiguration(Calls.class, ParentListener.class)
			.run((parent) -> new ReactiveWebApplicationContextRunner().withParent(parent)
				.withConfiguration(AutoConfigurations.of(HandingerAutoConfiguration.class,
						HandingerWebhookAutoConfiguration.class))
				.run((context) -> {
					assertThat(context).hasNotFailed();
					ConfigurableApplicationContext child = context.getSourceApplicationContext();
					new TaskFinishedListeners(child).requireSynchronous(() -> true);
					publish(child);
					assertThat(parent.getBean(Calls.class).calls).containsExactly("parent");
				}));
	}

	@Test
	void failureOfAListenerIsThrown() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(
				WithExecutorAndErrorHandler.class)) {
			context.getBean(WritingListener.class).failures.set(1);
			assertThatIllegalStateException().isThrownBy(() -> publish(context)).withMessage("This is just a test");
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { LateFuture.class, LateStage.class, LateMono.class, LateFlux.class, LateObject.class,
			LateAsync.class })
	void resultThatComesLaterIsWaitedForAndItsFailureThrown(Class<?> listener) {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(listener,
				AwaitedListenerFactory.class)) {
			assertThatIllegalStateException().isThrownBy(() -> publish(context))
				.havingRootCause()
				.withMessage("This is just a test");
		}
	}

	@Test
	void resultThatComesLaterIsPublished() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(Publishing.class,
				Calls.class, AwaitedListenerFactory.class)) {
			publish(context);
			assertThat(context.getBean(Calls.class).calls).containsExactly("one", "two", "three");
		}
	}

	@Test
	void deliveryFailsWithTheFutureOfAListener() {
		try (TasksServer handinger = TasksServer.start();
				WebhookApplication webhook = WebhookApplication.start(WebStack.TOMCAT, handinger,
						ListeningWithFuture.class)) {
			handinger.withTask("tsk_1", 1);
			assertThat(webhook.deliverTask("tsk_1").status()).isEqualTo(503);
		}
	}

	@Test
	void multicasterOfSpringModulithStoresTheEvent() {
		try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext(WithModulith.class)) {
			publish(context);
			assertThat(context.getBean(PersistentApplicationEventMulticaster.class).stored())
				.filteredOn((event) -> event instanceof PayloadApplicationEvent<?>)
				.hasSize(1);
			assertThat(context.getBean(WritingListener.class).rows()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@ValueSource(classes = { AsyncMethod.class, AsyncMethodWithoutParameter.class, AsyncClass.class,
			AsyncBehindAnInterface.class, MetaAsync.class, OwnAsync.class, AsyncBeforeCommit.class,
			AsyncAfterCommit.class, ReturningFuture.class, ReturningStage.class, ReturningMono.class,
			ReturningPublisher.class, AsyncApplicationListener.class, AsyncInGerman.class })
	void listenerOnAnotherThreadIsRefusedWhereClaimsAreInTheTransaction(Class<?> listener) {
		assertThatExceptionOfType(MisconfigurationException.class).isThrownBy(() -> check(listener))
			.withMessageContaining("works on another thread")
			.withMessageContaining(AsynchronousListenersTests.class.getName());
	}

	@ParameterizedTest
	@ValueSource(classes = { WritingListener.class, AsyncThatIsNotEnabled.class, AsyncAfterCommitWithRegistry.class,
			AsyncForSomethingElse.class })
	void listenerThatIsWaitedForOrStoredIsNoMatter(Class<?> listener) {
		try (ConfigurableApplicationContext context = new AnnotationConfigApplicationContext(Database.class,
				listener)) {
			new TaskFinishedListeners(context).requireSynchronous(() -> {
				throw new IllegalStateException("The store is written to without need");
			});
		}
	}

	@Test
	void listenerForAnotherTypeOfEventIsRefusedIfThatIsPublishedInTheTransactionAsWell() {
		try (ConfigurableApplicationContext context = new AnnotationConfigApplicationContext(Database.class,
				AsyncForSomethingElse.class)) {
			assertThatExceptionOfType(MisconfigurationException.class)
				.isThrownBy(() -> new TaskFinishedListeners(context).requireSynchronous(() -> true,
						ContextRefreshedEvent.class));
		}
	}

	@Test
	void listenerOfAParentIsRefusedAsWell() {
		try (ConfigurableApplicationContext parent = new AnnotationConfigApplicationContext(ReturningMono.class);
				AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
			context.setParent(parent);
			context.refresh();
			assertThatExceptionOfType(MisconfigurationException.class).isThrownBy(() -> check(context));
		}
	}

	@Test
	void startThatFailsSaysWhatToDo(CapturedOutput output) {
		assertThat(StartFailure.of(output, WebApplicationType.SERVLET, AsyncMethod.class,
				"handinger.api-key=hdg_test_5ecret", "handinger.webhook.tokens=whk_5ecret"))
			.contains("works on another thread", AsyncMethod.class.getName() + ".later", "exactly once",
					"without @Async")
			.doesNotContain("5ecret");
	}

	private static void publish(ApplicationContext context) {
		new TaskFinishedListeners(context).publish(TaskFinishedEventTests.event(),
				context.getBeanProvider(TaskFinishedHandler.class));
	}

	private static void check(Class<?>... listeners) {
		try (ConfigurableApplicationContext context = new AnnotationConfigApplicationContext(listeners)) {
			check(context);
		}
	}

	private static void check(ConfigurableApplicationContext context) {
		new TaskFinishedListeners(context).requireSynchronous(() -> true);
	}

	/**
	 * Writes a row, and then fails as often as it is told to.
	 */
	static class WritingListener {

		private final AtomicInteger failures = new AtomicInteger();

		private final List<String> threads = new CopyOnWriteArrayList<>();

		private final JdbcTemplate jdbc;

		WritingListener(DataSource database) {
			this.jdbc = new JdbcTemplate(database);
			this.jdbc.execute("CREATE TABLE RESULTS (ID VARCHAR(255))");
		}

		@EventListener
		void on(TaskFinishedEvent event) {
			this.threads.add(Thread.currentThread().getName());
			this.jdbc.update("INSERT INTO RESULTS VALUES (?)", event.key());
			if (this.failures.getAndDecrement() > 0) {
				throw new IllegalStateException("This is just a test");
			}
		}

		int rows() {
			return this.jdbc.queryForList("SELECT ID FROM RESULTS").size();
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Database {

		@Bean
		EmbeddedDatabase database() {
			return new EmbeddedDatabaseBuilder().setType(EmbeddedDatabaseType.H2)
				.generateUniqueName(true)
				.addScript("classpath:org/springframework/integration/jdbc/schema-h2.sql")
				.build();
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

	@Configuration(proxyBeanMethods = false)
	@Import({ ListeningApplication.class, Database.class, WritingListener.class })
	static class DatabaseApplication {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(DatabaseApplication.class)
	static class WithExecutor {

		@Bean
		SimpleApplicationEventMulticaster applicationEventMulticaster() {
			return multicaster(true, false);
		}

		static SimpleApplicationEventMulticaster multicaster(boolean executor, boolean errorHandler) {
			SimpleApplicationEventMulticaster multicaster = new SimpleApplicationEventMulticaster();
			if (executor) {
				multicaster.setTaskExecutor((task) -> new Thread(task, "elsewhere").start());
			}
			if (errorHandler) {
				multicaster.setErrorHandler(TaskUtils.LOG_AND_SUPPRESS_ERROR_HANDLER);
			}
			return multicaster;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(DatabaseApplication.class)
	static class WithErrorHandler {

		@Bean
		SimpleApplicationEventMulticaster applicationEventMulticaster() {
			return WithExecutor.multicaster(false, true);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(DatabaseApplication.class)
	static class WithExecutorAndErrorHandler {

		@Bean
		SimpleApplicationEventMulticaster applicationEventMulticaster() {
			return WithExecutor.multicaster(true, true);
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(DatabaseApplication.class)
	static class WithCustomMulticaster {

		@Bean
		ApplicationEventMulticaster applicationEventMulticaster() {
			return new SimpleApplicationEventMulticaster() {

				@Override
				protected void invokeListener(ApplicationListener<?> listener, ApplicationEvent event) {
					new Thread(() -> super.invokeListener(listener, event), "elsewhere").start();
				}

			};
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ Database.class, WritingListener.class })
	static class WithModulith {

		@Bean
		PersistentApplicationEventMulticaster applicationEventMulticaster() {
			return new PersistentApplicationEventMulticaster();
		}

	}

	/**
	 * Notes what is called.
	 */
	static class Calls {

		private final List<String> calls = new CopyOnWriteArrayList<>();

	}

	@Configuration(proxyBeanMethods = false)
	static class ParentListeners {

		@Bean
		Calls calls() {
			return new Calls();
		}

		@Bean
		SimpleApplicationEventMulticaster applicationEventMulticaster() {
			return WithExecutor.multicaster(true, true);
		}

		@Bean
		ParentListener parentListener(Calls calls) {
			return new ParentListener(calls);
		}

	}

	static class ParentListener {

		private final Calls calls;

		ParentListener(Calls calls) {
			this.calls = calls;
		}

		@EventListener
		void parent(TaskFinishedEvent event) {
			this.calls.calls.add("parent");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class Listeners {

		private final Calls calls;

		Listeners(Calls calls) {
			this.calls = calls;
		}

		@Bean
		SimpleApplicationEventMulticaster applicationEventMulticaster() {
			return WithExecutor.multicaster(true, true);
		}

		@EventListener
		@Order(2)
		void second(TaskFinishedEvent event) {
			this.calls.calls.add("second");
		}

		@EventListener(TaskFinishedEvent.class)
		@Order(1)
		void first() {
			this.calls.calls.add("first");
		}

		@Bean
		@Lazy
		LazyListener lazyListener() {
			return new LazyListener(this.calls);
		}

	}

	static class LazyListener implements ApplicationListener<PayloadApplicationEvent<TaskFinishedEvent>>, Ordered {

		private final Calls calls;

		LazyListener(Calls calls) {
			this.calls = calls;
		}

		@Override
		public void onApplicationEvent(PayloadApplicationEvent<TaskFinishedEvent> event) {
			this.calls.calls.add("lazy");
		}

		@Override
		public int getOrder() {
			return 3;
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync
	@EnableTransactionManagement
	@Import(Database.class)
	static class AsyncApplication {

	}

	@Import(AsyncApplication.class)
	static class AsyncMethod {

		@Async
		@EventListener
		public void later(TaskFinishedEvent event) {
		}

	}

	/**
	 * Has a name that is not ASCII alone.
	 */
	@Import(AsyncApplication.class)
	static class AsyncInGerman {

		@Async
		@EventListener
		public void später(TaskFinishedEvent event) {
		}

	}

	@Import(AsyncApplication.class)
	static class AsyncMethodWithoutParameter {

		@Async
		@EventListener(TaskFinishedEvent.class)
		public void later() {
		}

	}

	@Async
	@Import(AsyncApplication.class)
	static class AsyncClass {

		@EventListener
		public void later(TaskFinishedEvent event) {
		}

	}

	interface Later {

		void later(TaskFinishedEvent event);

	}

	@Import(AsyncApplication.class)
	static class AsyncBehindAnInterface implements Later {

		@Override
		@Async
		@EventListener
		public void later(TaskFinishedEvent event) {
		}

	}

	@Async
	@EventListener
	@Retention(RetentionPolicy.RUNTIME)
	@interface LaterListener {

	}

	@Import(AsyncApplication.class)
	static class MetaAsync {

		@LaterListener
		public void later(TaskFinishedEvent event) {
		}

	}

	@Retention(RetentionPolicy.RUNTIME)
	@interface Elsewhere {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAsync(annotation = Elsewhere.class)
	@Import(Database.class)
	static class OwnAsync {

		@Elsewhere
		@EventListener
		public void later(TaskFinishedEvent event) {
		}

	}

	@Import(AsyncApplication.class)
	static class AsyncBeforeCommit {

		@Async
		@TransactionalEventListener(phase = TransactionPhase.BEFORE_COMMIT)
		public void later(TaskFinishedEvent event) {
		}

	}

	@Import(AsyncApplication.class)
	static class AsyncAfterCommit {

		@Async
		@TransactionalEventListener
		public void later(TaskFinishedEvent event) {
		}

	}

	@Import({ AsyncAfterCommit.class, EventPublicationRegistry.class })
	static class AsyncAfterCommitWithRegistry {

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Database.class)
	static class AsyncThatIsNotEnabled {

		@Async
		@EventListener
		public void later(TaskFinishedEvent event) {
		}

	}

	@Import(AsyncApplication.class)
	static class AsyncForSomethingElse {

		@Async
		@EventListener
		public void later(ContextRefreshedEvent event) {
		}

		@Async
		public void later() {
		}

		@EventListener
		public void now(TaskFinishedEvent event) {
		}

	}

	@Import(AsyncApplication.class)
	static class ReturningFuture {

		@EventListener
		CompletableFuture<Void> later(TaskFinishedEvent event) {
			return CompletableFuture.completedFuture(null);
		}

	}

	@Import(AsyncApplication.class)
	static class ReturningStage {

		@EventListener
		CompletionStage<Void> later(TaskFinishedEvent event) {
			return CompletableFuture.completedStage(null);
		}

	}

	@Import(AsyncApplication.class)
	static class ReturningMono {

		@EventListener
		Mono<Void> later(TaskFinishedEvent event) {
			return Mono.empty();
		}

	}

	@Import(AsyncApplication.class)
	static class ReturningPublisher {

		@EventListener
		Publisher<Object> later(TaskFinishedEvent event) {
			return Mono.empty();
		}

	}

	@Import(AsyncApplication.class)
	static class AsyncApplicationListener implements ApplicationListener<PayloadApplicationEvent<TaskFinishedEvent>> {

		@Override
		@Async
		public void onApplicationEvent(PayloadApplicationEvent<TaskFinishedEvent> event) {
		}

	}

	/**
	 * Fails, and not at once.
	 */
	private static Mono<Void> lateFailure() {
		return Mono.delay(Duration.ofMillis(10)).then(Mono.error(new IllegalStateException("This is just a test")));
	}

	static class LateFuture {

		@EventListener
		CompletableFuture<Void> later(TaskFinishedEvent event) {
			return lateFailure().toFuture();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ ListeningApplication.class, LateFuture.class })
	static class ListeningWithFuture {

	}

	static class LateStage {

		@EventListener(TaskFinishedEvent.class)
		CompletionStage<Void> later() {
			return lateFailure().toFuture();
		}

	}

	static class LateMono {

		@EventListener
		Mono<Void> later(TaskFinishedEvent event) {
			return lateFailure();
		}

	}

	static class LateFlux {

		@EventListener
		Publisher<Object> later(TaskFinishedEvent event) {
			return Flux.concat(Mono.just("event"), lateFailure());
		}

	}

	static class LateObject {

		@EventListener
		Object later(TaskFinishedEvent event) {
			return lateFailure();
		}

	}

	@EnableAsync
	static class LateAsync {

		@Async
		@EventListener
		public CompletableFuture<Void> later(TaskFinishedEvent event) {
			throw new IllegalStateException("This is just a test");
		}

	}

	static class Publishing {

		private final Calls calls;

		Publishing(Calls calls) {
			this.calls = calls;
		}

		@EventListener
		@Order(1)
		Flux<String> twoEvents(TaskFinishedEvent event) {
			return Flux.just("one", "two").delayElements(Duration.ofMillis(10));
		}

		@EventListener
		@Order(2)
		String event(TaskFinishedEvent event) {
			return "three";
		}

		@EventListener
		void on(String event) {
			this.calls.calls.add(event);
		}

	}

}
