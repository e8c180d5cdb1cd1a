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

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;

import com.handinger.spring.autoconfigure.HandingerAutoConfiguration;
import com.handinger.spring.autoconfigure.HandingerConnectionDetails;
import com.handinger.spring.autoconfigure.HandingerProperties;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.context.ContextHierarchy;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.TestPropertySource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link AutoConfigureHandingerSimulator}.
 */
class SimulatorContextTests {

	private static ApplicationContext context(Class<?> testClass) {
		return new TestContextManager(testClass).getTestContext().getApplicationContext();
	}

	private static HandingerSimulator simulator(Class<?> testClass) {
		return context(testClass).getBean(HandingerSimulator.class);
	}

	private static @Nullable String run(ApplicationContext context) {
		return context.getBean(HandingerTasksClient.class)
			.run(CreateTask.of("Weather?"))
			.block(Duration.ofSeconds(20))
			.outputText();
	}

	private static HandingerProperties properties(Class<?> testClass) {
		return context(testClass).getBean(HandingerProperties.class);
	}

	/**
	 * Run a test as JUnit does.
	 */
	private static void runTest(Class<?> testClass, @Nullable Throwable failure) throws Exception {
		TestContextManager manager = new TestContextManager(testClass);
		Object test = new Object();
		Method method = Object.class.getMethod("toString");
		manager.beforeTestClass();
		manager.beforeTestMethod(test, method);
		manager.afterTestMethod(test, method, failure);
	}

	@Test
	void testsWithTheSameConfigurationShareASimulator() {
		assertThat(simulator(Plain.class)).isSameAs(simulator(OtherPlain.class));
	}

	@Test
	void annotationIsInheritedAndMayBeAMetaAnnotation() {
		assertThat(simulator(Inherited.class)).isSameAs(simulator(Plain.class));
		assertThat(simulator(Composed.class)).isSameAs(simulator(Plain.class));
	}

	@Test
	void contextsHaveSimulatorsOfTheirOwn() {
		assertThat(simulator(Plain.class).port()).isNotEqualTo(simulator(Other.class).port());
		simulator(Plain.class).whenInput("Weather?").thenAnswer("Sunny.");
		simulator(Other.class).whenInput("Weather?").thenAnswer("Rainy.");
		assertThat(run(context(Plain.class))).isEqualTo("Sunny.");
		assertThat(run(context(Other.class))).isEqualTo("Rainy.");
	}

	@Test
	void testWithoutTheAnnotationHasNoSimulator() {
		assertThat(context(Without.class).getBeanProvider(HandingerSimulator.class).getIfAvailable()).isNull();
	}

	@Test
	void simulatorIsClosedWithItsContext() {
		TestContextManager manager = new TestContextManager(Dirty.class);
		HandingerSimulator simulator = manager.getTestContext()
			.getApplicationContext()
			.getBean(HandingerSimulator.class);
		manager.getTestContext().markApplicationContextDirty(DirtiesContext.HierarchyMode.EXHAUSTIVE);
		assertThatIllegalStateException().isThrownBy(() -> simulator.whenInput("Weather?"));
	}

	@Test
	void simulatorIsResetAfterEachTest() throws Exception {
		HandingerSimulator simulator = simulator(Plain.class);
		simulator.whenInput("Weather?").thenAnswer("Sunny.");
		run(context(Plain.class));
		runTest(Plain.class, null);
		assertThat(simulator.tasks()).isEmpty();
		assertThat(run(context(Plain.class))).isNotEqualTo("Sunny.");
	}

	@Test
	void failureOfATestShowsWhatTheSimulatorHasReceived() throws Exception {
		simulator(Plain.class).whenInput("Weather?").thenAnswer("Sunny.");
		run(context(Plain.class));
		AssertionError failure = new AssertionError("expected: \"Rainy.\"");
		runTest(Plain.class, failure);
		assertThat(failure.getSuppressed()).singleElement()
			.satisfies((shown) -> assertThat(shown).hasMessageContainingAll("POST /api/tasks", "Weather?"));
	}

	@Test
	void failureOfAnotherTestIsLeftAlone() throws Exception {
		AssertionError failure = new AssertionError("expected: \"Rainy.\"");
		runTest(Without.class, failure);
		assertThat(failure.getSuppressed()).isEmpty();
	}

	@Test
	void propertiesOfProductionDoNotMatter() {
		simulator(Production.class).whenInput("Weather?").thenAnswer("Sunny.");
		assertThat(run(context(Production.class))).isEqualTo("Sunny.");
		assertThat(properties(Production.class).await().initialInterval()).isLessThan(Duration.ofSeconds(1));
		assertThat(properties(Production.class).retry().initialBackoff()).isLessThan(Duration.ofSeconds(1));
	}

	@Test
	void propertiesOfTheTestWin() {
		assertThat(properties(Other.class).await().initialInterval()).isEqualTo(Duration.ofSeconds(1));
		assertThat(properties(Files.class).await().maxInterval()).isEqualTo(Duration.ofSeconds(40));
		assertThat(properties(Dynamic.class).retry().initialBackoff()).isEqualTo(Duration.ofMillis(7));
		assertThat(properties(Other.class).retry().initialBackoff()).isEqualTo(Duration.ofMillis(10));
	}

