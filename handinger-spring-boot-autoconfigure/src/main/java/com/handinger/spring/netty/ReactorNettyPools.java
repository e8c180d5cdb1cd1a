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

import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

import com.handinger.spring.netty.HandingerConnectors.Proxy;
import com.handinger.spring.transport.Scheduling;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.nio.NioChannelOption;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.resolver.NoopAddressResolverGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.netty.tcp.SslProvider;
import reactor.netty.transport.ProxyProvider;

import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * The connections to Handinger, if Reactor Netty makes them: one pool for calls that wait
 * for tasks, one for the polling of running tasks, and one for all others, which never
 * queue behind them.
 */
final class ReactorNettyPools {

	static final String TASKS = "tasks";

	/**
	 * Long enough for a burst of tasks, and shorter than servers keep an idle connection:
	 * one that is closed just as a task is sent leaves its outcome unknown.
	 */
	private static final Duration TASK_CALLS_IDLE_TIME = Duration.ofSeconds(4);

	private static final Duration SHORT_CALLS_IDLE_TIME = Duration.ofSeconds(30);

	private static final int SHORT_CALLS_CONNECTIONS = 500;

	private static final Duration SHORT_CALLS_ACQUIRE_TIMEOUT = Duration.ofSeconds(45);

	/**
	 * The class is not always there, and its options are known by their names.
	 */
	private static final String EPOLL_OPTION = "io.netty.channel.epoll.EpollChannelOption#";

	private static final Duration FOREVER = Duration.ofMillis(Long.MAX_VALUE);

	private static final int KEEP_ALIVE_IDLE_SECONDS = 60;

	private static final int KEEP_ALIVE_INTERVAL_SECONDS = 15;

	/**
	 * How long sent data may stay unacknowledged. Keep-alive probes an idle connection
	 * only.
	 */
	private static final int UNACKNOWLEDGED_MILLISECONDS = 60_000;

	private final ReactorClientHttpConnectorBuilder builder;

	private final HandingerConnectors.Settings settings;

	final ReactorNettyPool shortCalls;

	final ReactorNettyPool polls;

	final ReactorNettyPool taskCalls;

	private final ReactorNettyLoops loops;

