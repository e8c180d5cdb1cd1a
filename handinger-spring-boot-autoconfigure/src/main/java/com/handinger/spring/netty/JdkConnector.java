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
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.function.Function;

import reactor.adapter.JdkFlowAdapter;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.reactive.AbstractClientHttpResponse;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.util.CollectionUtils;

/**
 * Closes the connection of a response whose body is cancelled. Spring's own connector
 * caches the body, and so the cancellation would not reach the JDK's HTTP client.
 */
final class JdkConnector implements ClientHttpConnector {

	private final JdkClientHttpConnector requests;

	private final HttpClient client;

	/**
	 * Create a new connector.
	 * @param requests writes the requests
	 * @param client sends the requests
	 */
	JdkConnector(JdkClientHttpConnector requests, HttpClient client) {
		this.requests = requests;
		this.client = client;
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		return Mono.defer(() -> {
			Sinks.One<HttpRequest> written = Sinks.one();
			// Spring's connector would send the request, and so never gets to that.
			Mono<ClientHttpResponse> writing = this.requests.connect(method, uri,
					(request) -> requestCallback.apply(request)
						.doOnSuccess((done) -> written.tryEmitValue(request.getNativeRequest()))
						.then(Mono.never()));
			return Mono.firstWithSignal(writing, written.asMono().flatMap(this::send));
		});
	}

	/**
	 * A response may come just as its call is cancelled. Its body has one subscriber: if
	 * that is the caller already, its own cancellation closes the connection.
	 */
	private Mono<ClientHttpResponse> send(HttpRequest request) {
		CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> response = this.client.sendAsync(request,
				BodyHandlers.ofPublisher());
		return Mono.fromFuture(response)
			.<ClientHttpResponse>map(Response::new)
			.doOnCancel(() -> response.thenAccept((answered) -> JdkFlowAdapter.flowPublisherToFlux(answered.body())
				.onErrorComplete()
				.subscribe()
				.dispose()));
	}

	private static final class Response extends AbstractClientHttpResponse {

		Response(HttpResponse<Flow.Publisher<List<ByteBuffer>>> response) {
			super(HttpStatusCode.valueOf(response.statusCode()),
					new HttpHeaders(CollectionUtils.toMultiValueMap(response.headers().map())),
					CollectionUtils.toMultiValueMap(Map.of()),
					JdkFlowAdapter.flowPublisherToFlux(response.body())
						.flatMapIterable(Function.identity())
						.map(DefaultDataBufferFactory.sharedInstance::wrap));
		}

	}

}
