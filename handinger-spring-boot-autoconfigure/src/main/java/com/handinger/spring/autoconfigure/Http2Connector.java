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
package com.handinger.spring.autoconfigure;

import java.net.URI;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.HttpInfos;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * Offers HTTP/2, and goes on with HTTP/1.1 where a server prefers that.
 * <p>
 * Calls enter the connections of HTTP/2 one at a time, or as many at a time as there are
 * connections to fill with those that wait. Reactor Netty opens a connection for each
 * call that comes while another is entering one, so that a hundred calls at once would
 * have a hundred connections instead of one. When a connection can't be made, all who
 * wait hear of it at once and need not find out one after the other.
 */
final class Http2Connector implements ClientHttpConnector {

	/**
	 * How many calls share a connection at most. RFC 9113 recommends to servers to allow
	 * no fewer.
	 */
	static final int MAX_STREAMS = 100;

	private static final int MOST_AT_A_TIME = 16;

	private final ClientHttpConnector http2;

	private final ClientHttpConnector http11;

	private final Map<String, Server> servers = new ConcurrentHashMap<>();

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
		return Mono.defer(() -> {
			Server server = this.servers.computeIfAbsent(uri.getRawAuthority(), (authority) -> new Server());
			return server.prefersHttp11() ? this.http11.connect(method, uri, requestCallback)
					: new Entry(server).connect(method, uri, requestCallback);
		});
	}

	/**
	 * Return how many calls wait until they may enter a connection.
	 */
	int waiting() {
		return this.servers.values().stream().mapToInt(Server::waiting).sum();
	}

	/**
	 * What is known of a server, and who enters a connection to it.
	 */
	private static final class Server {

		private final Set<Entry> entering = new LinkedHashSet<>();

		private final Set<Entry> waiting = new LinkedHashSet<>();

		private volatile boolean isKnown;

		private volatile boolean prefersHttp11;

		boolean prefersHttp11() {
			return this.prefersHttp11;
		}

		synchronized int waiting() {
			return this.waiting.size();
		}

		synchronized void learn(boolean isHttp2) {
			this.isKnown = true;
			this.prefersHttp11 = !isHttp2;
		}

		/**
		 * Let a call enter, or wait.
		 * @return whether it may enter at once
		 */
		synchronized boolean enter(Entry entry) {
			boolean isFirst = this.waiting.isEmpty() && hasRoom();
			(isFirst ? this.entering : this.waiting).add(entry);
			return isFirst;
		}

		/**
		 * What HTTP/1.1 is to be spoken with has room for all. Before the protocol is
		 * known, one call finds it out.
		 */
		private boolean hasRoom() {
			int most = this.isKnown ? Math.min(MOST_AT_A_TIME, 1 + this.waiting.size() / MAX_STREAMS) : 1;
			return this.prefersHttp11 || this.entering.size() < most;
		}

		/**
		 * Take away a call that has entered, or wants to no more.
		 * @return those that enter in its place
		 */
		synchronized List<Entry> leave(Entry entry) {
			this.waiting.remove(entry);
			return this.entering.remove(entry) ? next() : List.of();
		}

		private List<Entry> next() {
			List<Entry> next = new ArrayList<>();
			Iterator<Entry> waiting = this.waiting.iterator();
			while (waiting.hasNext() && hasRoom()) {
				Entry entry = waiting.next();
				waiting.remove();
				this.entering.add(entry);
				next.add(entry);
			}
			return next;
		}

		/**
		 * Take away a call that could not enter.
		 * @return those that wait, and fail with it
		 */
		synchronized List<Entry> fail(Entry entry) {
			if (!this.entering.remove(entry)) {
				return List.of();
			}
			List<Entry> all = List.copyOf(this.waiting);
			this.waiting.clear();
			return all;
		}

	}

	/**
	 * The way of a call into a connection.
	 */
	private final class Entry {

		private final Server server;

		private final Sinks.Empty<Void> admission = Sinks.empty();

		private final Sinks.Empty<Void> refusal = Sinks.empty();

		Entry(Server server) {
			this.server = server;
		}

		Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
				Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
			Mono<ClientHttpResponse> http2 = Mono.defer(() -> this.server.prefersHttp11() ? Mono.empty()
					: Http2Connector.this.http2.connect(method, uri, (request) -> enter(request, requestCallback)));
			Mono<ClientHttpResponse> http11 = Mono.defer(() -> {
				leave();
				return Http2Connector.this.http11.connect(method, uri, requestCallback);
			});
			return admission()
				.then(http2.doOnError(this::fail).takeUntilOther(this.refusal.asMono()).switchIfEmpty(http11))
				.doFinally((signal) -> leave());
		}

		private Mono<Void> admission() {
			return this.server.enter(this) ? Mono.empty() : this.admission.asMono();
		}

		/**
		 * Comes when there is a connection, before anything is sent. One that was made
		 * for HTTP/2 and turns out to be for HTTP/1.1 is given up, since it counts in
		 * another pool.
		 */
		private Mono<Void> enter(ClientHttpRequest request,
				Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
			boolean isHttp2 = request.getNativeRequest() instanceof HttpInfos infos
					&& infos.version().majorVersion() == 2;
			this.server.learn(isHttp2);
			if (!isHttp2) {
				this.refusal.tryEmitEmpty();
				return Mono.never();
			}
			leave();
			return requestCallback.apply(request);
		}

		private void leave() {
			this.server.leave(this).forEach((next) -> next.admission.tryEmitEmpty());
		}

		private void fail(Throwable failure) {
			this.server.fail(this).forEach((waiting) -> waiting.admission.tryEmitError(failure));
		}

	}

}
