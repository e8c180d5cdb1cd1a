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

package com.handinger.spring.webhook;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A client on a bare socket, which can send what no well-behaved client would.
 */
final class RawClient implements AutoCloseable {

	private static final int PATIENCE_IN_MILLISECONDS = 120_000;

	private static final byte[] END_OF_HEAD = { '\r', '\n', '\r', '\n' };

	private final Socket socket;

	private final InputStream in;

	RawClient(int port) {
		try {
			this.socket = new Socket(InetAddress.getLoopbackAddress(), port);
			this.socket.setSoTimeout(PATIENCE_IN_MILLISECONDS);
			this.in = new BufferedInputStream(this.socket.getInputStream());
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Send a request and return its answer.
	 */
	static Answer send(int port, String request) {
		try (RawClient client = new RawClient(port)) {
			client.write(request);
			return client.read();
		}
	}

	/**
	 * Set how long an answer may take.
	 */
	RawClient patience(Duration patience) {
		try {
			this.socket.setSoTimeout((int) patience.toMillis());
			return this;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	void write(String text) {
		write(text.getBytes(StandardCharsets.UTF_8));
	}

	void write(byte[] bytes) {
		if (!tryWrite(bytes)) {
			throw new IllegalStateException("The connection was closed");
		}
	}

	/**
	 * Write, and return whether the server takes it.
	 */
	boolean tryWrite(byte[] bytes) {
		try {
			OutputStream out = this.socket.getOutputStream();
			out.write(bytes);
			out.flush();
			return true;
		}
		catch (SocketException ex) {
			return false;
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Read an answer with its body.
	 */
	Answer read() {
		try {
			ByteArrayOutputStream head = new ByteArrayOutputStream();
			for (int matched = 0; matched < END_OF_HEAD.length;) {
				int next = this.in.read();
				if (next < 0) {
					throw new IllegalStateException("The connection was closed after: " + head);
				}
				head.write(next);
				matched = (next == END_OF_HEAD[matched]) ? matched + 1 : (next == '\r') ? 1 : 0;
			}
			Answer answer = new Answer(head.toString(StandardCharsets.ISO_8859_1), "");
			int length = answer.header("Content-Length").map(Integer::parseInt).orElse(0);
			return new Answer(answer.head(), new String(this.in.readNBytes(length), StandardCharsets.UTF_8));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * Read whatever comes, until the server closes the connection or is silent for a
	 * time.
	 */
	String readAll(Duration silence) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		try {
			this.socket.setSoTimeout((int) silence.toMillis());
			for (int next = this.in.read(); next >= 0; next = this.in.read()) {
				all.write(next);
			}
		}
		catch (SocketException | SocketTimeoutException ex) {
			// There is nothing more to read.
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		return all.toString(StandardCharsets.ISO_8859_1);
	}

	/**
	 * Return whether the server closes the connection within a time.
	 */
	boolean isClosedWithin(Duration patience) {
		try {
			this.socket.setSoTimeout((int) patience.toMillis());
			return this.in.read() < 0;
		}
		catch (SocketException ex) {
			return true;
		}
		catch (IOException ex) {
			return false;
		}
	}

	/**
	 * Reset the connection.
	 */
	void reset() {
		try {
			this.socket.setSoLinger(true, 0);
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	@Override
	public void close() {
		try {
			this.socket.close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * An answer.
	 *
	 * @param head the status line and the headers
	 * @param body the body
	 */
	record Answer(String head, String body) {

		int status() {
			return Integer.parseInt(this.head.split(" ", 3)[1].substring(0, 3));
		}

		Optional<String> header(String name) {
			String start = name.toLowerCase(Locale.ROOT) + ":";
			return lines().stream()
				.filter((line) -> line.toLowerCase(Locale.ROOT).startsWith(start))
				.map((line) -> line.substring(start.length()).trim())
				.findFirst();
		}

		private List<String> lines() {
			return Arrays.asList(this.head.split("\r\n"));
		}

	}

}
