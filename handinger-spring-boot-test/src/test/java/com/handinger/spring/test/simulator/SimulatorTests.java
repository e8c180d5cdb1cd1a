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
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import com.handinger.spring.test.simulator.SimulatorClient.Answer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

/**
 * Tests for {@link Simulator}, over HTTP.
 */
class SimulatorTests {

	private static final String TASK_ID = "tsk_01HZY31W2SZJ8MJ2FQTR3M1K9D";

	private static final String BOUNDARY = "boundary";

	private static final String FORM = "multipart/form-data; boundary=" + BOUNDARY;

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

	private static Map<String, String> task(String input) {
		return Map.of("input", input, "taskId", TASK_ID);
	}

	private static String form(String... parts) {
		StringBuilder form = new StringBuilder();
		for (String part : parts) {
			form.append("--" + BOUNDARY + "\r\nContent-Disposition: form-data; ").append(part).append("\r\n");
		}
		return form.append("--" + BOUNDARY + "--\r\n").toString();
	}

	private static String text(String name, String value) {
		return "name=\"" + name + "\"\r\n\r\n" + value;
	}

	private static String file(String name, String filename, String mediaType, String content) {
		return "name=\"" + name + "\"; filename=\"" + filename + "\"\r\nContent-Type: " + mediaType + "\r\n\r\n"
				+ content;
	}

