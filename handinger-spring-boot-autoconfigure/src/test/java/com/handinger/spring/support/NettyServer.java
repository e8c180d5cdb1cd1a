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

package com.handinger.spring.support;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.util.concurrent.ImmediateEventExecutor;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.SslProvider;

/**
 * A server that speaks HTTP/2, and holds back the answers to those who wait for tasks
 * until they are released.
 */
public final class NettyServer implements AutoCloseable {

	private static final Duration HANDSHAKE_TIMEOUT = Duration.ofMinutes(1);

	private static final long PATIENCE_IN_MILLISECONDS = 120_000;

	private final LoopResources loops = LoopResources.create("test-server", 2, true);

	private final Map<String, AtomicInteger> requests = new ConcurrentHashMap<>();

	private final AtomicInteger connections = new AtomicInteger();

	private final ChannelGroup channels = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);

	private final Sinks.Empty<Void> released = Sinks.empty();

	private final boolean isSecure;

	private final DisposableServer server;

	private NettyServer(@Nullable ServerKeys keys, Behaviour behaviour, UnaryOperator<HttpServer> customizer,
			HttpProtocol... protocols) {
		this.isSecure = keys != null;
		HttpServer http = HttpServer.create().runOn(this.loops).host("localhost").port(0).protocol(protocols);
		if (keys != null) {
			SslProvider.GenericSslContextSpec<SslContextBuilder> context = (protocols[0] == HttpProtocol.H2)
					? Http2SslContextSpec.forServer(keys.keyManagers())
					: Http11SslContextSpec.forServer(keys.keyManagers());
			// On a busy machine, a hundred handshakes take longer than they may by
			// default.
			http = http.secure((spec) -> spec.sslContext(context).handshakeTimeout(HANDSHAKE_TIMEOUT));
		}
		this.server = customizer.apply(http)
			.doOnChannelInit((observer, channel, address) -> count(channel))
			.handle((request, response) -> {
				count(request);
				return behaviour.answer(request, response, this);
			})
			.bindNow(Duration.ofMillis(PATIENCE_IN_MILLISECONDS));
	}

	/**
	 * Start a server that offers some protocols over TLS.
	 */
	public static NettyServer secure(ServerKeys keys, Behaviour behaviour, HttpProtocol... protocols) {
		return new NettyServer(keys, behaviour, UnaryOperator.identity(), protocols);
	}

	/**
	 * Start a server that allows so many streams on a connection, over TLS.
	 */
	public static NettyServer withStreams(ServerKeys keys, Behaviour behaviour, int streams) {
		return new NettyServer(keys, behaviour,
				(http) -> http.http2Settings((settings) -> settings.maxConcurrentStreams(streams)), HttpProtocol.H2);
	}

	/**
	 * Start a server that speaks some protocols without TLS.
	 */
	public static NettyServer plain(Behaviour behaviour, HttpProtocol... protocols) {
		return new NettyServer(null, behaviour, UnaryOperator.identity(), protocols);
	}

	/**
	 * Start a server that allows so many streams on a connection, without TLS.
	 */
	public static NettyServer plainWithStreams(Behaviour behaviour, int streams) {
		return new NettyServer(null, behaviour,
				(http) -> http.http2Settings((settings) -> settings.maxConcurrentStreams(streams)), HttpProtocol.H2C);
	}

	/**
	 * Start a server that lets no byte of a body be sent, without TLS.
	 */
	public static NettyServer plainWithoutWindow(Behaviour behaviour) {
		return new NettyServer(null, behaviour,
				(http) -> http.http2Settings((settings) -> settings.initialWindowSize(0)), HttpProtocol.H2C);
	}

	private void count(Channel channel) {
		this.connections.incrementAndGet();
		this.channels.add(channel);
	}

	private void count(HttpServerRequest request) {
		this.requests
			.computeIfAbsent(request.method().name() + " " + request.version().majorVersion(),
					(key) -> new AtomicInteger())
			.incrementAndGet();
	}

	public String url() {
		return (this.isSecure ? "https" : "http") + "://localhost:" + this.server.port();
	}

	/**
	 * Return how many requests to run a task have come over a version of HTTP.
	 */
	public int posts(int version) {
		return this.requests.getOrDefault("POST " + version, new AtomicInteger()).get();
	}

	/**
	 * Return how many connections there have been.
	 */
	public int connections() {
		return this.connections.get();
	}

	/**
	 * Return how many connections are open.
	 */
	public int openConnections() {
		return this.channels.size();
	}

	/**
	 * Let the answers go.
	 */
	public void release() {
		this.released.tryEmitEmpty();
	}

	@Override
	public void close() {
		release();
		this.server.disposeNow(Duration.ofMillis(PATIENCE_IN_MILLISECONDS));
		// An event loop that ends leaves what its connections have not read to its end.
		this.channels.close().awaitUninterruptibly(PATIENCE_IN_MILLISECONDS);
		this.loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5))
			.block(Duration.ofMillis(PATIENCE_IN_MILLISECONDS));
	}

	/**
	 * What the server does with a request.
	 */
	@FunctionalInterface
	public interface Behaviour {

		/**
		 * Answer a look-up at once, and a request to run a task when that is released.
		 */
		Behaviour HOLD = (request, response, server) -> answer(request, response, server.released.asMono());

		/**
		 * Answer all requests at once.
		 */
		Behaviour ANSWER = (request, response, server) -> answer(request, response, Mono.empty());

		/**
		 * Answer a request, or do something else.
		 */
		Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response, NettyServer server);

		private static Publisher<Void> answer(HttpServerRequest request, HttpServerResponse response,
				Mono<Void> released) {
			response.header("Content-Type", "application/json");
			if (request.method().name().equals("POST")) {
				return request.receive().then(released).thenMany(response.sendString(Mono.just(Json.WORKER)));
			}
			String taskId = request.uri().substring(request.uri().lastIndexOf('/') + 1);
			return Flux.from(response.sendString(Mono.just(Json.task(taskId, "running", 1))));
		}

	}

}
