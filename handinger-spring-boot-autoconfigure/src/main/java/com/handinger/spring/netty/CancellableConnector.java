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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;

import io.netty.channel.Channel;
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
 * Discards the response to a call that has ended. Reactor Netty goes on in two cases:
 * <ul>
 * <li>A cancellation does not reach it when it has just emitted a response, and on the
 * way to the caller a cancelled operator drops the response.</li>
 * <li>When something fails while it connects, the call fails at once, and its request is
 * sent nevertheless if the connection comes.</li>
 * </ul>
 * Such a response would never be read: its connection would stay in use, and its buffers
 * would leak.
 */
final class CancellableConnector implements ClientHttpConnector {

	private final ClientHttpConnector connector;

	/**
	 * Create a new connector.
	 * @param connector a connector of Reactor Netty's
	 */
	CancellableConnector(ClientHttpConnector connector) {
		this.connector = connector;
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		return Mono.fromDirect((caller) -> {
			Call call = new Call(Operators.toCoreSubscriber(caller));
			this.connector
				.connect(method, uri, (request) -> call.enter(request) ? requestCallback.apply(request) : Mono.never())
				.subscribe(call);
		});
	}

	/**
	 * Discard the response to a request that has got its connection. A complete response
	 * is taken from the connection, which may be another call's by now. Otherwise the
	 * connection is closed.
	 */
	static void discard(ClientHttpRequest request) {
		if (request.getNativeRequest() instanceof ChannelOperations<?, ?> operations) {
			operations.receive().subscribe((part) -> {
			}, (failure) -> {
			});
			if (!operations.isInboundDisposed()) {
				operations.discard();
			}
		}
	}

	private static final class Call extends Operators.DeferredSubscription
			implements CoreSubscriber<ClientHttpResponse>, Predicate<Throwable> {

		private final CoreSubscriber<? super ClientHttpResponse> caller;

		private final AtomicBoolean failed = new AtomicBoolean();

		private volatile Runnable discard = () -> {
		};

		private volatile boolean answered;

		Call(CoreSubscriber<? super ClientHttpResponse> caller) {
			this.caller = caller;
		}

		/**
		 * Called when there is a connection, before anything is sent.
		 * @return whether the call still waits for its response
		 */
		boolean enter(ClientHttpRequest request) {
			if (request.getNativeRequest() instanceof ChannelOperations<?, ?> operations) {
				// Reactor Netty does not know it any more when the response is complete.
				Channel channel = operations.channel();
				LostConnectionHandler.set(channel, this);
				this.discard = () -> channel.eventLoop().execute(() -> discardUnanswered(request));
			}
			if (isCancelled()) {
				discard(request);
			}
			return !isCancelled();
		}

		private void discardUnanswered(ClientHttpRequest request) {
			if (!this.answered) {
				discard(request);
			}
		}

		/**
		 * End this call with the loss of its connection.
		 * @return whether it was waiting for a response
		 */
		@Override
		public boolean test(Throwable failure) {
			boolean waiting = !this.answered && !isCancelled() && this.failed.compareAndSet(false, true);
			if (waiting) {
				this.caller.onError(failure);
				super.cancel();
			}
			return waiting;
		}

		@Override
		public Context currentContext() {
			return this.caller.currentContext();
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			set(subscription);
			this.caller.onSubscribe(this);
		}

		@Override
		public void onNext(ClientHttpResponse response) {
			this.answered = true;
			this.caller.onNext(response);
		}

		@Override
		public void onError(Throwable failure) {
			super.cancel();
			if (this.failed.compareAndSet(false, true)) {
				this.caller.onError(failure);
			}
		}

		@Override
		public void onComplete() {
			this.caller.onComplete();
		}

		/**
		 * A response that Reactor Netty is emitting now either has come to the caller by
		 * the time that its event loop is free, or never will.
		 */
		@Override
		public void cancel() {
			try {
				super.cancel();
			}
			finally {
				if (!this.answered) {
					this.discard.run();
				}
			}
		}

	}

}
