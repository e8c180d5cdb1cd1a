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
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import com.handinger.spring.test.HandingerSimulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the endpoints of the sample, with tasks that run in the simulator.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "handinger.api-key=", "simulator.port=0" })
@AutoConfigureWebTestClient(timeout = "20s")
class TasksEndpointTests {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	@Autowired
	private WebTestClient client;

	@Autowired
	private HandingerSimulator simulator;

	private WebTestClient.ResponseSpec post(Map<String, ?> task) {
		return this.client.post().uri("/tasks").bodyValue(task).exchange();
	}

	private String start(Map<String, ?> task) {
		String location = post(task).expectStatus()
			.isAccepted()
			.expectBody()
			.returnResult()
			.getResponseHeaders()
			.getFirst("Location");
		assertThat(location).startsWith("/tasks/");
		return String.valueOf(location);
	}

	private String start(String input) {
		return start(Map.of("input", input));
	}

	private JsonNode get(String path) {
		return MAPPER.readTree(this.client.get()
			.uri(path)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.returnResult()
			.getResponseBody());
	}

	private JsonNode awaitStatus(String location, String status) {
		AtomicReference<JsonNode> found = new AtomicReference<>();
		await().atMost(Duration.ofMinutes(2)).until(() -> {
			found.set(get(location));
			return found.get().at("/task/status").stringValue().equals(status);
		});
		return found.get();
	}

	private JsonNode listed(String location) {
		return get("/tasks").valueStream()
			.filter((task) -> location.endsWith("/" + task.path("taskId").stringValue()))
			.findFirst()
			.orElseThrow();
	}

	private void awaitState(String location, String state) {
		await().atMost(Duration.ofMinutes(2)).until(() -> listed(location).path("state").stringValue().equals(state));
	}

	@Test
	void taskIsAcceptedAndCompletes() {
		String location = start("Say hello");
		assertThat(location).matches("/tasks/tsk_[0-9A-HJKMNP-TV-Z]{26}");
		JsonNode json = awaitStatus(location, "completed");
		assertThat(json.at("/turns/0/input").stringValue()).isEqualTo("Say hello");
		assertThat(json.at("/turns/0/outputText").stringValue()).isNotEmpty();
		awaitState(location, "completed");
	}

	@Test
	void bodyHasTheTaskId() {
		post(Map.of("input", "a", "taskId", "tsk_mine")).expectStatus()
			.isAccepted()
			.expectHeader()
			.location("/tasks/tsk_mine")
			.expectBody()
			.json("{\"taskId\": \"tsk_mine\"}");
	}

	@Test
	void everythingIsSent() {
		String workerId = awaitStatus(start("[delay=0s]"), "completed").at("/task/workerId").stringValue();
		String location = start(Map.of("input", "a", "budget", "high", "workerId", workerId));
		JsonNode task = awaitStatus(location, "completed").path("task");
		assertThat(task.path("workerId").stringValue()).isEqualTo(workerId);
		assertThat(task.at("/totals/credits").intValue()).isEqualTo(5);
	}

	@Test
	void acceptedTaskIsVisibleImmediately() {
		this.client.get().uri(start("[delay=2s]")).exchange().expectStatus().isOk().expectBody();
	}

	@Test
	void followUpTurnIsVisibleWhenItIsAccepted() {
		Map<String, String> task = Map.of("input", "a", "taskId", "tsk_follow");
		awaitStatus(start(task), "completed");
		assertThat(get(start(task)).at("/task/totals/turnCount").intValue()).isEqualTo(2);
		awaitState("/tasks/tsk_follow", "completed");
	}

	@ParameterizedTest
	@ValueSource(strings = { "[drop]", "[reset]", "[http=503]", "[http=408]", "[reject=429]", "[turns=separate]",
			"[size=5MB]", "[size=20MB]", "[http=200]", "[http=204]", "[http=302]", "[http=409]" })
	void connectionFailureDoesNotLoseTheTask(String directive) {
		String location = start(directive);
		assertThat(awaitStatus(location, "completed").path("turns").size()).isEqualTo(1);
		awaitState(location, "completed");
		String taskId = location.substring("/tasks/".length());
		this.client.get()
			.uri(this.simulator.url() + "/simulator/state")
			.exchange()
			.expectBody()
			.jsonPath("$.tasks." + taskId + ".turns")
			.isEqualTo(1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "error", "aborted" })
	void taskThatEndsInAnErrorHasFailed(String status) {
		String location = start("[end=" + status + "]");
		awaitStatus(location, status);
		awaitState(location, "failed");
		assertThat(listed(location).path("error").stringValue()).isEqualTo("The task ended with the status " + status);
	}

	@Test
	void tasksAreListedNewestFirst() {
		String first = start("[delay=3s]");
		String second = start("[delay=3s]");
		JsonNode tasks = get("/tasks");
		assertThat(second).endsWith(tasks.at("/0/taskId").stringValue());
		assertThat(first).endsWith(tasks.at("/1/taskId").stringValue());
		assertThat(tasks.at("/0/state").stringValue()).isEqualTo("running");
		assertThat(tasks.at("/0/startedAt").isString()).isTrue();
		assertThat(tasks.path(0).has("error")).isFalse();
	}

