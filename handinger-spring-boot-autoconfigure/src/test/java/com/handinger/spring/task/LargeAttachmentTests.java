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

package com.handinger.spring.task;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.TasksClient;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.AbstractResource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A file of 1 GiB is sent by a JVM that has 64 MiB of heap.
 */
@Tag("slow")
class LargeAttachmentTests {

	private static final long SIZE = 1L << 30;

	@ParameterizedTest
	@CsvSource({ "REACTOR_EPOLL,resource", "REACTOR_NIO,publisher", "JDK,resource" })
	void gibibyteGoesThroughASmallHeap(HttpStack stack, String kind) throws Exception {
		try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			CompletableFuture<Long> received = CompletableFuture.supplyAsync(() -> receive(server));
			Process client = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
					"-Xmx64m", "-cp", System.getProperty("java.class.path"), Client.class.getName(), stack.name(), kind,
					"http://localhost:" + server.getLocalPort())
				.redirectErrorStream(true)
				.start();
			String output = new String(client.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(client.waitFor(2, TimeUnit.MINUTES)).isTrue();
			assertThat(output).contains("Sunny.");
			assertThat(received.get(2, TimeUnit.MINUTES)).isGreaterThan(SIZE).isLessThan(SIZE + (64 << 20));
		}
	}

	/**
	 * Count the bytes of a request with a chunked body, and answer at its end.
	 */
	private static long receive(ServerSocket server) {
		try (Socket socket = server.accept()) {
			InputStream in = socket.getInputStream();
			byte[] buffer = new byte[1 << 16];
			byte[] end = "\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
			long count = 0;
			StringBuilder tail = new StringBuilder();
			for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
				count += read;
				int from = Math.max(0, read - end.length);
				tail.append(new String(buffer, from, read - from, StandardCharsets.ISO_8859_1));
				tail.delete(0, Math.max(0, tail.length() - end.length));
				if (tail.toString().endsWith("\r\n0\r\n\r\n")) {
					break;
				}
			}
			OutputStream out = socket.getOutputStream();
			out.write(("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + Json.WORKER.length()
					+ "\r\n\r\n" + Json.WORKER)
				.getBytes(StandardCharsets.UTF_8));
			out.flush();
			return count;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

	/**
	 * The application in the small JVM.
	 */
	static final class Client {

		private Client() {
		}

		public static void main(String[] args) {
			Attachment attachment = args[1].equals("publisher") ? Attachment.of("large.bin", publisher())
					: Attachment.of("large.bin", new ZerosResource());
			TasksClient.with(HttpStack.valueOf(args[0]), args[2],
					(client) -> System.out.println(client.create(CreateTask.of("x").withAttachment(attachment))
						.onErrorResume((error) -> Mono.fromRunnable(() -> error.printStackTrace(System.out)))
						.map((worker) -> worker.outputText())
						.block()));
			System.exit(0);
		}

		private static Flux<DataBuffer> publisher() {
			return Flux.range(0, (int) (SIZE >> 16))
				.map((i) -> DefaultDataBufferFactory.sharedInstance.wrap(new byte[1 << 16]));
		}

	}

	/**
	 * As many zeros as the file is large.
	 */
	static final class ZerosResource extends AbstractResource {

		@Override
		public boolean exists() {
			return true;
		}

		@Override
		public String getDescription() {
			return "zeros";
		}

		@Override
		public InputStream getInputStream() {
			return new InputStream() {

				private long left = SIZE;

				@Override
				public int read() {
					return (this.left-- > 0) ? 0 : -1;
				}

				@Override
				public int read(byte[] bytes, int offset, int length) {
					int count = (int) Math.min(length, this.left);
					this.left -= count;
					return (count > 0) ? count : -1;
				}

			};
		}

	}

}
