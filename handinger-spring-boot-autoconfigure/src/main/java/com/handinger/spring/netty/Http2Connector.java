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

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

import javax.net.ssl.SSLException;

import com.handinger.spring.transport.NoHttp2Exception;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2StreamChannel;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.Connection;
import reactor.util.context.Context;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * Offers HTTP/2, and uses HTTP/1.1 with servers that prefer it.
 * <p>
 * Calls share the connections of Reactor Netty's pool, but only a few queue there: a call
 * can't leave its queue, and the pool would connect for calls that have been cancelled,
 * one connection after the other. The others are queued here, and share what the first of
 * them finds out: that a server is unreachable, or that it prefers HTTP/1.1, where each
 * takes a connection.
 */
final class Http2Connector implements ClientHttpConnector, Disposable {

	/**
	 * Then a server is offered HTTP/2 again, which it may have learned.
	 */
	private static final Duration HTTP11_TIME = Duration.ofMinutes(10);

	/**
	 * The maximum number of calls in the pool, where a cancelled call stays.
	 */
	private static final int MAX_ENTERING = 100;

	private final ClientHttpConnector http2;

	private final ClientHttpConnector http11;

	private final Map<String, Server> servers = new ConcurrentHashMap<>();

	private volatile boolean disposed;

	/**
	 * Create a new connector.
	 * @param http2 a connector of Reactor Netty's that offers HTTP/2
	 * @param http11 a connector for the servers that prefer HTTP/1.1
	 */
	Http2Connector(ClientHttpConnector http2, ClientHttpConnector http11) {
		this.http2 = http2;
		this.http11 = http11;
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		return Mono.create((sink) -> {
			Server server = this.servers.computeIfAbsent(uri.getRawAuthority(), (authority) -> new Server());
			Call call = new Call(server, method, uri, requestCallback, sink);
			sink.onCancel(call);
			server.add(call);
			if (this.disposed) {
				dispose();
			}
		});
	}

	/**
	 * Return the number of calls that have no connection yet.
	 */
	int waiting() {
		return this.servers.values().stream().mapToInt(Server::waiting).sum();
	}

	/**
	 * End the calls that have no connection yet, and all that follow.
	 */
	@Override
	public void dispose() {
		this.disposed = true;
		this.servers.values()
			.forEach((server) -> server.take((call) -> true)
				.forEach((call) -> call.end(new ApplicationEndedException())));
	}

	/**
	 * A server, and the calls that have no connection to it yet.
	 */
	private final class Server {

		private final Set<Call> calls = new LinkedHashSet<>();

		/**
		 * The calls in the pool. A call leaves the pool when it has a connection or
		 * fails, and not when it is cancelled.
		 */
		private final Set<Call> entering = new HashSet<>();

		private volatile boolean speaksHttp2;

		private final AtomicInteger entries = new AtomicInteger();

		/**
		 * By {@link System#nanoTime()}.
		 */
		private volatile @Nullable Long http11Since;

		synchronized int waiting() {
			return this.calls.size();
		}

		void add(Call call) {
			Long since = this.http11Since;
			if (since != null && System.nanoTime() - since < HTTP11_TIME.toNanos()) {
				call.connectHttp11();
				return;
			}
			synchronized (this) {
				this.calls.add(call);
			}
			enterNext();
		}

		/**
		 * A loop, since a call may fail at once and let the next one enter.
		 */
		private void enterNext() {
			if (this.entries.getAndIncrement() != 0) {
				return;
			}
			do {
				for (Call next = next(); next != null; next = next()) {
					next.connectHttp2();
				}
			}
			while (this.entries.decrementAndGet() != 0);
		}

		private synchronized @Nullable Call next() {
			if (this.entering.size() >= (this.speaksHttp2 ? MAX_ENTERING : 1)) {
				return null;
			}
			for (Call call : this.calls) {
				if (this.entering.add(call)) {
					return call;
				}
			}
			return null;
		}

		/**
		 * Note that a call has a connection.
		 * @return whether the call is still wanted
		 */
		boolean enter(Call call, boolean isHttp2) {
			boolean isWanted;
			List<Call> waiting = List.of();
			synchronized (this) {
				this.entering.remove(call);
				isWanted = this.calls.remove(call);
				this.speaksHttp2 = isHttp2;
				if (!isHttp2) {
					this.http11Since = System.nanoTime();
					waiting = take((other) -> !this.entering.contains(other));
				}
			}
			waiting.forEach(Call::connectHttp11);
			enterNext();
			return isWanted;
		}

