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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

import io.netty.handler.codec.http2.Http2StreamChannel;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.netty.Connection;
import reactor.util.context.Context;

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
		return new Mono<>() {

			@Override
			public void subscribe(CoreSubscriber<? super ClientHttpResponse> caller) {
				if (Http2Connector.this.closed) {
					Operators.error(caller, new ApplicationEndedException());
					return;
				}
				Http2Server<Call> server = server(uri);
				if (server.prefersHttp11()) {
					Http2Connector.this.http11.connect(method, uri, requestCallback).subscribe(caller);
				}
				else {
					caller.onSubscribe(new Call(server, method, uri, requestCallback, caller));
				}
			}

		};
	}

	private Http2Server<Call> server(URI uri) {
		return this.servers.computeIfAbsent(uri.getRawAuthority(),
				(authority) -> new Http2Server<>(this.maxConnections, this.maxStreams));
	}

	@Override
	public int waiting() {
		return this.servers.values().stream().mapToInt(Http2Server::waiting).sum();
	}

	@Override
	public void close() {
		this.closed = true;
		this.servers.values()
			.forEach((server) -> server.takeAll().forEach((call) -> call.refuse(new ApplicationEndedException())));
	}

	/**
	 * A call on its way into a connection, which starts when its answer is asked for.
	 */
	private final class Call implements Subscription {

		private final Http2Server<Call> server;

		private final HttpMethod method;

		private final URI uri;

		private final Function<? super ClientHttpRequest, Mono<Void>> requestCallback;

		private final CoreSubscriber<? super ClientHttpResponse> caller;

		private final AtomicBoolean started = new AtomicBoolean();

		private final Disposable.Swap exchange = Disposables.swap();

		Call(Http2Server<Call> server, HttpMethod method, URI uri,
				Function<? super ClientHttpRequest, Mono<Void>> requestCallback,
				CoreSubscriber<? super ClientHttpResponse> caller) {
			this.server = server;
			this.method = method;
			this.uri = uri;
			this.requestCallback = requestCallback;
			this.caller = caller;
		}

		@Override
		public void request(long count) {
			if (!Operators.validate(count) || !this.started.compareAndSet(false, true)) {
				return;
			}
			if (this.server.enter(this) || this.server.openOrWait(this)) {
				connect();
			}
			else if (this.exchange.isDisposed()) {
				leave();
			}
			else if (Http2Connector.this.closed) {
				close();
			}
		}

		@Override
		public void cancel() {
			try {
				this.exchange.dispose();
			}
			finally {
				leave();
			}
		}

		private void connect() {
			exchange(Http2Connector.this.http2, this::enter, this::fail);
		}

		private void connectHttp11() {
			exchange(Http2Connector.this.http11, this.requestCallback, this.caller::onError);
		}

		private void exchange(ClientHttpConnector connector,
				Function<? super ClientHttpRequest, Mono<Void>> requestCallback, Consumer<Throwable> onError) {
			Exchange exchange = new Exchange(this.caller, onError);
			if (this.exchange.update(exchange)) {
				Mono.defer(() -> connector.connect(this.method, this.uri, requestCallback)).subscribe(exchange);
			}
			else {
				leave();
			}
		}

		/**
		 * Comes when there is a connection, before anything is sent. One that was made
		 * for HTTP/2 and turns out to be for HTTP/1.1 is given up, since it counts in
		 * another pool. A call that is over comes here, too, and leaves what it has got.
		 */
		private Mono<Void> enter(ClientHttpRequest request) {
			Http2StreamChannel stream = stream(request);
			if (stream == null) {
				this.server.preferHttp11();
				leave();
				discardIf(this.exchange.isDisposed(), request);
				connectHttp11();
				return Mono.never();
			}
			boolean wanted = this.server.entered(this, stream);
			if (wanted) {
				stream.closeFuture().addListener((closed) -> {
					this.server.closed();
					admitNext();
				});
			}
			discardIf(!wanted, request);
			admitNext();
			return wanted ? this.requestCallback.apply(request) : Mono.never();
		}

		private void discardIf(boolean over, ClientHttpRequest request) {
			NativeExchange exchange = over ? NativeExchange.of(request) : null;
			if (exchange != null) {
				exchange.discard();
			}
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
			this.server.next().forEach(Call::admit);
		}

		private void fail(Throwable failure) {
			this.exchange.dispose();
			this.server.fail(this).forEach((waiting) -> waiting.refuse(failure));
			admitNext();
			this.caller.onError(failure);
		}

		/**
		 * Let this call go on, which has waited.
		 */
		private void admit() {
			if (this.server.prefersHttp11()) {
				leave();
				connectHttp11();
			}
			else {
				connect();
			}
		}

		/**
		 * End this call, which has waited.
		 */
		void refuse(Throwable failure) {
			if (!this.exchange.isDisposed()) {
				this.exchange.dispose();
				this.caller.onError(failure);
			}
		}

	}

	/**
	 * What a call has with one of the connectors. Its answer is the caller's, who may
	 * cancel even after it has come.
	 */
	private static final class Exchange extends Operators.DeferredSubscription
			implements CoreSubscriber<ClientHttpResponse>, Disposable {

		private final CoreSubscriber<? super ClientHttpResponse> caller;

		private final Consumer<Throwable> onError;

		Exchange(CoreSubscriber<? super ClientHttpResponse> caller, Consumer<Throwable> onError) {
			this.caller = caller;
			this.onError = onError;
		}

		@Override
		public Context currentContext() {
			return this.caller.currentContext();
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			set(subscription);
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(ClientHttpResponse response) {
			this.caller.onNext(response);
		}

		@Override
		public void onComplete() {
			this.caller.onComplete();
		}

		@Override
		public void onError(Throwable failure) {
			this.onError.accept(failure);
		}

		@Override
		public void dispose() {
			cancel();
		}

		@Override
		public boolean isDisposed() {
			return isCancelled();
		}

	}

}
