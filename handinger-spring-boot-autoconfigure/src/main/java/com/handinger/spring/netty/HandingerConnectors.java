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

package com.handinger.spring.netty;

import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;

import com.handinger.spring.transport.HttpConnections;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.JdkClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.client.reactive.ClientHttpResponseDecorator;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.util.StringUtils;

/**
 * Builds the connectors to Handinger with the HTTP library of the application, and owns
 * their connections. Everything is switched off that would send a request twice, send the
 * API key to another host or abort a slow response.
 */
public final class HandingerConnectors implements DisposableBean {

	/**
	 * With this system property the JDK's HTTP client repeats a POST when its connection
	 * breaks.
	 */
	private static final String RETRY_PROPERTY = "jdk.httpclient.enableAllMethodRetry";

	private final ClientHttpConnectorBuilder<?> builder;

	private final Settings settings;

	private final Gauges gauges;

	private final @Nullable ReactorNettyPools pools;

	/**
	 * Create new connectors.
	 * @param builder the builder of the application's HTTP library
	 * @param settings the settings
	 * @param gauges registers the gauges of the connections
	 */
	public HandingerConnectors(ClientHttpConnectorBuilder<?> builder, Settings settings, Gauges gauges) {
		this.builder = builder;
		this.settings = settings;
		this.gauges = gauges;
		this.pools = (builder instanceof ReactorClientHttpConnectorBuilder reactor)
				? new ReactorNettyPools(reactor, settings, gauges) : null;
	}

	/**
	 * Build the connectors. Other libraries than Reactor Netty have no pools that need to
	 * be kept apart, and speak HTTP/1.1, where each call takes a connection.
	 * @return the connectors
	 */
	public HttpConnections.Connectors build() {
		Duration readTimeout = this.settings.readTimeout();
		Duration taskTimeout = this.settings.taskTimeout();
		if (this.pools != null) {
			return new HttpConnections.Connectors(this.pools.connector(this.pools.shortCalls, readTimeout),
					this.pools.connector(this.pools.polls, readTimeout),
					this.pools.connector(this.pools.taskCalls, taskTimeout), true);
		}
		ClientHttpConnector shortCalls = build(readTimeout);
		ClientHttpConnector taskCalls = build(taskTimeout);
		if (this.settings.maxConnections() != null) {
			taskCalls = new BoundedConnector(taskCalls, this.settings.maxConnections(),
					(queue) -> this.gauges.register("pending", ReactorNettyPools.TASKS, queue::size));
		}
		return new HttpConnections.Connectors(shortCalls, shortCalls, taskCalls, false);
	}

	private ClientHttpConnector build(@Nullable Duration timeout) {
		HttpClientSettings http = this.settings.http(timeout);
		ClientHttpConnector connector = (this.builder instanceof JdkClientHttpConnectorBuilder jdk) ? build(jdk, http)
				: buildOther(http);
		return (timeout == null) ? connector
				: (method, uri, requestCallback) -> connector.connect(method, uri, requestCallback)
					.map((response) -> limit(response, timeout));
	}

	/**
	 * Apply the read timeout to the body as well. Other libraries than Reactor Netty
	 * apply it to the start of a response alone.
	 */
	private static ClientHttpResponse limit(ClientHttpResponse response, Duration timeout) {
		return new ClientHttpResponseDecorator(response) {

			@Override
			public Flux<DataBuffer> getBody() {
				return super.getBody().timeout(timeout);
			}

		};
	}

	private ClientHttpConnector buildOther(HttpClientSettings http) {
		checkUnset("handinger.proxy.host", this.settings.proxy().host());
		return this.builder.build(http);
	}

	private ClientHttpConnector build(JdkClientHttpConnectorBuilder builder, HttpClientSettings http) {
		checkUnset("handinger.proxy.username", this.settings.proxy().username());
		String retry = System.getProperty(RETRY_PROPERTY);
		if (retry != null && (retry.isEmpty() || Boolean.parseBoolean(retry))) {
			throw new IllegalStateException("With the system property " + RETRY_PROPERTY
					+ " the JDK's HTTP client sends a request again that may already have started a task, and a task "
					+ "costs credits: remove the property, or add reactor-netty-http to use that instead");
		}
		AtomicReference<HttpClient> client = new AtomicReference<>();
		Proxy proxy = this.settings.proxy();
		// The builder does not expose its client, so a second one is built, and the first
		// is never used.
		builder.withHttpClientCustomizer((jdk) -> {
			jdk.version(HttpClient.Version.HTTP_1_1);
			if (proxy.host() != null) {
				jdk.proxy(ProxySelector.of(new InetSocketAddress(proxy.host(), proxy.port())));
			}
			client.set(jdk.build());
		}).build(http);
		JdkClientHttpConnector requests = new JdkClientHttpConnector(client.get());
		if (http.readTimeout() != null) {
			requests.setReadTimeout(http.readTimeout());
		}
		return new JdkConnector(requests, client.get());
	}

	private static void checkUnset(String name, @Nullable String value) {
		if (value != null) {
			throw new InvalidConfigurationPropertyValueException(name, value,
					"it needs Reactor Netty: add reactor-netty-http, or set the proxy up with a bean of type "
							+ "ClientHttpConnectorBuilder instead");
		}
	}

	@Override
	public void destroy() {
		if (this.pools != null) {
			this.pools.dispose();
		}
	}

	/**
	 * Settings of the connectors.
	 *
	 * @param http the settings of the application's HTTP clients, with the connect
	 * timeout
	 * @param readTimeout the read timeout of calls that are answered at once
	 * @param taskTimeout the read timeout of calls that are answered when a task has
	 * finished, or {@code null} for none
	 * @param maxConnections the maximum number of connections that wait for tasks, or
	 * {@code null} for no limit
	 * @param http2 whether to use HTTP/2, or {@code null} to offer it over TLS
	 * @param proxy the proxy
	 * @param shutdownQuietPeriod how long event loops wait for further work when they end
	 */
	public record Settings(HttpClientSettings http, Duration readTimeout, @Nullable Duration taskTimeout,
			@Nullable Integer maxConnections, @Nullable Boolean http2, Proxy proxy, Duration shutdownQuietPeriod) {

		HttpClientSettings http(@Nullable Duration readTimeout) {
			return this.http.withReadTimeout(readTimeout).withRedirects(HttpRedirects.DONT_FOLLOW);
		}

	}

	/**
	 * Settings for the HTTP proxy.
	 *
	 * @param host Host of the HTTP proxy. Unset by default. Requires Reactor Netty or the
	 * JDK's HTTP client.
	 * @param port Port of the HTTP proxy.
	 * @param username Username for the HTTP proxy. Unset by default. Requires Reactor
	 * Netty.
	 * @param password Password for the HTTP proxy. Unset by default. Requires Reactor
	 * Netty.
	 */
	public record Proxy(@Nullable String host, @DefaultValue("8080") int port, @Nullable String username,
			@Nullable String password) {

		public Proxy {
			host = StringUtils.hasText(host) ? host : null;
			username = StringUtils.hasText(username) ? username : null;
			password = StringUtils.hasText(password) ? password : null;
		}

		@Override
		public String toString() {
			return "Proxy[host=" + this.host + ", port=" + this.port + ", username=" + this.username + "]";
		}

	}

	/**
	 * Registers gauges.
	 */
	@FunctionalInterface
	public interface Gauges {

		/**
		 * Register a gauge.
		 * @param state the state of the connections or calls that it counts
		 * @param pool the pool
		 * @param value returns its value
		 */
		void register(String state, String pool, IntSupplier value);

	}

}
