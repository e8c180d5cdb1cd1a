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

package com.handinger.spring.test.simulator;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import com.handinger.spring.test.simulator.DeliveryReceiver.Received;
import com.handinger.spring.test.simulator.SimulatorClient.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the deliveries of a {@link Simulator} to the webhooks of its workers.
 */
class SimulatorDeliveriesTests {

	private static final String TASK_ID = "tsk_01HZY31W2SZJ8MJ2FQTR3M1K9D";

	private static final String WORKER_ID = "wrk_vk81XUHKHG-qr4";

	private static final String WEBHOOK = "/api/workers/" + WORKER_ID + "/webhook";

	private Simulator simulator;

	private SimulatorClient client;

	private DeliveryReceiver receiver;

	@BeforeEach
	void start() {
		this.simulator = SimulatorClient.startSimulator(ApiVersion.V2026_07);
		this.client = new SimulatorClient(this.simulator.url());
		this.receiver = new DeliveryReceiver();
	}

	@AfterEach
	void close() {
		this.simulator.close();
		this.receiver.close();
	}

	private static Map<String, String> task(String input) {
		return Map.of("input", input, "taskId", TASK_ID, "workerId", WORKER_ID);
	}

	private String setWebhook() {
		return this.client.setWebhook(WORKER_ID, this.receiver.url());
	}

	private JsonNode awaitExecution() {
		return this.client.awaitExecutions(WORKER_ID, 1).at("/logs/0");
	}

	private String shownStatus() {
		return this.client.retrieve(TASK_ID).json().at("/task/status").stringValue();
	}

	@Test
	void endOfATaskIsDeliveredWithTheToken() {
		String token = setWebhook();
		this.client.create(task("[delay=0s]"));
		Received received = this.receiver.awaitReceived(1).get(0);
		assertThat(received.line()).isEqualTo("POST /handinger");
		assertThat(received.tokens()).containsExactly(token);
		assertThat(received.contentType()).isEqualTo("application/json");
		assertThat(received.body())
			.isEqualTo("{\"taskId\":\"" + TASK_ID + "\",\"workerId\":\"" + WORKER_ID + "\",\"status\":\"completed\"}");
		Contract.check(received.body(), "DeliveryBody");
	}

	@Test
	void successIsListed() {
		setWebhook();
		Instant before = Instant.now().minusMillis(1);
		this.client.create(task("[delay=0s]"));
		JsonNode execution = awaitExecution();
		assertThat(execution.path("id").stringValue()).startsWith("exe_");
		assertThat(Instant.parse(execution.path("createdAt").stringValue())).isBetween(before, Instant.now());
		assertThat(execution.path("durationMs").longValue()).isBetween(0L, 5000L);
		assertThat(execution.path("errorMessage").isNull()).isTrue();
		assertThat(execution.path("requestStatus").stringValue()).isEqualTo("success");
		assertThat(execution.path("responseStatus").intValue()).isEqualTo(204);
		assertThat(execution.path("taskId").stringValue()).isEqualTo(TASK_ID);
		assertThat(execution.path("taskTitle").stringValue()).isEqualTo("Task 1");
		assertThat(execution.path("url").stringValue()).isEqualTo(this.receiver.url());
		assertThat(execution.path("workerId").stringValue()).isEqualTo(WORKER_ID);
	}

	@Test
	void eachTurnIsDelivered() {
		setWebhook();
		this.client.create(task("[delay=0s]"));
		this.receiver.awaitReceived(1);
		this.client.create(task("[delay=0s] [end=error]"));
		assertThat(this.receiver.awaitReceived(2)).extracting(Received::body)
			.last()
			.asString()
			.endsWith("\"status\":\"error\"}");
		assertThat(this.client.awaitExecutions(WORKER_ID, 2).path("logs").size()).isEqualTo(2);
	}

	@Test
	void taskWhoseCallerHangsUpIsDelivered() throws InterruptedException {
		setWebhook();
		this.client.getsNoAnswer(task("[drop] [end=aborted]"));
		assertThat(this.receiver.awaitReceived(1).get(0).body()).endsWith("\"status\":\"aborted\"}");
	}

