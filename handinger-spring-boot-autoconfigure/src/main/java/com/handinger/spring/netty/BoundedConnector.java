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
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * Bounds the number of calls in flight to the number of connections. The others are
 * queued in their order, without a time limit. Reactor Netty's pool has a queue, too, but
 * connects for a call that has been cancelled in it. A call counts until its response
 * begins, so that the next one may wait in the pool while the response is read.
 */
final class BoundedConnector implements ClientHttpConnector, Disposable {

	private final ClientHttpConnector connector;

	private final int maxCalls;

	private final Set<Sinks.Empty<Void>> going = new HashSet<>();

	private final Set<Sinks.Empty<Void>> waiting = new LinkedHashSet<>();

	private volatile boolean disposed;

	/**
	 * Create a new connector.
	 * @param connector the connector for the calls
	 * @param maxCalls the maximum number of calls in flight
	 */
	BoundedConnector(ClientHttpConnector connector, int maxCalls) {
		this.connector = connector;
		this.maxCalls = maxCalls;
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		return Mono.defer(() -> {
			if (this.disposed) {
				return Mono.error(new ApplicationEndedException());
			}
			Sinks.Empty<Void> admission = Sinks.empty();
			Mono<ClientHttpResponse> response = Mono.defer(() -> this.connector.connect(method, uri, requestCallback));
			boolean admitted = admit(admission);
			if (!admitted && this.disposed) {
				dispose();
			}
			return (admitted ? response : admission.asMono().then(response))
				.doFinally((signal) -> leave(admission).ifPresent(Sinks.Empty::tryEmitEmpty));
		});
	}

	private synchronized boolean admit(Sinks.Empty<Void> admission) {
		boolean admitted = this.going.size() < this.maxCalls;
		(admitted ? this.going : this.waiting).add(admission);
		return admitted;
	}

	/**
	 * Remove a call, and return the next one that may go.
	 */
	private synchronized Optional<Sinks.Empty<Void>> leave(Sinks.Empty<Void> admission) {
		this.waiting.remove(admission);
		Iterator<Sinks.Empty<Void>> waiting = this.waiting.iterator();
		if (!this.going.remove(admission) || !waiting.hasNext()) {
			return Optional.empty();
		}
		Sinks.Empty<Void> next = waiting.next();
		waiting.remove();
		this.going.add(next);
		return Optional.of(next);
	}

	synchronized int waiting() {
		return this.waiting.size();
	}

	@Override
	public void dispose() {
		this.disposed = true;
		takeAll().forEach((admission) -> admission.tryEmitError(new ApplicationEndedException()));
	}

	private synchronized List<Sinks.Empty<Void>> takeAll() {
		List<Sinks.Empty<Void>> all = List.copyOf(this.waiting);
		this.waiting.clear();
		return all;
	}

}
