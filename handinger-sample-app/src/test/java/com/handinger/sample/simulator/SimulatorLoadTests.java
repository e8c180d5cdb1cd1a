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

package com.handinger.sample.simulator;

import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.ByteBufFlux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Load tests for a simulator in a separate JVM.
 */
@Tag("slow")
class SimulatorLoadTests {

	private static final int TASKS = 10_000;

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	@TempDir
	private Path directory;

	@Test
	void tenThousandTasksWaitAtOnce() throws Exception {
		LoopResources loops = LoopResources.create("load");
		ConnectionProvider connections = ConnectionProvider.builder("load")
			.maxConnections(TASKS)
			.pendingAcquireMaxCount(-1)
			.build();
		try (SimulatorProcess process = start()) {
			String url = process.awaitUrl();
			SimulatorClient client = new SimulatorClient(url);
			HttpClient httpClient = HttpClient.create(connections)
				.runOn(loops)
				.baseUrl(url)
				.headers((headers) -> headers.set("Authorization", "Bearer key")
					.set("Content-Type", "application/json"));
			Disposable waiting = create(httpClient, "[delay=10m]").subscribe();
			await().atMost(PATIENCE)
				.pollInterval(Duration.ofMillis(200))
				.until(() -> client.state().path("running").intValue() == TASKS);
			assertThat(client.create("[delay=0s]").status()).isEqualTo(200);
			waiting.dispose();
			StepVerifier.create(create(httpClient, "[delay=1s]").filter((status) -> status == 200).count())
				.expectNext((long) TASKS)
				.expectComplete()
				.verify(PATIENCE);
			assertThat(client.state().path("running").intValue()).isEqualTo(TASKS);
			assertThat(client.state().path("turnsRun").intValue()).isEqualTo(2 * TASKS + 1);
		}
		finally {
			connections.dispose();
			loops.dispose();
		}
	}

	private static Flux<Integer> create(HttpClient httpClient, String input) {
		return Flux.range(0, TASKS)
			.flatMap(
					(number) -> httpClient.post()
						.uri(SimulatorClient.TASKS)
						.send(ByteBufFlux.fromString(Mono.just("{\"input\": \"" + input + " " + number + "\"}")))
						.responseSingle((response, body) -> body.asByteArray().thenReturn(response.status().code())),
					TASKS);
	}

	@Test
	void largeFileIsStreamedThrough() throws Exception {
		long size = 1024L * 1024 * 1024;
		byte[] start = ("--b\r\nContent-Disposition: form-data; name=\"input\"\r\n\r\n[delay=0s]\r\n"
				+ "--b\r\nContent-Disposition: form-data; name=\"files\"; filename=\"large.bin\"\r\n\r\n")
			.getBytes(StandardCharsets.US_ASCII);
		byte[] end = "\r\n--b--\r\n".getBytes(StandardCharsets.US_ASCII);
		try (SimulatorProcess process = start()) {
			URI url = URI.create(process.awaitUrl());
			try (Socket socket = new Socket(url.getHost(), url.getPort())) {
				OutputStream output = socket.getOutputStream();
				output.write(("POST /api/tasks HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer key\r\n"
						+ "Connection: close\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: "
						+ (start.length + size + end.length) + "\r\n\r\n")
					.getBytes(StandardCharsets.US_ASCII));
				output.write(start);
				byte[] megabyte = new byte[1024 * 1024];
				for (long sent = 0; sent < size; sent += megabyte.length) {
					output.write(megabyte);
				}
				output.write(end);
				assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
					.contains("\"size\":" + size);
			}
		}
	}

	private SimulatorProcess start() throws Exception {
		return SimulatorProcess.start(this.directory, Map.of(), "--simulator.only=true", "--simulator.port=0");
	}

}
