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

import com.handinger.spring.transport.RequestBody.Writer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpRequestDecorator;

/**
 * Lets a single request pass, and no other until it is certain that Handinger has not
 * carried out the first. This is the last point before the wire, so that a subscriber, a
 * filter of the application or the HTTP library can't send the request again.
 */
final class Gate {

	private final AtomicReference<@Nullable Pass> passed = new AtomicReference<>();

	private final Runnable onPass;

	/**
	 * Create a new gate.
	 * @param onPass called when a request passes
	 */
	Gate(Runnable onPass) {
		this.onPass = onPass;
	}

	/**
	 * Return the pass of a new attempt.
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
	 * The pass of one attempt. An attempt that ends late can't open the gate that another
	 * has passed.
	 */
	final class Pass {

		private volatile boolean revoked;

		private volatile boolean written;

		/**
		 * Guard a body, which is the last thing that an HTTP library asks for before it
		 * writes.
		 */
		Writer guard(Writer body) {
			// Deferred because some connectors write the body once and send it with each
			// subscription.
			return (request) -> Mono.defer(() -> {
				if (!pass()) {
					return Mono.error(new IllegalStateException("The request was cancelled or has already been sent"));
				}
				Gate.this.onPass.run();
				return body.write(new WatchedRequest(request));
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
		 * Return whether the HTTP library has requested the body. Some requests have
		 * none.
		 */
		boolean isWritten() {
			return this.written;
		}

		/**
		 * Stop the request of this attempt from passing, unless it has passed already.
		 */
		void revoke() {
			this.revoked = true;
		}

		/**
		 * Open the gate again, because Handinger has not carried out the request of this
		 * attempt.
		 */
		void giveBack() {
			Gate.this.passed.compareAndSet(this, null);
		}

		/**
		 * Records that its body was requested. A body of one part remains a {@code Mono},
		 * so that its length is known.
		 */
		private final class WatchedRequest extends ClientHttpRequestDecorator {

			WatchedRequest(ClientHttpRequest request) {
				super(request);
			}

			@Override
			public Mono<Void> writeWith(Publisher<? extends DataBuffer> body) {
				Runnable requested = () -> Pass.this.written = true;
				return super.writeWith((body instanceof Mono<? extends DataBuffer> single) ? single.doFirst(requested)
						: Flux.from(body).doFirst(requested));
			}

		}

	}

}
