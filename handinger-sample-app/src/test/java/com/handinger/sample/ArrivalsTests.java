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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.handinger.spring.test.HandingerSimulator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.util.TestSocketUtils;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the arrivals of results at the sample, whose webhook is registered with the
 * simulator.
 */
@ExtendWith(OutputCaptureExtension.class)
class ArrivalsTests {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static ConfigurableApplicationContext context;

	private static WebTestClient sample;

	private static WebTestClient simulator;

	private static String startOutput;

	@BeforeAll
	static void start(CapturedOutput output) {
		int port = TestSocketUtils.findAvailableTcpPort();
		context = SpringApplication.run(SampleApplication.class, "--handinger.api-key=", "--simulator.port=0",
				"--server.port=" + port, "--handinger.webhook.reconciliation.interval=300ms");
		sample = client("http://localhost:" + port);
		simulator = client(context.getBean(HandingerSimulator.class).url());
		String url = "http://localhost:" + port + "/handinger/webhook";
		await().atMost(PATIENCE)
			.until(() -> get(simulator, "/api/workers/wrk_sample/webhook").path("url").asString("").equals(url));
		startOutput = output.getOut();
	}

	@AfterAll
	static void stop() {
		context.close();
	}

	private static WebTestClient client(String url) {
		return WebTestClient.bindToServer()
			.baseUrl(url)
			.defaultHeader("Authorization", "Bearer " + HandingerSimulator.API_KEY)
			.responseTimeout(PATIENCE)
			.build();
	}

	private static JsonNode get(WebTestClient client, String path) {
		return MAPPER.readTree(client.get()
			.uri(path)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.returnResult()
			.getResponseBody());
	}

	private static void start(String taskId, String input) {
		sample.post()
			.uri("/tasks")
			.bodyValue(Map.of("input", input, "taskId", taskId))
			.exchange()
			.expectStatus()
			.isAccepted()
			.expectBody();
	}

	private static List<String> arrivals(String taskId) {
		List<String> arrivals = new ArrayList<>();
		get(sample, "/tasks/" + taskId).path("arrivals")
			.forEach((arrival) -> arrivals
				.add(arrival.path("turn").intValue() + " " + arrival.path("by").stringValue()));
		return arrivals;
	}

	private static void awaitArrivals(String taskId, String... expected) {
		await().atMost(PATIENCE).until(() -> arrivals(taskId).size() >= expected.length);
		assertThat(arrivals(taskId)).containsExactlyInAnyOrder(expected);
	}

	private static List<String> outcomes(String taskId) {
		List<String> outcomes = new ArrayList<>();
		get(simulator, "/api/workers/wrk_sample/webhook/executions").path("logs").forEach((execution) -> {
			if (execution.path("taskId").stringValue().equals(taskId)) {
				outcomes.add(execution.path("requestStatus").stringValue());
			}
		});
		return outcomes;
	}

	private static void awaitOutcomes(String taskId, String... expected) {
		await().atMost(PATIENCE).until(() -> outcomes(taskId).size() == expected.length);
		assertThat(outcomes(taskId)).containsExactly(expected);
	}

	@Test
	void startLogsNoWarning() {
		assertThat(startOutput).contains("Handinger delivers the finished tasks").doesNotContain("WARN");
	}

	@Test
	void endArrivesWithTheResponseAndADelivery() {
		start("tsk_usual", "[delay=100ms]");
		awaitArrivals("tsk_usual", "1 answer", "1 delivery");
		awaitOutcomes("tsk_usual", "success");
		assertThat(get(sample, "/tasks/tsk_usual").at("/task/workerId").stringValue()).isEqualTo("wrk_sample");
	}

	@Test
	void listShowsArrivalsToo() {
		start("tsk_listed", "[delay=100ms]");
		awaitArrivals("tsk_listed", "1 answer", "1 delivery");
		JsonNode listed = get(sample, "/tasks").valueStream()
			.filter((task) -> task.path("taskId").stringValue().equals("tsk_listed"))
			.findFirst()
			.orElseThrow();
		assertThat(listed.path("state").stringValue()).isEqualTo("completed");
		assertThat(listed.path("arrivals").size()).isEqualTo(2);
		assertThat(listed.at("/arrivals/0/at").isString()).isTrue();
	}

	@Test
	void endWhoseResponseIsLostIsFoundByPolling() {
		start("tsk_dropped", "[delay=100ms] [drop]");
		awaitArrivals("tsk_dropped", "1 look-up", "1 delivery");
	}

	@Test
	void lostDeliveryIsRecovered() {
		start("tsk_lost", "[delay=100ms] [webhook=lost]");
		awaitArrivals("tsk_lost", "1 answer", "1 reconciliation");
		awaitOutcomes("tsk_lost", "error");
	}

	@Test
	void duplicateDeliveryCountsOnce() {
		start("tsk_twice", "[delay=100ms] [webhook=twice]");
		awaitOutcomes("tsk_twice", "success", "success");
		awaitArrivals("tsk_twice", "1 answer", "1 delivery");
	}

	@Test
	void earlyDeliveryWaitsForTheEnd() {
		start("tsk_early", "[delay=100ms] [webhook=early]");
		awaitArrivals("tsk_early", "1 answer", "1 delivery");
		awaitOutcomes("tsk_early", "success");
	}

	@Test
	void lateDeliveryArrives() {
		start("tsk_late", "[delay=0s] [webhook=late:700ms]");
		await().atMost(PATIENCE).until(() -> arrivals("tsk_late").equals(List.of("1 answer")));
		awaitArrivals("tsk_late", "1 answer", "1 delivery");
	}

	@Test
	void furtherTurnArrivesToo() {
		start("tsk_further", "[delay=100ms]");
		awaitArrivals("tsk_further", "1 answer", "1 delivery");
		start("tsk_further", "[delay=100ms] [webhook=lost]");
		awaitArrivals("tsk_further", "1 answer", "1 delivery", "2 answer", "2 reconciliation");
	}

}
