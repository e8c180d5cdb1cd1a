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
import java.net.SocketAddress;
import java.nio.channels.NotYetConnectedException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.LeakedBuffers;
import com.handinger.spring.support.NettyServer;
import com.handinger.spring.support.NettyServer.Behaviour;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.ServerKeys;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskWithTurns;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.HttpClient;
import reactor.test.StepVerifier;

import org.springframework.boot.http.client.autoconfigure.reactive.ClientHttpConnectorBuilderCustomizer;
import org.springframework.boot.http.client.reactive.ReactorClientHttpConnectorBuilder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What comes for a call that is over leaves nothing behind.
 */
@Tag("slow")
class ReactorNettyConnectorTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

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

		Behaviour behaviour(Runnable onEnd) {
			return (request, response, server) -> response.header("Content-Type", "application/json")
				.send(ByteBufFlux.fromString(this.body.doFinally((signal) -> onEnd.run())), (part) -> true);
		}

	}

	@BeforeAll
	static void createKeys() throws Exception {
		keys = ServerKeys.create(directory);
	}

	private static void with(String url, UnaryOperator<HttpClient> customizer, Consumer<Application> test,
			String... properties) {
		TasksClient.application()
			.withPropertyValues(properties)
			.withPropertyValues("handinger.api-key=" + TasksClient.API_KEY, "handinger.base-url=" + url,
					"handinger.ssl.bundle=handinger", "handinger.retry.max-attempts=1")
			.withPropertyValues(keys.trust())
			.withBean(ClientHttpConnectorBuilderCustomizer.class, () -> customizer(customizer))
			.withBean(MeterRegistry.class, SimpleMeterRegistry::new)
			.run((context) -> test.accept(new Application(context.getBean(HandingerTasksClient.class),
					context.getBean(MeterRegistry.class))));
		assertThat(LeakedBuffers.take()).isEmpty();
	}

	private static ClientHttpConnectorBuilderCustomizer<ReactorClientHttpConnectorBuilder> customizer(
			UnaryOperator<HttpClient> customizer) {
		return (builder) -> builder.withHttpClientCustomizer(customizer);
	}

	@ParameterizedTest
	@CsvSource({ "HTTP11, WHOLE", "HTTP11, START", "H2, WHOLE", "H2, START" })
	void answerThatComesJustAsItsCallIsCancelledLeavesNothing(HttpProtocol protocol, Answer answer) {
		CountDownLatch ended = new CountDownLatch(1);
		BaseSubscriber<TaskWithTurns> subscriber = new BaseSubscriber<>() {

		};
		// By then Reactor Netty has handed the answer over, and nobody has got it yet.
		UnaryOperator<HttpClient> customizer = (client) -> client
			.mapConnect((connection) -> connection.doOnNext((answered) -> subscriber.dispose()));
		try (NettyServer server = NettyServer.secure(keys, answer.behaviour(ended::countDown), protocol)) {
			with(server.url(), customizer, (application) -> {
				application.client().retrieve("tsk_1").subscribe(subscriber);
				await().atMost(PATIENCE).until(subscriber::isDisposed);
				// Reactor Netty counts one of HTTP/2 as in use until it is closed.
				int connections = (protocol == HttpProtocol.H2) ? 1 : 0;
				await().atMost(PATIENCE).until(() -> application.active() == connections);
				await().atMost(PATIENCE).until(() -> ended.getCount() == 0);
			});
		}
	}

	@Test
	void answerThatIsThereWhenItsCallIsCancelledLeavesNothing() {
		CountDownLatch answered = new CountDownLatch(1);
		UnaryOperator<HttpClient> customizer = (client) -> client
			.mapConnect((connection) -> connection.flatMap((answer) -> {
				answered.countDown();
				return Mono.never();
			}));
		try (RawServer server = RawServer
			.start((request, connection, number) -> connection.json(200, Json.task("tsk_1", "running", 1)))) {
			with(server.url(), customizer, (application) -> {
				Disposable call = application.client().retrieve("tsk_1").subscribe();
				await().atMost(PATIENCE).until(() -> answered.getCount() == 0 && application.active() == 0);
				call.dispose();
			});
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "HTTP11", "H2C" })
	void callThatHasFailedWhileItConnectedSendsNothingLater(HttpProtocol protocol) {
		AtomicInteger answers = new AtomicInteger();
		Behaviour behaviour = Answer.WHOLE.behaviour(answers::incrementAndGet);
		try (NettyServer server = NettyServer.plain(behaviour, protocol)) {
			with(server.url(), failWhileItConnects(new IOException("This is just a test")), (application) -> {
				StepVerifier.create(application.client().retrieve("tsk_1"))
					.expectError(HandingerConnectionException.class)
					.verify(PATIENCE);
				int connections = (protocol == HttpProtocol.H2C) ? 1 : 0;
				await().atMost(PATIENCE)
					.until(() -> server.connections() == 1 && server.openConnections() == connections);
				assertThat(application.active()).isEqualTo(connections);
				assertThat(application.client().retrieve("tsk_1").block(PATIENCE)).isNotNull();
			}, "handinger.http2=" + (protocol == HttpProtocol.H2C));
		}
		assertThat(answers).hasValue(1);
	}

	@ParameterizedTest
	@EnumSource(names = { "HTTP11", "H2" })
	void callWhoseConnectionIsReadTooEarlyDoesNotFail(HttpProtocol protocol) {
		Behaviour behaviour = Answer.WHOLE.behaviour(() -> {
		});
		try (NettyServer server = NettyServer.secure(keys, behaviour, protocol)) {
			with(server.url(), failWhileItConnects(new NotYetConnectedException()),
					(application) -> assertThat(application.client().retrieve("tsk_1").block(PATIENCE)).isNotNull());
			assertThat(server.connections()).isEqualTo((protocol == HttpProtocol.H2) ? 1 : 2);
		}
	}

	/**
	 * The first connection only.
	 */
	private static UnaryOperator<HttpClient> failWhileItConnects(Exception failure) {
		AtomicBoolean first = new AtomicBoolean(true);
		return (client) -> client.doOnChannelInit((observer, channel, address) -> {
			if (first.getAndSet(false)) {
				channel.pipeline().addLast(new EarlyFailure(failure));
			}
		});
	}

	/**
	 * An application with the client, and its meters.
	 */
	private record Application(HandingerTasksClient client, MeterRegistry registry) {

		double active() {
			return this.registry.get("handinger.connections.active").tag("pool", "short-calls").gauge().value();
		}

	}

	/**
	 * Fails just before the connection is there, which comes all the same.
	 */
	private static final class EarlyFailure extends ChannelDuplexHandler {

		private final Exception failure;

		EarlyFailure(Exception failure) {
			this.failure = failure;
		}

		@Override
		public void connect(ChannelHandlerContext context, SocketAddress remoteAddress,
				@Nullable SocketAddress localAddress, ChannelPromise promise) {
			context.pipeline().fireExceptionCaught(this.failure);
			context.connect(remoteAddress, localAddress, promise);
		}

	}

}
