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

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import com.handinger.spring.test.HandingerSimulator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.awaitility.Awaitility.await;

/**
 * Calls a simulator.
 */
final class SimulatorClient {

	static final String TASKS = "/api/tasks";

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private final HttpClient httpClient = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final String url;

	SimulatorClient(String url) {
		this.url = url;
	}

	Answer create(String input) {
		return create(Map.of("input", input));
	}

	Answer create(Map<String, ?> task) {
		return createAsync(task).join();
	}

	CompletableFuture<Answer> createAsync(Map<String, ?> task) {
		return sendAsync("POST", TASKS, task);
	}

	Answer get(String path) {
		return sendAsync(request(path).GET().build()).join();
	}

	/**
	 * Set the URL of a worker's webhook.
	 */
	void setWebhook(String workerId, String url) {
		sendAsync("PUT", "/api/workers/" + workerId + "/webhook", Map.of("url", url)).join();
	}

	JsonNode executions(String workerId) {
		return get("/api/workers/" + workerId + "/webhook/executions").json();
	}

	/**
	 * Wait until so many attempts to deliver are listed.
	 */
	JsonNode awaitExecutions(String workerId, int count) {
		return await().atMost(Duration.ofMinutes(2))
			.pollInterval(Duration.ofMillis(10))
			.until(() -> executions(workerId), (json) -> json.path("totalCount").intValue() == count);
	}

	JsonNode state() {
		return get("/simulator/state").json();
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create(this.url + path))
			.timeout(Duration.ofMinutes(2))
			.header("Authorization", "Bearer " + HandingerSimulator.API_KEY);
	}

	private CompletableFuture<Answer> sendAsync(String method, String path, Object body) {
		return sendAsync(request(path).header("Content-Type", "application/json")
			.method(method, HttpRequest.BodyPublishers.ofString(MAPPER.writeValueAsString(body)))
			.build());
	}

	private CompletableFuture<Answer> sendAsync(HttpRequest request) {
		return this.httpClient.sendAsync(request, HttpResponse.BodyHandlers.ofString())
			.thenApply((response) -> new Answer(response.statusCode(), response.body()));
	}

	/**
	 * An answer.
	 *
	 * @param status the status
	 * @param body the body
	 */
	record Answer(int status, String body) {

		JsonNode json() {
			return MAPPER.readTree(this.body);
		}

	}

}
