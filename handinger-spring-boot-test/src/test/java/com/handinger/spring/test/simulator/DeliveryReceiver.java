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

package com.handinger.spring.test.simulator;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

import static org.awaitility.Awaitility.await;

/**
 * Receives and records the deliveries of a simulator.
 */
final class DeliveryReceiver implements AutoCloseable {

	private final LoopResources loops = LoopResources.create("receiver", 1, true);

	private final List<Received> received = new CopyOnWriteArrayList<>();

	private final DisposableServer server = HttpServer.create()
		.port(0)
		.runOn(this.loops)
		.handle(this::receive)
		.bindNow();

	private volatile Mono<Integer> answer = Mono.just(204);

	private Mono<Void> receive(HttpServerRequest request, HttpServerResponse response) {
		return request.receive().aggregate().asString().defaultIfEmpty("").flatMap((body) -> {
			this.received.add(new Received(request.method() + " " + request.uri(),
					request.requestHeaders().getAll("X-Handinger-Token"), request.requestHeaders().get("Content-Type"),
					body));
			return this.answer;
		}).flatMap((status) -> response.status(status).header("Location", "/elsewhere").send());
	}

	/**
	 * Answer with a status from now on, when it is there.
	 */
	void answer(Mono<Integer> status) {
		this.answer = status;
	}

	String url() {
		return "http://localhost:" + this.server.port() + "/handinger";
	}

	List<Received> received() {
		return this.received;
	}

	List<Received> awaitReceived(int count) {
		await().atMost(Duration.ofMinutes(2))
			.pollInterval(Duration.ofMillis(5))
			.until(() -> this.received.size() >= count);
		return this.received;
	}

	@Override
	public void close() {
		this.server.disposeNow(Duration.ofSeconds(2));
		this.loops.dispose();
	}

	/**
	 * A request.
	 *
	 * @param line the method and the path
	 * @param tokens the tokens
	 * @param contentType the content type
	 * @param body the body
	 */
	record Received(String line, List<String> tokens, String contentType, String body) {
	}

}
