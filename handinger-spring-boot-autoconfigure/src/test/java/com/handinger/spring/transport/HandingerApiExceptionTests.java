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

package com.handinger.spring.transport;

import java.time.Duration;

import com.handinger.spring.http.ErrorResponse;
import com.handinger.spring.http.HandingerApiException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link HandingerApiException}.
 */
class HandingerApiExceptionTests {

	private static HandingerApiException exception(HttpMethod method, String uriTemplate, int status,
			@Nullable Duration retryAfter) {
		return HandingerApiException.of(new ErrorResponse(method, uriTemplate, status, null, null, retryAfter), null);
	}

	@Test
	void serverErrorSaysWhenToCallAgain() {
		assertThat(exception(HttpMethod.GET, "/api/tasks/{taskId}", 503, Duration.ofHours(2)))
			.hasMessageEndingWith(": call again in 120 min");
		assertThat(exception(HttpMethod.GET, "/api/tasks/{taskId}", 503, null))
			.hasMessageEndingWith(": call again later");
	}

	@Test
	void idIsCheckedWhereThereIsOne() {
		assertThat(exception(HttpMethod.GET, "/api/tasks/{taskId}", 404, null)).hasMessageContaining(": check the id");
		assertThat(exception(HttpMethod.POST, "/api/tasks", 404, null))
			.hasMessageEndingWith(": check handinger.base-url, and the ids that were sent along");
	}

	@Test
	void unknownOutcomeRepeatsWhatTheServerSays() {
		ErrorResponse response = new ErrorResponse(HttpMethod.POST, "/api/tasks", 503, "Back at noon.", null, null);
		ApiCall<String> call = ApiCall.post(String.class, RequestBody.empty(), "/api/tasks");
		assertThat(Failures.outcomeUnknown(call, HandingerApiException.of(response, null)))
			.hasMessageContaining("(the answer was 503, \"Back at noon.\")");
	}

	@ParameterizedTest
	@CsvSource({ "402, Payment Required, check the credits of the organization",
			"413, Content Too Large, send less at once",
			"410, Gone, check handinger.base-url and whatever stands between this application and Handinger" })
	void messageOfAStatusWithoutATypeOfItsOwnSaysWhatToDo(int status, String reason, String advice) {
		ErrorResponse response = new ErrorResponse(HttpMethod.POST, "/api/tasks", status, "No.", null, null);
		assertThat(HandingerApiException.of(response, null)).isExactlyInstanceOf(HandingerApiException.class)
			.hasMessage("POST /api/tasks was answered with " + status + " " + reason + " (\"No.\"): " + advice);
	}

}