	@Test
	void connectionDetailsOfTheApplicationDoNotMatter() {
		simulator(OwnDetails.class).whenInput("Weather?").thenAnswer("Sunny.");
		assertThat(run(context(OwnDetails.class))).isEqualTo("Sunny.");
	}

	@Test
	void clientsWaitOnTheClockOfTheSimulator() {
		HandingerSimulator simulator = simulator(OwnScheduler.class);
		assertThat(context(OwnScheduler.class).getBean("handingerScheduler")).isSameAs(simulator.clock());
	}

	@Test
	void propertyHasTheUrlOfTheSimulator() {
		assertThat(context(Plain.class).getEnvironment().getProperty("handinger.base-url"))
			.isEqualTo(simulator(Plain.class).url());
	}

	@Test
	void lazyApplicationUsesTheSimulator() {
		simulator(LazyBeans.class).whenInput("Weather?").thenAnswer("Sunny.");
		assertThat(run(context(LazyBeans.class))).isEqualTo("Sunny.");
	}

	@Test
	void contextsOfAHierarchyHaveOneSimulator() {
		assertThat(simulator(Child.class)).isSameAs(context(Child.class).getParent().getBean(HandingerSimulator.class));
		simulator(Child.class).whenInput("Weather?").thenAnswer("Sunny.");
		assertThat(run(context(Child.class))).isEqualTo("Sunny.");
	}

	@Test
	void missingStarterIsNamed() {
		ClassLoader withoutStarter = new FilteredClassLoader(HandingerAutoConfiguration.class);
		assertThatIllegalStateException()
			.isThrownBy(() -> SimulatorContextCustomizerFactory.requireStarter(Plain.class, withoutStarter))
			.withMessageContainingAll(Plain.class.getName(), "add com.handinger:handinger-spring-boot-starter");
	}

	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
	@AutoConfigureHandingerSimulator
	static class Plain {

	}

	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
	@AutoConfigureHandingerSimulator
	static class OtherPlain {

	}

	static class Inherited extends Plain {

	}

	@SimulatedTest
	static class Composed {

	}

	@Retention(RetentionPolicy.RUNTIME)
	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
	@AutoConfigureHandingerSimulator
	@interface SimulatedTest {

	}

	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE,
			properties = "handinger.await.initial-interval=1s")
	@AutoConfigureHandingerSimulator
	static class Other {

	}

	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE,
			properties = "test.context=dirty")
	@AutoConfigureHandingerSimulator
	static class Dirty {

	}

	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
	@TestPropertySource(properties = "handinger.await.maxInterval=40s")
	@AutoConfigureHandingerSimulator
	static class Files {

	}

	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
	@AutoConfigureHandingerSimulator
	static class Dynamic {

		@DynamicPropertySource
		static void backoff(DynamicPropertyRegistry registry) {
			registry.add("handinger.retry.initial-backoff", () -> "7ms");
		}

	}

	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE,
			properties = "spring.config.location=classpath:production.yaml")
	@AutoConfigureHandingerSimulator
	static class Production {

	}

	@SpringBootTest(classes = { Application.class, OwnDetailsConfiguration.class },
			webEnvironment = WebEnvironment.NONE)
	@AutoConfigureHandingerSimulator
	static class OwnDetails {

	}

	@SpringBootTest(classes = { Application.class, OwnSchedulerConfiguration.class },
			webEnvironment = WebEnvironment.NONE)
	@AutoConfigureHandingerSimulator
	static class OwnScheduler {

	}

	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE,
			properties = "spring.main.lazy-initialization=true")
	@AutoConfigureHandingerSimulator
	static class LazyBeans {

	}

	@SpringBootTest(webEnvironment = WebEnvironment.NONE)
	@ContextHierarchy({ @ContextConfiguration(classes = OwnDetailsConfiguration.class),
			@ContextConfiguration(classes = Application.class) })
	@AutoConfigureHandingerSimulator
	static class Child {

	}

	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
	static class Without {

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnDetailsConfiguration {

		@Bean
		@Primary
		HandingerConnectionDetails ownDetails() {
			return HandingerConnectionDetails.of("https://handinger.example.com", "hdg_live_1");
		}

	}

	@Configuration(proxyBeanMethods = false)
	static class OwnSchedulerConfiguration {

		@Bean
		Scheduler handingerScheduler() {
			return Schedulers.newSingle("own");
		}

	}

	@Nested
	@SpringBootTest(classes = Application.class, webEnvironment = WebEnvironment.NONE)
	@AutoConfigureHandingerSimulator
	class OuterTests {

		@Autowired
		private HandingerSimulator outer;

		@Nested
		class InnerTests {

			@Autowired
			private HandingerSimulator inner;

			@Test
			void nestedTestUsesTheSimulatorOfItsEnclosingClass(@Value("${handinger.base-url}") String url) {
				assertThat(List.of(this.inner, OuterTests.this.outer)).containsOnly(simulator(Plain.class));
				assertThat(this.inner.url()).isEqualTo(url);
			}

		}

	}

}
