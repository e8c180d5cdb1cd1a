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
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

import javax.net.ssl.SSLException;

import com.handinger.spring.transport.UnprocessedRequestException;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2StreamChannel;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.netty.channel.ChannelOperations;
import reactor.util.context.Context;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * Offers HTTP/2 if that is used, and uses HTTP/1.1 with servers that prefer it.
 * <p>
 * Calls share the connections of Reactor Netty's pool, but only a few queue there: a call
 * can't leave its queue, and the pool would connect for calls that have been cancelled,
 * one connection after the other. The others are queued here, and share what the first of
 * them finds out: that a server is unreachable, or that it prefers HTTP/1.1, where each
 * takes a connection.
 * <p>
 * The response to a call that has ended is discarded. Reactor Netty goes on in two cases:
 * <ul>
 * <li>A cancellation does not reach it when it has just emitted a response, and on the
 * way to the caller a cancelled operator drops the response.</li>
 * <li>When something fails while it connects, the call fails at once, and its request is
 * sent nevertheless if the connection comes.</li>
 * </ul>
 * Such a response would never be read: its connection would stay in use, and its buffers
 * would leak.
 */
final class ReactorNettyConnector implements ClientHttpConnector {

	/**
	 * After this time a server is offered HTTP/2 again, since it may support it by now.
	 */
	private static final Duration HTTP11_TIME = Duration.ofMinutes(10);

	/**
	 * The maximum number of calls in the pool, where a cancelled call stays.
	 */
	private static final int MAX_ENTERING = 100;

	private final ClientHttpConnector http11;

	private final @Nullable ClientHttpConnector http2;

	private final Consumer<CallQueue<?>> onQueue;

	/**
	 * By their host and port. Without HTTP/2 there is nothing to know about a server.
	 */
	private final Map<String, Server> servers = new ConcurrentHashMap<>();

	/**
	 * Create a new connector.
	 * @param http11 a connector of Reactor Netty's for HTTP/1.1
	 * @param http2 one that offers HTTP/2, or {@code null} if only HTTP/1.1 is used
	 * @param onQueue called with each new queue
	 */
	ReactorNettyConnector(ClientHttpConnector http11, @Nullable ClientHttpConnector http2,
			Consumer<CallQueue<?>> onQueue) {
		this.http11 = http11;
		this.http2 = http2;
		this.onQueue = onQueue;
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		return Mono.fromDirect((caller) -> {
			Server server = this.servers.computeIfAbsent((this.http2 != null) ? uri.getRawAuthority() : "",
					(authority) -> new Server());
			Call call = new Call(server, method, uri, requestCallback, Operators.toCoreSubscriber(caller));
			caller.onSubscribe(call);
			if (server.prefersHttp11()) {
				call.connect(this.http11);
			}
			else {
				server.queue.add(call);
			}
		});
	}

	/**
	 * Discard the response to a request that has got its connection. A complete response
	 * is taken from the connection, which may be another call's by now. Otherwise the
	 * connection is closed.
	 */
	private static void discard(ChannelOperations<?, ?> request) {
		request.receive().onErrorComplete().subscribe();
		if (!request.isInboundDisposed()) {
			request.discard();
		}
	}

	/**
	 * A server, and the calls that have no connection for HTTP/2 to it yet. Until it is
	 * known to speak HTTP/2, only one call is in the pool.
	 */
	private final class Server {

		private final CallQueue<Call> queue = new CallQueue<>(() -> this.speaksHttp2 ? MAX_ENTERING : 1,
				(call) -> call.connect(Objects.requireNonNull(ReactorNettyConnector.this.http2)), Call::reject,
				Call::isPending);

		private volatile boolean speaksHttp2;

		/**
		 * By {@link System#nanoTime()}.
		 */
		private volatile long http11Until = System.nanoTime();

		Server() {
			ReactorNettyConnector.this.onQueue.accept(this.queue);
		}

		boolean prefersHttp11() {
			return ReactorNettyConnector.this.http2 == null || this.http11Until - System.nanoTime() > 0;
		}

	}

	private enum State {

		/**
		 * There is no connection yet.
		 */
		PENDING,

		/**
		 * There is a connection, on which the request is sent.
		 */
		SENT,

		/**
		 * The call has failed or was cancelled. Nothing is sent from now on.
		 */
		OVER

	}

	/**
	 * A call until its response begins. One that its queue has admitted is in the pool
	 * for HTTP/2 until it has a connection or fails, even if it is cancelled.
	 */
	final class Call implements CoreSubscriber<ClientHttpResponse>, Subscription {

		private final Server server;

		private final HttpMethod method;

		private final URI uri;

		private final Function<? super ClientHttpRequest, Mono<Void>> requestCallback;

		private final CoreSubscriber<? super ClientHttpResponse> caller;

		/**
		 * A connection, a failure and a cancellation may come at the same time.
		 */
		private final AtomicReference<State> state = new AtomicReference<>(State.PENDING);

		private volatile Subscription exchange = Operators.emptySubscription();

		private volatile Runnable discard = () -> {
		};

		private volatile boolean answered;

