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

package com.handinger.sample;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

import com.handinger.spring.test.HandingerSimulator;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for connections with many requests, some of them pipelined.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "handinger.api-key=", "simulator.port=0" })
class KeepAliveTests {

	private static final String GET = """
			GET %s HTTP/1.1
			Host: localhost
			Authorization: Bearer hdg_test_key

			""";

	private static final String POST = """
			POST %s HTTP/1.1
			Host: localhost
			Authorization: Bearer hdg_test_key
			Content-Type: application/json
			Content-Length: 13

			{"input":"a"}""";

	@Test
	void sampleKeepsReadingAfterPipelinedRequests(@LocalServerPort int port) throws IOException {
		assertThatConnectionGoesOn(port, POST.formatted("/tasks"), GET.formatted("/tasks"));
	}

	@Test
	void simulatorKeepsReadingAfterPipelinedRequests(@Autowired HandingerSimulator simulator) throws IOException {
		assertThatConnectionGoesOn(simulator.port(), POST.formatted("/api/tasks"), GET.formatted("/simulator/state"));
	}

	private static void assertThatConnectionGoesOn(int port, String post, String get) throws IOException {
		try (Socket socket = new Socket("localhost", port)) {
			socket.setSoTimeout((int) Duration.ofMinutes(2).toMillis());
			send(socket, post + get);
			assertThat(status(socket.getInputStream())).startsWith("HTTP/1.1 20");
			assertThat(status(socket.getInputStream())).startsWith("HTTP/1.1 200");
			send(socket, get);
			assertThat(status(socket.getInputStream())).startsWith("HTTP/1.1 200");
		}
	}

	private static void send(Socket socket, String requests) throws IOException {
		socket.getOutputStream().write(requests.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII));
	}

	/**
	 * Read a whole answer.
	 */
	private static String status(InputStream answer) throws IOException {
		String status = line(answer);
		int length = 0;
		boolean chunked = false;
		for (String header = line(answer); !header.isEmpty(); header = line(answer)) {
			if (header.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
				length = Integer.parseInt(header.substring("content-length:".length()).trim());
			}
			chunked |= header.equalsIgnoreCase("transfer-encoding: chunked");
		}
		if (!chunked) {
			answer.readNBytes(length);
			return status;
		}
		do {
			length = Integer.parseInt(line(answer), 16);
			answer.readNBytes(length);
			line(answer);
		}
		while (length > 0);
		return status;
	}

	private static String line(InputStream answer) throws IOException {
		StringBuilder line = new StringBuilder();
		for (int character = answer.read(); character != '\n'; character = answer.read()) {
			if (character < 0) {
				throw new IOException("The connection was closed after " + line);
			}
			line.append((char) character);
		}
		return line.toString().stripTrailing();
	}

}
