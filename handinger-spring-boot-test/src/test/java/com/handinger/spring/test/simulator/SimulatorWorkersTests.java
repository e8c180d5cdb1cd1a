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

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the workers of a {@link Simulator}, over HTTP.
 */
class SimulatorWorkersTests {

	private static final String TASK_ID = "tsk_01HZY31W2SZJ8MJ2FQTR3M1K9D";

	private static final String WORKERS = "/api/workers";

	private static final String URL = "https://example.com/handinger-webhook";

	private static Simulator simulator;

	private static SimulatorClient client;

	@BeforeEach
	void start() {
		simulator = SimulatorClient.startSimulator(ApiVersion.V2026_07);
		client = new SimulatorClient(simulator.url());
	}

	@AfterEach
	void close() {
		simulator.close();
	}

	private static JsonNode create(Map<String, ?> worker) {
		return client.send("POST", WORKERS, worker).json();
	}

	private static String newWorker() {
		return WORKERS + "/" + create(Map.of()).path("id").stringValue();
	}

	private static String json(String name, int characters) {
		return "{\"" + name + "\": \"" + "ü".repeat(characters) + "\"}";
	}

	@Nested
	class Workers {

		@Test
		void workerIsCreatedAsItIsDescribed() {
			JsonNode worker = create(Map.of("title", "Forecaster", "summary", "Tells the weather", "instructions",
					"Look it up.", "visibility", "private", "outputSchema", Map.of("type", "object")));
			assertThat(worker.path("id").stringValue()).matches("wrk_[0-9A-HJKMNP-TV-Z]{26}");
			assertThat(worker.path("title").stringValue()).isEqualTo("Forecaster");
			assertThat(worker.path("summary").stringValue()).isEqualTo("Tells the weather");
			assertThat(worker.path("instructions").stringValue()).isEqualTo("Look it up.");
			assertThat(worker.path("visibility").stringValue()).isEqualTo("private");
			assertThat(worker.path("outputSchema").toString()).isEqualTo("{\"type\":\"object\"}");
		}

		@Test
		void workerThatIsNotDescribedIsPublic() {
			JsonNode worker = create(Map.of());
			assertThat(worker.path("title").stringValue()).isEqualTo("Worker 1");
			assertThat(worker.path("visibility").stringValue()).isEqualTo("public");
			assertThat(worker.path("summary").stringValue()).isEmpty();
			assertThat(worker.path("url").stringValue())
				.isEqualTo(simulator.url() + "/worker/" + worker.path("id").stringValue());
			assertThat(worker.path("outputSchema").isNull()).isTrue();
		}

		@Test
		void promptIsUsedWithoutInstructions() {
			assertThat(create(Map.of("prompt", "a")).path("instructions").stringValue()).isEqualTo("a");
			assertThat(create(Map.of("prompt", "a", "instructions", "b")).path("instructions").stringValue())
				.isEqualTo("b");
		}

		@ParameterizedTest
		@CsvSource(delimiter = '|',
				value = { "Checks claims. Cites its sources. | Checks claims.", "Checks claims | Checks claims",
						"'Checks\n claims!\tAlways.' | Checks claims!",
						"A worker that fact-checks short claims and returns a verdict with citations for each one. | "
								+ "A worker that fact-checks short claims and returns a verdict with citations…" })
		void summaryIsMadeFromThePrompt(String prompt, String summary) {
			assertThat(create(Map.of("prompt", prompt)).path("summary").stringValue()).isEqualTo(summary);
			assertThat(create(Map.of("prompt", prompt, "summary", "Own")).path("summary").stringValue())
				.isEqualTo("Own");
		}

		@Test
		void summaryOfAPromptOfOneWordFits() {
			assertThat(create(Map.of("prompt", "ü".repeat(1000))).path("summary").stringValue())
				.isEqualTo("ü".repeat(79) + "…");
		}

		@Test
		void onlyWhatIsSentIsChanged() {
			JsonNode worker = create(Map.of("title", "a", "instructions", "b", "outputSchema", Map.of()));
			String path = WORKERS + "/" + worker.path("id").stringValue();
			JsonNode updated = client.send("PATCH", path, Map.of("title", "c")).json();
			assertThat(updated.path("title").stringValue()).isEqualTo("c");
			assertThat(updated.path("instructions").stringValue()).isEqualTo("b");
			assertThat(updated.path("outputSchema").isObject()).isTrue();
			assertThat(updated.path("createdAt")).isEqualTo(worker.path("createdAt"));
		}

