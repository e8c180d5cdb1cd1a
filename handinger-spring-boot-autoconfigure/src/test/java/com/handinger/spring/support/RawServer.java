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

package com.handinger.spring.support;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * A server on a bare socket, which can do to a connection what no well-behaved server
 * would.
 */
public final class RawServer implements AutoCloseable {

	private static final long PATIENCE_IN_MILLISECONDS = 120_000;

	private final ServerSocket serverSocket;

	private final Behaviour behaviour;

	private final List<Request> requests = new CopyOnWriteArrayList<>();

	private final Set<Socket> connections = ConcurrentHashMap.newKeySet();

	private final CountDownLatch closed = new CountDownLatch(1);

	private final CountDownLatch released = new CountDownLatch(1);

	private final Thread acceptor;

	private RawServer(int port, Behaviour behaviour) {
		this.behaviour = behaviour;
		try {
			this.serverSocket = new ServerSocket(port, 1024, InetAddress.getLoopbackAddress());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.acceptor = start(this::accept);
	}

	public static RawServer start(Behaviour behaviour) {
		return start(0, behaviour);
	}

	/**
	 * Start a server on a port, such as that of one that was closed.
	 */
	public static RawServer start(int port, Behaviour behaviour) {
		return new RawServer(port, behaviour);
	}

	private static Thread start(Runnable runnable) {
		Thread thread = new Thread(runnable, "raw-server");
		thread.setDaemon(true);
		thread.start();
		return thread;
	}

	private void accept() {
		while (!this.serverSocket.isClosed()) {
			try {
				Socket socket = this.serverSocket.accept();
				this.connections.add(socket);
				if (this.serverSocket.isClosed()) {
					socket.close();
				}
				start(() -> serve(socket));
			}
			catch (IOException ex) {
				return;
			}
		}
	}

	private void serve(Socket socket) {
		Connection connection = new Connection(socket, this.released);
		try (socket) {
			InputStream in = new BufferedInputStream(socket.getInputStream());
			for (Request request = read(in); request != null; request = read(in)) {
				int number;
				synchronized (this.requests) {
					this.requests.add(request);
					number = this.requests.size();
				}
				connection.requests++;
				this.behaviour.answer(request, connection, number);
			}
		}
		catch (IOException ex) {
			// The behaviour has closed the connection, or the client has.
		}
		finally {
			this.connections.remove(socket);
			this.closed.countDown();
		}
	}

	private static @Nullable Request read(InputStream in) throws IOException {
		String requestLine = line(in);
		if (requestLine == null) {
			return null;
		}
		Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
		for (String header = furtherLine(in); !header.isEmpty(); header = furtherLine(in)) {
			int colon = header.indexOf(':');
			headers.merge(header.substring(0, colon), header.substring(colon + 1).trim(), (a, b) -> a + "," + b);
		}
		return new Request(requestLine, headers, body(in, headers));
	}

	private static String body(InputStream in, Map<String, String> headers) throws IOException {
		if (headers.getOrDefault("Transfer-Encoding", "").toLowerCase(Locale.ROOT).equals("chunked")) {
			StringBuilder body = new StringBuilder();
			for (int size = chunkSize(in); size > 0; size = chunkSize(in)) {
				body.append(text(in, size));
				line(in);
			}
			line(in);
			return body.toString();
		}
		return text(in, Integer.parseInt(headers.getOrDefault("Content-Length", "0")));
	}

	private static String text(InputStream in, int length) throws IOException {
		byte[] bytes = in.readNBytes(length);
		if (bytes.length < length) {
			throw new EOFException("The request is cut");
		}
		return new String(bytes, StandardCharsets.UTF_8);
	}

	private static int chunkSize(InputStream in) throws IOException {
		return Integer.parseInt(furtherLine(in), 16);
	}

	private static String furtherLine(InputStream in) throws IOException {
		String line = line(in);
		if (line == null) {
			throw new EOFException("The request is cut");
		}
		return line;
	}

	private static @Nullable String line(InputStream in) throws IOException {
		StringBuilder line = new StringBuilder();
		for (int next = in.read(); next != '\n'; next = in.read()) {
			if (next == -1) {
				return null;
			}
			if (next != '\r') {
				line.append((char) next);
			}
		}
		return line.toString();
	}

	public String url() {
		return "http://localhost:" + port();
	}

	public int port() {
		return this.serverSocket.getLocalPort();
	}

	public List<Request> requests() {
		return this.requests;
	}

	/**
	 * Return how many requests with a method have arrived.
	 */
	public long count(String method) {
		return this.requests.stream().filter((request) -> request.line().startsWith(method + " ")).count();
	}

	/**
	 * Return how many connections are open, as far as this server has noticed.
	 */
	public int openConnections() {
		return this.connections.size();
	}

	/**
	 * Let the answers go that wait for it.
	 */
	public void release() {
		this.released.countDown();
	}

	/**
	 * Wait until the client has closed a connection.
	 */
	public void awaitClosed(Duration patience) {
		await(this.closed, patience);
	}

	private static void await(CountDownLatch latch, Duration patience) {
		try {
			if (!latch.await(patience.toMillis(), TimeUnit.MILLISECONDS)) {
				throw new AssertionError("It did not happen within " + patience);
			}
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	@Override
	public void close() {
		try {
			this.serverSocket.close();
			// The system takes connections as long as a thread waits for one.
			this.acceptor.join(PATIENCE_IN_MILLISECONDS);
			for (Socket connection : this.connections) {
				connection.close();
			}
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * What the server does with a request.
	 */
	@FunctionalInterface
	public interface Behaviour {

		/**
		 * Answer a request, or do something else.
		 * @param request the request
		 * @param connection the connection on which it came
		 * @param number the number of the request, from 1
		 */
		void answer(Request request, Connection connection, int number) throws IOException;

	}

	/**
	 * A request that has arrived as a whole.
	 *
	 * @param line the request line
	 * @param headers the headers
	 * @param body the body
	 */
	public record Request(String line, Map<String, String> headers, String body) {
	}

	/**
	 * The connection on which a request came.
	 */
	public static final class Connection {

		private final Socket socket;

		private final CountDownLatch released;

		private int requests;

		Connection(Socket socket, CountDownLatch released) {
			this.socket = socket;
			this.released = released;
		}

		/**
		 * Return whether this server has closed the connection.
		 */
		public boolean isClosed() {
			return this.socket.isClosed();
		}

		/**
		 * Return whether this is not the first request of the connection.
		 */
		public boolean isReused() {
			return this.requests > 1;
		}

		/**
		 * Wait until the test releases the answer.
		 */
		public void awaitRelease() {
			await(this.released, Duration.ofMinutes(2));
		}

		/**
		 * Answer with JSON and keep the connection.
		 */
		public void json(int status, String body, String... headers) throws IOException {
			StringBuilder head = new StringBuilder(
					"HTTP/1.1 " + status + " Status\r\nContent-Type: application/json\r\n");
			for (String header : headers) {
				head.append(header).append("\r\n");
			}
			byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
			write(head + "Content-Length: " + bytes.length + "\r\n\r\n" + body);
		}

		/**
		 * Write whatever it is.
		 */
		public void write(String text) throws IOException {
			OutputStream out = this.socket.getOutputStream();
			out.write(text.getBytes(StandardCharsets.UTF_8));
			out.flush();
		}

		/**
		 * Close the connection.
		 */
		public void close() throws IOException {
			this.socket.close();
		}

		/**
		 * Reset the connection.
		 */
		public void reset() throws IOException {
			this.socket.setSoLinger(true, 0);
			this.socket.close();
		}

	}

}
