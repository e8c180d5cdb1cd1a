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
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.NettyServer;
import com.handinger.spring.support.NettyServer.Behaviour;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.task.Attachment;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.worker.Worker;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A response that breaks the rules of HTTP takes no other with it, and one that stalls
 * takes no connection.
 */
@ExtendWith(OutputCaptureExtension.class)
class OddResponsesTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final CreateTask TASK = CreateTask.of("What's the weather?");

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ";

	/**
	 * A response after which a connection is of no use.
	 */
	enum Odd {

		LONGER_THAN_ITS_LENGTH(whole("garbage")),

		LONGER_BY_A_LINE(whole("garbage\r\n")),

		LONGER_BY_THE_START_OF_A_RESPONSE(whole("HTTP/1.1 200 OK\r\nContent-Le")),

		TWO_RESPONSES(whole(OK + "2\r\n\r\n{}")),

		CHUNKS_AND_MORE("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
				+ "2\r\n{}\r\n0\r\n\r\ngarbage"),

		NO_CONTENT("HTTP/1.1 204 No Content\r\n\r\ngarbage"),

		NOT_MODIFIED("HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\ngarbage"),

		SWITCHING_PROTOCOLS("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"),

		SWITCHING_TO_THE_SAME("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: HTTP/1.1\r\n\r\n"),

		SWITCHING_WITHOUT_A_NAME("HTTP/1.1 101 Switching Protocols\r\n\r\n"),

		ERROR_AND_MORE("HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\n{}garbage");

		private final String response;

		Odd(String response) {
			this.response = response;
		}

		private static String whole(String more) {
			return OK + Json.WORKER.length() + "\r\n\r\n" + Json.WORKER + more;
		}

	}

	static Stream<Arguments> oddResponses() {
		return HttpStack.libraries()
			.flatMap((stack) -> Arrays.stream(Odd.values()).map((odd) -> Arguments.of(stack, odd)));
	}

	@Tag("slow")
	@ParameterizedTest
	@MethodSource("oddResponses")
	void taskAfterAnOddResponseIsAnswered(HttpStack stack, Odd odd) {
		List<Boolean> reused = new CopyOnWriteArrayList<>();
		try (RawServer server = RawServer.start((request, connection, number) -> {
			reused.add(connection.isReused());
			if (number == 1) {
				connection.write(odd.response);
			}
			else {
				connection.json(200, Json.WORKER);
			}
		})) {
			TasksClient.with(stack, server.url(), (client) -> {
				assertThat(client.create(TASK).materialize().block(PATIENCE)).isNotNull();
				// The JDK's HTTP client keeps the connection, and forgets what has come
				// on it.
				await().atMost(PATIENCE).until(() -> stack == HttpStack.JDK || server.openConnections() == 0);
				Mono<Worker> next = Mono.defer(() -> client.create(TASK));
				assertThat(next.repeat(20).collectList().block(PATIENCE)).hasSize(21);
			}, "handinger.task-timeout=5s");
			assertThat(reused).contains(true);
			assertThat(server.requests()).hasSize(22);
		}
	}

	@ParameterizedTest
	@MethodSource("com.handinger.spring.support.HttpStack#libraries")
	void taskTimeoutHoldsWhileABodyStalls(HttpStack stack) {
		try (RawServer server = RawServer
			.start((request, connection, number) -> connection.write(OK + "1000\r\n\r\n{\"id\":"))) {
			TasksClient.with(stack, server.url(),
					(client) -> StepVerifier.create(client.create(TASK)).expectError().verify(PATIENCE),
					"handinger.task-timeout=500ms");
			await().atMost(PATIENCE).until(() -> server.openConnections() == 0);
		}
	}

	@ParameterizedTest
	@MethodSource("com.handinger.spring.support.HttpStack#libraries")
	void taskTimeoutHoldsWhileAServerReadsNothing(HttpStack stack) throws IOException {
		Attachment attachment = Attachment.of("large.bin", new ByteArrayResource(new byte[32 * 1024 * 1024]));
		try (ServerSocket server = new ServerSocket(0)) {
			TasksClient.with(stack, "http://localhost:" + server.getLocalPort(),
					(client) -> StepVerifier.create(client.create(TASK.withAttachment(attachment)))
						.expectErrorSatisfies((error) -> assertThat(error).isInstanceOf(OutcomeUnknownException.class)
							.hasMessageContaining("no answer in time"))
						.verify(PATIENCE),
					"handinger.task-timeout=500ms");
		}
	}

	@Test
	void taskTimeoutHoldsWhileAServerGivesAStreamNoWindow() {
		try (NettyServer server = NettyServer.plainWithoutWindow(Behaviour.ANSWER)) {
			TasksClient.with(HttpStack.REACTOR_EPOLL, server.url(),
					(client) -> StepVerifier.create(client.create(TASK))
						.expectErrorSatisfies((error) -> assertThat(error).isInstanceOf(OutcomeUnknownException.class)
							.hasMessageContaining("no answer in time"))
						.verify(PATIENCE),
					"handinger.task-timeout=500ms", "handinger.http2=true");
		}
	}

	@ParameterizedTest
	@MethodSource("com.handinger.spring.support.HttpStack#libraries")
	void cancellationClosesTheConnectionOfABodyThatStalls(HttpStack stack) {
		CountDownLatch started = new CountDownLatch(3);
		try (RawServer server = RawServer.start((request, connection, number) -> {
			connection.write(OK + "1000\r\n\r\n{\"id\":");
			started.countDown();
		})) {
			TasksClient.with(stack, server.url(), (client) -> {
				Disposable.Composite calls = Disposables.composite(client.create(TASK).subscribe(),
						client.retrieve("tsk_1").subscribe(), client.await("tsk_1").subscribe());
				await().atMost(PATIENCE).until(() -> started.getCount() == 0);
				calls.dispose();
				await().atMost(PATIENCE).until(() -> server.openConnections() == 0);
			});
		}
	}

	@ParameterizedTest
	@MethodSource("com.handinger.spring.support.HttpStack#libraries")
	void pollThatStallsLeavesNoConnection(HttpStack stack) {
		try (RawServer server = RawServer
			.start((request, connection, number) -> connection.write(OK + "1000\r\n\r\n{\"id\":"))) {
			TasksClient.with(stack, server.url(), (client) -> {
				Disposable polling = client.await("tsk_1").subscribe();
				await().atMost(PATIENCE).until(() -> server.requests().size() > 4);
				assertThat(server.openConnections()).isLessThan(3);
				polling.dispose();
			}, "handinger.read-timeout=100ms", "handinger.await.initial-interval=10ms",
					"handinger.await.max-interval=20ms");
		}
	}

	@ParameterizedTest
	@MethodSource("com.handinger.spring.support.HttpStack#libraries")
	void recoveredLossOfAConnectionIsNoWarning(HttpStack stack, CapturedOutput output) {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().reset(), (exchange) -> {
			if (exchange.number() == 1) {
				exchange.connection().reset();
			}
			else if (exchange.number() == 2) {
				exchange.connection().close();
			}
			else {
				exchange.answer();
			}
		}).runTime(Duration.ZERO)) {
			TasksClient.with(stack, server.url(), (client) -> assertThat(client.run(TASK).block(PATIENCE)).isNotNull(),
					"handinger.await.initial-interval=20ms", "handinger.await.max-interval=50ms");
			assertThat(output).doesNotContain("WARN", "ERROR", "\tat ");
		}
	}

}