		@Test
		void outputSchemaIsCleared() {
			String path = WORKERS + "/" + create(Map.of("outputSchema", Map.of())).path("id").stringValue();
			JsonNode updated = client.sendText("PATCH", path, "{\"outputSchema\": null}").json();
			assertThat(updated.path("outputSchema").isNull()).isTrue();
		}

		@Test
		void structuredOutputFitsTheSchema() {
			JsonNode worker = create(Map.of("outputSchema", Map.of("type", "object", "properties",
					Map.of("city", Map.of("type", "string")), "required", List.of("city"))));
			String workerId = worker.path("id").stringValue();
			JsonNode answer = client.create(Map.of("input", "Weather?", "taskId", TASK_ID, "workerId", workerId))
				.json();
			assertThat(answer.path("structured_output").toString()).isEqualTo("{\"city\":\"Barcelona\"}");
			assertThat(client.turns(TASK_ID).at("/0/structuredOutput")).isEqualTo(answer.path("structured_output"));
		}

		@Test
		void taskKeepsTheSchemaThatTheWorkerHad() {
			String workerId = create(Map.of()).path("id").stringValue();
			client.create(Map.of("input", "Weather?", "taskId", TASK_ID, "workerId", workerId));
			client.send("PATCH", WORKERS + "/" + workerId, Map.of("outputSchema", Map.of("type", "object")));
			client.create(Map.of("input", "Weather?", "taskId", TASK_ID));
			assertThat(client.turns(TASK_ID).valueStream().map((turn) -> turn.path("structuredOutput").toString()))
				.containsExactly("null", "{}");
		}

		@Test
		void failedTaskHasNoStructuredOutput() {
			String workerId = create(Map.of("outputSchema", Map.of("type", "object"))).path("id").stringValue();
			JsonNode answer = client.create(Map.of("input", "[end=error]", "workerId", workerId)).json();
			assertThat(answer.path("structured_output").isNull()).isTrue();
		}

		@Test
		void workerIsPendingBeforeItsFirstTask() {
			JsonNode worker = client.get(newWorker()).json();
			assertThat(worker.path("status").stringValue()).isEqualTo("pending");
			assertThat(worker.path("running").booleanValue()).isFalse();
			assertThat(worker.path("messages").size()).isZero();
		}

		@Test
		void workerShowsTheTaskThatGotATurnLast() {
			JsonNode first = client.create(Map.of("input", "[delay=0s] Hello", "taskId", TASK_ID)).json();
			String workerId = first.path("id").stringValue();
			JsonNode second = client
				.create(Map.of("input", "[delay=0s] Weather?", "taskId", "tsk_other", "workerId", workerId))
				.json();
			JsonNode third = client.create(Map.of("input", "[delay=0s] Hotels?", "taskId", TASK_ID)).json();
			JsonNode worker = client.get(WORKERS + "/" + workerId).json();
			assertThat(worker.path("status").stringValue()).isEqualTo("completed");
			assertThat(worker.at("/metadata/taskId").stringValue()).isEqualTo(TASK_ID);
			assertThat(worker.path("output_text")).isEqualTo(third.path("output_text"));
			assertThat(worker.path("messages").valueStream().map((message) -> message.path("content").stringValue()))
				.containsExactly("[delay=0s] Hello", first.path("output_text").stringValue(), "[delay=0s] Hotels?",
						third.path("output_text").stringValue());
			JsonNode other = client.get(WORKERS + "/" + workerId + "?taskId=tsk_other").json();
			assertThat(other.path("output_text")).isEqualTo(second.path("output_text"));
			assertThat(other.path("messages").size()).isEqualTo(2);
		}

		@Test
		void workerIsRunningWhileItsTaskIs() {
			String path = newWorker();
			String workerId = path.substring(WORKERS.length() + 1);
			client.createAsync(Map.of("input", "[delay=1m]", "taskId", TASK_ID, "workerId", workerId));
			client.awaitStatus(TASK_ID, "running");
			JsonNode worker = client.get(path).json();
			assertThat(worker.path("status").stringValue()).isEqualTo("running");
			assertThat(worker.path("running").booleanValue()).isTrue();
			assertThat(worker.path("messages").size()).isOne();
			assertThat(worker.path("output").size()).isZero();
		}

		@Test
		void taskOfAnotherWorkerIsNotFound() {
			client.create(Map.of("input", "[delay=0s]", "taskId", TASK_ID));
			assertThat(client.get(newWorker() + "?taskId=" + TASK_ID).status()).isEqualTo(404);
			assertThat(client.get(newWorker() + "?taskId=tsk_none").status()).isEqualTo(404);
		}

