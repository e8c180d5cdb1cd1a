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

package com.handinger.sample.simulator;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.function.IntSupplier;

import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/**
 * A load balancer that forwards each delivery to one of the instances of an application.
 */
final class DeliveryForwarder implements AutoCloseable {

	private static final String PATH = "/handinger/webhook";

	private static final String TOKEN_HEADER = "X-Handinger-Token";

	private static final int BAD_GATEWAY = 502;

	private final LoopResources loops = LoopResources.create("forwarder", 1, true);

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final IntSupplier ports;

	private final DisposableServer server;

	/**
	 * Create a new forwarder.
	 * @param ports gives the port of an instance for each delivery
	 */
	DeliveryForwarder(IntSupplier ports) {
		this.ports = ports;
		this.server = HttpServer.create().port(0).runOn(this.loops).handle(this::forward).bindNow();
	}

	String url() {
		return "http://localhost:" + this.server.port() + PATH;
	}

	private Mono<Void> forward(HttpServerRequest request, HttpServerResponse response) {
		String token = String.valueOf(request.requestHeaders().get(TOKEN_HEADER));
		return request.receive()
			.aggregate()
			.asByteArray()
			.flatMap((body) -> forward(token, body))
			.onErrorReturn(BAD_GATEWAY)
			.flatMap((status) -> response.status(status).send());
	}

	private Mono<Integer> forward(String token, byte[] body) {
		HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + this.ports.getAsInt() + PATH))
			.header(TOKEN_HEADER, token)
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofByteArray(body))
			.build();
		return Mono.fromFuture(() -> this.client.sendAsync(request, HttpResponse.BodyHandlers.discarding()))
			.map(HttpResponse::statusCode);
	}

	@Override
	public void close() {
		this.server.disposeNow(Duration.ofSeconds(2));
		this.loops.dispose();
	}

}
