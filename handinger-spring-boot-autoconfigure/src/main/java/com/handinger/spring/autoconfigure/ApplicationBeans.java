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

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;

import com.handinger.spring.transport.MisconfigurationException;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientSettingsPropertyMapper;
import org.springframework.boot.http.client.autoconfigure.HttpClientsProperties;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.util.LambdaSafe;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.boot.webclient.observation.ObservationWebClientCustomizer;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;
import org.springframework.web.reactive.function.client.ClientRequestObservationConvention;
import org.springframework.web.reactive.function.client.DefaultClientRequestObservationConvention;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The beans of the application that apply to every HTTP client. A bean with a qualifier
 * belongs to another service, unless it is the primary one of its type. Spring Boot has
 * no general bean where there is one for another service, so it is created here in the
 * same way.
 */
final class ApplicationBeans {

	/**
	 * The setting for cookies, which Spring Boot 4.0 lacks.
	 */
	static final @Nullable Method COOKIE_HANDLING = ClassUtils.getMethodIfAvailable(HttpClientSettings.class,
			"withCookieHandling", (Class<?>[]) null);

	private static final String OBSERVATION_NAME = "management.observations.http.client.requests.name";

	private static final List<Class<? extends Annotation>> QUALIFIERS = qualifiers();

	private final ConfigurableListableBeanFactory beans;

	ApplicationBeans(ConfigurableListableBeanFactory beans) {
		this.beans = beans;
	}

	private static List<Class<? extends Annotation>> qualifiers() {
		ClassLoader classLoader = ApplicationBeans.class.getClassLoader();
		return Stream.of(Qualifier.class.getName(), "jakarta.inject.Qualifier")
			.filter((name) -> ClassUtils.isPresent(name, classLoader))
			.<Class<? extends Annotation>>map(
					(name) -> ClassUtils.resolveClassName(name, classLoader).asSubclass(Annotation.class))
			.toList();
	}

	/**
	 * Return the builder of the connectors.
	 */
	ClientHttpConnectorBuilder<?> connectorBuilder() {
		ClientHttpConnectorBuilder<?> general = find(ClientHttpConnectorBuilder.class);
		return (general != null) ? general : customize(detect());
	}

	private ClientHttpConnectorBuilder<?> detect() {
		try {
			return ClientHttpConnectorBuilder.detect(this.beans.getBeanClassLoader());
		}
		catch (IllegalStateException ex) {
			throw new MisconfigurationException(
					"There is no reactive HTTP connector for Handinger: add io.projectreactor.netty:reactor-netty-http to "
							+ "the class path, or define a bean of type ClientHttpConnectorBuilder",
					"A client of Handinger is needed, and there is no reactive HTTP connector on the class path.",
					"Add io.projectreactor.netty:reactor-netty-http, which handinger-spring-boot-starter brings, to the "
							+ "class path, or define a bean of type ClientHttpConnectorBuilder for another HTTP library.",
					ex);
		}
	}

	@SuppressWarnings("unchecked")
	private ClientHttpConnectorBuilder<?> customize(ClientHttpConnectorBuilder<?> builder) {
		ClientHttpConnectorBuilder<?>[] customized = { builder };
		List<ClientHttpConnectorBuilderCustomizer<?>> customizers = this.beans
			.<ClientHttpConnectorBuilderCustomizer<?>>getBeanProvider(
					ResolvableType.forClass(ClientHttpConnectorBuilderCustomizer.class))
			.orderedStream()
			.toList();
		LambdaSafe.callbacks(ClientHttpConnectorBuilderCustomizer.class, customizers, builder)
			.invoke((customizer) -> customized[0] = customizer.customize(customized[0]));
		return customized[0];
	}

