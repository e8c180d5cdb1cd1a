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
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.AnnotatedBeanDefinition;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.service.connection.ConnectionDetails;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.web.context.reactive.GenericReactiveWebApplicationContext;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.AnnotatedBeanDefinitionReader;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConfigurationClassPostProcessor;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.integration.metadata.ConcurrentMetadataStore;
import org.springframework.mock.web.MockServletContext;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.util.ClassUtils;
import org.springframework.web.context.support.GenericWebApplicationContext;
import org.springframework.web.filter.CharacterEncodingFilter;
import org.springframework.web.server.WebFilter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the starter makes for itself is not injected where an application asks for a type
 * of Spring, Reactor or the JDK.
 */
class InternalBeansTests {

	/**
	 * Packages of the dependencies that an application may lack.
	 */
	private static final List<String> OPTIONAL = List.of("io.micrometer.core", "reactor.netty", "jakarta.servlet",
			"org.springframework.transaction", "org.springframework.web.servlet", "org.springframework.boot.actuate",
			"org.springframework.boot.health.contributor", "org.springframework.boot.web.servlet",
			"org.springframework.integration");

	private static final List<Class<?>> CONFIGURATIONS = List.of(HandingerAutoConfiguration.class,
			HandingerSanitizingAutoConfiguration.class, HandingerWebhookAutoConfiguration.class,
			HandingerHealthAutoConfiguration.class);

	private static final List<Class<?>> OF_THE_APPLICATION = List.of(MeterRegistry.class,
			PlatformTransactionManager.class, ConcurrentMetadataStore.class);

	/**
	 * The container calls these, and nothing injects them.
	 */
	private static final Set<Class<?>> CALLBACKS = Set.of(DisposableBean.class, InitializingBean.class,
			SmartLifecycle.class, ApplicationListener.class, ConnectionDetails.class);

	/**
	 * Kinds of applications.
	 */
	enum Kind {

		NONE(GenericApplicationContext::new),

		SERVLET(() -> new GenericWebApplicationContext(new MockServletContext())),

		REACTIVE(GenericReactiveWebApplicationContext::new);

		private final Supplier<GenericApplicationContext> context;

		Kind(Supplier<GenericApplicationContext> context) {
			this.context = context;
		}

	}

	@ParameterizedTest
	@EnumSource(Kind.class)
	void noBeanOfAForeignTypeIsACandidateWhateverAnApplicationLacks(Kind kind) {
		Set<String> candidates = new TreeSet<>();
		Set<String> seen = new TreeSet<>();
		IntStream.range(0, 1 << OPTIONAL.size()).forEach((missing) -> {
			String[] lacking = IntStream.range(0, OPTIONAL.size())
				.filter((index) -> (missing & (1 << index)) != 0)
				.mapToObj(OPTIONAL::get)
				.toArray(String[]::new);
			try (GenericApplicationContext context = kind.context.get()) {
				register(context, new FilteredClassLoader(lacking));
				for (String name : context.getBeanDefinitionNames()) {
					BeanDefinition definition = context.getBeanDefinition(name);
					String type = type(definition);
					if (type != null && isOurs(name, definition) && seen.add(name + type + isCandidate(definition))
							&& isCandidate(definition)) {
						foreignTypes(ClassUtils.resolveClassName(type, getClass().getClassLoader()), definition)
							.forEach((foreign) -> candidates.add(name + " is injected as " + foreign.getName()));
					}
				}
			}
		});
		assertThat(seen).hasSizeGreaterThan(10);
		assertThat(candidates).isEmpty();
	}

	private static void register(GenericApplicationContext context, ClassLoader classLoader) {
		context.setClassLoader(classLoader);
		OF_THE_APPLICATION.stream()
			.filter((type) -> ClassUtils.isPresent(type.getName(), classLoader))
			.forEach((type) -> context.registerBeanDefinition(type.getSimpleName(), new RootBeanDefinition(type)));
		AnnotatedBeanDefinitionReader reader = new AnnotatedBeanDefinitionReader(context, context.getEnvironment());
		CONFIGURATIONS.forEach(reader::register);
		ConfigurationClassPostProcessor processor = new ConfigurationClassPostProcessor();
		processor.setEnvironment(context.getEnvironment());
		processor.setResourceLoader(context);
		processor.setBeanClassLoader(classLoader);
		processor.postProcessBeanDefinitionRegistry(context.getDefaultListableBeanFactory());
	}

	private static @Nullable String type(BeanDefinition definition) {
		return (definition instanceof AnnotatedBeanDefinition annotated && annotated.getFactoryMethodMetadata() != null)
				? annotated.getFactoryMethodMetadata().getReturnTypeName() : definition.getBeanClassName();
	}

