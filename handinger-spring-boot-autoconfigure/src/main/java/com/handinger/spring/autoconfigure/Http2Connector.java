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

import java.net.ConnectException;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

import io.netty.handler.codec.http2.Http2StreamChannel;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * Offers HTTP/2, and goes on with HTTP/1.1 where a server prefers that.
 * <p>
 * Reactor Netty's pool makes the connections of HTTP/2 one after the other, and goes on
 * with that for calls that nobody waits for any more. So no more calls go to the pool
 * than find a stream there, and one to open the next connection. What that one finds out
 * counts for all who wait for it: that the server can't be reached, which each would find
 * out after the other, or that it prefers HTTP/1.1, which takes a connection for each.
 */
final class Http2Connector implements ClientHttpConnector, CallQueue {

	private final ClientHttpConnector http2;

	private final ClientHttpConnector http11;

	private final int maxConnections;

	private final int maxStreams;

	private final Map<String, Http2Server<Call>> servers = new ConcurrentHashMap<>();

	private volatile boolean closed;

	/**
	 * Create a new connector.
	 * @param http2 a connector of Reactor Netty's that offers HTTP/2
	 * @param http11 a connector for the servers that prefer HTTP/1.1
	 * @param maxConnections how many connections there may be
	 * @param maxStreams how many calls may share a connection
	 */
	Http2Connector(ClientHttpConnector http2, ClientHttpConnector http11, int maxConnections, int maxStreams) {
		this.http2 = http2;
		this.http11 = http11;
		this.maxConnections = maxConnections;
		this.maxStreams = maxStreams;
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		return Mono.defer(() -> {
			if (this.closed) {
				return Mono.error(new ApplicationEndedException());
			}
			Http2Server<Call> server = this.servers.computeIfAbsent(uri.getRawAuthority(),
					(authority) -> new Http2Server<>(this.maxConnections, this.maxStreams));
			return server.prefersHttp11() ? this.http11.connect(method, uri, requestCallback)
					: new Call(server).connect(method, uri, requestCallback);
		});
	}

	@Override
	public int waiting() {
		return this.servers.values().stream().mapToInt(Http2Server::waiting).sum();
	}

	@Override
	public void close() {
		this.closed = true;
		this.servers.values()
			.forEach((server) -> server.takeAll().forEach((call) -> call.goOn(new ApplicationEndedException())));
	}

	/**
	 * A call on its way into a connection.
	 */
	private final class Call {

		private final Http2Server<Call> server;

		/**
		 * Is there if this call waits, or may find that the server prefers HTTP/1.1.
		 */
		private final AtomicReference<@Nullable Detour> detour = new AtomicReference<>();

		Call(Http2Server<Call> server) {
			this.server = server;
		}

		Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
				Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
			Mono<ClientHttpResponse> http2 = Http2Connector.this.http2
				.connect(method, uri, (request) -> enter(request, requestCallback))
				.doOnError(this::fail)
				.doOnCancel(this::leave);
			if (this.server.enter(this)) {
				return http2;
			}
			Mono<ClientHttpResponse> http11 = Mono.defer(() -> {
				leave();
				return Http2Connector.this.http11.connect(method, uri, requestCallback);
			});
			Detour detour = new Detour();
			this.detour.set(detour);
			return (this.server.openOrWait(this) ? http2 : afterAdmission(detour, http2))
				.takeUntilOther(detour.refusal.asMono())
				.switchIfEmpty(http11)
				.doOnCancel(this::leave);
		}

		private Mono<ClientHttpResponse> afterAdmission(Detour detour, Mono<ClientHttpResponse> http2) {
			return detour.admission.asMono().then(Mono.defer(() -> this.server.prefersHttp11() ? Mono.empty() : http2));
		}

		/**
		 * Comes when there is a connection, before anything is sent. One that was made
		 * for HTTP/2 and turns out to be for HTTP/1.1 is given up, since it counts in
		 * another pool. A call that was cancelled comes here, too.
		 */
		private Mono<Void> enter(ClientHttpRequest request,
				Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
			Http2StreamChannel stream = stream(request);
			if (stream == null) {
				return refuse();
			}
			boolean wanted = this.server.entered(this, stream);
			if (wanted) {
				stream.closeFuture().addListener((closed) -> {
					this.server.closed();
					admitNext();
				});
			}
			admitNext();
			return wanted ? requestCallback.apply(request) : Mono.never();
		}

		private Mono<Void> refuse() {
			this.server.preferHttp11();
			Detour detour = this.detour.get();
			if (detour == null) {
				return Mono.error(new ConnectException("The server does not speak HTTP/2 any more"));
			}
			detour.refusal.tryEmitEmpty();
			return Mono.never();
		}

		private static @Nullable Http2StreamChannel stream(ClientHttpRequest request) {
			return (request.getNativeRequest() instanceof Connection connection
					&& connection.channel() instanceof Http2StreamChannel stream) ? stream : null;
		}

		private void leave() {
			this.server.leave(this);
			admitNext();
		}

		private void admitNext() {
			this.server.next().forEach((next) -> next.goOn(null));
		}

		private void fail(Throwable failure) {
			this.server.fail(this).forEach((waiting) -> waiting.goOn(failure));
			admitNext();
		}

		private void goOn(@Nullable Throwable failure) {
			Detour detour = this.detour.get();
			if (detour != null && failure == null) {
				detour.admission.tryEmitEmpty();
			}
			else if (detour != null) {
				detour.admission.tryEmitError(failure);
			}
		}

	}

	/**
	 * What happens to a call for which there was no stream at once: it is admitted later,
	 * and may be refused.
	 */
	private static final class Detour {

		private final Sinks.Empty<Void> admission = Sinks.empty();

		private final Sinks.Empty<Void> refusal = Sinks.empty();

	}

}