	/**
	 * Return the settings of HTTP clients, without cookies.
	 */
	@SuppressWarnings({ "unchecked", "rawtypes" })
	HttpClientSettings httpClientSettings() {
		HttpClientSettings general = find(HttpClientSettings.class);
		HttpClientSettings settings = (general != null) ? general
				: this.beans.getBeanProvider(HttpClientsProperties.class)
					.stream()
					.map(new HttpClientSettingsPropertyMapper(find(SslBundles.class), null)::map)
					.findFirst()
					.orElseGet(HttpClientSettings::defaults);
		return (COOKIE_HANDLING == null) ? settings : (HttpClientSettings) ReflectionUtils.invokeMethod(COOKIE_HANDLING,
				settings, Enum.valueOf((Class) COOKIE_HANDLING.getParameterTypes()[0], "DISABLE"));
	}

	/**
	 * Return a new builder with all that the application has customized for every client.
	 * The builder of the application may be a singleton.
	 */
	WebClient.Builder webClientBuilder(ObjectProvider<WebClientCustomizer> customizers) {
		WebClient.Builder general = find(WebClient.Builder.class);
		WebClient.Builder builder = (general != null) ? general.clone() : WebClient.builder();
		if (general == null) {
			customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
		}
		this.beans.getBeanProvider(HandingerWebClientCustomizer.class)
			.orderedStream()
			.forEach((customizer) -> customizer.customize(builder));
		// Otherwise "spring.http.codecs.log-request-details" would log the API key.
		return builder.codecs((codecs) -> codecs.defaultCodecs().enableLoggingRequestDetails(false));
	}

	/**
	 * Return the registry of observations.
	 */
	ObservationRegistry observations() {
		return Objects.requireNonNullElse(find(ObservationRegistry.class), ObservationRegistry.NOOP);
	}

	/**
	 * Return where requests are observed if the application observes its
	 * {@link WebClient}s.
	 */
	ObservationRegistry requestObservations() {
		return (BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beans,
				ObservationWebClientCustomizer.class).length != 0) ? observations() : ObservationRegistry.NOOP;
	}

	/**
	 * Return how requests are observed, as Boot would have it.
	 */
	ClientRequestObservationConvention requestConvention() {
		return this.beans.getBeanProvider(ClientRequestObservationConvention.class)
			.getIfAvailable(() -> new DefaultClientRequestObservationConvention(
					this.beans.getBean(Environment.class).getProperty(OBSERVATION_NAME, "http.client.requests")));
	}

	/**
	 * Return the primary bean of a type, or the only one without a qualifier.
	 * @return the bean, or {@code null} if there is none or several
	 */
	private <T> @Nullable T find(Class<T> type) {
		List<String> general = names(type, (name) -> is(name, BeanDefinition::isPrimary));
		if (general.isEmpty()) {
			general = names(type, this::isGeneral);
		}
		if (general.isEmpty()) {
			return (this.beans.getParentBeanFactory() instanceof ConfigurableListableBeanFactory parent)
					? new ApplicationBeans(parent).find(type) : null;
		}
		if (general.size() > 1) {
			general = general.stream().filter((name) -> !is(name, BeanDefinition::isFallback)).toList();
		}
		return (general.size() == 1) ? this.beans.getBean(general.get(0), type) : null;
	}

	private List<String> names(Class<?> type, Predicate<String> condition) {
		return Arrays.stream(this.beans.getBeanNamesForType(type)).filter(condition).toList();
	}

	private boolean isGeneral(String name) {
		return !is(name, ApplicationBeans::isForOthers) && QUALIFIERS.stream()
			.noneMatch((qualifier) -> this.beans.findAnnotationOnBean(name, qualifier, false) != null);
	}

	private static boolean isForOthers(BeanDefinition definition) {
		return !definition.isAutowireCandidate() || (definition instanceof AbstractBeanDefinition candidate
				&& (!candidate.isDefaultCandidate() || !candidate.getQualifiers().isEmpty()));
	}

	/**
	 * A singleton that was registered without a definition is general.
	 */
	private boolean is(String name, Predicate<BeanDefinition> condition) {
		return this.beans.containsBeanDefinition(name) && condition.test(this.beans.getMergedBeanDefinition(name));
	}

}
