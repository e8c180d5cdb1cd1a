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

import java.net.URI;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EmptySource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class ApiCallTests {

	private static final String TASK = "/api/tasks/{taskId}";

	private static String path(String uriTemplate, String... variables) {
		return ApiCall.get(String.class, uriTemplate, variables).path();
	}

	@Test
	void templateWithoutVariablesIsThePath() {
		assertThat(path("/api/tasks")).isEqualTo("/api/tasks");
	}

	@ParameterizedTest
	@ValueSource(strings = { "tsk_1", "0", "abcXYZ-019_", "a.b", "...", "a~b", ".a", "a..", "~" })
	void unreservedCharactersAreKept(String id) {
		assertThat(path(TASK, id)).isEqualTo("/api/tasks/" + id);
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '`',
			value = { "a/b,a%2Fb", "../a,..%2Fa", "./,.%2F", "a?b,a%3Fb", "`a#b`,a%23b", "a%2Fb,a%252Fb", "%,%25",
					"a;b,a%3Bb", "a:b,a%3Ab", "a@b,a%40b", "a&b=c,a%26b%3Dc", "a+b,a%2Bb", "a b,a%20b",
					"{taskId},%7BtaskId%7D", "a\\b,a%5Cb", "a\"b,a%22b", "\u00fc,%C3%BC", "\uD83D\uDE00,%F0%9F%98%80",
					"\u00a0,%C2%A0", "\u202e,%E2%80%AE" })
	void otherCharactersAreEncoded(String id, String encoded) {
		assertThat(path(TASK, id)).isEqualTo("/api/tasks/" + encoded);
	}

	@ParameterizedTest
	@ValueSource(strings = { "a/b", "?", "#", "%", "a b", "{x}", "\u00fc", "\uD83D\uDE00", "\"", "<>", "|^`[]" })
	void uriHasTheIdAsItIs(String id) {
		URI uri = BaseUrl.of("https://handinger.com", false).resolve(path(TASK, id));
		assertThat(uri.getPath()).isEqualTo("/api/tasks/" + id);
		assertThat(uri.getRawQuery()).isNull();
		assertThat(uri.getRawFragment()).isNull();
	}

	@Test
	void textBehindTheVariableIsKept() {
		assertThat(path("/api/tasks/{taskId}/turns", "a/b")).isEqualTo("/api/tasks/a%2Fb/turns");
	}

	@Test
	void variablesAreExpandedInTheirOrder() {
		assertThat(path("/api/workers/{workerId}/webhooks/{webhookId}", "wrk_1", "{workerId}"))
			.isEqualTo("/api/workers/wrk_1/webhooks/%7BworkerId%7D");
	}

	@Test
	void variableOfTheQueryIsEncoded() {
		assertThat(path("/api/workers/{workerId}?taskId={taskId}", "wrk_1", "a&b=c+d #e"))
			.isEqualTo("/api/workers/wrk_1?taskId=a%26b%3Dc%2Bd%20%23e");
	}

	@ParameterizedTest
	@NullSource
	@EmptySource
	@ValueSource(strings = { " ", "\t", "\n", "\u2003" })
	void emptyIdIsRefused(String id) {
		assertThatIllegalArgumentException().isThrownBy(() -> path(TASK, id)).withMessage("'taskId' must not be empty");
	}

	@ParameterizedTest
	@ValueSource(strings = { ".", ".." })
	void idThatLeadsToAnotherPathIsRefused(String id) {
		assertThatIllegalArgumentException().isThrownBy(() -> path(TASK, id))
			.withMessage("'taskId' must not be '" + id + "'");
	}

	@ParameterizedTest
	@ValueSource(strings = { "a\nb", "a\r\nb", "a\tb", "a\u0000", "\u001b[31m", "a\u007fb", "a\u0085b", "a\u009fb",
			"\ud83d", "a\ude00", "\ude00\ud83d" })
	void idThatIsNoTextIsRefused(String id) {
		assertThatIllegalArgumentException().isThrownBy(() -> path(TASK, id))
			.withMessage("'taskId' must not contain control characters or half of a surrogate pair");
	}

	@Test
	void messageNamesTheVariableThatIsWrong() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> path("/api/workers/{workerId}?taskId={taskId}", "wrk_1", ""))
			.withMessageContaining("'taskId'");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> path("/api/workers/{workerId}?taskId={taskId}", "", "tsk_1"))
			.withMessageContaining("'workerId'");
	}

	@Test
	void nameHasTheTemplateAndNoId() {
		assertThat(ApiCall.delete(String.class, TASK, "tsk_1").name()).isEqualTo("DELETE /api/tasks/{taskId}");
	}

	@Test
	void postKeepsItsPathAndBody() {
		ApiCall<String> call = ApiCall.post(String.class, RequestBody.empty(), "/api/workers/{workerId}/run", "a/b");
		assertThat(call.method()).isEqualTo(HttpMethod.POST);
		assertThat(call.path()).isEqualTo("/api/workers/a%2Fb/run");
		assertThat(call.body()).isSameAs(RequestBody.empty());
	}

	@Test
	void putAndPatchKeepTheirPathAndBody() {
		RequestBody body = RequestBody.json(() -> "x");
		assertThat(ApiCall.put(String.class, body, TASK, "a/b")).extracting(ApiCall::name, ApiCall::path, ApiCall::body)
			.containsExactly("PUT /api/tasks/{taskId}", "/api/tasks/a%2Fb", body);
		assertThat(ApiCall.patch(String.class, body, TASK, "a/b"))
			.extracting(ApiCall::name, ApiCall::path, ApiCall::body)
			.containsExactly("PATCH /api/tasks/{taskId}", "/api/tasks/a%2Fb", body);
	}

	@Test
	void onlyPostIsNotRepeatable() {
		assertThat(ApiCall.put(String.class, RequestBody.empty(), TASK, "tsk_1").isRepeatable()).isTrue();
		assertThat(ApiCall.patch(String.class, RequestBody.empty(), TASK, "tsk_1").isRepeatable()).isTrue();
		assertThat(ApiCall.get(String.class, TASK, "tsk_1").isRepeatable()).isTrue();
		assertThat(ApiCall.delete(String.class, TASK, "tsk_1").isRepeatable()).isTrue();
		assertThat(ApiCall.post(String.class, RequestBody.empty(), "/api/tasks").isRepeatable()).isFalse();
	}

	@Test
	void changesAreKeptTogether() {
		ApiCall<String> call = ApiCall.post(String.class, RequestBody.empty(), "/api/tasks")
			.redacting("The weather?", "Tomorrow?")
			.answeringSecret()
			.waitingForTask()
			.aboutTask("tsk_1");
		assertThat(call.redacted()).containsExactly("The weather?", "Tomorrow?");
		assertThat(call.answersSecret()).isTrue();
		assertThat(call.waitsForTask()).isTrue();
		assertThat(call.taskId()).isEqualTo("tsk_1");
		assertThat(call.path()).isEqualTo("/api/tasks");
		assertThat(call.body()).isNotNull();
	}

}