	@Test
	void taskThatWasRejectedIsNotDelivered() {
		setWebhook();
		this.client.create(task("[delay=0s] [reject=429]"));
		this.client.create(task("[delay=0s]"));
		awaitExecution();
		assertThat(this.receiver.received()).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(ints = { 302, 307, 401, 404, 500, 503 })
	void answerThatIsNoneOf2xxIsAnErrorAndTheEnd(int status) {
		setWebhook();
		this.receiver.answer(Mono.just(status));
		this.client.create(task("[delay=0s]"));
		JsonNode execution = awaitExecution();
		assertThat(execution.path("requestStatus").stringValue()).isEqualTo("error");
		assertThat(execution.path("responseStatus").intValue()).isEqualTo(status);
		assertThat(execution.path("errorMessage").stringValue()).isEqualTo("The response status was " + status + ".");
		assertThat(this.receiver.received()).hasSize(1);
	}

	@Test
	void missingReceiverIsAnError() {
		setWebhook();
		this.receiver.close();
		this.client.create(task("[delay=0s]"));
		JsonNode execution = awaitExecution();
		assertThat(execution.path("requestStatus").stringValue()).isEqualTo("error");
		assertThat(execution.path("responseStatus").isNull()).isTrue();
		assertThat(execution.path("errorMessage").stringValue()).contains("Connection refused");
	}

	@Test
	void receiverThatHangsUpIsAnErrorAndTheEnd() throws IOException {
		try (ServerSocket server = new ServerSocket(0)) {
			this.client.setWebhook(WORKER_ID, "http://localhost:" + server.getLocalPort());
			this.client.createAsync(task("[delay=0s]"));
			server.accept().close();
			JsonNode execution = awaitExecution();
			assertThat(execution.path("requestStatus").stringValue()).isEqualTo("error");
			assertThat(execution.path("responseStatus").isNull()).isTrue();
		}
	}

	@Test
	@Tag("slow")
	void receiverThatStaysSilentIsAnErrorAfterFiveSeconds() {
		setWebhook();
		this.receiver.answer(Mono.never());
		this.client.create(task("[delay=0s]"));
		this.receiver.awaitReceived(1);
		JsonNode execution = awaitExecution();
		assertThat(execution.path("errorMessage").stringValue()).isEqualTo("There was no response within 5 s.");
		assertThat(execution.path("durationMs").longValue()).isBetween(5000L, 8000L);
	}

	@Test
	void nothingIsDeliveredWithoutAWebhook() {
		setWebhook();
		this.client.call("DELETE", WEBHOOK);
		this.client.create(task("[delay=0s] [webhook=twice]"));
		this.client.setWebhook("wrk_other", this.receiver.url());
		this.client.create(Map.of("input", "[delay=0s]", "workerId", "wrk_other"));
		this.client.awaitExecutions("wrk_other", 1);
		assertThat(this.receiver.received()).hasSize(1);
		assertThat(this.client.executions(WORKER_ID).path("totalCount").intValue()).isZero();
	}

	@Test
	void tokenThatWasRegeneratedIsDelivered() {
		String first = setWebhook();
		this.client.create(task("[delay=0s]"));
		this.receiver.awaitReceived(1);
		String second = this.client.call("POST", WEBHOOK + "/regenerate-token").json().path("token").stringValue();
		this.client.create(task("[delay=0s]"));
		assertThat(this.receiver.awaitReceived(2)).extracting(Received::tokens)
			.containsExactly(List.of(first), List.of(second));
	}

	@Test
	void lostDeliveryIsListedAndNotMade() {
		setWebhook();
		this.client.create(task("[delay=0s] [webhook=lost]"));
		JsonNode execution = awaitExecution();
		assertThat(execution.path("requestStatus").stringValue()).isEqualTo("error");
		assertThat(execution.path("responseStatus").isNull()).isTrue();
		assertThat(execution.path("taskId").stringValue()).isEqualTo(TASK_ID);
		assertThat(this.receiver.received()).isEmpty();
	}

	@Test
	void deliveryIsMadeTwice() {
		setWebhook();
		this.client.create(task("[delay=0s] [webhook=twice]"));
		this.client.awaitExecutions(WORKER_ID, 2);
		assertThat(this.receiver.received()).hasSize(2);
		assertThat(this.receiver.received()).extracting(Received::body)
			.containsOnly(this.receiver.received().get(0).body());
	}

	@Test
	void deliveryIsLate() {
		setWebhook();
		this.client.create(task("[delay=0s] [webhook=late:700ms]"));
		Instant ended = Instant.parse(this.client.retrieve(TASK_ID).json().at("/task/completedAt").stringValue());
		Instant delivered = Instant.parse(awaitExecution().path("createdAt").stringValue());
		assertThat(Duration.between(ended, delivered)).isGreaterThanOrEqualTo(Duration.ofMillis(690));
	}

	@Test
	void deliveryIsEarly() {
		setWebhook();
		CompletableFuture<Answer> creation = this.client.createAsync(task("[delay=0s] [webhook=early]"));
		awaitExecution();
		assertThat(shownStatus()).isEqualTo("running");
		assertThat(creation).isNotDone();
		assertThat(this.receiver.received().get(0).body()).endsWith("\"status\":\"completed\"}");
		assertThat(creation.join().status()).isEqualTo(200);
		assertThat(shownStatus()).isEqualTo("completed");
		assertThat(this.receiver.received()).hasSize(1);
	}

	@Test
	void directivesAreCombined() {
		setWebhook();
		Map<String, String> task = task("[webhook=twice] [webhook=late:100ms] [end=error] [reject=429] [http=503]");
		assertThat(this.client.create(task).status()).isEqualTo(429);
		assertThat(this.client.create(task).status()).isEqualTo(503);
		assertThat(this.receiver.awaitReceived(2)).extracting(Received::body)
			.allSatisfy((body) -> assertThat(body).contains("error"));
	}

	@Test
	void deliveriesAreCounted() {
		setWebhook();
		this.client.create(task("[delay=0s]"));
		this.client.create(task("[delay=0s] [webhook=lost]"));
		this.client.create(task("[delay=0s] [webhook=twice]"));
		this.client.awaitExecutions(WORKER_ID, 4);
		assertThat(this.client.state().path("deliveries").toString()).isEqualTo("{\"success\":3,\"error\":1}");
		assertThat(this.client.state().path("workers").intValue()).isOne();
	}

	@Test
	void fiveHundredDeliveriesAtOnceAreListedOnTenPages() {
		setWebhook();
		List<String> ids = IntStream.range(0, 500).mapToObj((number) -> "tsk_" + number).toList();
		ids.stream()
			.map((id) -> this.client.createAsync(Map.of("input", "[delay=200ms]", "taskId", id, "workerId", WORKER_ID)))
			.toList()
			.forEach(CompletableFuture::join);
		await().atMost(Duration.ofMinutes(2))
			.until(() -> this.client.executions(WORKER_ID).path("totalCount").intValue() == 500);
		assertThat(this.receiver.received()).hasSize(500);
		List<JsonNode> executions = new ArrayList<>();
		for (int page = 1; page <= 10; page++) {
			JsonNode list = this.client.get(WEBHOOK + "/executions?page=" + page).json();
			assertThat(list.path("page").intValue()).isEqualTo(page);
			assertThat(list.path("pageCount").intValue()).isEqualTo(10);
			assertThat(list.path("logs").size()).isEqualTo(50);
			list.path("logs").forEach(executions::add);
		}
		assertThat(executions).extracting((execution) -> execution.path("taskId").stringValue())
			.containsExactlyInAnyOrderElementsOf(ids);
		assertThat(executions).extracting((execution) -> execution.path("requestStatus").stringValue())
			.containsOnly("success");
		assertThat(new HashSet<>(executions.stream().map((execution) -> execution.path("id").stringValue()).toList()))
			.hasSize(500);
		assertThat(executions).extracting((execution) -> Instant.parse(execution.path("createdAt").stringValue()))
			.isSortedAccordingTo((one, other) -> other.compareTo(one));
		assertThat(this.client.get(WEBHOOK + "/executions?page=11").json().path("logs").size()).isZero();
	}

}
