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

import io.micrometer.observation.ObservationRegistry;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
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

	private String[] names(Class<?> type) {
		return BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beans, type);
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