	@Test
	void taskIsArchived() {
		this.client.delete().uri(start("a")).exchange().expectStatus().isOk().expectBody().json("{\"archived\": true}");
	}

	@ParameterizedTest
	@CsvSource({ "GET", "DELETE" })
	void unknownTaskIsNotFound(HttpMethod method) {
		this.client.method(method)
			.uri("/tasks/tsk_none")
			.exchange()
			.expectStatus()
			.isNotFound()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.detail")
			.value(String.class, (detail) -> assertThat(detail).contains("There is no task with this id."));
	}

	@Test
	void workerIdThatIsInvalidIsNotFound() {
		post(Map.of("input", "a", "workerId", "wrk none")).expectStatus()
			.isNotFound()
			.expectBody()
			.jsonPath("$.detail")
			.value(String.class, (detail) -> assertThat(detail).contains("There is no worker with this id."));
	}

	@Test
	void rejectedTaskIsAProblemAndNotListed() {
		post(Map.of("input", "[delay=soon]", "taskId", "tsk_not_taken")).expectStatus()
			.isEqualTo(422)
			.expectBody()
			.jsonPath("$.detail")
			.value(String.class, (detail) -> assertThat(detail).contains("[delay=5s]"));
		assertThat(get("/tasks").toString()).doesNotContain("tsk_not_taken");
	}

	@Test
	void rejectedTurnLeavesTheTaskInTheList() {
		String location = start(Map.of("input", "[delay=2s]", "taskId", "tsk_goes_on"));
		post(Map.of("input", "[delay=soon]", "taskId", "tsk_goes_on")).expectStatus().isEqualTo(422).expectBody();
		assertThat(listed(location).path("state").stringValue()).isEqualTo("running");
		awaitState(location, "completed");
	}

	@Test
	void nothingRunsForAClientThatDoesNotAcceptJson() {
		this.client.post()
			.uri("/tasks")
			.accept(MediaType.TEXT_HTML)
			.bodyValue(Map.of("input", "a", "taskId", "tsk_not_taken"))
			.exchange()
			.expectStatus()
			.isEqualTo(406)
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.detail")
			.isEqualTo("The response is JSON: send the header 'Accept: application/json', or no Accept header");
		this.client.get().uri("/tasks/tsk_not_taken").exchange().expectStatus().isNotFound().expectBody();
	}

	@Test
	void longInputIsAccepted() {
		String input = "[delay=0s]" + "a".repeat(1024 * 1024);
		assertThat(awaitStatus(start(input), "completed").at("/turns/0/input").stringValue()).isEqualTo(input);
	}

	@Test
	void bodyThatIsTooLargeIsAProblem() {
		post(Map.of("input", "a".repeat(16 * 1024 * 1024))).expectStatus()
			.isEqualTo(413)
			.expectBody()
			.jsonPath("$.detail")
			.isEqualTo("The body is too large: the limit is spring.http.codecs.max-in-memory-size");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '\0',
			value = { "{ | The body must be a JSON object", "{\"input\": {\"secret\": 1}} | The body must be",
					"[\"secret\"] | The body must be", "{\"input\": 5} | The body must be", "null | The body must be",
					"{\"budget\": \"low\"} | 'input' must not be empty",
					"{\"input\": \"\"} | 'input' must not be empty",
					"{\"input\": \"secret\", \"budget\": \"secret\"} | low, standard, high and unlimited",
					"{\"input\": \"secret\", \"budget\": \"LOW\"} | low, standard, high and unlimited",
					"{\"input\": \"secret\", \"taskId\": \"\"} | 'taskId'",
					"{\"input\": \"secret\", \"workerId\": \"\"} | 'workerId'" })
	void badRequestDescribesAValidOne(String body, String expected) {
		this.client.post()
			.uri("/tasks")
			.contentType(MediaType.APPLICATION_JSON)
			.bodyValue(body)
			.exchange()
			.expectStatus()
			.isBadRequest()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.expectBody()
			.jsonPath("$.detail")
			.value(String.class, (detail) -> assertThat(detail).contains(expected).doesNotContain("secret"));
	}

	@ParameterizedTest
	@ValueSource(strings = { MediaType.TEXT_PLAIN_VALUE, MediaType.APPLICATION_FORM_URLENCODED_VALUE })
	void bodyOfAnotherTypeIsAProblem(String contentType) {
		this.client.post()
			.uri("/tasks")
			.contentType(MediaType.valueOf(contentType))
			.bodyValue("secret")
			.exchange()
			.expectStatus()
			.isEqualTo(415)
			.expectBody()
			.jsonPath("$.detail")
			.isEqualTo("The body must be JSON, with the header 'Content-Type: application/json'");
	}

	@Test
	void wrongMethodAndPathAreProblems() {
		this.client.put()
			.uri("/tasks")
			.exchange()
			.expectStatus()
			.isEqualTo(405)
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON);
		this.client.get()
			.uri("/nothing")
			.exchange()
			.expectStatus()
			.isNotFound()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON);
	}

	@Test
	void healthIsShown() {
		this.client.get().uri("/actuator/health").exchange().expectStatus().isOk().expectBody();
	}

}