		Call(Server server, HttpMethod method, URI uri, Function<? super ClientHttpRequest, Mono<Void>> requestCallback,
				CoreSubscriber<? super ClientHttpResponse> caller) {
			this.server = server;
			this.method = method;
			this.uri = uri;
			this.requestCallback = requestCallback;
			this.caller = caller;
		}

		boolean isPending() {
			return this.state.get() == State.PENDING;
		}

		private void connect(ClientHttpConnector connector) {
			if (!isPending()) {
				this.server.queue.leave(this);
				return;
			}
			try {
				connector.connect(this.method, this.uri, this::enter).subscribe(this);
			}
			catch (Throwable ex) {
				// Reactor throws a LinkageError, say, and the others must not wait for
				// it. If the call has ended, it was thrown by the caller.
				if (this.answered || this.state.get() == State.OVER) {
					throw ex;
				}
				onError(ex);
			}
		}

		/**
		 * Called when there is a connection, before anything is sent. One for HTTP/1.1
		 * from the pool for HTTP/2 is given up, since it counts in another pool.
		 */
		private Mono<Void> enter(ClientHttpRequest request) {
			ChannelOperations<?, ?> operations = request.getNativeRequest();
			if (this.server.queue.isAdmitted(this)) {
				boolean isHttp2 = operations.channel() instanceof Http2StreamChannel;
				this.server.speaksHttp2 = isHttp2;
				if (!isHttp2) {
					this.server.http11Until = System.nanoTime() + HTTP11_TIME.toNanos();
					this.server.queue.releaseWaiting((call) -> call.connect(ReactorNettyConnector.this.http11));
				}
				this.server.queue.leave(this);
				if (!isHttp2) {
					this.exchange.cancel();
					discard(operations);
					connect(ReactorNettyConnector.this.http11);
					return Mono.never();
				}
			}
			// Reactor Netty does not know it any more when the response is complete.
			Channel channel = operations.channel();
			this.discard = () -> channel.eventLoop().execute(() -> {
				if (!this.answered) {
					discard(operations);
				}
			});
			if (!this.state.compareAndSet(State.PENDING, State.SENT)) {
				discard(operations);
				return Mono.never();
			}
			channel.pipeline().get(ConnectionGuard.class).call = this;
			return this.requestCallback.apply(request);
		}

		/**
		 * End this call with a failure, unless it has a connection by now.
		 */
		private void reject(Throwable failure) {
			if (this.state.compareAndSet(State.PENDING, State.OVER)) {
				this.caller.onError(failure);
			}
		}

		/**
		 * End this call with a failure.
		 * @return whether it was waiting for its response
		 */
		boolean fail(Throwable failure) {
			State before = this.answered ? State.OVER : this.state.getAndSet(State.OVER);
			if (before == State.OVER) {
				return false;
			}
			try {
				if (before == State.SENT) {
					this.exchange.cancel();
				}
			}
			finally {
				this.caller.onError(failure);
			}
			return true;
		}

		@Override
		public Context currentContext() {
			return this.caller.currentContext();
		}

		@Override
		public void onSubscribe(Subscription exchange) {
			this.exchange = exchange;
			if (this.state.get() == State.OVER && !this.server.queue.isAdmitted(this)) {
				exchange.cancel();
			}
			exchange.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(ClientHttpResponse response) {
			this.answered = true;
			this.caller.onNext(response);
		}

		/**
		 * The others fail together with a call if the server is unreachable or was not
		 * reached yet. Over plain HTTP it is not asked for HTTP/2. One that does not
		 * speak it answers in HTTP/1.1, or closes the connection.
		 */
		@Override
		public void onError(Throwable failure) {
			if (!this.server.queue.isAdmitted(this)) {
				fail(failure);
				return;
			}
			boolean isUnreachable = failure instanceof ConnectException || failure instanceof SSLException
					|| failure instanceof UnknownHostException;
			Throwable reported = failure;
			if (!isUnreachable && "http".equalsIgnoreCase(this.uri.getScheme())
					&& (failure instanceof Http2Exception || failure instanceof IOException)) {
				reported = new UnprocessedRequestException("the server did not answer in HTTP/2",
						"set handinger.http2=false unless the server speaks HTTP/2 over plain http");
				reported.addSuppressed(failure);
			}
			if (isUnreachable || !this.server.speaksHttp2) {
				this.server.speaksHttp2 = false;
				this.server.queue.rejectAll(reported);
			}
			try {
				this.server.queue.leave(this);
			}
			finally {
				fail(reported);
			}
		}

		@Override
		public void onComplete() {
			this.caller.onComplete();
		}

		@Override
		public void request(long count) {
			// There is at most one response, and the caller takes it.
		}

		/**
		 * A response that Reactor Netty is emitting now either has come to the caller by
		 * the time that its event loop is free, or never will.
		 */
		@Override
		public void cancel() {
			this.state.set(State.OVER);
			try {
				if (!this.server.queue.cancel(this)) {
					this.exchange.cancel();
				}
			}
			finally {
				if (!this.answered) {
					this.discard.run();
				}
			}
		}

	}

}
