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

import java.time.Duration;

import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.NoopAddressResolverGroup;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.transport.ProxyProvider;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;

/**
 * The connections to Handinger, if Reactor Netty makes them: one pool for calls that wait
 * for tasks, and one for all others, which never queue behind them.
 */
final class ReactorNettyPools implements DisposableBean {

	/**
	 * Long enough for a burst of tasks, and shorter than servers keep an idle connection:
	 * one that is closed just as a task is sent leaves its outcome unknown.
	 */
	private static final Duration TASK_CALLS_IDLE_TIME = Duration.ofSeconds(4);

	private static final Duration SHORT_CALLS_IDLE_TIME = Duration.ofSeconds(30);

	private static final int SHORT_CALLS_CONNECTIONS = 500;

	/**
	 * The class is not always there, and its options are known by their names.
	 */
	private static final String EPOLL_OPTION = "io.netty.channel.epoll.EpollChannelOption#";

	private static final int KEEP_ALIVE_IDLE_SECONDS = 60;

	private static final int KEEP_ALIVE_INTERVAL_SECONDS = 15;

	private final ConnectionProvider shortCalls = ConnectionProvider.builder("handinger")
		.maxConnections(SHORT_CALLS_CONNECTIONS)
		.pendingAcquireMaxCount(-1)
		.maxIdleTime(SHORT_CALLS_IDLE_TIME)
		.evictInBackground(SHORT_CALLS_IDLE_TIME)
		.build();

	private final ConnectionProvider taskCalls;

	ReactorNettyPools(@Nullable Integer maxConnections) {
		this.taskCalls = ConnectionProvider.builder("handinger-tasks")
			.maxConnections((maxConnections != null) ? maxConnections : Integer.MAX_VALUE)
			.pendingAcquireMaxCount(-1)
			.pendingAcquireTimeout(Duration.ZERO)
			.maxIdleTime(TASK_CALLS_IDLE_TIME)
			.evictInBackground(SHORT_CALLS_IDLE_TIME)
			.build();
	}

	boolean supports(ClientHttpConnectorBuilder<?> builder) {
		return builder instanceof ReactorClientHttpConnectorBuilder;
	}

	ClientHttpConnectorBuilder<?> forShortCalls(ClientHttpConnectorBuilder<?> builder, HandingerProperties properties) {
		return customize((ReactorClientHttpConnectorBuilder) builder, this.shortCalls, properties,
				properties.readTimeout());
	}

	ClientHttpConnectorBuilder<?> forTaskCalls(ClientHttpConnectorBuilder<?> builder, HandingerProperties properties) {
		return customize((ReactorClientHttpConnectorBuilder) builder, this.taskCalls, properties,
				properties.taskTimeout());
	}

	private ReactorClientHttpConnectorBuilder customize(ReactorClientHttpConnectorBuilder builder,
			ConnectionProvider pool, HandingerProperties properties, @Nullable Duration responseTimeout) {
		return builder.withHttpClientFactory(() -> HttpClient.create(pool))
			.withHttpClientCustomizer((client) -> proxy(client, properties.proxy()).disableRetry(true)
				.followRedirect(false)
				.responseTimeout(responseTimeout)
				.option(ChannelOption.SO_KEEPALIVE, true)
				.doOnChannelInit((observer, channel, remoteAddress) -> {
					keepAlive(channel);
					limitHandshake(channel, properties.connectTimeout());
				})
				.doOnConnected((connection) -> connection.addHandlerLast(InformationalResponseHandler.NAME,
						InformationalResponseHandler.INSTANCE)));
	}

	private HttpClient proxy(HttpClient client, HandingerProperties.Proxy proxy) {
		String host = proxy.host();
		if (host == null) {
			return client;
		}
		// The proxy resolves the name: behind one, there is often nobody else who can.
		return client.resolver(NoopAddressResolverGroup.INSTANCE).proxy((spec) -> {
			ProxyProvider.Builder builder = spec.type(ProxyProvider.Proxy.HTTP).host(host).port(proxy.port());
			if (proxy.username() != null && proxy.password() != null) {
				builder.username(proxy.username()).password((username) -> proxy.password());
			}
		});
	}

	/**
	 * The system's own two hours would be too late for a connection that waits for a task
	 * while a firewall forgets it. A channel takes the options of its own transport and
	 * leaves the others alone.
	 */
	private static void keepAlive(Channel channel) {
		ChannelConfig config = channel.config();
		config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), KEEP_ALIVE_IDLE_SECONDS);
		config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), KEEP_ALIVE_INTERVAL_SECONDS);
		config.setOption(ChannelOption.valueOf(EPOLL_OPTION + "TCP_KEEPIDLE"), KEEP_ALIVE_IDLE_SECONDS);
		config.setOption(ChannelOption.valueOf(EPOLL_OPTION + "TCP_KEEPINTVL"), KEEP_ALIVE_INTERVAL_SECONDS);
	}

	/**
	 * To the caller the handshake is part of the connection, which has to be there in
	 * time.
	 */
	private static void limitHandshake(Channel channel, Duration connectTimeout) {
		SslHandler handler = channel.pipeline().get(SslHandler.class);
		if (handler != null) {
			handler.setHandshakeTimeoutMillis(connectTimeout.toMillis());
		}
	}

	@Override
	public void destroy() {
		this.shortCalls.dispose();
		this.taskCalls.dispose();
	}

}