	/**
	 * A pool that is disposed of leaves the connections alone that are in use.
	 */
	private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE, true);

	ReactorNettyPools(ReactorClientHttpConnectorBuilder builder, HandingerConnectors.Settings settings,
			HandingerConnectors.Gauges gauges) {
		this.builder = builder;
		this.settings = settings;
		this.loops = new ReactorNettyLoops(settings.shutdownQuietPeriod());
		this.shortCalls = new ReactorNettyPool("short-calls", SHORT_CALLS_CONNECTIONS, SHORT_CALLS_IDLE_TIME,
				SHORT_CALLS_ACQUIRE_TIMEOUT, gauges);
		this.polls = new ReactorNettyPool("look-ups", SHORT_CALLS_CONNECTIONS, SHORT_CALLS_IDLE_TIME,
				SHORT_CALLS_ACQUIRE_TIMEOUT, gauges);
		this.taskCalls = new ReactorNettyPool(TASKS,
				Objects.requireNonNullElse(settings.maxConnections(), Integer.MAX_VALUE), TASK_CALLS_IDLE_TIME,
				Duration.ZERO, gauges);
	}

	ClientHttpConnector connector(ReactorNettyPool pool, @Nullable Duration readTimeout) {
		HttpClientSettings http = this.settings.http(readTimeout);
		Supplier<ClientHttpConnector> secure = () -> connector(pool, http, true);
		return new SchemeConnector((http.sslBundle() != null) ? secure.get() : new LazyConnector(secure),
				new LazyConnector(() -> connector(pool, http, false)));
	}

	/**
	 * Over TLS, HTTP/2 is offered unless that is switched off. Over plain HTTP nothing
	 * can be offered, so it is only spoken if that is switched on.
	 */
	private ClientHttpConnector connector(ReactorNettyPool pool, HttpClientSettings http, boolean isSecure) {
		ReactorClientHttpConnectorBuilder builder = customize(pool, http, isSecure);
		ClientHttpConnector http11 = builder.build(http);
		Integer maxConnections = this.settings.maxConnections();
		if (pool == this.taskCalls && maxConnections != null) {
			http11 = new BoundedConnector(http11, maxConnections, pool.queues::add);
		}
		boolean isHttp2 = (this.settings.http2() != null) ? this.settings.http2() : isSecure;
		return new ReactorNettyConnector(http11, isHttp2
				? builder.withHttpClientCustomizer((client) -> http2(client, isSecure, http.sslBundle())).build(http)
				: null, pool.queues::add);
	}

	/**
	 * The context for TLS that Boot makes of an SSL bundle speaks HTTP/1.1 alone.
	 */
	private static HttpClient http2(HttpClient client, boolean isSecure, @Nullable SslBundle bundle) {
		HttpClient http2 = (isSecure ? client.protocol(HttpProtocol.H2, HttpProtocol.HTTP11)
				: client.protocol(HttpProtocol.H2C))
			.http2Settings((settings) -> settings.initialWindowSize(Http2StreamGuard.WINDOW));
		if (!isSecure || bundle == null) {
			return http2;
		}
		SslProvider.GenericSslContextSpec<SslContextBuilder> context = Http2SslContextSpec.forClient()
			.configure((builder) -> configure(builder, bundle.getManagers(), bundle.getOptions()));
		return http2.secure((spec) -> spec.sslContext(context));
	}

	private static void configure(SslContextBuilder context, SslManagerBundle managers, SslOptions options) {
		context.keyManager(managers.getKeyManagerFactory())
			.trustManager(managers.getTrustManagerFactory())
			.protocols(options.getEnabledProtocols());
		if (options.getCiphers() != null) {
			context.ciphers(SslOptions.asSet(options.getCiphers()));
		}
	}

	private ReactorClientHttpConnectorBuilder customize(ReactorNettyPool pool, HttpClientSettings http,
			boolean isSecure) {
		return this.builder.withHttpClientFactory(() -> HttpClient.create(pool.provider))
			.withHttpClientCustomizer((client) -> proxy(this.loops.applyTo(client), this.settings.proxy())
				.disableRetry(true)
				.followRedirect(false)
				.responseTimeout(http.readTimeout())
				.option(ChannelOption.SO_KEEPALIVE, true)
				.doOnChannelInit((observer, channel, address) -> initialize(channel, http.connectTimeout()))
				.doOnRequest((request, connection) -> ConnectionGuard.addTo(connection.channel(), http.readTimeout())))
			// Otherwise Reactor Netty makes settings for TLS for each call.
			.withHttpClientCustomizer(
					(client) -> (isSecure && !client.configuration().isSecure()) ? client.secure() : client);
	}

	private static HttpClient proxy(HttpClient client, Proxy proxy) {
		String host = proxy.host();
		if (host == null) {
			return client;
		}
		// The proxy resolves the name, which is often impossible behind it.
		return client.resolver(NoopAddressResolverGroup.INSTANCE).proxy((spec) -> {
			ProxyProvider.Builder builder = spec.type(ProxyProvider.Proxy.HTTP).host(host).port(proxy.port());
			if (proxy.username() != null && proxy.password() != null) {
				builder.username(proxy.username()).password((username) -> proxy.password());
			}
		});
	}

	/**
	 * The system's own two hours of keep-alive would be too late for a connection that
	 * waits for a task while a firewall forgets it. A channel takes the options of its
	 * own transport and leaves the others alone. To the caller, the handshake is part of
	 * the connection, which has to be there in time.
	 */
	private void initialize(Channel channel, @Nullable Duration connectTimeout) {
		this.connections.add(channel);
		channel.pipeline().addFirst(EarlyReadHandler.INSTANCE);
		ChannelConfig config = channel.config();
		config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPIDLE), KEEP_ALIVE_IDLE_SECONDS);
		config.setOption(NioChannelOption.of(ExtendedSocketOptions.TCP_KEEPINTERVAL), KEEP_ALIVE_INTERVAL_SECONDS);
		config.setOption(ChannelOption.valueOf(EPOLL_OPTION + "TCP_KEEPIDLE"), KEEP_ALIVE_IDLE_SECONDS);
		config.setOption(ChannelOption.valueOf(EPOLL_OPTION + "TCP_KEEPINTVL"), KEEP_ALIVE_INTERVAL_SECONDS);
		config.setOption(ChannelOption.valueOf(EPOLL_OPTION + "TCP_USER_TIMEOUT"), UNACKNOWLEDGED_MILLISECONDS);
		SslHandler handler = channel.pipeline().get(SslHandler.class);
		if (handler != null && connectTimeout != null) {
			handler.setHandshakeTimeoutMillis(connectTimeout.toMillis());
		}
	}

	void dispose() {
		Stream.of(this.shortCalls, this.polls, this.taskCalls).forEach(ReactorNettyPool::dispose);
		this.connections.close();
		this.loops.dispose();
	}

	/**
	 * Takes one connector over TLS and another over plain HTTP.
	 */
	private record SchemeConnector(ClientHttpConnector secure,
			ClientHttpConnector plain) implements ClientHttpConnector {

		@Override
		public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
				Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
			return ("https".equalsIgnoreCase(uri.getScheme()) ? this.secure : this.plain).connect(method, uri,
					requestCallback);
		}

	}

	/**
	 * A connector that is made once and away from the event loops, since that loads
	 * classes and native libraries. A call that is cancelled meanwhile does not interrupt
	 * that.
	 */
	private static final class LazyConnector implements ClientHttpConnector {

		private final Mono<ClientHttpConnector> making;

		private volatile @Nullable ClientHttpConnector made;

		LazyConnector(Supplier<ClientHttpConnector> connector) {
			this.making = Scheduling.blocking(connector)
				.doOnNext((made) -> this.made = made)
				.cache((made) -> FOREVER, (failure) -> Duration.ZERO, () -> Duration.ZERO);
		}

		@Override
		public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
				Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
			ClientHttpConnector known = this.made;
			return (known != null) ? known.connect(method, uri, requestCallback)
					: this.making.flatMap((connector) -> connector.connect(method, uri, requestCallback));
		}

	}

}
