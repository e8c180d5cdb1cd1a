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

package com.handinger.spring.transport;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.ServerKeys;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A request never reaches a server with which there is no TLS, and may have reached one
 * with which TLS breaks later.
 */
class TlsFailureTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final CreateTask TASK = CreateTask.of("What's the weather?").withTaskId("tsk_mine");

	@TempDir
	static Path directory;

	private static ServerKeys keys;

	/**
	 * What a server does in place of a handshake.
	 */
	enum NoHandshake {

		PLAIN_HTTP("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),

		SSH("SSH-2.0-OpenSSH_9.6\r\n"),

		ZEROS("\0".repeat(64)),

		/**
		 * Looks like the start of a message in the format of SSL 2.
		 */
		SSL2("\u0080\1\2\3\4\5\6\7"),

		BROKEN_HANDSHAKE("\26\3\3\0\4\11\11\11\11"),

		INTERNAL_ERROR("\25\3\3\0\2\2\120"),

		UNEXPECTED_MESSAGE("\25\3\3\0\2\2\12"),

		HANDSHAKE_FAILURE("\25\3\3\0\2\2\50"),

		CLOSE(""),

		RESET(null);

		private final String answer;

		NoHandshake(String answer) {
			this.answer = answer;
		}

		void happen(Socket socket) throws IOException {
			socket.getInputStream().read(new byte[4096]);
			if (this.answer != null) {
				socket.getOutputStream().write(this.answer.getBytes(StandardCharsets.ISO_8859_1));
				socket.shutdownOutput();
				socket.getInputStream().readAllBytes();
			}
			else {
				socket.setSoLinger(true, 0);
			}
		}

	}

	/**
	 * What a server does to a connection over which it has got a request.
	 */
	enum BrokenTls {

		PLAIN_HTTP("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),

		BROKEN_RECORD("\27\3\3\0\30" + "x".repeat(24)),

		INTERNAL_ERROR("\25\3\3\0\2\2\120"),

		HANDSHAKE_FAILURE("\25\3\3\0\2\2\50"),

		CLOSE(""),

		RESET(null);

		private final String answer;

		BrokenTls(String answer) {
			this.answer = answer;
		}

		void happen(Socket socket) throws IOException {
			if (this.answer != null) {
				socket.getOutputStream().write(this.answer.getBytes(StandardCharsets.ISO_8859_1));
				socket.shutdownOutput();
				socket.getInputStream().readAllBytes();
			}
			else {
				socket.setSoLinger(true, 0);
			}
		}

	}

	@BeforeAll
	static void createKeys() throws Exception {
		keys = ServerKeys.create(directory);
	}

	static Stream<Arguments> withoutHandshake() {
		return HttpStack.libraries()
			.flatMap((stack) -> Arrays.stream(NoHandshake.values()).map((fault) -> Arguments.of(stack, fault)));
	}

	static Stream<Arguments> brokenLater() {
		return HttpStack.libraries()
			.flatMap((stack) -> Stream.of("TLSv1.3", "TLSv1.2")
				.flatMap((protocol) -> Arrays.stream(BrokenTls.values())
					.map((fault) -> Arguments.of(stack, protocol, fault))));
	}

	private static void expect(HttpStack stack, TlsServer server, Call call,
			Class<? extends HandingerException> failure, boolean mayHaveReached) {
		TasksClient
			.application(stack, "https://localhost:" + server.port(), "handinger.ssl.bundle=handinger",
					"handinger.await.initial-interval=10ms", "handinger.await.max-interval=20ms")
			.withPropertyValues(keys.trust())
			.run((context) -> StepVerifier.create(call.of(context.getBean(HandingerTasksClient.class)))
				.expectErrorSatisfies((error) -> assertThat(error).isInstanceOf(failure)
					.satisfies((it) -> assertThat(
							it instanceof HandingerConnectionException unsent && !unsent.mayHaveReached())
						.isNotEqualTo(mayHaveReached)))
				.verify(PATIENCE));
	}

	@ParameterizedTest
	@MethodSource("withoutHandshake")
	void requestNeverReachesAServerWithoutAHandshake(HttpStack stack, NoHandshake fault) throws IOException {
		try (TlsServer server = new TlsServer(fault::happen)) {
			expect(stack, server, (client) -> client.create(TASK), HandingerConnectionException.class, false);
			assertThat(server.connections()).as("each attempt of the retry policy").isEqualTo(3);
			expect(stack, server, (client) -> client.run(TASK), HandingerConnectionException.class, false);
			expect(stack, server, (client) -> client.retrieve("tsk_mine"), HandingerConnectionException.class, false);
		}
	}

	@Tag("slow")
	@ParameterizedTest
	@MethodSource("brokenLater")
	void taskMayHaveReachedAServerWithWhichTlsBreaksLater(HttpStack stack, String protocol, BrokenTls fault)
			throws IOException {
		SSLContext context = context();
		AtomicInteger requests = new AtomicInteger();
		TlsServer.Behaviour behaviour = (socket) -> {
			readRequest(context, protocol, socket);
			requests.incrementAndGet();
			fault.happen(socket);
		};
		try (TlsServer server = new TlsServer(behaviour)) {
			expect(stack, server, (client) -> client.create(TASK), OutcomeUnknownException.class, true);
			assertThat(requests).hasValue(1);
			expect(stack, server, (client) -> client.delete("tsk_mine"), HandingerConnectionException.class, true);
		}
	}

	private static SSLContext context() {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(keys.keyManagers().getKeyManagers(), null, null);
			return context;
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static void readRequest(SSLContext context, String protocol, Socket socket) throws IOException {
		SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, "client", 1, false);
		tls.setUseClientMode(false);
		tls.setEnabledProtocols(new String[] { protocol });
		if (tls.getInputStream().read(new byte[4096]) <= 0) {
			throw new EOFException("There is no request");
		}
	}

	/**
	 * A call of the client.
	 */
	@FunctionalInterface
	private interface Call {

		Publisher<?> of(HandingerTasksClient client);

	}

	/**
	 * A server that does the same to each connection.
	 */
	private static final class TlsServer implements AutoCloseable {

		private final ServerSocket serverSocket = new ServerSocket(0, 64, InetAddress.getLoopbackAddress());

		private final AtomicInteger connections = new AtomicInteger();

		TlsServer(Behaviour behaviour) throws IOException {
			start(() -> accept(behaviour));
		}

		private static void start(Runnable runnable) {
			Thread thread = new Thread(runnable, "tls-server");
			thread.setDaemon(true);
			thread.start();
		}

		private void accept(Behaviour behaviour) {
			try {
				while (true) {
					Socket socket = this.serverSocket.accept();
					this.connections.incrementAndGet();
					start(() -> serve(socket, behaviour));
				}
			}
			catch (IOException ex) {
				// The test is over.
			}
		}

		private static void serve(Socket socket, Behaviour behaviour) {
			try (socket) {
				behaviour.happen(socket);
			}
			catch (IOException ex) {
				// The client has closed the connection.
			}
		}

		int port() {
			return this.serverSocket.getLocalPort();
		}

		int connections() {
			return this.connections.get();
		}

		@Override
		public void close() {
			try {
				this.serverSocket.close();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@FunctionalInterface
		private interface Behaviour {

			void happen(Socket socket) throws IOException;

		}

	}

}