		@Test
		void deletedWorkerIsGoneAndItsTasksStay() {
			JsonNode worker = client.create(Map.of("input", "[delay=0s]", "taskId", TASK_ID)).json();
			String path = WORKERS + "/" + worker.path("id").stringValue();
			assertThat(client.call("DELETE", path).body()).isEqualTo("{\"deleted\":true}");
			assertThat(client.get(path).status()).isEqualTo(404);
			assertThat(client.call("DELETE", path).status()).isEqualTo(404);
			assertThat(client.retrieve(TASK_ID).status()).isEqualTo(200);
		}

		@Test
		void workerHasAnEmailAddress() {
			assertThat(client.get(newWorker() + "/email").json().path("email").stringValue())
				.matches("wrk_\\w+@simulator\\.example");
		}

		@ParameterizedTest
		@CsvSource({ "title, 200", "summary, 80", "prompt, 10000", "instructions, 20000" })
		void longestTextIsAcceptedAndALongerOneIsRejected(String name, int most) {
			assertThat(client.sendText("POST", WORKERS, json(name, most)).status()).isEqualTo(200);
			assertThat(client.sendText("POST", WORKERS, json(name, most + 1)).error())
				.isEqualTo("'" + name + "' must not be longer than " + most + " characters.");
		}

		@ParameterizedTest
		@ValueSource(strings = { "[]", "null", "{\"title\": \"\"}", "{\"title\": 1}", "{\"title\": null}",
				"{\"summary\": {}}", "{\"visibility\": \"secret\"}", "{\"outputSchema\": []}" })
		void bodyThatBreaksTheContractIsUnprocessable(String body) {
			String path = newWorker();
			assertThat(client.sendText("POST", WORKERS, body).status()).isEqualTo(422);
			assertThat(client.sendText("PATCH", path, body).status()).isEqualTo(422);
		}

		@Test
		void outputSchemaOfANewWorkerIsNotNull() {
			assertThat(client.sendText("POST", WORKERS, "{\"outputSchema\": null}").status()).isEqualTo(422);
		}

		@Test
		void bodyThatIsNoJsonIsMalformed() {
			assertThat(client.sendText("POST", WORKERS, "{").status()).isEqualTo(400);
			assertThat(client.sendText("POST", WORKERS, "").status()).isEqualTo(400);
		}

		@Test
		void bodyOfAnotherTypeIsUnsupported() {
			assertThat(client.call("POST", WORKERS).status()).isEqualTo(415);
		}

		@Test
		void tooLargeBodyIsRejected() {
			assertThat(client.sendText("POST", WORKERS, json("title", 600_000)).status()).isEqualTo(413);
		}

	}

	@Nested
	class Schedules {

		@ParameterizedTest
		@ValueSource(strings = { "{\"type\": \"scheduled\", \"date\": \"2030-01-31T09:00:00+01:00\"}",
				"{\"type\": \"scheduled\", \"date\": \"2030-01-31T08:00:00\"}" })
		void scheduleRunsAtItsDate(String when) {
			assertThat(schedule(when).path("nextRunAt").stringValue()).isEqualTo("2030-01-31T08:00:00.000Z");
		}

		@Test
		void scheduleRunsAfterItsDelay() {
			JsonNode schedule = schedule("{\"type\": \"delayed\", \"delayInSeconds\": 3600}");
			assertThat(schedule.path("type").stringValue()).isEqualTo("delayed");
			assertThat(schedule.path("delayInSeconds").intValue()).isEqualTo(3600);
			assertThat(Instant.parse(schedule.path("nextRunAt").stringValue()))
				.isBetween(Instant.now().plus(Duration.ofMinutes(59)), Instant.now().plus(Duration.ofMinutes(60)));
		}

		@Test
		void scheduleIsAtMostAYearLong() {
			assertThat(schedule("{\"type\": \"delayed\", \"delayInSeconds\": 31536000}").has("id")).isTrue();
			assertThat(schedule("{\"type\": \"interval\", \"intervalSeconds\": 31536000}").has("id")).isTrue();
		}

		@Test
		void scheduleRunsByItsCronExpression() {
			JsonNode schedule = schedule("{\"type\": \"cron\", \"cron\": \"30 9 * * 1-5\"}");
			assertThat(schedule.path("cron").stringValue()).isEqualTo("30 9 * * 1-5");
			assertThat(schedule.path("nextRunAt").stringValue()).endsWith("T09:30:00.000Z");
		}

		@Test
		void scheduleRunsInIntervals() {
			JsonNode schedule = schedule("{\"type\": \"interval\", \"intervalSeconds\": 60}");
			assertThat(schedule.path("intervalSeconds").intValue()).isEqualTo(60);
			assertThat(schedule.has("cron")).isFalse();
		}

