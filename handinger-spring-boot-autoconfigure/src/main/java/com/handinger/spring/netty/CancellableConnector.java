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

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * Throws away what comes for a call that is over. Reactor Netty goes on in two cases:
 * <ul>
 * <li>When it has just handed an answer over, a cancellation does not reach it any more,
 * and on the way to the caller a cancelled operator drops the answer.</li>
 * <li>When something fails while it connects, the call fails at once, and its request is
 * sent nevertheless if the connection comes.</li>
 * </ul>
 * Nobody would read these answers: their connections would be in use for ever, and their
 * buffers would leak.
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
		return new Mono<>() {

			@Override
			public void subscribe(CoreSubscriber<? super ClientHttpResponse> caller) {
				Call call = new Call(caller);
				CancellableConnector.this.connector
					.connect(method, uri,
							(request) -> call.enter(request) ? requestCallback.apply(request) : Mono.never())
					.subscribe(call);
			}

		};
	}

	private static final class Call implements CoreSubscriber<ClientHttpResponse>, Subscription {

		private final CoreSubscriber<? super ClientHttpResponse> caller;

		private volatile @Nullable Subscription subscription;

		private volatile @Nullable NativeExchange exchange;

		private volatile boolean answered;

		private volatile boolean over;

		private final AtomicBoolean failed = new AtomicBoolean();

		Call(CoreSubscriber<? super ClientHttpResponse> caller) {
			this.caller = caller;
		}

		/**
		 * Comes when there is a connection, before anything is sent.
		 * @return whether the request is wanted still
		 */
		boolean enter(ClientHttpRequest request) {
			NativeExchange exchange = NativeExchange.of(request);
			this.exchange = exchange;
			boolean wanted = !this.over;
			if (exchange != null) {
				if (wanted) {
					exchange.onLoss(this::lost);
				}
				else {
					exchange.discard();
				}
			}
			return wanted;
		}

		private boolean lost(Throwable failure) {
			if (this.answered || this.over || !this.failed.compareAndSet(false, true)) {
				return false;
			}
			this.over = true;
			try {
				cancelSubscription();
			}
			finally {
				this.caller.onError(failure);
			}
			return true;
		}

		private void cancelSubscription() {
			Subscription subscription = this.subscription;
			if (subscription != null) {
				subscription.cancel();
			}
		}

		/**
		 * A connection that is kept must not keep this call.
		 */
		private void leave() {
			NativeExchange exchange = this.exchange;
			if (exchange != null) {
				exchange.onLoss(null);
			}
		}

		@Override
		public Context currentContext() {
			return this.caller.currentContext();
		}

		@Override
		public void onSubscribe(Subscription subscription) {
			if (Operators.validate(this.subscription, subscription)) {
				this.subscription = subscription;
				this.caller.onSubscribe(this);
			}
		}

		@Override
		public void onNext(ClientHttpResponse response) {
			this.answered = true;
			leave();
			this.caller.onNext(response);
		}

		@Override
		public void onError(Throwable failure) {
			this.over = true;
			leave();
			if (this.failed.compareAndSet(false, true)) {
				this.caller.onError(failure);
			}
		}

		@Override
		public void onComplete() {
			this.caller.onComplete();
		}

		@Override
		public void request(long count) {
			Subscription subscription = this.subscription;
			if (subscription != null) {
				subscription.request(count);
			}
		}

		/**
		 * An answer that Reactor Netty is handing over now either has come to the caller
		 * by the time that its event loop is free, or never will.
		 */
		@Override
		public void cancel() {
			this.over = true;
			try {
				leave();
				cancelSubscription();
			}
			finally {
				discardUnanswered();
			}
		}

		private void discardUnanswered() {
			NativeExchange exchange = this.exchange;
			if (exchange != null && !this.answered) {
				exchange.execute(() -> {
					if (!this.answered) {
						exchange.discard();
					}
				});
			}
		}

	}

}
