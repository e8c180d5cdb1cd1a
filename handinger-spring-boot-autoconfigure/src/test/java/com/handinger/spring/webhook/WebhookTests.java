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

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import com.handinger.spring.support.TasksServer;
import com.handinger.spring.support.TasksServer.Exchange;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskStatus;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.webhook.RawClient.Answer;
import com.handinger.spring.webhook.TaskFinishedEvent.Source;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What Handinger delivers, on every web server.
 */
class WebhookTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final String POST = "POST /handinger/webhook HTTP/1.1";

	private static final String TOKEN = "X-Handinger-Token: " + WebhookApplication.TOKEN;

	private static final Map<WebStack, WebhookApplication> APPLICATIONS = new EnumMap<>(WebStack.class);

	private static TasksServer handinger;

	@BeforeAll
	static void start() {
		handinger = TasksServer.start(Exchange::answer, (exchange) -> {
			if (String.valueOf(exchange.taskId()).startsWith("tsk_outage")) {
				exchange.connection().json(503, "{}");
			}
			else if (String.valueOf(exchange.taskId()).startsWith("tsk_forbidden")) {
				exchange.connection().json(403, "{}");
			}
			else {
				exchange.answer();
			}
		}).runTime(Duration.ofMinutes(10));
		for (WebStack stack : WebStack.values()) {
			APPLICATIONS.put(stack,
					WebhookApplication.start(stack, handinger, "handinger.webhook.timeout=3s",
							"handinger.webhook.max-body-size=64KB", "handinger.await.initial-interval=5m",
							"handinger.await.max-interval=5m"));
		}
	}

	@AfterAll
	static void stop() {
		APPLICATIONS.values().forEach(WebhookApplication::close);
		APPLICATIONS.clear();
		handinger.close();
	}

	private static String finishedTask(WebStack stack, String name) {
		String taskId = "tsk_" + name + "_" + stack;
		handinger.withTask(taskId, 1);
		return taskId;
	}

	@ParameterizedTest
	@EnumSource
	void deliveryIsHeardOfOnAThreadOfItsOwn(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		String taskId = finishedTask(stack, "fine");
		Answer answer = application.deliverTask(taskId);
		assertThat(answer.status()).isEqualTo(204);
		TaskFinishedEvent event = application.listener().events(taskId).get(0);
		assertThat(event.key()).isEqualTo(taskId + "#1");
		assertThat(event.workerId()).isEqualTo("wrk_1");
		assertThat(event.status()).isEqualTo(TaskStatus.COMPLETED);
		assertThat(event.source()).isEqualTo(Source.DELIVERY);
		assertThat(event.task()).isNotNull();
		assertThat(event.body()).containsEntry("taskId", taskId);
		assertThat(application.listener().threads()).allMatch((name) -> name.startsWith("handinger-webhook-"));
	}

	@ParameterizedTest
	@EnumSource
	void eachOfTheTokensOpensAndNothingElseDoes(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		String taskId = finishedTask(stack, "tokens");
		String body = "{\"taskId\":\"" + taskId + "\"}";
		String name = "X-Handinger-Token: ";
		List<String> wrong = List.of("", name, name + "   ", name + "wrong", name + WebhookApplication.TOKEN + "x",
				name + WebhookApplication.TOKEN.toLowerCase(), name + "Bearer " + WebhookApplication.TOKEN,
				name + WebhookApplication.TOKEN + ", " + WebhookApplication.TOKEN, TOKEN + "\r\n" + TOKEN,
				TOKEN + "\r\n" + name + "wrong");
		for (String header : wrong) {
			Answer answer = application.send(POST, header, body);
			assertThat(answer.status()).as(header).isEqualTo(401);
			assertThat(answer.body()).isEmpty();
			assertThat(answer.header("Connection")).as(header).hasValue("close");
		}
		assertThat(application.listener().events(taskId)).isEmpty();
		assertThat(application.send(POST, name + WebhookApplication.OTHER_TOKEN, body).status()).isEqualTo(204);
		assertThat(application.send(POST, "x-handinger-token: " + WebhookApplication.TOKEN, body).status())
			.isEqualTo(204);
	}

	@ParameterizedTest
	@EnumSource
	void otherMethodsAreNotAllowedWhateverTheToken(WebStack stack) {
		for (String method : List.of("GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO")) {
			Answer answer = APPLICATIONS.get(stack)
				.send(method + " /handinger/webhook HTTP/1.1", "Origin: https://elsewhere.example", "");
			assertThat(answer.status()).as(method).isEqualTo(405);
			// Tomcat itself refuses to trace.
			assertThat(answer.header("Allow")).as(method)
				.hasValueSatisfying((allowed) -> assertThat(allowed).contains("POST"));
			assertThat(answer.head()).as(method).doesNotContainIgnoringCase("access-control");
		}
	}

	@ParameterizedTest
	@EnumSource
	void otherSpellingsOfThePathAreNotTheWebhook(WebStack stack) {
		for (String path : List.of("/handinger/webhook/", "/handinger/webhook;a=b", "/handinger/webhook.json",
				"/HANDINGER/webhook", "/handinger/%77ebhook", "//handinger/webhook", "/./handinger/webhook",
				"/x/../handinger/webhook", "/handinger%2Fwebhook")) {
			Answer answer = APPLICATIONS.get(stack).send("POST " + path + " HTTP/1.1", TOKEN, "{\"taskId\":\"tsk_1\"}");
			assertThat(answer.status()).as(path).isIn(400, 404);
		}
	}

	@ParameterizedTest
	@EnumSource
	void forwardedHeadersDoNotMatter(WebStack stack) {
		String taskId = finishedTask(stack, "forwarded");
		Answer answer = APPLICATIONS.get(stack)
			.send(POST, TOKEN + "\r\nX-Forwarded-Prefix: /gateway\r\nX-Forwarded-Host: other.example",
					"{\"taskId\":\"" + taskId + "\"}");
		assertThat(answer.status()).isEqualTo(204);
	}

	@ParameterizedTest
	@EnumSource
	void bodyThatIsTooLargeIsRefusedBeforeItIsReadToItsEnd(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		try (RawClient client = new RawClient(application.port())) {
			client.write(POST + "\r\nHost: localhost\r\n" + TOKEN + "\r\nContent-Length: 1073741824\r\n\r\n");
			assertThat(client.read().status()).isEqualTo(413);
		}
		try (RawClient client = new RawClient(application.port())) {
			client.write(POST + "\r\nHost: localhost\r\n" + TOKEN + "\r\nTransfer-Encoding: chunked\r\n\r\n");
			IntStream.range(0, 5)
				.forEach((i) -> client.tryWrite(("4000\r\n" + " ".repeat(0x4000) + "\r\n").getBytes()));
			assertThat(client.read().status()).isEqualTo(413);
		}
	}

	@ParameterizedTest
	@EnumSource
	void encodedBodyIsRefused(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		String taskId = finishedTask(stack, "encoded");
		String body = "{\"taskId\":\"" + taskId + "\"}";
		assertThat(application.send(POST, TOKEN + "\r\nContent-Encoding: gzip", body).status()).isEqualTo(415);
		assertThat(application.send(POST, TOKEN + "\r\nContent-Encoding: br", body).status()).isEqualTo(415);
		assertThat(application.send(POST, TOKEN + "\r\nContent-Encoding: identity", body).status()).isEqualTo(204);
	}

	@ParameterizedTest
	@EnumSource
	void bodyWithoutATaskIsABadRequestThatRepeatsNothingOfIt(WebStack stack) {
		List<String> bodies = List.of("", "null", "[]", "1", "\"marker\"", "{\"marker\":", "{}", "{\"id\":\"marker\"}",
				"{\"taskId\":{}}", "{\"taskId\":\"../workers/marker\"}", "{\"taskId\":\"a\\u0000marker\"}",
				"{\"taskId\":\"tsk_1\"} marker", "[".repeat(30_000), "{\"taskId\":\"" + "x".repeat(201) + "\"}");
		for (String body : bodies) {
			Answer answer = APPLICATIONS.get(stack).deliver(body);
			assertThat(answer.status()).as(body).isEqualTo(400);
			assertThat(answer.header("Content-Type")).hasValue("application/problem+json");
			assertThat(answer.body()).contains("\"status\":400").doesNotContain("marker");
		}
	}

	@ParameterizedTest
	@EnumSource
	void taskIsFoundWhereverItsIdIs(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		String taskId = finishedTask(stack, "places");
		for (String body : List.of("{\"taskId\":\"%s\"}", "{\"task_id\":\"%s\"}", "{\"task\":{\"id\":\"%s\"}}",
				"{\"data\":{\"taskId\":\"%s\"}}", "{\"data\":{\"task_id\":\"%s\"}}",
				"{\"data\":{\"task\":{\"id\":\"%s\"}}}", "{\"data\":{\"id\":\"%s\"}}",
				"{\"id\":\"%s\",\"taskId\":1}")) {
			assertThat(application.deliver(String.format(body, taskId)).status()).as(body).isEqualTo(204);
		}
		assertThat(application.listener().events(taskId)).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void taskThatOurKeyDoesNotSeeIsNotFound(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		assertThat(application.deliverTask("tsk_unknown").status()).isEqualTo(404);
		assertThat(application.deliverTask("tsk_forbidden").status()).isEqualTo(404);
		assertThat(application.listener().events("tsk_unknown")).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	void outageIsAnsweredSoThatTheDeliveryCountsAsFailed(WebStack stack) {
		Answer answer = APPLICATIONS.get(stack).deliverTask("tsk_outage");
		assertThat(answer.status()).isEqualTo(503);
		assertThat(answer.header("Retry-After")).isPresent();
	}

	@ParameterizedTest
	@EnumSource
	void taskThatStillRunsIsLookedUpForAMoment(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		String taskId = "tsk_running_" + stack;
		int before = handinger.lookUps();
		handinger.withRunningTask(taskId, Duration.ofMinutes(10));
		assertThat(application.deliverTask(taskId).status()).isEqualTo(503);
		assertThat(handinger.lookUps() - before).isGreaterThan(1);
		String other = "tsk_early_" + stack;
		handinger.withRunningTask(other, Duration.ofMillis(500));
		assertThat(application.deliverTask(other).status()).isEqualTo(204);
		assertThat(application.listener().events(other)).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void listenerThatFailsHearsOfTheTaskAgain(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		String taskId = finishedTask(stack, "failing");
		AtomicInteger calls = new AtomicInteger();
		application.listener().onTask(taskId, (event) -> {
			if (calls.incrementAndGet() <= 2) {
				throw new IllegalStateException("This is just a test");
			}
		});
		assertThat(application.deliverTask(taskId).status()).isEqualTo(503);
		assertThat(application.deliverTask(taskId).status()).isEqualTo(503);
		assertThat(application.deliverTask(taskId).status()).isEqualTo(204);
		assertThat(application.deliverTask(taskId).status()).isEqualTo(204);
		assertThat(calls).hasValue(3);
	}

	@ParameterizedTest
	@EnumSource
	void errorOfAListenerIsAFailure(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		String taskId = finishedTask(stack, "error");
		application.listener().onTask(taskId, (event) -> {
			throw new StackOverflowError();
		});
		assertThat(application.deliverTask(taskId).status()).isEqualTo(503);
	}

	@ParameterizedTest
	@EnumSource
	void listenerThatTakesLongGoesOnAfterTheAnswer(WebStack stack) throws InterruptedException {
		WebhookApplication application = APPLICATIONS.get(stack);
		String taskId = finishedTask(stack, "long");
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch done = new CountDownLatch(1);
		application.listener().onTask(taskId, (event) -> {
			WebhookApplication.await(release);
			done.countDown();
		});
		assertThat(application.deliverTask(taskId).status()).isEqualTo(503);
		release.countDown();
		assertThat(done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		assertThat(application.deliverTask(taskId).status()).isEqualTo(204);
		assertThat(application.listener().events(taskId)).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void senderThatHangsUpCancelsNothing(WebStack stack) throws InterruptedException {
		WebhookApplication application = APPLICATIONS.get(stack);
		String taskId = finishedTask(stack, "hangup");
		CountDownLatch heard = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		CountDownLatch done = new CountDownLatch(1);
		application.listener().onTask(taskId, (event) -> {
			heard.countDown();
			WebhookApplication.await(release);
			done.countDown();
		});
		try (RawClient client = new RawClient(application.port())) {
			client.write(WebhookApplication.request(POST, TOKEN, "{\"taskId\":\"" + taskId + "\"}"));
			assertThat(heard.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
		}
		release.countDown();
		assertThat(done.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
	}

	@Tag("slow")
	@ParameterizedTest
	@EnumSource
	void thousandReplaysAreOneEvent(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		String taskId = finishedTask(stack, "replays");
		int before = handinger.lookUps();
		List<Integer> statuses = IntStream.range(0, 1000)
			.parallel()
			.mapToObj((i) -> application.deliverTask(taskId).status())
			.toList();
		// On a busy machine some are answered before the first is through.
		assertThat(statuses).contains(204).isSubsetOf(204, 503);
		assertThat(application.deliverTask(taskId).status()).isEqualTo(204);
		assertThat(application.listener().events(taskId)).hasSize(1);
		assertThat(handinger.lookUps() - before).isLessThanOrEqualTo(1001);
	}

	@ParameterizedTest
	@EnumSource
	void furtherTurnIsAFurtherEvent(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		String taskId = finishedTask(stack, "turns");
		assertThat(application.deliverTask(taskId).status()).isEqualTo(204);
		handinger.withTask(taskId, 1);
		assertThat(application.deliverTask(taskId).status()).isEqualTo(204);
		assertThat(application.listener().events(taskId)).extracting(TaskFinishedEvent::key)
			.containsExactly(taskId + "#1", taskId + "#2");
	}

	@ParameterizedTest
	@EnumSource
	void uploadWithoutATokenIsRefusedWithoutBeingRead(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		for (String type : List.of("application/json", "multipart/form-data; boundary=x",
				"application/x-www-form-urlencoded")) {
			byte[] chunk = ("10000\r\n" + "x".repeat(0x10000) + "\r\n").getBytes();
			try (RawClient client = new RawClient(application.port())) {
				client.write(POST + "\r\nHost: localhost\r\nContent-Type: " + type
						+ "\r\nTransfer-Encoding: chunked\r\n\r\n");
				assertThat(client.read().status()).as(type).isEqualTo(401);
				long taken = IntStream.range(0, 1600).takeWhile((i) -> client.tryWrite(chunk)).count();
				assertThat(taken).as("chunks of 64 KiB that were taken").isLessThan(200);
			}
		}
	}

	@ParameterizedTest
	@EnumSource
	void deliveryEndsTheWaitOfTheSameApplication(WebStack stack) {
		WebhookApplication application = APPLICATIONS.get(stack);
		String taskId = "tsk_await_" + stack;
		handinger.withRunningTask(taskId, Duration.ofMillis(300));
		Mono<TaskWithTurns> end = application.context().getBean(HandingerTasksClient.class).await(taskId).cache();
		end.subscribe();
		Awaitility.await().atMost(PATIENCE).until(() -> handinger.hasEnded(taskId));
		assertThat(application.deliverTask(taskId).status()).isEqualTo(204);
		assertThat(end.block(PATIENCE)).isNotNull();
	}

}
