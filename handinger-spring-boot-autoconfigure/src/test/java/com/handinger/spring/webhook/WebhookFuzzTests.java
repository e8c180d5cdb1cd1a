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

import java.io.UncheckedIOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import com.handinger.spring.support.TasksServer;
import com.handinger.spring.webhook.RawClient.Answer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever is sent gets an answer that blames the sender, and leaves no exception in the
 * log. {@code -Dfuzz.seed=} repeats a run.
 */
@Tag("slow")
class WebhookFuzzTests {

	private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final List<String> VALUES = List.of("null", "true", "1", "-0.0", "1e999999999", "1e-999", "\"x\"",
			"\"\\u0000\"", "\"\\ud800\"", "\"\\", "[]", "{}", "[{\"id\":\"tsk_1\"}]", "\"tsk_unknown\"", "\"tsk_1\"",
			"\"../tsk_1\"", "NaN", "Infinity", "'tsk_1'", "0x1", "01", "/* tsk_1 */", "\"\u00e4\u20ac\"", "");

	private static final List<String> NAMES = List.of("taskId", "task_id", "task", "data", "id", "status", "",
			"\\u0000", "__proto__", "@class", "taskid", "x");

	private static final List<String> HEADERS = List.of("X-Handinger-Token: wrong",
			"Content-Type: text/plain; charset=x", "Content-Type: multipart/form-data", "Content-Type: ;;;",
			"Content-Encoding: gzip", "Content-Encoding: identity", "Content-Encoding: ,", "Accept: text/html;q=x",
			"Accept-Language: ,,,", "Cookie: a=b; =; ;;", "Authorization: Basic !", "Range: bytes=9-1", "Origin: null",
			"traceparent: 00-x-y", "tracestate: ,=,", "X-Forwarded-For: ;", "Forwarded: for=\"", "Upgrade: h2c",
			"Connection: keep-alive, upgrade", "If-Match: *", "X-Empty:", "X-Long: " + "x".repeat(3000),
			"Expect: nothing", "Trailer: x", "TE: trailers");

	/**
	 * What servers refuse themselves.
	 */
	private static final List<String> MALFORMED = List.of("Host: other", "baggage: \u0001", "X-\u00e4: x", "X Y: z",
			": x", "no header", "Content-Length: 1", "Content-Length: x", "Transfer-Encoding: x",
			"Transfer-Encoding: chunked");

	@ParameterizedTest
	@EnumSource
	void whateverIsSentIsAnswered(WebStack stack) {
		send(stack, 300);
	}

	@ParameterizedTest
	@EnumSource
	void tenThousandRequestsAreAnswered(WebStack stack) {
		send(stack, 10_000 / WebStack.values().length + 1);
	}

	private static void send(WebStack stack, int requests) {
		Random random = new Random(SEED + stack.ordinal());
		try (TasksServer handinger = TasksServer.start().withTask("tsk_1", 1);
				WebhookApplication application = WebhookApplication.start(stack, handinger,
						"handinger.webhook.timeout=5s");
				CapturedLog log = CapturedLog.startWithTrace()) {
			RawClient client = new RawClient(application.port()).patience(PATIENCE);
			for (int i = 0; i < requests; i++) {
				// Reactor Netty can forget to refuse what comes right after another
				// answer.
				boolean malformed = random.nextInt(10) == 0;
				byte[] request = request(random, malformed);
				client = malformed ? reconnect(client, application) : client;
				client = (isAnswered(client, request) && !malformed) ? client : reconnect(client, application);
			}
			client.close();
			// A delivery of a turn that was handled long ago is looked up for three
			// seconds.
			assertThat(application.deliverTask("tsk_1").status()).isEqualTo(204);
			assertThat(application.listener().events()).as("seed " + SEED).hasSize(1);
			assertThat(log.troubles()).as("seed " + SEED).isEmpty();
		}
	}

	private static RawClient reconnect(RawClient client, WebhookApplication application) {
		client.close();
		return new RawClient(application.port()).patience(PATIENCE);
	}

	/**
	 * Send a request, and return whether the connection can be used for another.
	 */
	private static boolean isAnswered(RawClient client, byte[] request) {
		String description = "seed " + SEED + ": " + new String(request, StandardCharsets.ISO_8859_1);
		if (!client.tryWrite(request)) {
			return false;
		}
		try {
			Answer answer = client.read();
			// Tomcat answers 501 to a transfer encoding that it does not know.
			assertThat(answer.status()).as(description)
				.matches((status) -> (status >= 200 && status < 300) || (status >= 400 && status < 500) || status == 501
						|| status == 503);
			return answer.header("Connection").filter("close"::equalsIgnoreCase).isEmpty();
		}
		catch (IllegalStateException ex) {
			// The server has closed the connection.
			return false;
		}
		catch (UncheckedIOException ex) {
			assertThat(ex.getCause()).as(description).isInstanceOf(SocketException.class);
			return false;
		}
	}

	private static byte[] request(Random random, boolean malformed) {
		StringBuilder headers = new StringBuilder("X-Handinger-Token: " + WebhookApplication.TOKEN);
		for (int i = (random.nextInt(3) == 0) ? 1 + random.nextInt(3) : 0; i > 0; i--) {
			headers.append("\r\n").append(any(random, HEADERS));
		}
		if (malformed) {
			headers.append("\r\n").append(any(random, MALFORMED));
		}
		return WebhookApplication.request("POST /handinger/webhook HTTP/1.1", headers.toString(), body(random));
	}

	private static byte[] body(Random random) {
		switch (random.nextInt(8)) {
			case 0 -> {
				byte[] bytes = new byte[random.nextInt(300)];
				random.nextBytes(bytes);
				return bytes;
			}
			case 1 -> {
				return any(random, List.of("[", "{\"taskId\":", "{\"data\":[")).repeat(random.nextInt(2000))
					.getBytes(StandardCharsets.UTF_8);
			}
			case 2 -> {
				String digits = String.valueOf(random.nextInt(10)).repeat(random.nextInt(3000));
				return ("{\"taskId\":\"tsk_1\",\"n\":" + digits + any(random, List.of("", ".", "e", "e9")) + digits
						+ "}")
					.getBytes(StandardCharsets.UTF_8);
			}
			case 3 -> {
				byte[] bytes = object(random, 3).getBytes(StandardCharsets.UTF_8);
				return Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
			}
			case 4 -> {
				byte[] bytes = object(random, 3).getBytes(StandardCharsets.UTF_8);
				bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
				return bytes;
			}
			case 5 -> {
				return object(random, 2)
					.getBytes(any(random, List.of(StandardCharsets.UTF_16, StandardCharsets.ISO_8859_1)));
			}
			default -> {
				return object(random, 4).getBytes(StandardCharsets.UTF_8);
			}
		}
	}

	private static String object(Random random, int depth) {
		StringBuilder object = new StringBuilder("{");
		for (int i = random.nextInt(4); i >= 0; i--) {
			object.append('"').append(any(random, NAMES)).append("\":");
			object.append((depth > 0 && random.nextInt(3) == 0) ? object(random, depth - 1) : any(random, VALUES));
			object.append((i > 0) ? "," : "");
		}
		return object.append('}').toString();
	}

	private static <T> T any(Random random, List<T> list) {
		return list.get(random.nextInt(list.size()));
	}

}
