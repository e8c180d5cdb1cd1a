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
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

import org.springframework.http.HttpMethod;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpResponse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * A call whose caller throws costs no other call.
 */
class CallQueueTests {

	private final List<String> admitted = new ArrayList<>();

	private final List<String> rejected = new ArrayList<>();

	private CallQueue<String> queue(Consumer<String> admit, BiConsumer<String, Throwable> reject) {
		return new CallQueue<>(() -> 1, admit.andThen(this.admitted::add), reject, (call) -> true);
	}

	private void reject(String call, Throwable failure) {
		this.rejected.add(call + ": " + failure.getMessage());
	}

	private static void failFor(String call, String failing) {
		if (call.equals(failing)) {
			throw new LinkageError("no class");
		}
	}

	@Test
	void callThatCannotBeAdmittedIsRejectedAndTheNextOneGoesOn() {
		CallQueue<String> queue = queue((call) -> failFor(call, "a"), this::reject);
		assertThatExceptionOfType(LinkageError.class).isThrownBy(() -> queue.add("a"));
		queue.add("b");
		queue.add("c");
		queue.leave("b");
		assertThat(this.rejected).containsExactly("a: no class");
		assertThat(this.admitted).containsExactly("b", "c");
	}

	@Test
	void allAreRejectedEvenIfOneThrows() {
		CallQueue<String> queue = queue((call) -> {
		}, (call, failure) -> {
			failFor(call, "b");
			reject(call, failure);
		});
		List.of("a", "b", "c").forEach(queue::add);
		queue.rejectAll(new IOException("unreachable"));
		assertThat(this.rejected).containsExactlyInAnyOrder("a: unreachable", "c: unreachable");
		queue.leave("a");
		queue.add("d");
		assertThat(this.admitted).containsExactly("a", "d");
	}

	@Test
	void callThatComesAfterTheEndIsRejected() {
		CallQueue<String> queue = queue((call) -> {
		}, this::reject);
		queue.close(new IOException("the application ends"));
		queue.add("a");
		assertThat(this.rejected).containsExactly("a: the application ends");
		assertThat(this.admitted).isEmpty();
		assertThat(queue.size()).isZero();
	}

	@Test
	void serverStaysAvailableAfterACallerHasThrown() {
		List<Sinks.One<ClientHttpResponse>> attempts = new ArrayList<>();
		ClientHttpConnector http2 = (method, uri, callback) -> {
			attempts.add(Sinks.one());
			return attempts.get(attempts.size() - 1).asMono();
		};
		ReactorNettyConnector connector = new ReactorNettyConnector(http2, http2, (queue) -> {
		});
		connect(connector, "a").subscribe();
		connect(connector, "b").doOnError((failure) -> failFor("b", "b")).subscribe();
		connect(connector, "c").subscribe();
		attempts.get(0).tryEmitError(new ConnectException("unreachable"));
		assertThat(this.rejected).containsExactlyInAnyOrder("a: unreachable", "b: unreachable", "c: unreachable");
		connect(connector, "d").subscribe();
		assertThat(attempts).hasSize(2);
	}

	private Mono<ClientHttpResponse> connect(ClientHttpConnector connector, String name) {
		return connector.connect(HttpMethod.GET, URI.create("https://localhost/" + name), (request) -> Mono.empty())
			.doOnError((failure) -> reject(name, failure))
			.onErrorComplete((failure) -> !name.equals("b"));
	}

}
