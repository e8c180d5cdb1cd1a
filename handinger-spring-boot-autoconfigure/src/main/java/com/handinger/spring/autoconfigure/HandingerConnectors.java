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

import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;

import com.handinger.spring.transport.HttpConnections;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.http.client.reactive.ClientHttpConnector;

/**
 * Builds the connectors to Handinger from the one that the application uses, with
 * everything taken away that would send a request twice, carry the API key to another
 * host or cut an answer that takes its time.
 */
final class HandingerConnectors {

	/**
	 * With this property of the JDK its HTTP client sends a POST again when a connection
	 * breaks.
	 */
	private static final String RETRY_PROPERTY = "jdk.httpclient.enableAllMethodRetry";

	private final HandingerProperties properties;

	private final ClientHttpConnectorBuilder<?> builder;

	private final HttpClientSettings settings;

	private final @Nullable ReactorNettyPools pools;

	private final @Nullable ConnectionMeters meters;

	HandingerConnectors(HandingerProperties properties, ClientHttpConnectorBuilder<?> builder,
			HttpClientSettings settings, @Nullable ReactorNettyPools pools, @Nullable ConnectionMeters meters) {
		this.properties = properties;
		this.builder = builder;
		this.settings = Cookies
			.disable(settings.withConnectTimeout(properties.connectTimeout()).withRedirects(HttpRedirects.DONT_FOLLOW));
		this.pools = (pools != null && pools.supports(builder)) ? pools : null;
		this.meters = meters;
		if (this.pools != null && meters != null) {
			this.pools.register(meters);
		}
	}

	/**
	 * Return whether the connectors are Reactor Netty's.
	 * @see HttpConnections#isReactorNetty()
	 */
	boolean isReactorNetty() {
		return this.pools != null;
	}

	/**
	 * Build the connector for calls that are answered at once.
	 */
	ClientHttpConnector forShortCalls() {
		HttpClientSettings settings = this.settings.withReadTimeout(this.properties.readTimeout());
		return (this.pools != null) ? this.pools.forShortCalls(this.builder, settings, this.properties)
				: build(settings);
	}

	/**
	 * Build the connector for the look-ups of tasks that run. Other libraries have no
	 * pools that need to be kept apart.
	 * @param shortCalls the connector for calls that are answered at once
	 */
	ClientHttpConnector forLookUps(ClientHttpConnector shortCalls) {
		return (this.pools != null) ? this.pools.forLookUps(this.builder,
				this.settings.withReadTimeout(this.properties.readTimeout()), this.properties) : shortCalls;
	}

	/**
	 * Build the connector for calls that are answered when a task is at an end.
	 */
	ClientHttpConnector forTaskCalls() {
		HttpClientSettings settings = this.settings.withReadTimeout(this.properties.taskTimeout());
		return (this.pools != null) ? this.pools.forTaskCalls(this.builder, settings, this.properties)
				: bounded(build(settings));
	}

	/**
	 * Other libraries are spoken to in HTTP/1.1, which takes a connection for each call.
	 */
	private ClientHttpConnector bounded(ClientHttpConnector connector) {
		Integer maxConnections = this.properties.maxConnections();
		if (maxConnections == null) {
			return connector;
		}
		BoundedConnector bounded = new BoundedConnector(connector, maxConnections);
		if (this.meters != null) {
			this.meters.gauge("pending", "tasks", ConnectionMeters.PENDING, bounded, BoundedConnector::waiting);
		}
		return bounded;
	}

	private ClientHttpConnector build(HttpClientSettings settings) {
		ClientHttpConnector connector;
		if (this.builder instanceof JdkClientHttpConnectorBuilder jdk) {
			connector = build(jdk, settings);
		}
		else {
			checkUnset("handinger.proxy.host", this.properties.proxy().host());
			connector = this.builder.build(settings);
		}
		Duration timeout = settings.readTimeout();
		return (timeout != null) ? new TimedConnector(connector, timeout) : connector;
	}

	private ClientHttpConnector build(JdkClientHttpConnectorBuilder builder, HttpClientSettings settings) {
		checkUnset("handinger.proxy.username", this.properties.proxy().username());
		String retry = System.getProperty(RETRY_PROPERTY);
		if (retry != null && (retry.isEmpty() || Boolean.parseBoolean(retry))) {
			throw new IllegalStateException("With the system property " + RETRY_PROPERTY
					+ " the JDK's HTTP client sends a request again that may already have started a task, and a task "
					+ "costs credits: remove the property, or add reactor-netty-http to use that instead");
		}
		AtomicReference<HttpClient> client = new AtomicReference<>();
		// The builder shows the client to nobody, so a second one is built, and the first
		// is never used.
		builder.withHttpClientCustomizer((http) -> {
			customize(http);
			client.set(http.build());
		}).build(settings);
		return new JdkConnector(client.get(), settings.readTimeout());
	}

	private static void checkUnset(String name, @Nullable String value) {
		if (value != null) {
			throw new InvalidConfigurationPropertyValueException(name, value,
					"it needs Reactor Netty: add reactor-netty-http, or set the proxy up with a bean of type "
							+ "ClientHttpConnectorBuilder instead");
		}
	}

	private void customize(HttpClient.Builder client) {
		client.version(HttpClient.Version.HTTP_1_1);
		HandingerProperties.Proxy proxy = this.properties.proxy();
		if (proxy.host() != null) {
			client.proxy(ProxySelector.of(new InetSocketAddress(proxy.host(), proxy.port())));
		}
	}

}