		/**
		 * Note that a call has failed. The calls that wait fail together with it if the
		 * server is unreachable or was not reached yet.
		 * @return whether the call had no connection yet
		 */
		boolean fail(Call call, Throwable failure) {
			boolean wasEntering;
			List<Call> waiting = List.of();
			synchronized (this) {
				wasEntering = this.entering.remove(call);
				this.calls.remove(call);
				boolean isUnreachable = failure instanceof ConnectException || failure instanceof SSLException
						|| failure instanceof UnknownHostException;
				if (wasEntering && (isUnreachable || !(this.speaksHttp2 || failure instanceof CancellationException))) {
					this.speaksHttp2 = false;
					waiting = take((other) -> true);
				}
			}
			try {
				waiting.forEach((other) -> other.end(failure));
			}
			finally {
				enterNext();
			}
			return wasEntering;
		}

		/**
		 * Note that a call has been cancelled.
		 * @return whether it is in the pool
		 */
		synchronized boolean cancel(Call call) {
			this.calls.remove(call);
			return this.entering.contains(call);
		}

		synchronized List<Call> take(Predicate<Call> condition) {
			List<Call> taken = this.calls.stream().filter(condition).toList();
			taken.forEach(this.calls::remove);
			return taken;
		}

	}

	/**
	 * A call on its way to a connection.
	 */
	private final class Call implements Disposable {

		private final Server server;

		private final HttpMethod method;

		private final URI uri;

		private final Function<? super ClientHttpRequest, Mono<Void>> requestCallback;

		private final MonoSink<ClientHttpResponse> sink;

		private final Disposable.Composite exchanges = Disposables.composite();

		/**
		 * Whether the exchange over HTTP/2 matters no more.
		 */
		private volatile boolean over;

		Call(Server server, HttpMethod method, URI uri, Function<? super ClientHttpRequest, Mono<Void>> requestCallback,
				MonoSink<ClientHttpResponse> sink) {
			this.server = server;
			this.method = method;
			this.uri = uri;
			this.requestCallback = requestCallback;
			this.sink = sink;
		}

		void connectHttp2() {
			if (this.over) {
				this.server.fail(this, new CancellationException());
				return;
			}
			try {
				connect(Http2Connector.this.http2, this::enter, this::fail);
			}
			catch (Throwable ex) {
				// Reactor throws a LinkageError, say, and the others must not wait for
				// it.
				fail(ex);
			}
		}

		void connectHttp11() {
			connect(Http2Connector.this.http11, this.requestCallback, this.sink::error);
		}

		private void connect(ClientHttpConnector connector,
				Function<? super ClientHttpRequest, Mono<Void>> requestCallback, Consumer<Throwable> onError) {
			this.exchanges.add(Mono.defer(() -> connector.connect(this.method, this.uri, requestCallback))
				.subscribe(this.sink::success, onError, this.sink::success, Context.of(this.sink.contextView())));
		}

		/**
		 * Called when there is a connection, before anything is sent. A connection for
		 * HTTP/1.1 is given up, since it counts in another pool. A call that has ended
		 * sends nothing.
		 */
		private Mono<Void> enter(ClientHttpRequest request) {
			boolean isHttp2 = request.getNativeRequest() instanceof Connection connection
					&& connection.channel() instanceof Http2StreamChannel;
			boolean isWanted = this.server.enter(this, isHttp2);
			if (isWanted && isHttp2) {
				return this.requestCallback.apply(request);
			}
			this.over = true;
			CancellableConnector.discard(request);
			if (isWanted) {
				connectHttp11();
			}
			else {
				this.exchanges.dispose();
			}
			return Mono.never();
		}

		/**
		 * A call in the pool goes on until it has a connection.
		 */
		@Override
		public void dispose() {
			this.over = true;
			if (!this.server.cancel(this)) {
				this.exchanges.dispose();
			}
		}

		/**
		 * Over plain HTTP a server is not asked for HTTP/2. One that does not speak it
		 * answers in HTTP/1.1, or closes the connection.
		 */
		private void fail(Throwable failure) {
			boolean isNoHttp2 = this.server.fail(this, failure) && "http".equalsIgnoreCase(this.uri.getScheme())
					&& (failure instanceof Http2Exception || (failure instanceof IOException
							&& !(failure instanceof ConnectException) && !(failure instanceof UnknownHostException)));
			if (!this.over) {
				end(isNoHttp2 ? new NoHttp2Exception(failure) : failure);
			}
		}

		void end(Throwable failure) {
			this.over = true;
			this.sink.error(failure);
		}

	}

}
