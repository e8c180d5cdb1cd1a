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

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;

import com.handinger.spring.transport.GeneralBeans;
import io.micrometer.observation.ObservationRegistry;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.boot.webclient.observation.ObservationWebClientCustomizer;
import org.springframework.core.env.Environment;
import org.springframework.web.reactive.function.client.ClientRequestObservationConvention;
import org.springframework.web.reactive.function.client.DefaultClientRequestObservationConvention;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * What the application has made of its {@link WebClient}s.
 */
final class ApplicationWebClient {

	private static final String BOOT = "org.springframework.boot.";

	private static final String OBSERVATION_NAME = "management.observations.http.client.requests.name";

	private static final String DEFAULT_OBSERVATION_NAME = "http.client.requests";

	private final ConfigurableListableBeanFactory beans;

	private final GeneralBeans generalBeans;

	private final ObjectProvider<WebClientCustomizer> customizers;

	ApplicationWebClient(ConfigurableListableBeanFactory beans, ObjectProvider<WebClientCustomizer> customizers) {
		this.beans = beans;
		this.generalBeans = new GeneralBeans(beans);
		this.customizers = customizers;
	}

	/**
	 * Return whether everything that makes up a builder is Boot's own. Then nothing is
	 * lost when requests do without a {@link WebClient}.
	 */
	boolean isPlain() {
		return hasBootsBuilder() && Arrays.stream(names(WebClientCustomizer.class)).allMatch(this::isBoots)
				&& names(HandingerWebClientCustomizer.class).length == 0 && hasNoFilters(newBuilder());
	}

	private boolean hasBootsBuilder() {
		String name = this.generalBeans.findName(WebClient.Builder.class);
		return (name != null) ? isBoots(name) : this.generalBeans.find(WebClient.Builder.class) == null;
	}

	private String[] names(Class<?> type) {
		return BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beans, type);
	}

	/**
	 * Return whether nothing was added in another way than with a bean of those types: by
	 * a {@code BeanPostProcessor}, say.
	 */
	private static boolean hasNoFilters(WebClient.Builder builder) {
		AtomicBoolean found = new AtomicBoolean();
		builder.filters((filters) -> found.set(!filters.isEmpty()));
		return !found.get();
	}

	private boolean isBoots(String beanName) {
		Method factoryMethod = (this.beans.containsBeanDefinition(beanName)
				&& this.beans.getMergedBeanDefinition(beanName) instanceof RootBeanDefinition definition)
						? definition.getResolvedFactoryMethod() : null;
		return factoryMethod != null && factoryMethod.getDeclaringClass().getName().startsWith(BOOT);
	}

	/**
	 * Return a new builder with all that the application has customized for every client.
	 * The builder of the application may be a singleton.
	 */
	WebClient.Builder newBuilder() {
		WebClient.Builder general = this.generalBeans.find(WebClient.Builder.class);
		WebClient.Builder builder = (general != null) ? general.clone() : WebClient.builder();
		if (general == null) {
			this.customizers.orderedStream().forEach((customizer) -> customizer.customize(builder));
		}
		this.beans.getBeanProvider(HandingerWebClientCustomizer.class)
			.orderedStream()
			.forEach((customizer) -> customizer.customize(builder));
		// Or else "spring.http.codecs.log-request-details" has the API key logged.
		return builder.codecs((codecs) -> codecs.defaultCodecs().enableLoggingRequestDetails(false));
	}

	/**
	 * Return where requests are observed if the application observes its
	 * {@link WebClient}s.
	 */
	ObservationRegistry observations() {
		ObservationRegistry observations = (names(ObservationWebClientCustomizer.class).length != 0)
				? this.generalBeans.find(ObservationRegistry.class) : null;
		return (observations != null) ? observations : ObservationRegistry.NOOP;
	}

	/**
	 * Return how requests are observed, which is as Boot would have it.
	 */
	ClientRequestObservationConvention convention() {
		return this.beans.getBeanProvider(ClientRequestObservationConvention.class)
			.getIfAvailable(() -> new DefaultClientRequestObservationConvention(
					this.beans.getBean(Environment.class).getProperty(OBSERVATION_NAME, DEFAULT_OBSERVATION_NAME)));
	}

}
