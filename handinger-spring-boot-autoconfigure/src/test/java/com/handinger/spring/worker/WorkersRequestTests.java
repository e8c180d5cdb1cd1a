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

package com.handinger.spring.worker;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.support.WorkersClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What the client of workers puts on the wire.
 */
class WorkersRequestTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	/**
	 * Each operation with what it sends.
	 */
	enum Operation {

		CREATE((client) -> client.create(CreateWorker.of("Be brief.").withTitle("Écrivain 🌍")), "POST /api/workers",
				"{\"instructions\":\"Be brief.\",\"title\":\"Écrivain 🌍\"}", Json.WORKER_TEMPLATE),

		RETRIEVE((client) -> client.retrieve("wrk/1"), "GET /api/workers/wrk%2F1", "", Json.WORKER),

		RETRIEVE_WITH_TASK((client) -> client.retrieve("wrk_1", "tsk&1=?"),
				"GET /api/workers/wrk_1?taskId=tsk%261%3D%3F", "", Json.WORKER),

		UPDATE((client) -> client.update("wrk_1", UpdateWorker.nothing().withTitle("Writer").withoutOutputSchema()),
				"PATCH /api/workers/wrk_1", "{\"title\":\"Writer\",\"outputSchema\":null}", Json.WORKER_TEMPLATE),

		DELETE((client) -> client.delete("wrk_1"), "DELETE /api/workers/wrk_1", "", "{\"deleted\":true}"),

		EMAIL((client) -> client.email("wrk_1"), "GET /api/workers/wrk_1/email", "",
				"{\"email\":\"wrk_1@in.handinger.com\"}"),

		SCHEDULES((client) -> client.schedules("wrk_1"), "GET /api/workers/wrk_1/schedules", "",
				"{\"schedules\":[" + Json.WORKER_SCHEDULE + "],\"workerId\":\"wrk_1\"}"),

		SCHEDULE((client) -> client.schedule("wrk_1", CreateSchedule.of("The news?", When.cron("0 9 * * 1-5"))),
				"POST /api/workers/wrk_1/schedules",
				"{\"input\":\"The news?\",\"when\":{\"type\":\"cron\",\"cron\":\"0 9 * * 1-5\"}}",
				Json.WORKER_SCHEDULE),

		CANCEL_SCHEDULE((client) -> client.cancelSchedule("wrk_1", "sch 1"),
				"DELETE /api/workers/wrk_1/schedules/sch%201", "", "{\"cancelled\":true}"),

		WEBHOOK((client) -> client.webhook("wrk_1"), "GET /api/workers/wrk_1/webhook", "", Json.WEBHOOK),

		UPDATE_WEBHOOK((client) -> client.updateWebhook("wrk_1", "https://example.com/hook?a=1"),
				"PUT /api/workers/wrk_1/webhook", "{\"url\":\"https://example.com/hook?a=1\"}", Json.WEBHOOK),

		DELETE_WEBHOOK((client) -> client.deleteWebhook("wrk_1"), "DELETE /api/workers/wrk_1/webhook", "",
				"{\"token\":null,\"url\":null}"),

		REGENERATE_TOKEN((client) -> client.regenerateWebhookToken("wrk_1"),
				"POST /api/workers/wrk_1/webhook/regenerate-token", "", Json.WEBHOOK),

		WEBHOOK_EXECUTIONS((client) -> client.webhookExecutions("wrk_1"),
				"GET /api/workers/wrk_1/webhook/executions?page=1", "", Json.webhookExecutions(1, 1, "whx_1"));

		private final Function<HandingerWorkersClient, Publisher<?>> call;

		private final String line;

		private final String body;

		private final String answer;

		Operation(Function<HandingerWorkersClient, Publisher<?>> call, String line, String body, String answer) {
			this.call = call;
			this.line = line;
			this.body = body;
			this.answer = answer;
		}

	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void eachOperationSendsWhatTheContractSays(HttpStack stack) {
		Operation[] operations = Operation.values();
		try (RawServer server = RawServer
			.start((request, connection, number) -> connection.json(200, operations[number - 1].answer))) {
			WorkersClient.with(stack, server.url(), (client) -> {
				for (Operation operation : operations) {
					StepVerifier.create(Flux.from(operation.call.apply(client)))
						.as(operation.name())
						.expectNextCount(1)
						.expectComplete()
						.verify(PATIENCE);
				}
			});
			assertThat(server.requests()).extracting(RawServer.Request::line)
				.containsExactlyElementsOf(
						Arrays.stream(operations).map((operation) -> operation.line + " HTTP/1.1").toList());
			assertThat(server.requests()).extracting(RawServer.Request::body)
				.containsExactlyElementsOf(Arrays.stream(operations).map((operation) -> operation.body).toList());
			assertThat(server.requests()).allSatisfy((request) -> {
				assertThat(request.headers()).containsEntry("Accept", "application/json")
					.containsEntry("Authorization", "Bearer " + TasksClient.API_KEY)
					.containsKey("User-Agent");
				if (!request.body().isEmpty()) {
					assertThat(request.headers()).containsEntry("Content-Type", "application/json");
				}
			});
		}
	}

	@ParameterizedTest
	@EnumSource(Operation.class)
	void nothingIsSentWithoutASubscriber(Operation operation) {
		WorkersClient.with(HttpStack.REACTOR_NIO, "http://localhost:1",
				(client) -> assertThat(operation.call.apply(client)).isNotNull());
	}

	static Stream<Arguments> updates() {
		UpdateWorker nothing = UpdateWorker.nothing();
		Map<String, Object> schema = Map.of("type", "object");
		return Stream.of(Arguments.of(nothing, "{}"),
				Arguments.of(nothing.withInstructions("Be brief."), "{\"instructions\":\"Be brief.\"}"),
				Arguments.of(nothing.withSummary(""), "{\"summary\":\"\"}"),
				Arguments.of(nothing.withVisibility(Visibility.PRIVATE), "{\"visibility\":\"private\"}"),
				Arguments.of(nothing.withOutputSchema(schema), "{\"outputSchema\":{\"type\":\"object\"}}"),
				Arguments.of(nothing.withOutputSchema(schema).withoutOutputSchema(), "{\"outputSchema\":null}"),
				Arguments.of(nothing.withoutOutputSchema().withOutputSchema(schema),
						"{\"outputSchema\":{\"type\":\"object\"}}"),
				Arguments.of(nothing.withTitle("x").withTitle(null), "{}"));
	}

	@ParameterizedTest
	@MethodSource("updates")
	void onlyWhatIsToChangeIsSent(UpdateWorker changes, String body) {
		assertThat(Json.write(changes.fields())).isEqualTo(body);
	}

	@Test
	void allThatIsSetOfANewWorkerIsSent() {
		assertThat(Json.write(new CreateWorker("Be brief.", Map.of("type", "object"), "A writer", "Writes", "Writer",
				Visibility.PUBLIC)))
			.isEqualTo("{\"instructions\":\"Be brief.\",\"outputSchema\":{\"type\":\"object\"},"
					+ "\"prompt\":\"A writer\",\"summary\":\"Writes\",\"title\":\"Writer\",\"visibility\":\"public\"}");
		assertThat(Json.write(CreateWorker.ofPrompt("A writer"))).isEqualTo("{\"prompt\":\"A writer\"}");
	}

	static Stream<Object> requests() {
		CreateWorker worker = new CreateWorker("Be brief.", Map.of("type", "object"), "A writer", "Writes", "Writer",
				Visibility.PUBLIC);
		UpdateWorker changes = UpdateWorker.nothing().withTitle("Writer").withVisibility(Visibility.PRIVATE);
		return Stream.concat(
				Stream.of(worker, CreateWorker.of("x"), changes, changes.withOutputSchema(Map.of("type", "object")),
						changes.withoutOutputSchema()),
				times().map((time) -> CreateSchedule.of("x", (When) time.get()[0])));
	}

	@ParameterizedTest
	@MethodSource("requests")
	void applicationCanStoreARequestAsJson(Object request) {
		assertThat(Json.read(Json.write(request), request.getClass())).isEqualTo(request);
	}

	static Stream<Arguments> times() {
		return Stream.of(
				Arguments.of(When.at(Instant.parse("2026-12-24T18:00:00Z")),
						"{\"type\":\"scheduled\",\"date\":\"2026-12-24T18:00:00Z\"}"),
				Arguments.of(When.after(Duration.ofMinutes(5)), "{\"type\":\"delayed\",\"delayInSeconds\":300}"),
				Arguments.of(When.cron("0 9 * * 1-5"), "{\"type\":\"cron\",\"cron\":\"0 9 * * 1-5\"}"),
				Arguments.of(When.every(Duration.ofDays(1)), "{\"type\":\"interval\",\"intervalSeconds\":86400}"));
	}

	@ParameterizedTest
	@MethodSource("times")
	void timeOfAScheduleIsSentAsTheContractNamesIt(When when, String json) {
		assertThat(Json.write(CreateSchedule.of("x", when).withBudget(Budget.LOW)))
			.isEqualTo("{\"input\":\"x\",\"budget\":\"low\",\"when\":" + json + "}");
	}

	static Stream<Function<HandingerWorkersClient, Publisher<?>>> callsWithAnId() {
		return Stream.of((client) -> client.retrieve(""), (client) -> client.retrieve("wrk_1", ""),
				(client) -> client.retrieve("..", "tsk_1"), (client) -> client.update("", UpdateWorker.nothing()),
				(client) -> client.delete("\n"), (client) -> client.email(""), (client) -> client.schedules(""),
				(client) -> client.schedule("", CreateSchedule.of("x", When.cron("* * * * *"))),
				(client) -> client.cancelSchedule("", "sch_1"), (client) -> client.cancelSchedule("wrk_1", ""),
				(client) -> client.webhook(""), (client) -> client.updateWebhook("", "https://example.com"),
				(client) -> client.deleteWebhook(""), (client) -> client.regenerateWebhookToken(""),
				(client) -> client.webhookExecutions(""));
	}

	@Test
	void idThatIsNoneIsRefusedBeforeAnythingIsSent() {
		WorkersClient.with(HttpStack.REACTOR_NIO, "http://localhost:1", (client) -> {
			for (Function<HandingerWorkersClient, Publisher<?>> call : callsWithAnId().toList()) {
				assertThatIllegalArgumentException().isThrownBy(() -> call.apply(client))
					.withMessageMatching("'(worker|task|schedule)Id' must not .*");
			}
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", "/handinger/webhook", "example.com/hook", "https://exa mple.com", "https://[" })
	void urlThatIsNoneIsRefusedBeforeAnythingIsSent(String url) {
		WorkersClient.with(HttpStack.REACTOR_NIO, "http://localhost:1",
				(client) -> assertThatIllegalArgumentException().isThrownBy(() -> client.updateWebhook("wrk_1", url))
					.withMessageStartingWith("'url' must "));
	}

	@Test
	void urlOfTheGreatestLengthIsTaken() {
		String url = "https://example.com/" + "a".repeat(2048 - 20);
		WorkersClient.with(HttpStack.REACTOR_NIO, "http://localhost:1", (client) -> {
			assertThat(client.updateWebhook("wrk_1", url)).isNotNull();
			assertThatIllegalArgumentException().isThrownBy(() -> client.updateWebhook("wrk_1", url + "b"))
				.withMessage("'url' must have at most 2,048 characters: shorten it, since it has 2,049");
		});
	}

	@Test
	void whatIsToBeSentIsNeeded() {
		WorkersClient.with(HttpStack.REACTOR_NIO, "http://localhost:1", (client) -> {
			assertThatIllegalArgumentException().isThrownBy(() -> client.create(null))
				.withMessage("'worker' must not be null");
			assertThatIllegalArgumentException().isThrownBy(() -> client.update("wrk_1", null))
				.withMessage("'changes' must not be null");
			assertThatIllegalArgumentException().isThrownBy(() -> client.schedule("wrk_1", null))
				.withMessage("'schedule' must not be null");
		});
	}

}