	private static Socket send(String input) throws IOException {
		Socket socket = new Socket("localhost", simulator.port());
		String body = "{\"input\": \"" + input + "\", \"taskId\": \"" + TASK_ID + "\"}";
		socket.getOutputStream()
			.write(("POST /api/tasks HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer key\r\n"
					+ "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
				.getBytes(StandardCharsets.UTF_8));
		return socket;
	}

	@Nested
	class Tasks {

		@Test
		void postIsAnsweredWithTheWorkerAtTheEnd() {
			JsonNode worker = client.create("Say hello").json();
			assertThat(worker.path("status").stringValue()).isEqualTo("completed");
			assertThat(worker.path("output_text").stringValue()).isEqualTo("Hello! What can I do for you today?");
			assertThat(worker.path("created_at").longValue()).isCloseTo(Instant.now().getEpochSecond(), within(60L));
			assertThat(worker.path("url").stringValue())
				.isEqualTo(simulator.url() + "/worker/" + worker.path("id").stringValue());
		}

		@Test
		void taskIsRunningThenCompleted() {
			CompletableFuture<Answer> creation = client.createAsync(task("[delay=2s]"));
			JsonNode running = client.awaitStatus(TASK_ID, "running");
			assertThat(running.at("/task/completedAt").isNull()).isTrue();
			assertThat(creation).isNotDone();
			JsonNode completed = client.awaitStatus(TASK_ID, "completed");
			assertThat(completed.at("/task/completedAt").isString()).isTrue();
		}

		@Test
		void taskGoesOnWhenTheCallerHangsUp() throws IOException {
			Socket socket = send("[delay=3s]");
			client.awaitStatus(TASK_ID, "running");
			socket.close();
			client.awaitStatus(TASK_ID, "completed");
		}

		@Test
		void titleDoesNotRepeatTheInput() {
			client.create(task("Say hello"));
			assertThat(client.retrieve(TASK_ID).json().at("/task/title").stringValue()).isEqualTo("Task 1");
		}

		@Test
		void taskHasAUserAndAPage() {
			String workerId = client.create(task("Say hello")).json().path("id").stringValue();
			JsonNode task = client.retrieve(TASK_ID).json().path("task");
			assertThat(task.path("createdByUserId").stringValue()).isEqualTo("usr_simulator");
			assertThat(task.path("url").stringValue())
				.isEqualTo(simulator.url() + "/worker/" + workerId + "/task/" + TASK_ID);
		}

		@Test
		void timestampsHaveThreeDecimals() {
			client.create(task("Say hello"));
			JsonNode task = client.retrieve(TASK_ID).json().path("task");
			JsonNode turn = client.turns(TASK_ID).path(0);
			assertThat(List.of(task.path("createdAt"), task.path("completedAt"), turn.path("startedAt"),
					turn.path("completedAt")))
				.allSatisfy((time) -> assertThat(time.stringValue())
					.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z"));
		}

		@Test
		void workerThatIsNotKnownIsCreated() {
			Answer answer = client.create(Map.of("input", "[delay=0s]", "taskId", TASK_ID, "workerId", "wrk_none"));
			assertThat(answer.json().path("id").stringValue()).isEqualTo("wrk_none");
			assertThat(client.get("/api/workers/wrk_none").json().at("/metadata/taskId").stringValue())
				.isEqualTo(TASK_ID);
		}

		@Test
		void invalidWorkerIdIsNotFound() {
			Answer answer = client.create(Map.of("input", "[delay=0s]", "taskId", TASK_ID, "workerId", "a b"));
			assertThat(answer.status()).isEqualTo(404);
			assertThat(answer.json().path("error").stringValue()).isEqualTo("There is no worker with this id.");
			assertThat(client.retrieve(TASK_ID).status()).isEqualTo(404);
		}

		@Test
		void workerThatIsKnownRunsAnotherTask() {
			JsonNode worker = client.create("[delay=1100ms]").json();
			JsonNode again = client.create(Map.of("input", "[delay=0s]", "workerId", worker.path("id").stringValue()))
				.json();
			assertThat(again.path("id")).isEqualTo(worker.path("id"));
			assertThat(again.path("created_at")).isEqualTo(worker.path("created_at"));
		}

		@ParameterizedTest
		@CsvSource({ "low, 1", "standard, 2", "high, 5", "unlimited, 10" })
		void budgetDeterminesTheCredits(String budget, int credits) {
			client.create(Map.of("input", "[delay=0s]", "budget", budget, "taskId", TASK_ID));
			assertThat(client.turns(TASK_ID).at("/0/credits").intValue()).isEqualTo(credits);
			assertThat(client.retrieve(TASK_ID).json().at("/task/totals/credits").intValue()).isEqualTo(credits);
		}

		@Test
		void knownTaskGetsAFollowUpTurn() {
			client.create(task("one"));
			client.create(task("two"));
			JsonNode json = client.retrieve(TASK_ID).json();
			assertThat(json.at("/task/totals/turnCount").intValue()).isEqualTo(2);
			assertThat(json.at("/task/totals/credits").intValue()).isEqualTo(4);
			JsonNode turns = client.turns(TASK_ID);
			assertThat(turns.valueStream().map((turn) -> turn.path("input").stringValue())).containsExactly("one",
					"two");
			assertThat(turns.valueStream().map((turn) -> turn.path("seq").intValue())).containsExactly(0, 1);
		}

		@Test
		void followUpIsAnsweredWithAllMessagesOfTheTask() {
			client.create(task("Say hello"));
			JsonNode worker = client.create(task("The weather?")).json();
			assertThat(worker.path("messages").valueStream().map((message) -> message.path("content").stringValue()))
				.containsExactly("Say hello", "Hello! What can I do for you today?", "The weather?",
						worker.path("output_text").stringValue());
			String workerId = worker.path("id").stringValue();
			assertThat(client.get("/api/workers/" + workerId + "?taskId=" + TASK_ID).json().path("messages"))
				.isEqualTo(worker.path("messages"));
		}

		@Test
		void followUpTurnMakesTheTaskGoOn() {
			client.create(task("one"));
			client.createAsync(task("two"));
			JsonNode running = client.awaitStatus(TASK_ID, "running");
			assertThat(running.at("/task/completedAt").isNull()).isTrue();
			client.awaitStatus(TASK_ID, "completed");
		}

		@Test
		void turnsOfOneTaskRunOneAfterTheOther() {
			CompletableFuture<Answer> one = client.createAsync(task("[delay=500ms] one"));
			client.awaitStatus(TASK_ID, "running");
			JsonNode two = client.create(task("[delay=500ms] two")).json();
			assertThat(one).isDone();
			assertThat(two.path("messages").size()).isEqualTo(4);
			JsonNode turns = client.turns(TASK_ID);
			assertThat(Instant.parse(turns.at("/1/startedAt").stringValue()))
				.isAfterOrEqualTo(Instant.parse(turns.at("/0/completedAt").stringValue()));
		}

		@Test
		void followUpForAnotherWorkerIsAConflict() {
			client.create(task("one"));
			assertThat(client.create(Map.of("input", "two", "taskId", TASK_ID, "workerId", "wrk_other")).status())
				.isEqualTo(409);
		}

		@Test
		void turnsAreListed() {
			client.create(task("one"));
			JsonNode turns = client.get("/api/tasks/" + TASK_ID + "/turns").json();
			assertThat(turns.path("taskId").stringValue()).isEqualTo(TASK_ID);
			assertThat(turns.path("items").size()).isEqualTo(1);
		}

		@Test
		void deletedTaskIsArchivedAndStays() {
			client.create(task("one"));
			Answer deleted = client.call("DELETE", "/api/tasks/" + TASK_ID);
			assertThat(deleted.body()).isEqualTo("{\"archived\":true}");
			assertThat(client.retrieve(TASK_ID).status()).isEqualTo(200);
		}

	}

	@Nested
	class Forms {

		@Test
		void fieldsAreRead() {
			String workerId = client.create("[delay=0s]").json().path("id").stringValue();
			Answer answer = client.createFrom(form(text("input", "Grüße"), text("budget", "high"),
					text("taskId", TASK_ID), text("workerId", workerId)), FORM);
			assertThat(answer.json().path("id").stringValue()).isEqualTo(workerId);
			JsonNode turn = client.turns(TASK_ID).path(0);
			assertThat(turn.path("credits").intValue()).isEqualTo(5);
			assertThat(turn.path("input").stringValue()).isEqualTo("Grüße");
		}

		@ParameterizedTest
		@ValueSource(strings = { "files", "files[]", "file" })
		void filesAreListedBack(String name) {
			JsonNode files = client
				.createFrom(form(text("input", "[delay=0s]"), file(name, "a.txt", "text/plain", "hello"),
						file(name, "ü.pdf", "application/pdf", "")), FORM)
				.json()
				.path("files");
			assertThat(files.size()).isEqualTo(2);
			assertThat(files.at("/0/filename").stringValue()).isEqualTo("a.txt");
			assertThat(files.at("/0/mediaType").stringValue()).isEqualTo("text/plain");
			assertThat(files.at("/0/size").intValue()).isEqualTo(5);
			assertThat(files.at("/1/filename").stringValue()).isEqualTo("ü.pdf");
			assertThat(files.at("/1/size").intValue()).isZero();
		}

		@Test
		void urlOfAFileAnswersWithTheFile() {
			String path = upload("ü.csv", "text/csv;charset=UTF-8", "städte,1\r\n");
			Answer answer = client.get(path);
			assertThat(answer.body()).isEqualTo("städte,1\r\n");
			assertThat(answer.header("Content-Type")).isEqualTo("text/csv;charset=UTF-8");
			assertThat(answer.header("Content-Disposition")).startsWith("attachment; ").contains("UTF-8''%C3%BC.csv");
		}

		@ParameterizedTest
		@ValueSource(strings = { "*/*", "text/*", "application/*+json" })
		void fileOfATypeThatIsNotConcreteIsBinary(String mediaType) {
			Answer answer = client.get(upload("a.txt", mediaType, "hello"));
			assertThat(answer.body()).isEqualTo("hello");
			assertThat(answer.header("Content-Type")).isEqualTo("application/octet-stream");
		}

		@Test
		void urlOfAFileNeedsTheKey() {
			assertThat(client.getWithoutKey(upload("a.txt", "text/plain", "hello")).status()).isEqualTo(401);
		}

		@Test
		void fileIsOnlyRead() {
			Answer answer = client.call("DELETE", upload("a.txt", "text/plain", "hello"));
			assertThat(answer.status()).isEqualTo(405);
			assertThat(answer.header("Allow")).isEqualTo("GET");
		}

		@Test
		void contentOfALargeFileIsNotKept() {
			String content = "a".repeat(UploadedFiles.MOST_BYTES);
			assertThat(client.get(upload("a.txt", "text/plain", content)).body()).isEqualTo(content);
			Answer answer = client.get(upload("a.txt", "text/plain", content + "a"));
			assertThat(answer.status()).isEqualTo(404);
			assertThat(answer.error()).contains("up to 16 MB");
		}

		private static String upload(String filename, String mediaType, String content) {
			JsonNode files = client
				.createFrom(form(text("input", "[delay=0s]"), file("files", filename, mediaType, content)), FORM)
				.json()
				.path("files");
			return URI.create(files.at("/0/url").stringValue()).getPath();
		}

		@Test
		void nameThatABrowserEncodesIsDecoded() {
			JsonNode files = client
				.createFrom(form(text("input", "[delay=0s]"), file("files", "a%22b%0D%0A.txt", "text/plain", "")), FORM)
				.json()
				.path("files");
			assertThat(files.at("/0/filename").stringValue()).isEqualTo("a\"b\r\n.txt");
		}

		@Test
		void fileWithoutANameIsListedBack() {
			JsonNode files = client.createFrom(form(text("input", "[delay=0s]"), text("files", "hello")), FORM)
				.json()
				.path("files");
			assertThat(files.at("/0/filename").isNull()).isTrue();
			assertThat(files.at("/0/size").intValue()).isEqualTo(5);
		}

		@Test
		void longNameIsListedBack() {
			String name = "a".repeat(20_000);
			JsonNode files = client
				.createFrom(form(text("input", "[delay=0s]"), file("files", name, "text/plain", "")), FORM)
				.json()
				.path("files");
			assertThat(files.at("/0/filename").stringValue()).isEqualTo(name);
		}

		@Test
		void charsetOfATextIsUsed() {
			String input = "name=\"input\"\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nü";
			client.createFrom(form(input, text("taskId", TASK_ID)), FORM);
			assertThat(client.turns(TASK_ID).at("/0/input").stringValue())
				.isEqualTo(new String("ü".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
		}

		@Test
		void partWithoutAMediaTypeThatCanBeReadIsUnprocessable() {
			Answer answer = client.createFrom(form(text("input", "a"), file("files", "a.txt", "garbage", "")), FORM);
			assertThat(answer.status()).isEqualTo(422);
			assertThat(answer.error()).isEqualTo("The Content-Type of a part is not a media type.");
		}

		@Test
		void directivesWorkAsInJson() {
			Answer answer = client.createFrom(form(text("input", "[http=503]")), FORM);
			assertThat(answer.status()).isEqualTo(503);
		}

		@Test
		void emptyInputIsUnprocessable() {
			assertThat(client.createFrom(form(text("input", "")), FORM).status()).isEqualTo(422);
		}

		@Test
		void formWithoutInputIsUnprocessable() {
			assertThat(client.createFrom(form(text("budget", "low")), FORM).status()).isEqualTo(422);
		}

		@Test
		void formThatEndsInTheMiddleIsMalformed() {
			assertThat(client.createFrom("--" + BOUNDARY + "\r\nContent-", FORM).status()).isEqualTo(400);
		}

		@Test
		void formWithoutBoundaryIsMalformed() {
			assertThat(client.createFrom("a", "multipart/form-data").status()).isEqualTo(400);
		}

	}

	@Nested
	class Errors {

		@ParameterizedTest
		@ValueSource(strings = { "Bearer", "Bearer ", "Bearer hdg_test_revoked", "Basic a2V5", "key" })
		void invalidKeyIsUnauthorized(String authorization) {
			Answer answer = client.createWith("{\"input\": \"a\"}", authorization);
			assertThat(answer.status()).isEqualTo(401);
			assertThat(client.state().path("posts").intValue()).isOne();
		}

		@Test
		void requestWithoutAKeyIsUnauthorized() {
			assertThat(client.createWith("{\"input\": \"a\"}", null).status()).isEqualTo(401);
		}

		@ParameterizedTest
		@ValueSource(strings = { "{}", "[]", "\"a\"", "null", "{\"input\": \"\"}", "{\"input\": 5}",
				"{\"input\": null}", "{\"input\": \"a\", \"budget\": \"huge\"}", "{\"input\": \"a\", \"budget\": 1}",
				"{\"input\": \"a\", \"budget\": \"\"}", "{\"input\": \"a\", \"taskId\": \"\"}",
				"{\"input\": \"a\", \"taskId\": {}}", "{\"input\": \"a\", \"workerId\": \"\"}",
				"{\"input\": \"a\", \"workerId\": []}" })
		void bodyThatBreaksTheContractIsUnprocessable(String body) {
			assertThat(client.createFrom(body, "application/json").status()).isEqualTo(422);
			assertThat(client.state().path("turnsRun").intValue()).isZero();
		}

		@ParameterizedTest
		@ValueSource(strings = { "", "{", "{\"input\": \"a\"", "{\"input\": \"a\"} {}", "input=a" })
		void bodyThatIsNoJsonIsMalformed(String body) {
			assertThat(client.createFrom(body, "application/json").status()).isEqualTo(400);
		}

		@ParameterizedTest
		@ValueSource(strings = { "text/plain", "application/x-www-form-urlencoded", "nonsense" })
		void bodyOfAnotherTypeIsUnsupported(String contentType) {
			assertThat(client.createFrom("{\"input\": \"a\"}", contentType).status()).isEqualTo(415);
		}

		@ParameterizedTest
		@ValueSource(strings = { "/", "/api", "/api/", "/api/tasks/", "/api/tasks/tsk_none", "/api/workers/wrk_none",
				"/api/tasks/tsk_none/turns", "/api/tasks/a%2Fb", "/favicon.ico" })
		void unknownPathIsNotFound(String path) {
			assertThat(client.get(path).status()).isEqualTo(404);
		}

		@Test
		void unknownTaskCanNotBeDeleted() {
			assertThat(client.call("DELETE", "/api/tasks/tsk_none").status()).isEqualTo(404);
		}

		@ParameterizedTest
		@CsvSource(delimiter = '|', value = { "GET | /api/tasks | POST", "PUT | /api/tasks/a | GET, DELETE",
				"POST | /api/tasks/a/turns | GET", "DELETE | /simulator/state | GET" })
		void wrongMethodIsNotAllowed(String method, String path, String allowed) {
			Answer answer = client.call(method, path);
			assertThat(answer.status()).isEqualTo(405);
			assertThat(answer.header("Allow")).isEqualTo(allowed);
		}

		@Test
		void invalidPathIsMalformed() throws IOException {
			try (Socket socket = new Socket("localhost", simulator.port())) {
				socket.getOutputStream()
					.write("GET /api/tasks/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
						.getBytes(StandardCharsets.US_ASCII));
				assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
					.startsWith("HTTP/1.1 400")
					.endsWith("{\"error\":\"The request path is not valid.\"}");
			}
		}

		@ParameterizedTest
		@ValueSource(strings = { "[delay=]", "[delay=5]", "[delay=x]", "[end=well]", "[drop=1]", "[http=100]",
				"[http=abc]", "[reject=200]", "[size=5]", "[turns=inline]", "[api]", "[api=2025-01]", "[webhook]",
				"[webhook=never]", "[webhook=late]", "[webhook=late:]", "[webhook=late:3]", "[webhook=lost:1s]" })
		void directiveThatIsNotUnderstoodIsUnprocessable(String input) {
			assertThat(client.create(input).error()).startsWith("The simulator does not understand the directive '");
		}

		@Test
		void otherBracketsAreNoDirectives() {
			assertThat(client.create("[delay=0s] a[0] [note] [delayed=1] [end").status()).isEqualTo(200);
		}

	}

	@Nested
	class Delay {

		@ParameterizedTest
		@ValueSource(strings = { "[delay=1s]", "[delay=1000ms]" })
		void turnTakesAsLongAsItSays(String directive) {
			Instant start = Instant.now();
			JsonNode worker = client.create("Do it " + directive + " please").json();
			assertThat(Duration.between(start, Instant.now())).isGreaterThanOrEqualTo(Duration.ofMillis(990));
			assertThat(worker.at("/usage/durationMs").longValue()).isGreaterThanOrEqualTo(990L);
		}

		@Test
		void minutesAreUnderstood() {
			client.createAsync(task("[delay=2m]"));
			client.awaitStatus(TASK_ID, "running");
		}

	}

	@Nested
	class End {

		@ParameterizedTest
		@CsvSource({ "error, failed", "aborted, aborted" })
		void taskEndsAsItSays(String status, String text) {
			JsonNode worker = client.create(task("[end=" + status + "]")).json();
			assertThat(worker.path("status").stringValue()).isEqualTo("completed");
			assertThat(worker.path("output_text").stringValue()).contains(text);
			JsonNode json = client.retrieve(TASK_ID).json();
			assertThat(json.at("/task/status").stringValue()).isEqualTo(status);
			assertThat(client.turns(TASK_ID).at("/0/status").stringValue()).isEqualTo(status);
		}

		@Test
		void followUpTurnMayEndWell() {
			client.create(task("[end=error]"));
			client.create(task("again"));
			assertThat(client.retrieve(TASK_ID).json().at("/task/status").stringValue()).isEqualTo("completed");
		}

	}

	@Nested
	class Drop {

		@Test
		void connectionIsClosedWithoutAnAnswer() throws IOException {
			try (Socket socket = send("[drop]"); InputStream answer = socket.getInputStream()) {
				assertThat(answer.read()).isEqualTo(-1);
			}
		}

		@Test
		void taskRuns() throws InterruptedException {
			assertThat(client.getsNoAnswer(task("[drop]"))).isTrue();
			client.awaitStatus(TASK_ID, "completed");
		}

	}

	@Nested
	class Reset {

		@Test
		void connectionIsReset() throws IOException {
			try (Socket socket = send("[reset]"); InputStream answer = socket.getInputStream()) {
				assertThatExceptionOfType(SocketException.class).isThrownBy(answer::read)
					.withMessageContaining("reset");
			}
		}

		@Test
		void taskRuns() throws InterruptedException {
			assertThat(client.getsNoAnswer(task("[reset]"))).isTrue();
			client.awaitStatus(TASK_ID, "completed");
		}

	}

	@Nested
	class Http {

		@ParameterizedTest
		@ValueSource(ints = { 408, 409, 500, 502, 503, 504 })
		void statusIsAnsweredAtOnceWhileTheTaskRuns(int status) {
			Answer answer = client.create(task("[delay=700ms] [http=" + status + "]"));
			assertThat(answer.status()).isEqualTo(status);
			assertThat(client.retrieve(TASK_ID).json().at("/task/status").stringValue()).isIn("pending", "running");
		}

		@Test
		void taskRunsToItsEnd() {
			client.create(task("[http=503]"));
			client.awaitStatus(TASK_ID, "completed");
		}

		@Test
		void statusWithoutABodyHasNone() {
			assertThat(client.create(task("[http=204]")).body()).isEmpty();
		}

	}

	@Nested
	class Reject {

		@Test
		void firstAttemptIsRejectedAndTheNextPasses() {
			Answer first = client.create(task("[reject=429]"));
			assertThat(first.status()).isEqualTo(429);
			assertThat(first.header("Retry-After")).isEqualTo("1");
			assertThat(client.retrieve(TASK_ID).status()).isEqualTo(404);
			assertThat(client.create(task("[reject=429]")).status()).isEqualTo(200);
		}

		@Test
		void attemptsOfDifferentTasksAreRejectedOnceEach() {
			Map<String, String> other = Map.of("input", "[reject=429]", "taskId", "tsk_other");
			assertThat(client.create(task("[reject=429]")).status()).isEqualTo(429);
			assertThat(client.create(other).status()).isEqualTo(429);
			assertThat(client.create(task("[reject=429]")).status()).isEqualTo(200);
			assertThat(client.create(other).status()).isEqualTo(200);
		}

		@Test
		void attemptWithoutATaskIdIsKnownByItsInput() {
			assertThat(client.create("one [reject=429]").status()).isEqualTo(429);
			assertThat(client.create("two [reject=429]").status()).isEqualTo(429);
			assertThat(client.create("one [reject=429]").status()).isEqualTo(200);
		}

	}

	@Nested
	class Size {

		@ParameterizedTest
		@CsvSource({ "1B, 1", "500KB, 512000", "5MB, 5242880" })
		void messagesHaveThatMuchText(String size, int bytes) {
			JsonNode messages = client.create("[size=" + size + "]").json().path("messages");
			assertThat(messages.valueStream()
				.skip(2)
				.mapToInt((message) -> message.path("content").stringValue().length())
				.sum()).isEqualTo(bytes);
		}

	}

	@Nested
	class Api {

		@ParameterizedTest
		@ValueSource(strings = { "", "[api=2026-07]", "[turns=separate]", "[api=2026-05] [api=2026-07]" })
		void turnsAreSeparateAndThereAreNoCreditsInNewerVersions(String directive) {
			JsonNode worker = client.create(task("[delay=0s]" + directive)).json();
			assertThat(worker.at("/usage").propertyNames()).containsExactly("durationMs");
			assertThat(client.retrieve(TASK_ID).json().propertyNames()).containsExactly("task");
			assertThat(client.turns(TASK_ID).size()).isEqualTo(1);
		}

		@Test
		void turnsAreInlinedAndThereAreCreditsInOlderVersions() {
			JsonNode worker = client.create(task("[delay=0s] [api=2026-05]")).json();
			assertThat(worker.at("/usage/credits").intValue()).isEqualTo(2);
			assertThat(client.retrieve(TASK_ID).json().path("turns")).isEqualTo(client.turns(TASK_ID));
		}

		@Test
		void versionOfATaskStays() {
			client.create(task("[delay=0s] [api=2026-05]"));
			JsonNode worker = client.create(task("[delay=0s] again")).json();
			assertThat(worker.at("/usage/credits").intValue()).isEqualTo(2);
			assertThat(client.retrieve(TASK_ID).json().path("turns").size()).isEqualTo(2);
		}

		@Test
		void simulatorOfAnOlderVersionNeedsNoDirective() {
			try (Simulator older = SimulatorClient.startSimulator(ApiVersion.V2026_05)) {
				SimulatorClient olderClient = new SimulatorClient(older.url());
				JsonNode worker = olderClient.create(task("[delay=0s]")).json();
				assertThat(worker.at("/usage/credits").intValue()).isEqualTo(2);
				assertThat(olderClient.retrieve(TASK_ID).json().path("turns").size()).isOne();
				olderClient.create(task("[delay=0s] [api=2026-07]"));
				assertThat(olderClient.retrieve(TASK_ID).json().has("turns")).isFalse();
			}
		}

	}

	@Nested
	class Together {

		@Test
		void directivesAreCombined() {
			Map<String, String> task = task("[api=2026-05] Do [reject=503] it [end=aborted][size=1KB], [delay=1ms]");
			assertThat(client.create(task).status()).isEqualTo(503);
			assertThat(client.create(task).json().path("messages").size()).isEqualTo(3);
			JsonNode json = client.retrieve(TASK_ID).json();
			assertThat(json.at("/task/status").stringValue()).isEqualTo("aborted");
			assertThat(json.has("turns")).isTrue();
		}

	}

	@Nested
	class State {

		@Test
		void everythingIsCounted() throws InterruptedException {
			client.create(task("[reject=429]"));
			client.create(task("[reject=429]"));
			client.create(task("again"));
			client.create(Map.of("input", "", "taskId", "tsk_never"));
			client.getsNoAnswer(Map.of("input", "[drop] [delay=1m]", "taskId", "tsk_two"));
			client.awaitStatus("tsk_two", "running");
			assertThat(client.get("/simulator/state").body())
				.isEqualTo("{\"posts\":5,\"tasksRun\":2,\"turnsRun\":3,\"rejected\":1,\"running\":1,"
						+ "\"workers\":2,\"deliveries\":{\"success\":0,\"error\":0},\"tasks\":{\"" + TASK_ID
						+ "\":{\"posts\":3,\"turns\":2,\"deliveries\":0,\"status\":\"completed\"},"
						+ "\"tsk_never\":{\"posts\":1,\"turns\":0,\"deliveries\":0,\"status\":null},"
						+ "\"tsk_two\":{\"posts\":1,\"turns\":1,\"deliveries\":0,\"status\":\"running\"}}}");
		}

		@Test
		void invalidRequestIsCounted() {
			client.createFrom("{", "application/json");
			client.createFrom("a", "text/plain");
			client.createFrom("--" + BOUNDARY + "\r\nContent-", FORM);
			client.create(Map.of("input", "", "taskId", TASK_ID));
			assertThat(client.state().path("posts").intValue()).isEqualTo(4);
			assertThat(client.state().path("tasks").path(TASK_ID).path("posts").intValue()).isOne();
		}

		@Test
		void taskThatWasOnlyRejectedHasNoStatus() {
			client.create(task("[reject=429]"));
			assertThat(client.state().path("tasks").path(TASK_ID).toString())
				.isEqualTo("{\"posts\":1,\"turns\":0,\"deliveries\":0,\"status\":null}");
		}

		@Test
		void taskWithoutAnIdIsCountedByTheOneItGot() {
			String taskId = client.create("one").taskId();
			assertThat(taskId).matches("tsk_[0-9A-HJKMNP-TV-Z]{26}");
			assertThat(client.state().path("tasks").path(taskId).path("posts").intValue()).isEqualTo(1);
		}

		@Test
		void stateNeedsNoKey() throws IOException {
			assertThat(URI.create(simulator.url() + "/simulator/state").toURL().openStream().readAllBytes())
				.isNotEmpty();
		}

	}

}
