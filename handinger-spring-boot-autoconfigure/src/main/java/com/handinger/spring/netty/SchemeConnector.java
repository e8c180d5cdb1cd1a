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
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

import com.handinger.spring.transport.BlockingCall;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.util.function.SingletonSupplier;

/**
 * Takes one connector over TLS and another over plain HTTP, and makes each when it is
 * prepared or first needed.
 */
final class SchemeConnector implements ClientHttpConnector {

	private static final String HTTPS = "https";

	private static final Duration FOREVER = Duration.ofMillis(Long.MAX_VALUE);

	private final LazyConnector secure;

	private final LazyConnector plain;

	SchemeConnector(Supplier<ClientHttpConnector> secure, Supplier<ClientHttpConnector> plain) {
		this.secure = new LazyConnector(secure);
		this.plain = new LazyConnector(plain);
	}

	/**
	 * Make the connector for TLS now, so that a mistake in its settings shows.
	 */
	void prepare() {
		this.secure.get();
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		return (HTTPS.equalsIgnoreCase(uri.getScheme()) ? this.secure : this.plain).connect(method, uri,
				requestCallback);
	}

	/**
	 * Makes a connector away from the event loops, since that loads classes and native
	 * libraries, and on one thread, however many calls wait for it.
	 */
	private static final class LazyConnector implements ClientHttpConnector {

		private final Supplier<ClientHttpConnector> supplier;

		private final AtomicReference<@Nullable ClientHttpConnector> connector = new AtomicReference<>();

		private final Mono<ClientHttpConnector> preparation;

		LazyConnector(Supplier<ClientHttpConnector> supplier) {
			this.supplier = SingletonSupplier.of(supplier);
			this.preparation = BlockingCall.of(this::get)
				.cache((made) -> FOREVER, (failure) -> Duration.ZERO, () -> Duration.ZERO);
		}

		@Override
		public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
				Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
			ClientHttpConnector connector = this.connector.get();
			return (connector != null) ? connector.connect(method, uri, requestCallback)
					: this.preparation.flatMap((made) -> made.connect(method, uri, requestCallback));
		}

		ClientHttpConnector get() {
			ClientHttpConnector connector = this.supplier.get();
			this.connector.set(connector);
			return connector;
		}

	}

}
