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
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.NettyServer;
import com.handinger.spring.support.NettyServer.Behaviour;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.ServerKeys;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.worker.Worker;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2StreamChannel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.HttpProtocol;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.INTEGER;
import static org.awaitility.Awaitility.await;

/**
 * Over TLS, HTTP/2 is offered, and many tasks share a connection.
 */
class Http2Tests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final CreateTask TASK = CreateTask.of("What's the weather?");

	@TempDir
	static Path directory;

	private static ServerKeys keys;

	@BeforeAll
	static void createKeys() throws Exception {
		keys = ServerKeys.create(directory);
	}

	private static void with(NettyServer server, Consumer<HandingerTasksClient> test, String... properties) {
		TasksClient.application(HttpStack.REACTOR_EPOLL, server.url(), "handinger.ssl.bundle=handinger")
			.withPropertyValues(keys.trust())
			.withPropertyValues(properties)
			.run((context) -> test.accept(context.getBean(HandingerTasksClient.class)));
	}

	private static Mono<List<Worker>> create(HandingerTasksClient client, int count) {
		return Flux.range(0, count).flatMap((number) -> client.create(TASK), count).collectList();
	}

	/**
	 * Create tasks at once, and release their answers when they all wait.
	 */
	private static void createTogether(HandingerTasksClient client, NettyServer server, int count, int version) {
		Mono<List<Worker>> answers = create(client, count).cache();
		answers.subscribe();
		await().atMost(PATIENCE).until(() -> server.posts(version) == count);
		server.release();
		assertThat(answers.block(PATIENCE)).hasSize(count);
	}

	@Test
	void tasksShareAConnectionFromTheFirstOn() {
		try (NettyServer server = NettyServer.secure(keys, Behaviour.HOLD, HttpProtocol.H2, HttpProtocol.HTTP11)) {
			with(server, (client) -> createTogether(client, server, 100, 2));
			assertThat(server.connections()).isEqualTo(1);
		}
	}

	@Test
	void tasksHaveAConnectionForEachHundred() {
		try (NettyServer server = NettyServer.secure(keys, Behaviour.HOLD, HttpProtocol.H2, HttpProtocol.HTTP11)) {
			with(server, (client) -> createTogether(client, server, 1000, 2));
			assertThat(server.connections()).isBetween(10, 20);
		}
	}

	@Test
	void serverThatPrefersHttp11IsSpokenToInHttp11() {
		try (NettyServer server = NettyServer.secure(keys, Behaviour.HOLD, HttpProtocol.HTTP11)) {
			with(server, (client) -> createTogether(client, server, 100, 1), "handinger.connect-timeout=1m");
			assertThat(server.connections()).isEqualTo(101);
		}
	}

	@Test
	void http2IsNotOfferedWhereItIsSwitchedOff() {
		try (NettyServer server = NettyServer.secure(keys, Behaviour.HOLD, HttpProtocol.H2, HttpProtocol.HTTP11)) {
			with(server, (client) -> createTogether(client, server, 10, 1), "handinger.http2=false");
			assertThat(server.connections()).isEqualTo(10);
		}
	}

	@Test
	void plainHttpIsHttp11() {
		try (NettyServer server = NettyServer.plain(Behaviour.HOLD, HttpProtocol.H2C, HttpProtocol.HTTP11)) {
			with(server, (client) -> createTogether(client, server, 10, 1));
		}
	}

	@Test
	void plainHttpIsHttp2WhereThatIsSwitchedOn() {
		try (NettyServer server = NettyServer.plain(Behaviour.HOLD, HttpProtocol.H2C, HttpProtocol.HTTP11)) {
			with(server, (client) -> createTogether(client, server, 200, 2), "handinger.http2=true");
			assertThat(server.connections()).isBetween(2, 4);
		}
	}

	static Stream<RawServer.Behaviour> serversOfHttp11() {
		RawServer.Behaviour refuses = (request, connection, number) -> {
			connection.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
			connection.close();
		};
		RawServer.Behaviour refusesAndKeeps = (request, connection, number) -> connection.json(505, "{}");
		RawServer.Behaviour answersInHttp10 = (request, connection, number) -> {
			connection.write("HTTP/1.0 501 Not Implemented\r\n\r\n<html>");
			connection.close();
		};
		RawServer.Behaviour resets = (request, connection, number) -> connection.reset();
		RawServer.Behaviour closes = (request, connection, number) -> connection.close();
		return Stream.of(refuses, refusesAndKeeps, answersInHttp10, resets, closes);
	}

	@ParameterizedTest
	@MethodSource("serversOfHttp11")
	void serverThatSpeaksHttp11AloneOverPlainHttpIsAnErrorThatNamesTheProperty(RawServer.Behaviour behaviour) {
		try (RawServer server = RawServer.start(behaviour)) {
			TasksClient.with(HttpStack.REACTOR_EPOLL, server.url(), (client) -> {
				for (Mono<?> call : List.of(client.create(TASK), client.retrieve("tsk_1"))) {
					StepVerifier.create(call)
						.expectErrorSatisfies(
								(error) -> assertThat(error).isInstanceOf(HandingerConnectionException.class)
									.hasMessageContaining("set handinger.http2=false")
									.hasMessageNotContaining("handinger.base-url"))
						.verify(PATIENCE);
				}
			}, "handinger.http2=true", "handinger.retry.max-attempts=1");
		}
	}

	@Test
	void serverThatCannotBeReachedIsNoMatterOfHttp2() throws IOException {
		int port;
		try (ServerSocket socket = new ServerSocket(0)) {
			port = socket.getLocalPort();
		}
		TasksClient.with(HttpStack.REACTOR_EPOLL, "http://localhost:" + port,
				(client) -> StepVerifier.create(client.create(TASK))
					.expectErrorSatisfies((error) -> assertThat(error).isInstanceOf(HandingerConnectionException.class)
						.hasMessageContaining("handinger.base-url")
						.hasMessageNotContaining("http2"))
					.verify(PATIENCE),
				"handinger.http2=true", "handinger.retry.max-attempts=1");
	}

	@Test
	void maxConnectionsBoundsTheConnectionsOfHttp2() {
		try (NettyServer server = NettyServer.withStreams(keys, Behaviour.HOLD, 10)) {
			with(server, (client) -> {
				Mono<List<Worker>> answers = create(client, 50).cache();
				answers.subscribe();
				await().atMost(PATIENCE).until(() -> server.posts(2) == 20);
				assertThat(client.retrieve("tsk_1").block(PATIENCE)).isNotNull();
				assertThat(server.openConnections()).isEqualTo(3);
				server.release();
				assertThat(answers.block(PATIENCE)).hasSize(50);
			}, "handinger.max-connections=2");
		}
	}

	@Test
	void maxConnectionsBoundsTheConnectionsToAServerThatPrefersHttp11() {
		try (NettyServer server = NettyServer.secure(keys, Behaviour.HOLD, HttpProtocol.HTTP11)) {
			with(server, (client) -> {
				Mono<List<Worker>> answers = create(client, 10).cache();
				answers.subscribe();
				await().atMost(PATIENCE).until(() -> server.posts(1) == 1);
				await().atMost(PATIENCE).until(() -> server.openConnections() == 1);
				server.release();
				assertThat(answers.block(PATIENCE)).hasSize(10);
				assertThat(server.connections()).isEqualTo(2);
			}, "handinger.max-connections=1");
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 7, 50 })
	void serverThatAllowsFewStreamsGetsAllTasks(int streams) {
		try (NettyServer server = NettyServer.withStreams(keys, Behaviour.ANSWER, streams)) {
			with(server, (client) -> assertThat(create(client, 100).block(PATIENCE)).hasSize(100),
					"handinger.retry.initial-backoff=500ms");
			assertThat(server.posts(2)).isEqualTo(100);
		}
	}

	@Test
	void connectionOnWhichNothingComesIsNotUsedAgain() {
		Behaviour silent = (request, response, server) -> (server.connections() == 1) ? Mono.never()
				: Behaviour.ANSWER.answer(request, response, server);
		try (NettyServer server = NettyServer.secure(keys, silent, HttpProtocol.H2)) {
			with(server, (client) -> assertThat(client.retrieve("tsk_1").block(PATIENCE)).isNotNull(),
					"handinger.read-timeout=1s");
			assertThat(server.connections()).isEqualTo(2);
		}
	}

	@Test
	void runOutlivesAConnectionOnWhichNothingComes() {
		Behaviour silent = (request, response, server) -> (server.connections() <= 2) ? Mono.never()
				: response.header("Content-Type", "application/json")
					.sendString(Mono
						.just(Json.task(request.uri().substring(request.uri().lastIndexOf('/') + 1), "completed", 1)))
					.then();
		try (NettyServer server = NettyServer.secure(keys, silent, HttpProtocol.H2)) {
			with(server, (client) -> assertThat(client.run(TASK).block(PATIENCE)).isNotNull(),
					"handinger.read-timeout=1s", "handinger.await.initial-interval=100ms",
					"handinger.await.max-interval=200ms");
			assertThat(server.posts(2)).isEqualTo(1);
		}
	}

	@Test
	void connectionThatCanNotBeMadeFailsForAllAtOnce() throws IOException {
		try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
			TasksClient
				.application(HttpStack.REACTOR_EPOLL, "https://localhost:" + silent.getLocalPort(),
						"handinger.connect-timeout=1s", "handinger.retry.max-attempts=1")
				.run((context) -> StepVerifier
					.create(Flux.range(0, 50)
						.flatMap((number) -> context.getBean(HandingerTasksClient.class)
							.create(TASK)
							.map((worker) -> "an answer")
							.onErrorResume(HandingerConnectionException.class, (ex) -> Mono.just("no connection")), 50)
						.distinct())
					.expectNext("no connection")
					.expectComplete()
					.verify(Duration.ofMinutes(2)));
		}
	}

	@ParameterizedTest
	@CsvSource({ "REFUSED_STREAM, 2", "INTERNAL_ERROR, 1", "CANCEL, 1" })
	void onlyARefusedStreamIsSentAgain(Http2Error error, int posts) {
		createTakesPosts(posts, (stream) -> stream.writeAndFlush(new DefaultHttp2ResetFrame(error)));
	}

	@ParameterizedTest
	@CsvSource({ "0, 2", "3, 1" })
	void whatIsBeyondAGoodbyeIsSentAgain(int lastStream, int posts) {
		createTakesPosts(posts, (stream) -> sayGoodbye(stream, lastStream));
	}

	/**
	 * Create a task whose first request is met with something else than an answer.
	 * @param posts how many requests come: one, whose outcome is unknown, or a second one
	 * that is answered
	 * @param onFirstPost what is done with the stream of the first
	 */
	private static void createTakesPosts(int posts, Consumer<Http2StreamChannel> onFirstPost) {
		Behaviour behaviour = (request, response, server) -> {
			if (server.posts(2) == 1) {
				response.withConnection((connection) -> onFirstPost.accept((Http2StreamChannel) connection.channel()));
				return Mono.never();
			}
			return Behaviour.ANSWER.answer(request, response, server);
		};
		try (NettyServer server = NettyServer.secure(keys, behaviour, HttpProtocol.H2)) {
			with(server, (client) -> {
				if (posts == 2) {
					assertThat(client.create(TASK).block(PATIENCE)).isNotNull();
				}
				else {
					StepVerifier.create(client.create(TASK))
						.expectError(OutcomeUnknownException.class)
						.verify(PATIENCE);
				}
			});
			assertThat(server.posts(2)).isEqualTo(posts);
		}
	}

	private static void sayGoodbye(Http2StreamChannel stream, int lastStream) {
		ChannelHandlerContext context = stream.parent().pipeline().context(Http2FrameCodec.class);
		context.executor().execute(() -> {
			((Http2FrameCodec) context.handler()).encoder()
				.frameWriter()
				.writeGoAway(context, lastStream, Http2Error.NO_ERROR.code(), Unpooled.EMPTY_BUFFER,
						context.newPromise());
			context.flush();
			context.close();
		});
	}

	@Test
	void windowsAreWideEnoughForLargeResults() {
		List<Integer> windows = new CopyOnWriteArrayList<>();
		Behaviour measure = (request, response, server) -> {
			response.withConnection((connection) -> {
				Http2StreamChannel stream = (Http2StreamChannel) connection.channel();
				Http2Connection http2 = stream.parent().pipeline().get(Http2FrameCodec.class).connection();
				Http2RemoteFlowController controller = http2.remote().flowController();
				windows.add(controller.windowSize(http2.stream(stream.stream().id())));
				windows.add(controller.windowSize(http2.connectionStream()));
			});
			return Behaviour.ANSWER.answer(request, response, server);
		};
		try (NettyServer server = NettyServer.secure(keys, measure, HttpProtocol.H2)) {
			with(server, (client) -> {
				assertThat(client.create(TASK).block(PATIENCE)).isNotNull();
				assertThat(client.create(TASK).block(PATIENCE)).isNotNull();
			});
			assertThat(windows).hasSize(4);
			assertThat(windows).first().isEqualTo(Http2StreamGuard.WINDOW);
			assertThat(windows).last(INTEGER)
				.isGreaterThan(Http2StreamGuard.CONNECTION_WINDOW - Http2StreamGuard.WINDOW);
		}
	}

	@Test
	void hintsBeforeTheAnswerAreNotTakenForIt() {
		Behaviour hints = (request, response, server) -> {
			response.withConnection((connection) -> connection.channel()
				.writeAndFlush(new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("103"))));
			return Behaviour.ANSWER.answer(request, response, server);
		};
		try (NettyServer server = NettyServer.secure(keys, hints, HttpProtocol.H2)) {
			with(server, (client) -> assertThat(client.create(TASK).block(PATIENCE)).isNotNull());
		}
	}

}