	private static boolean isOurs(String name, BeanDefinition definition) {
		return name.startsWith("handinger") || String.valueOf(definition.getBeanClassName()).startsWith("com.handinger")
				|| String.valueOf(definition.getFactoryBeanName()).startsWith("com.handinger");
	}

	private static boolean isCandidate(BeanDefinition definition) {
		return definition.isAutowireCandidate()
				&& (!(definition instanceof AbstractBeanDefinition candidate) || candidate.isDefaultCandidate());
	}

	/**
	 * Return the types of others that a bean is injected as. A fallback gives way to any
	 * bean of the application.
	 */
	private static Stream<Class<?>> foreignTypes(Class<?> type, BeanDefinition definition) {
		if (definition.isFallback()) {
			return Stream.empty();
		}
		return !isOwn(type) ? Stream.of(type)
				: Stream
					.concat(ClassUtils.getAllInterfacesForClassAsSet(type).stream(),
							Stream.<Class<?>>iterate(type, (each) -> each != null, Class::getSuperclass))
					.filter((each) -> !isOwn(each) && each != Object.class && each != Record.class
							&& CALLBACKS.stream().noneMatch(each::isAssignableFrom));
	}

	private static boolean isOwn(Class<?> type) {
		return type.getName().startsWith("com.handinger.");
	}

	@Test
	void applicationWithoutAWebServerGetsItsOwnBeans() {
		new ApplicationContextRunner().withConfiguration(all())
			.withUserConfiguration(OwnBeans.class)
			.run((context) -> assertThat(context).hasSingleBean(Injected.class));
	}

	@Test
	void servletApplicationGetsItsOwnBeans() {
		new WebApplicationContextRunner().withConfiguration(all())
			.withUserConfiguration(OwnBeans.class)
			.run((context) -> assertThat(context).hasSingleBean(Injected.class));
	}

	@Test
	void reactiveApplicationGetsItsOwnBeans() {
		new ReactiveWebApplicationContextRunner().withConfiguration(all())
			.withUserConfiguration(OwnBeans.class)
			.run((context) -> assertThat(context).hasSingleBean(Injected.class));
	}

	@Test
	void threadsOfTheWebhookAreNotInjectedWhereTheApplicationHasNoneOfItsOwn() {
		new WebApplicationContextRunner().withConfiguration(all())
			.withBean(InjectedSchedulers.class)
			.run((context) -> assertThat(context.getBean(InjectedSchedulers.class).schedulers.getIfAvailable())
				.isNull());
	}

	private static AutoConfigurations all() {
		return AutoConfigurations.of(CONFIGURATIONS.toArray(Class[]::new));
	}

	static final class InjectedSchedulers {

		private final ObjectProvider<Scheduler> schedulers;

		InjectedSchedulers(ObjectProvider<Scheduler> schedulers) {
			this.schedulers = schedulers;
		}

	}

	static final class Injected {

	}

	static final class OwnBeans {

		private final Scheduler scheduler = Schedulers.immediate();

		private final SanitizingFunction sanitizingFunction = (data) -> data;

		private final ReactiveHealthIndicator health = () -> Mono.just(Health.up().build());

		private final ConfigurationPropertiesBindHandlerAdvisor advisor = (handler) -> handler;

		private final WebFilter webFilter = (exchange, chain) -> chain.filter(exchange);

		private final FilterRegistrationBean<?> filter = new FilterRegistrationBean<>(new CharacterEncodingFilter());

		@Bean
		Scheduler own() {
			return this.scheduler;
		}

		@Bean
		SanitizingFunction ownSanitizingFunction() {
			return this.sanitizingFunction;
		}

		@Bean
		ReactiveHealthIndicator ownHealth() {
			return this.health;
		}

		@Bean
		ConfigurationPropertiesBindHandlerAdvisor ownAdvisor() {
			return this.advisor;
		}

		@Bean
		WebFilter ownWebFilter() {
			return this.webFilter;
		}

		@Bean
		FilterRegistrationBean<?> ownFilter() {
			return this.filter;
		}

		@Bean
		Injected injected(Scheduler scheduler, SanitizingFunction sanitizingFunction, ReactiveHealthIndicator health,
				ConfigurationPropertiesBindHandlerAdvisor advisor, WebFilter webFilter,
				FilterRegistrationBean<?> filter) {
			assertThat(List.of(scheduler, sanitizingFunction, health, advisor, webFilter, filter)).containsExactly(
					this.scheduler, this.sanitizingFunction, this.health, this.advisor, this.webFilter, this.filter);
			return new Injected();
		}

	}

}