		private JsonNode schedule(String when) {
			return client.sendText("POST", newWorker() + "/schedules", body(when)).json();
		}

		private static String body(String when) {
			return "{\"input\": \"Say hello\", \"budget\": \"low\", \"when\": " + when + "}";
		}

		@Test
		void schedulesAreListedUntilTheyAreCancelled() {
			String path = newWorker() + "/schedules";
			JsonNode schedule = client.sendText("POST", path, body("{\"type\": \"interval\", \"intervalSeconds\": 60}"))
				.json();
			JsonNode list = client.get(path).json();
			assertThat(list.path("schedules").size()).isOne();
			assertThat(list.at("/schedules/0")).isEqualTo(schedule);
			assertThat(list.path("timezone").stringValue()).isEqualTo("UTC");
			String schedulePath = path + "/" + schedule.path("id").stringValue();
			assertThat(client.call("DELETE", schedulePath).body()).isEqualTo("{\"cancelled\":true}");
			assertThat(client.get(path).json().path("schedules").size()).isZero();
			assertThat(client.call("DELETE", schedulePath).status()).isEqualTo(404);
		}

		@ParameterizedTest
		@ValueSource(strings = { "1", "{}", "{\"type\": \"never\"}", "{\"type\": \"scheduled\"}",
				"{\"type\": \"scheduled\", \"date\": \"tomorrow\"}",
				"{\"type\": \"scheduled\", \"date\": \"+12000-01-01T00:00:00Z\"}", "{\"type\": \"delayed\"}",
				"{\"type\": \"delayed\", \"delayInSeconds\": 0}", "{\"type\": \"delayed\", \"delayInSeconds\": 1.5}",
				"{\"type\": \"delayed\", \"delayInSeconds\": 1e30}",
				"{\"type\": \"delayed\", \"delayInSeconds\": 31536001}",
				"{\"type\": \"interval\", \"intervalSeconds\": 31536001}",
				"{\"type\": \"cron\", \"cron\": \"* * * *\"}", "{\"type\": \"cron\", \"cron\": \"* * * * * *\"}",
				"{\"type\": \"cron\", \"cron\": \"61 * * * *\"}", "{\"type\": \"cron\", \"cron\": \"0 0 31 2 *\"}",
				"{\"type\": \"interval\", \"intervalSeconds\": \"1\"}" })
		void invalidTimeIsUnprocessable(String when) {
			assertThat(client.sendText("POST", newWorker() + "/schedules", body(when)).status()).isEqualTo(422);
		}

		@ParameterizedTest
		@ValueSource(strings = { "{}", "{\"input\": \"a\"}",
				"{\"input\": \"\", \"when\": {\"type\": \"interval\", \"intervalSeconds\": 1}}",
				"{\"input\": \"a\", \"budget\": \"huge\", \"when\": {\"type\": \"interval\", \"intervalSeconds\": 1}}" })
		void scheduleThatBreaksTheContractIsUnprocessable(String body) {
			assertThat(client.sendText("POST", newWorker() + "/schedules", body).status()).isEqualTo(422);
		}

	}

	@Nested
	class Webhooks {

		@Test
		void webhookIsEmptyAtFirst() {
			assertThat(client.get(newWorker() + "/webhook").body()).isEqualTo("{\"token\":null,\"url\":null}");
		}

		@Test
		void tokenIsMadeOnceAndKept() {
			String path = newWorker() + "/webhook";
			JsonNode first = client.send("PUT", path, Map.of("url", URL)).json();
			assertThat(first.path("token").stringValue()).matches("whk_[0-9A-HJKMNP-TV-Z]{26}");
			JsonNode second = client.send("PUT", path, Map.of("url", URL + "/2")).json();
			assertThat(second.path("token")).isEqualTo(first.path("token"));
			assertThat(second.path("url").stringValue()).isEqualTo(URL + "/2");
			assertThat(client.get(path).json()).isEqualTo(second);
		}

		@Test
		void tokenIsRegenerated() {
			String path = newWorker() + "/webhook";
			JsonNode first = client.send("PUT", path, Map.of("url", URL)).json();
			JsonNode second = client.call("POST", path + "/regenerate-token").json();
			assertThat(second.path("token")).isNotEqualTo(first.path("token"));
			assertThat(second.path("url").stringValue()).isEqualTo(URL);
			assertThat(client.get(path).json()).isEqualTo(second);
		}

		@Test
		void webhookThatIsNotSetHasNoTokenToRegenerate() {
			assertThat(client.call("POST", newWorker() + "/webhook/regenerate-token").status()).isEqualTo(404);
		}

