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

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import com.handinger.spring.support.Json;
import com.handinger.spring.support.LeakedBuffers;
import com.handinger.spring.support.NettyServer;
import com.handinger.spring.support.NettyServer.Behaviour;
import com.handinger.spring.support.ServerKeys;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskWithTurns;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.HttpProtocol;

import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An answer that comes just as its call is cancelled is read by nobody, and leaves
 * nothing behind.
 */
class CancellableConnectorTests {

	private static final Duration PATIENCE = Duration.ofSeconds(20);

	@TempDir
	static Path directory;

	private static ServerKeys keys;

	/**
	 * How much of the answer comes.
	 */
	enum Answer {

		WHOLE(Mono.empty()),

		START(Mono.never());

		private final Flux<String> body;

		Answer(Mono<String> rest) {
			this.body = Flux.just(Json.task("tsk_1", "running", 1)).concatWith(rest);
		}

		Behaviour behaviour(CountDownLatch ended) {
			return (request, response, server) -> response.header("Content-Type", "application/json")
				.send(ByteBufFlux.fromString(this.body.doFinally((signal) -> ended.countDown())), (part) -> true);
		}

	}

	@BeforeAll
	static void createKeys() throws Exception {
		keys = ServerKeys.create(directory);
	}

	@ParameterizedTest
	@CsvSource({ "HTTP11, WHOLE", "HTTP11, START", "H2, WHOLE", "H2, START" })
	void answerThatComesJustAsItsCallIsCancelledLeavesNothing(HttpProtocol protocol, Answer answer) {
		AtomicReference<Disposable> call = new AtomicReference<>();
		CountDownLatch ended = new CountDownLatch(1);
		try (NettyServer server = NettyServer.secure(keys, answer.behaviour(ended), protocol)) {
			TasksClient.application()
				.withPropertyValues("handinger.api-key=" + TasksClient.API_KEY, "handinger.base-url=" + server.url(),
						"handinger.ssl.bundle=handinger")
				.withPropertyValues(keys.trust())
				.withBean("cancellation", ClientHttpConnectorBuilderCustomizer.class, () -> cancelOnAnswer(call))
				.run((context) -> {
					Disposable subscriber = call(context.getBean(HandingerTasksClient.class), call);
					await().atMost(PATIENCE).until(subscriber::isDisposed);
					ReactorNettyPool pool = context.getBean(ReactorNettyPools.class).shortCalls();
					// Reactor Netty counts a connection of HTTP/2 as in use until it is
					// closed.
					await().atMost(PATIENCE).until(() -> pool.active() == ((protocol == HttpProtocol.H2) ? 1 : 0));
					assertThat(ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
				});
		}
		assertThat(LeakedBuffers.take()).isEmpty();
	}

	private static Disposable call(HandingerTasksClient client, AtomicReference<Disposable> call) {
		BaseSubscriber<TaskWithTurns> subscriber = new BaseSubscriber<>() {

		};
		call.set(subscriber);
		client.retrieve("tsk_1").subscribe(subscriber);
		return subscriber;
	}

	/**
	 * By then Reactor Netty has handed the answer over, and nobody has got it yet.
	 */
	private static ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> cancelOnAnswer(
			AtomicReference<Disposable> call) {
		return (builder) -> builder.withHttpClientCustomizer(
				(client) -> client.mapConnect((connection) -> connection.doOnNext((answered) -> call.get().dispose())));
	}

}
