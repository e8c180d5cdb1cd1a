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

package com.handinger.spring.task;

import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;

import com.github.tomakehurst.wiremock.client.MappingBuilder;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.http.ServerErrorException;
import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.TasksClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

import static com.github.tomakehurst.wiremock.client.WireMock.delete;
import static com.github.tomakehurst.wiremock.client.WireMock.deleteRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.jsonResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.options;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Reading and archiving tasks, on servers of every version of the API.
 */
class RetrieveTaskTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final String TASK = "/api/tasks/tsk_1";

	private static final String TURNS = "/api/tasks/tsk_1/turns";

	private static final String TURN_LIST = "{\"taskId\":\"tsk_1\",\"items\":[" + Json.TURN + "]}";

	@RegisterExtension
	static final WireMockExtension handinger = WireMockExtension.newInstance().options(options().dynamicPort()).build();

	private static void answer(String path, int status, String body) {
		MappingBuilder request = get(urlEqualTo(path));
		handinger.stubFor(request.willReturn(jsonResponse(body, status)));
	}

	private static void withClient(Consumer<HandingerTasksClient> test) {
		TasksClient.with(HttpStack.REACTOR_EPOLL, handinger.baseUrl(), test);
	}

	@Test
	void taskIsReadWithItsTurns() {
		answer(TASK, 200, Json.TASK_WITH_TURNS);
		withClient((client) -> StepVerifier.create(client.retrieve("tsk_1")).assertNext((result) -> {
			Task task = result.task();
			assertThat(task.id()).isEqualTo("tsk_1");
			assertThat(task.status()).isEqualTo(TaskStatus.COMPLETED);
			assertThat(task.completedAt()).isEqualTo(Instant.parse("2026-07-01T10:00:04.2Z"));
			assertThat(task.totals()).isEqualTo(new Task.Totals(2, 4200, 1));
			assertThat(task.triggeredBy()).isEqualTo(TaskTrigger.API);
			assertThat(result.turns()).singleElement().satisfies((turn) -> {
				assertThat(turn.outputText()).isEqualTo("Sunny.");
				assertThat(turn.inputTokens()).isEqualTo(12);
			});
		}).expectComplete().verify(PATIENCE));
	}

	@Test
	void inlinedTurnsNeedNoSecondCall() {
		answer(TASK, 200, Json.TASK_WITH_TURNS);
		withClient((client) -> StepVerifier.create(client.retrieve("tsk_1"))
			.expectNextCount(1)
			.expectComplete()
			.verify(PATIENCE));
		handinger.verify(1, getRequestedFor(urlEqualTo(TASK)));
		handinger.verify(0, getRequestedFor(urlEqualTo(TURNS)));
	}

	@Test
	void emptyListOfInlinedTurnsIsAnAnswer() {
		answer(TASK, 200, "{\"task\":" + Json.TASK + ",\"turns\":[]}");
		withClient((client) -> StepVerifier.create(client.retrieve("tsk_1"))
			.assertNext((result) -> assertThat(result.turns()).isEmpty())
			.expectComplete()
			.verify(PATIENCE));
		handinger.verify(0, getRequestedFor(urlEqualTo(TURNS)));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ",\"turns\":null" })
	void turnsThatAreNotInlinedAreReadWithOneMoreCall(String noTurns) {
		answer(TASK, 200, "{\"task\":" + Json.TASK + noTurns + "}");
		answer(TURNS, 200, TURN_LIST);
		withClient((client) -> StepVerifier.create(client.retrieve("tsk_1"))
			.assertNext((result) -> assertThat(result.turns()).singleElement().extracting(Turn::id).isEqualTo("trn_1"))
			.expectComplete()
			.verify(PATIENCE));
		handinger.verify(1, getRequestedFor(urlEqualTo(TURNS)));
	}

	@Test
	void failureToReadTheTurnsIsAFailure() {
		answer(TASK, 200, "{\"task\":" + Json.TASK + "}");
		answer(TURNS, 500, Json.error("Oops."));
		withClient((client) -> StepVerifier.create(client.retrieve("tsk_1"))
			.expectError(ServerErrorException.class)
			.verify(PATIENCE));
	}

	@Test
	void unknownTaskIsNotFound() {
		answer(TASK, 404, Json.error("No such task."));
		withClient((client) -> StepVerifier.create(client.retrieve("tsk_1")).expectErrorSatisfies((error) -> {
			assertThat(error).isInstanceOf(NotFoundException.class)
				.hasMessageStartingWith(
						"GET /api/tasks/{taskId} was answered with 404 Not Found (\"No such task.\"): ");
			assertThat(((NotFoundException) error).taskId()).isEqualTo("tsk_1");
		}).verify(PATIENCE));
	}

	@Test
	void turnsAreReadFromTheirOwnAddress() {
		answer(TURNS, 200, TURN_LIST);
		withClient((client) -> StepVerifier.create(client.turns("tsk_1"))
			.assertNext((turn) -> assertThat(turn.id()).isEqualTo("trn_1"))
			.expectComplete()
			.verify(PATIENCE));
		handinger.verify(0, getRequestedFor(urlEqualTo(TASK)));
	}

	@ParameterizedTest
	@ValueSource(ints = { 404, 405 })
	void turnsAreTakenFromTheTaskWhereTheyHaveNoAddress(int status) {
		answer(TURNS, status, Json.error("No such path."));
		answer(TASK, 200, Json.TASK_WITH_TURNS);
		withClient((client) -> StepVerifier.create(client.turns("tsk_1"))
			.assertNext((turn) -> assertThat(turn.id()).isEqualTo("trn_1"))
			.expectComplete()
			.verify(PATIENCE));
	}

	@Test
	void turnsOfAnUnknownTaskAreNotFound() {
		answer(TURNS, 404, Json.error("No such task."));
		answer(TASK, 404, Json.error("No such task."));
		withClient((client) -> StepVerifier.create(client.turns("tsk_1"))
			.expectError(NotFoundException.class)
			.verify(PATIENCE));
	}

	@Test
	void taskIsArchived() {
		handinger.stubFor(delete(urlEqualTo(TASK)).willReturn(jsonResponse("{\"archived\":true}", 200)));
		withClient((client) -> StepVerifier.create(client.delete("tsk_1"))
			.expectNext(new DeleteTaskResponse(true))
			.expectComplete()
			.verify(PATIENCE));
		handinger.verify(1, deleteRequestedFor(urlEqualTo(TASK)));
	}

	@ParameterizedTest
	@CsvSource({ "a/b,a%2Fb", "a?b=c,a%3Fb%3Dc", "a#b,a%23b", "a b,a%20b", "ä,%C3%A4", "%2e%2e,%252e%252e",
			"../x,..%2Fx", "a;b,a%3Bb", "tsk_1-2,tsk_1-2" })
	void idIsOneSegmentOfThePath(String id, String encoded) {
		handinger
			.stubFor(delete(urlEqualTo("/api/tasks/" + encoded)).willReturn(jsonResponse("{\"archived\":true}", 200)));
		withClient((
				client) -> StepVerifier.create(client.delete(id)).expectNextCount(1).expectComplete().verify(PATIENCE));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", " ", ".", "..", "a\nb", "a\u0000", "a\u007f" })
	void idThatIsNoneIsRefusedBeforeAnythingIsSent(String id) {
		withClient((client) -> {
			assertThatIllegalArgumentException().isThrownBy(() -> client.retrieve(id)).withMessageContaining("taskId");
			assertThatIllegalArgumentException().isThrownBy(() -> client.turns(id)).withMessageContaining("taskId");
			assertThatIllegalArgumentException().isThrownBy(() -> client.delete(id)).withMessageContaining("taskId");
		});
		assertThat(handinger.getAllServeEvents()).isEmpty();
	}

	@Test
	void answerWithoutWhatTheContractRequiresIsUnexpected() {
		answer(TASK, 200, "{\"task\":" + Json.TASK + "}");
		answer(TURNS, 200, "{\"taskId\":\"tsk_1\"}");
		handinger.stubFor(delete(urlEqualTo(TASK)).willReturn(jsonResponse("{}", 200)));
		withClient((client) -> {
			StepVerifier.create(client.retrieve("tsk_1"))
				.expectError(UnexpectedResponseException.class)
				.verify(PATIENCE);
			StepVerifier.create(client.delete("tsk_1")).expectError(UnexpectedResponseException.class).verify(PATIENCE);
		});
	}

	@Test
	void turnsThatAreNullAreNone() {
		answer(TASK, 200, "{\"task\":" + Json.TASK + "}");
		answer(TURNS, 200, "{\"taskId\":\"tsk_1\",\"items\":null}");
		withClient((client) -> StepVerifier.create(client.turns("tsk_1")).expectComplete().verify(PATIENCE));
	}

	@ParameterizedTest
	@ValueSource(strings = { "[]", "\"x\"", "{}", "{\"task\":{}}", "{\"task\":[]}", "<html></html>",
			"{\"task\":{\"id\":{}}}" })
	void answerOfAnotherShapeIsUnexpected(String body) {
		answer(TASK, 200, body);
		withClient((client) -> StepVerifier.create(client.retrieve("tsk_1")).expectErrorSatisfies((error) -> {
			assertThat(error).isInstanceOf(UnexpectedResponseException.class)
				.hasMessageContaining("200")
				.hasMessageContaining("application/json");
			assertThat(((UnexpectedResponseException) error).body()).isEqualTo(body);
		}).verify(PATIENCE));
		handinger.verify(1, getRequestedFor(urlEqualTo(TASK)));
	}

}
