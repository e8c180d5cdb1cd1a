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

import com.handinger.spring.http.ErrorResponse;
import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.worker.HandingerWorkersClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link Problems}.
 */
class ProblemsTests {

	private final HandingerTasksClient client = mock(HandingerTasksClient.class);

	private WebTestClient.ResponseSpec fail(Throwable failure) {
		given(this.client.delete("tsk_1")).willReturn(Mono.error(failure));
		TaskList tasks = new TaskList();
		TasksController controller = new TasksController(mock(TaskRuns.class), tasks, new Arrivals(tasks),
				new Uploads(), this.client, mock(HandingerWorkersClient.class), mock(SampleConnectionDetails.class));
		return WebTestClient.bindToController(controller)
			.controllerAdvice(new Problems())
			.build()
			.delete()
			.uri("/tasks/tsk_1")
			.exchange()
			.expectHeader()
			.contentType(MediaType.APPLICATION_PROBLEM_JSON);
	}

	private static HandingerException answered(int status, @Nullable Duration retryAfter) {
		return HandingerApiException.of(
				new ErrorResponse(HttpMethod.DELETE, "/api/tasks/{taskId}", status, "It is so.", null, retryAfter),
				"tsk_1");
	}

	@ParameterizedTest
	@CsvSource({ "400, 400", "401, 502", "403, 403", "404, 404", "408, 502", "409, 409", "418, 502", "422, 422",
			"429, 429", "500, 502", "503, 502" })
	void errorOfHandingerHasAMatchingStatus(int answered, int expected) {
		HandingerException failure = answered(answered, null);
		fail(failure).expectStatus()
			.isEqualTo(expected)
			.expectHeader()
			.doesNotExist("Retry-After")
			.expectBody()
			.jsonPath("$.detail")
			.isEqualTo(failure.getMessage())
			.jsonPath("$.status")
			.isEqualTo(expected)
			.jsonPath("$.taskId")
			.isEqualTo("tsk_1");
	}

	@Test
	void timeToWaitIsPassedOn() {
		fail(answered(429, Duration.ofMillis(1500))).expectHeader().valueEquals("Retry-After", "2");
	}

	@Test
	void connectionThatFailsIsUnavailable() {
		fail(new HandingerConnectionException("No answer", null, "tsk_1", true)).expectStatus().isEqualTo(503);
	}

	@Test
	void outcomeThatIsUnknownIsATimeout() {
		fail(new OutcomeUnknownException("Who knows", null, "tsk_1")).expectStatus().isEqualTo(504);
	}

	@Test
	void unexpectedAnswerIsABadGateway() {
		fail(new UnexpectedResponseException("No JSON", null, "tsk_1", 200, "text/html", "<html>")).expectStatus()
			.isEqualTo(502);
	}

	@Test
	void illegalArgumentIsABadRequest() {
		fail(new IllegalArgumentException("'taskId' must not be empty")).expectStatus()
			.isBadRequest()
			.expectBody()
			.jsonPath("$.detail")
			.isEqualTo("'taskId' must not be empty");
	}

	@Test
	void anyOtherFailureIsAnInternalErrorWithoutDetails() {
		fail(new IllegalStateException("secret")).expectStatus()
			.isEqualTo(500)
			.expectBody()
			.jsonPath("$.detail")
			.isEqualTo("Something went wrong in the sample: see its log");
	}

}
