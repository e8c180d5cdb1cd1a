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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

import com.handinger.spring.transport.NoHttp2Exception;
import io.netty.handler.codec.http2.Http2Exception;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;

/**
 * Speaks HTTP/2 over plain HTTP, where a server is not asked first, and tells when it
 * speaks HTTP/1.1 alone.
 */
final class PriorKnowledgeConnector implements ClientHttpConnector {

	private final ClientHttpConnector http2;

	PriorKnowledgeConnector(ClientHttpConnector http2) {
		this.http2 = http2;
	}

	@Override
	public Mono<ClientHttpResponse> connect(HttpMethod method, URI uri,
			Function<? super ClientHttpRequest, Mono<Void>> requestCallback) {
		return Mono.defer(() -> {
			AtomicBoolean connected = new AtomicBoolean();
			return this.http2.connect(method, uri, (request) -> {
				connected.set(true);
				return requestCallback.apply(request);
			}).onErrorMap((failure) -> !connected.get() && isNoHttp2(failure), NoHttp2Exception::new);
		});
	}

	/**
	 * A server of HTTP/1.1 answers in that, or closes a connection that it was reached
	 * by.
	 */
	private static boolean isNoHttp2(Throwable failure) {
		return failure instanceof Http2Exception || (failure instanceof IOException
				&& !(failure instanceof ConnectException) && !(failure instanceof UnknownHostException));
	}

}