		@Test
		void webhookIsRemovedByNullAndByDelete() {
			String path = newWorker() + "/webhook";
			String first = client.send("PUT", path, Map.of("url", URL)).json().path("token").stringValue();
			assertThat(client.sendText("PUT", path, "{\"url\": null}").body())
				.isEqualTo("{\"token\":null,\"url\":null}");
			String second = client.send("PUT", path, Map.of("url", URL)).json().path("token").stringValue();
			assertThat(second).isNotEqualTo(first);
			assertThat(client.call("DELETE", path).body()).isEqualTo("{\"token\":null,\"url\":null}");
			assertThat(client.get(path).body()).isEqualTo("{\"token\":null,\"url\":null}");
		}

		@Test
		void webhookOfAWorkerThatIsNotKnownCreatesIt() {
			client.setWebhook("wrk_fixed", URL);
			assertThat(client.get(WORKERS + "/wrk_fixed").status()).isEqualTo(200);
			assertThat(client.create(Map.of("input", "[delay=0s]", "workerId", "wrk_fixed")).status()).isEqualTo(200);
		}

		@Test
		void invalidIdCreatesNothing() {
			assertThat(client.send("PUT", WORKERS + "/a%20b/webhook", Map.of("url", URL)).status()).isEqualTo(404);
		}

		@Test
		void longestUrlIsAcceptedAndALongerOneIsRejected() {
			String path = newWorker() + "/webhook";
			String longest = URL + "?" + "a".repeat(2047 - URL.length());
			assertThat(client.send("PUT", path, Map.of("url", longest)).status()).isEqualTo(200);
			assertThat(client.send("PUT", path, Map.of("url", longest + "a")).status()).isEqualTo(422);
		}

		@ParameterizedTest
		@ValueSource(strings = { "{}", "{\"url\": 5}", "{\"url\": \"\"}", "{\"url\": \"/path\"}",
				"{\"url\": \"file:///etc/passwd\"}", "{\"url\": \"http://\"}", "{\"url\": \"http://a b\"}",
				"{\"url\": \"http://localhost:65536\"}" })
		void invalidUrlIsUnprocessable(String body) {
			assertThat(client.sendText("PUT", newWorker() + "/webhook", body).status()).isEqualTo(422);
		}

		@Test
		void executionsAreEmptyAtFirst() {
			assertThat(client.get(newWorker() + "/webhook/executions").body())
				.isEqualTo("{\"logs\":[],\"page\":1,\"pageCount\":0,\"totalCount\":0}");
		}

		@ParameterizedTest
		@ValueSource(strings = { "", "0", "-1", "a", "1.5", "10000000000" })
		void invalidPageIsUnprocessable(String page) {
			assertThat(client.get(newWorker() + "/webhook/executions?page=" + page).status()).isEqualTo(422);
		}

	}

	@Nested
	class Errors {

		@ParameterizedTest
		@CsvSource({ "GET, ''", "DELETE, ''", "GET, /email", "GET, /schedules", "DELETE, /schedules/sch_none",
				"GET, /webhook", "DELETE, /webhook", "POST, /webhook/regenerate-token", "GET, /webhook/executions",
				"GET, /nothing" })
		void workerThatIsNotKnownIsNotFound(String method, String path) {
			assertThat(client.call(method, WORKERS + "/wrk_none" + path).status()).isEqualTo(404);
		}

		@Test
		void workerThatIsNotKnownCanNotBeChanged() {
			assertThat(client.send("PATCH", WORKERS + "/wrk_none", Map.of()).status()).isEqualTo(404);
			assertThat(client
				.sendText("POST", WORKERS + "/wrk_none/schedules",
						"{\"input\": \"a\", \"when\": {\"type\": \"interval\", \"intervalSeconds\": 1}}")
				.status()).isEqualTo(404);
		}

		@ParameterizedTest
		@CsvSource(delimiter = '|',
				value = { "GET | '' | POST", "PUT | /w | GET, PATCH, DELETE", "POST | /w/email | GET",
						"PUT | /w/schedules | GET, POST", "GET | /w/schedules/s | DELETE",
						"POST | /w/webhook | GET, PUT, DELETE", "GET | /w/webhook/regenerate-token | POST",
						"POST | /w/webhook/executions | GET" })
		void wrongMethodIsNotAllowed(String method, String path, String allowed) {
			SimulatorClient.Answer answer = client.call(method, WORKERS + path);
			assertThat(answer.status()).isEqualTo(405);
			assertThat(answer.header("Allow")).isEqualTo(allowed);
		}

	}

}
