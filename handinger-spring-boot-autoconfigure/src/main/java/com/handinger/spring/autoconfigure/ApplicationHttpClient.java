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

import com.handinger.spring.transport.MisconfigurationException;

import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.autoconfigure.HttpClientSettingsPropertyMapper;
import org.springframework.boot.http.client.autoconfigure.HttpClientsProperties;
import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.util.LambdaSafe;
import org.springframework.core.ResolvableType;

/**
 * The HTTP library and its settings that the application has chosen for every client.
 * Spring Boot has none of its own where there is a bean for one service, so they are made
 * here as it would.
 */
final class ApplicationHttpClient {

	private final ConfigurableListableBeanFactory beans;

	private final GeneralBeans generalBeans;

	ApplicationHttpClient(ConfigurableListableBeanFactory beans) {
		this.beans = beans;
		this.generalBeans = new GeneralBeans(beans);
	}

	ClientHttpConnectorBuilder<?> connectorBuilder() {
		ClientHttpConnectorBuilder<?> general = this.generalBeans.find(ClientHttpConnectorBuilder.class);
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

	HttpClientSettings settings() {
		HttpClientSettings general = this.generalBeans.find(HttpClientSettings.class);
		return (general != null) ? general
				: this.beans.getBeanProvider(HttpClientsProperties.class)
					.stream()
					.map(new HttpClientSettingsPropertyMapper(this.generalBeans.find(SslBundles.class), null)::map)
					.findFirst()
					.orElseGet(HttpClientSettings::defaults);
	}

}
