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
import java.util.function.Consumer;
import java.util.function.Function;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * Limits the number of calls in flight to the number of connections. Reactor Netty's pool
 * has a queue, too, but connects for a call that has been cancelled in it. A call counts
 * until its response begins, so that the next one may wait in the pool while the response
 * is read.
 */
final class BoundedConnector implements ClientHttpConnector {

	private final ClientHttpConnector connector;

	private final CallQueue<Sinks.Empty<Void>> queue;

	/**
	 * Create a new connector.
	 * @param connector the connector for the calls
	 * @param maxCalls the maximum number of calls in flight
	 * @param onQueue called with the queue
	 */
	BoundedConnector(ClientHttpConnector connector, int maxCalls, Consumer<CallQueue<?>> onQueue) {
		this.connector = connector;
		this.queue = new CallQueue<>(() -> maxCalls, Sinks.Empty::tryEmitEmpty, Sinks.Empty::tryEmitError,
				(admitted) -> false);
		onQueue.accept(this.queue);
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		return Mono.defer(() -> {
			Sinks.Empty<Void> admission = Sinks.empty();
			this.queue.add(admission);
			return admission.asMono()
				.then(Mono.defer(() -> this.connector.connect(method, uri, requestCallback)))
				.doFinally((signal) -> this.queue.leave(admission));
		});
	}

}
