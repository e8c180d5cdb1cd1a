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

package com.handinger.spring.transport;

import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequestDecorator;
import org.springframework.web.reactive.function.BodyInserter;

/**
 * Lets one request out, and no other until it is certain that Handinger has not carried
 * out the first. It stands at the last point before the wire, so that whoever wants to
 * send again (a subscriber, a filter of the application's, the HTTP library) finds it
 * closed.
 */
final class Gate {

	private final AtomicReference<@Nullable Pass> passed = new AtomicReference<>();

	private final Runnable onPass;

	/**
	 * Create a new gate.
	 * @param onPass what to do when a request goes out
	 */
	Gate(Runnable onPass) {
		this.onPass = onPass;
	}

	/**
	 * Return what an attempt passes this gate with.
	 */
	Pass newPass() {
		return new Pass();
	}

	/**
	 * Return whether a request may have reached Handinger.
	 */
	boolean isPassed() {
		return this.passed.get() != null;
	}

	/**
	 * Belongs to one attempt, so that one that ends late cannot open the gate behind
	 * another.
	 */
	final class Pass {

		private volatile boolean revoked;

		private volatile boolean written;

		BodyInserter<?, ClientHttpRequest> guard(BodyInserter<?, ? super ClientHttpRequest> body) {
			// Deferred, since some connectors ask once and send as often as they are
			// subscribed to.
			return (request, context) -> Mono.defer(() -> {
				if (!pass()) {
					return Mono
						.error(new IllegalStateException("The request is not wanted any more or was sent already"));
				}
				Gate.this.onPass.run();
				return body.insert(new WatchedRequest(request), context);
			});
		}

		private boolean pass() {
			if (!Gate.this.passed.compareAndSet(null, this)) {
				return false;
			}
			if (this.revoked) {
				giveBack();
				return false;
			}
			return true;
		}

		/**
		 * Return whether the HTTP library has asked for the body of the request. There
		 * may be none to ask for.
		 */
		boolean isWritten() {
			return this.written;
		}

		/**
		 * Let the request of this attempt out no more, unless it is out already.
		 */
		void revoke() {
			this.revoked = true;
		}

		/**
		 * Say that Handinger has not carried out the request of this attempt.
		 */
		void giveBack() {
			Gate.this.passed.compareAndSet(this, null);
		}

		/**
		 * Notes when its body is asked for.
		 */
		private final class WatchedRequest extends ClientHttpRequestDecorator {

			WatchedRequest(ClientHttpRequest request) {
				super(request);
			}

			@Override
			public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
				return super.writeWith(watch(body));
			}

			@Override
			public Mono<Void> writeAndFlushWith(Publisher<? extends Publisher<? extends DataBuffer>> body) {
				return super.writeAndFlushWith(watch(body));
			}

			/**
			 * A body of one part stays one, since its length is known.
			 */
			private <T> Publisher<T> watch(Publisher<T> body) {
				return (body instanceof Mono<T> single) ? single.doOnSubscribe(this::asked)
						: Flux.from(body).doOnSubscribe(this::asked);
			}

			private void asked(Subscription subscription) {
				Pass.this.written = true;
			}

		}

	}

}
