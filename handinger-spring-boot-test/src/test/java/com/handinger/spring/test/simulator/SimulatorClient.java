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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import static org.awaitility.Awaitility.await;

/**
 * Calls a simulator, and validates every response against the contract.
 */
final class SimulatorClient {

	static final String TASKS = "/api/tasks";

	private static final String JSON = "application/json";

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private final HttpClient httpClient = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final String url;

	SimulatorClient(String url) {
		this.url = url;
	}

	/**
	 * Start a simulator whose turns take half a second.
	 */
	static Simulator startSimulator(ApiVersion apiVersion) {
		return Simulator.start(0, Duration.ofMillis(500), apiVersion);
	}

	Answer create(String input) {
		return create(Map.of("input", input));
	}

	Answer create(Map<String, ?> task) {
		return createAsync(task).join();
	}

	CompletableFuture<Answer> createAsync(Map<String, ?> task) {
		return sendAsync(post(MAPPER.writeValueAsString(task), JSON));
	}

	Answer createFrom(String body, String contentType) {
		return sendAsync(post(body, contentType)).join();
	}

	private HttpRequest post(String body, String contentType) {
		return request(TASKS).header("Content-Type", contentType)
			.POST(HttpRequest.BodyPublishers.ofString(body))
			.build();
	}

	Answer createWith(String body, @Nullable String authorization) {
		HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(this.url + TASKS))
			.header("Content-Type", JSON)
			.POST(HttpRequest.BodyPublishers.ofString(body));
		if (authorization != null) {
			request.header("Authorization", authorization);
		}
		return sendAsync(request.build()).join();
	}

	Answer get(String path) {
		return sendAsync(request(path).GET().build()).join();
	}

	Answer getWithoutKey(String path) {
		return sendAsync(HttpRequest.newBuilder(URI.create(this.url + path)).build()).join();
	}

	Answer call(String method, String path) {
		return sendAsync(request(path).method(method, HttpRequest.BodyPublishers.noBody()).build()).join();
	}

	Answer send(String method, String path, Object body) {
		return sendText(method, path, MAPPER.writeValueAsString(body));
	}

	Answer sendText(String method, String path, String json) {
		return sendAsync(request(path).header("Content-Type", JSON)
			.method(method, HttpRequest.BodyPublishers.ofString(json))
			.build()).join();
	}

	/**
	 * Set the URL of a worker's webhook, and return the token.
	 */
	String setWebhook(String workerId, String url) {
		return send("PUT", "/api/workers/" + workerId + "/webhook", Map.of("url", url)).json()
			.path("token")
			.stringValue();
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

	Answer retrieve(String taskId) {
		return get(TASKS + "/" + taskId);
	}

	/**
	 * Return the turns of a task, which newer versions of the API answer separately.
	 */
	JsonNode turns(String taskId) {
		return get(TASKS + "/" + taskId + "/turns").json().path("items");
	}

	JsonNode state() {
		return get("/simulator/state").json();
	}

	JsonNode awaitStatus(String taskId, String status) {
		return await().atMost(Duration.ofMinutes(2))
			.pollInterval(Duration.ofMillis(10))
			.until(() -> retrieve(taskId).json(),
					(json) -> json.path("task").path("status").asString("").equals(status));
	}

	private HttpRequest.Builder request(String path) {
		return HttpRequest.newBuilder(URI.create(this.url + path))
			.timeout(Duration.ofMinutes(2))
			.header("Authorization", "Bearer " + Simulator.API_KEY);
	}

	private CompletableFuture<Answer> sendAsync(HttpRequest request) {
		return this.httpClient.sendAsync(request, HttpResponse.BodyHandlers.ofString())
			.thenApply((response) -> Answer.of(request, response));
	}

	/**
	 * Send a request whose answer does not matter, and return whether there was none.
	 */
	boolean getsNoAnswer(Map<String, ?> task) throws InterruptedException {
		try {
			this.httpClient.send(post(MAPPER.writeValueAsString(task), JSON), HttpResponse.BodyHandlers.discarding());
			return false;
		}
		catch (IOException ex) {
			return true;
		}
	}

	/**
	 * An answer that is as the contract has it.
	 *
	 * @param status the status
	 * @param headers the headers
	 * @param body the body
	 */
	record Answer(int status, HttpHeaders headers, String body) {

		static Answer of(HttpRequest request, HttpResponse<String> response) {
			Answer answer = new Answer(response.statusCode(), response.headers(), response.body());
			if (answer.status() >= 400) {
				Contract.check(answer.body(), "ErrorResponse");
			}
			else if (answer.status() == 200) {
				Contract.checkAnswer(answer.body(), request.method(), request.uri().getPath());
			}
			return answer;
		}

		JsonNode json() {
			return MAPPER.readTree(this.body);
		}

		String error() {
			return json().path("error").asString("");
		}

		String header(String name) {
			return this.headers.firstValue(name).orElse("");
		}

		String taskId() {
			return json().path("metadata").path("taskId").asString("");
		}

	}

}
