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

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import com.handinger.spring.transport.ApiJson.MalformedJsonException;
import com.handinger.spring.http.AuthenticationException;
import com.handinger.spring.http.BadRequestException;
import com.handinger.spring.http.ConflictException;
import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.http.PermissionDeniedException;
import com.handinger.spring.http.RateLimitedException;
import com.handinger.spring.http.ServerErrorException;
import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.http.UnprocessableContentException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import org.springframework.web.util.HtmlUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Whatever the server answers and however much of the request it repeats, the documented
 * exception is signalled, and shows nothing of the request.
 */
class ErrorPathsTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final JsonMapper MAPPER = JsonMapper.shared();

	private static final JsonMapper ASCII_MAPPER = JsonMapper.builder()
		.enable(JsonWriteFeature.ESCAPE_NON_ASCII)
		.build();

	/**
	 * How many characters of a request in a row are a repetition.
	 */
	private static final int WINDOW = 16;

	private static final int[] SIZES = { 1, 2, 3, 7, 8, 15, 16, 17, 31, 100, 500, 501, 2000, 4000, 10_000, 20_000 };

	private static final List<String> ALPHABETS = List.of("abcdefghijklmnopqrstuvwxyz    ", "aab ",
			"\u00e4\u00f6\u00fc\u00df\u0130\u0131\u017f\u212a\u1e9e ", "\u4e2d\u6587\u5b57\u7b26",
			"\ud83d\ude00\ud83c\udf0d\ud83d\udc68\u200d\ud83d\udc69", "ab\"\\\n\t\r/<>&'$%{}[]()*+?.^|\u2028\u00a0",
			"e\u0301a\u0308\u05d0\u0627\u202e");

	private final Random random = new Random(16);

	/**
	 * Return a text, of the given size unless it ended within a pair.
	 */
	private String text(int size) {
		int[] alphabet = ALPHABETS.get(this.random.nextInt(ALPHABETS.size())).codePoints().toArray();
		StringBuilder text = new StringBuilder();
		while (text.length() < size) {
			text.appendCodePoint(alphabet[this.random.nextInt(alphabet.length)]);
		}
		return (text.length() > size) ? text.substring(0, size - 1) + "x" : text.toString();
	}

	private int size() {
		return SIZES[this.random.nextInt(SIZES.length)];
	}

	/**
	 * Return how a server may repeat a text.
	 */
	private String repeated(String text) {
		int start = this.random.nextInt(text.length());
		List<UnaryOperator<String>> ways = List.of((all) -> all, (all) -> text(size()), (all) -> all.substring(start),
				(all) -> all.substring(0, start), (all) -> all + all, (all) -> all.replaceAll("\\s+", " "),
				(all) -> all.replaceAll("\\s+", " ").strip(), (all) -> all.replace("\n", "\r\n"), String::toUpperCase,
				String::toLowerCase, ErrorPathsTests::json, ErrorPathsTests::asciiJson,
				(all) -> HtmlUtils.htmlEscape(all, "UTF-8"));
		return ways.get(this.random.nextInt(ways.size())).apply(text);
	}

	private static String json(String text) {
		String json = MAPPER.writeValueAsString(text);
		return json.substring(1, json.length() - 1);
	}

	private static String asciiJson(String text) {
		String json = ASCII_MAPPER.writeValueAsString(text);
		return json.substring(1, json.length() - 1);
	}

	/**
	 * Assert that a text shows nothing of a secret, as plain text or escaped.
	 */
	private static void assertThatNothingShows(String text, String secret) {
		Set<String> shown = windows(text).collect(Collectors.toSet());
		assertThat(Stream
			.of(secret, json(secret), asciiJson(secret), HtmlUtils.htmlEscape(secret, "UTF-8"),
					secret.replaceAll("\\s+", " "))
			.flatMap(ErrorPathsTests::windows)
			.filter(shown::contains)).isEmpty();
	}

	private static Stream<String> windows(String text) {
		return IntStream.rangeClosed(0, text.length() - WINDOW).mapToObj((i) -> text.substring(i, i + WINDOW));
	}

	@Test
	void redactionOfAnyTextLeavesTheRestAndShowsNothingOfTheSecret() {
		for (int i = 0; i < 300; i++) {
			String secret = text(size());
			String safe = Redaction.of("Bad input 4711: " + repeated(secret), "hdg_key", List.of(secret, text(size())));
			assertThat(safe).startsWith("Bad input 4711:").hasSizeLessThanOrEqualTo(Redaction.MAX_LENGTH);
			assertThatNothingShows(safe, secret);
		}
	}

	@Test
	void redactionTakesHalvesOfSurrogatePairs() {
		for (int i = 0; i < 300; i++) {
			StringBuilder secret = new StringBuilder();
			for (int j = 0; j < 1 + i % 60; j++) {
				secret.append("\ud83d\ude00a\"".charAt(this.random.nextInt(4)));
			}
			assertThat(Redaction.of("Bad: " + secret, null, List.of(secret.toString()))).startsWith("Bad:");
		}
	}

	@Test
	void keyThatAnEchoRunsIntoIsMasked() {
		assertThat(Redaction.of("Bad: the secret words hdg_5ecretKey", null, List.of("the secret words hdg_ and more")))
			.isEqualTo("Bad: ******");
	}

	@Test
	void failedRedactionMasksTheWholeText() {
		assertThat(Redaction.of("Bad input", null, Arrays.asList((String) null))).isEqualTo(Redaction.MASK);
	}

	static Stream<Integer> statuses() {
		return Stream.concat(IntStream.rangeClosed(400, 599).boxed(), Stream.of(600, 799, 999));
	}

	private static Class<? extends HandingerException> documented(int status, boolean mayHaveBeenCarriedOut) {
		return switch (status) {
			case 400 -> BadRequestException.class;
			case 401 -> AuthenticationException.class;
			case 403 -> PermissionDeniedException.class;
			case 404 -> NotFoundException.class;
			case 409 -> ConflictException.class;
			case 422 -> UnprocessableContentException.class;
			case 429 -> RateLimitedException.class;
			default -> {
				if (status != 408 && status < 500) {
					yield HandingerApiException.class;
				}
				yield mayHaveBeenCarriedOut ? OutcomeUnknownException.class : ServerErrorException.class;
			}
		};
	}

	@Tag("slow")
	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void eachStatusIsItsDocumentedExceptionHoweverMuchTheAnswerRepeats(HttpStack stack) {
		AtomicReference<Answer> answer = new AtomicReference<>();
		try (RawServer server = RawServer
			.start((request, connection, number) -> connection.json(answer.get().status(), answer.get().body()))) {
			TasksClient.with(stack, server.url(), (client) -> statuses().forEach((status) -> {
				String input = text(size());
				String error = "Bad input 4711: " + repeated(input) + " " + TasksClient.API_KEY;
				answer.set(new Answer(status, "{\"error\":\"" + json(error) + "\"}"));
				Throwable failure = failure(client.create(CreateTask.of(input)));
				assertThat(failure).isExactlyInstanceOf(documented(status, true)).hasMessageContaining("4711:");
				assertThatNothingShows(failure.getMessage(), input);
				assertThat(failure.getMessage()).doesNotContain(TasksClient.API_KEY);
				assertThat(failure(client.retrieve("tsk_1"))).isExactlyInstanceOf(documented(status, false));
			}), "handinger.retry.max-attempts=1");
		}
	}

	private static Throwable failure(Mono<?> call) {
		AtomicReference<Throwable> failure = new AtomicReference<>();
		call.doOnError(failure::set).onErrorResume((error) -> Mono.empty()).block(PATIENCE);
		return failure.get();
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void tooManyRequestsAreSentAgainHoweverLongTheInputIs(HttpStack stack) {
		try (RawServer server = RawServer.start((request, connection, number) -> {
			if (number % 2 == 1) {
				connection.json(429, "{\"error\":\"" + json("Too many: " + text(500)) + "\"}", "Retry-After: 0");
			}
			else {
				connection.json(400, "{\"error\":\"No.\"}");
			}
		})) {
			TasksClient.with(stack, server.url(), (client) -> {
				for (int i = 0; i < 50; i++) {
					assertThat(failure(client.create(CreateTask.of(text(size())))))
						.isInstanceOf(BadRequestException.class);
				}
			});
			assertThat(server.requests()).hasSize(100);
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void refusedIdOfALongTaskIsSentAgainWithoutIt(HttpStack stack) {
		try (RawServer server = RawServer.start((request, connection, number) -> {
			if (request.line().startsWith("POST")) {
				connection.json(422, "{\"error\":\"" + json("No: " + text(2000)) + "\"}");
			}
			else {
				connection.json(404, "{\"error\":\"Not found.\"}");
			}
		})) {
			TasksClient.with(stack, server.url(),
					(client) -> assertThat(failure(client.run(CreateTask.of(text(20_000)))))
						.isInstanceOf(UnprocessableContentException.class));
			assertThat(server.count("POST")).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void headersOfAnAnswerThatCannotBeUsedShowNothingOfTheRequest(HttpStack stack) {
		try (RawServer server = RawServer.start((request, connection,
				number) -> connection.write("HTTP/1.1 " + ((number == 1) ? 302 : 200)
						+ " Odd\r\nLocation: //the-secret-of-the-input.example/\r\nContent-Type: "
						+ "text/the-secret-of-the-input\r\nContent-Length: 0\r\n\r\n"))) {
			TasksClient.with(stack, server.url(), (client) -> {
				CreateTask task = CreateTask.of("the-secret-of-the-input");
				assertThat(failure(client.create(task))).hasMessageContaining("a redirect to ******.example");
				assertThat((UnexpectedResponseException) failure(client.create(task)))
					.hasMessageContaining("a body of type text/******")
					.extracting(UnexpectedResponseException::contentType)
					.isEqualTo("text/******");
			});
		}
	}

	@Tag("slow")
	@ParameterizedTest
	@ValueSource(strings = { "text/html", "application/json", "text/plain", "a/b/c", "" })
	void bodyThatCannotBeUsedIsAnUnexpectedResponse(String contentType) {
		AtomicReference<String> body = new AtomicReference<>("");
		try (RawServer server = RawServer.start((request, connection, number) -> connection
			.write("HTTP/1.1 200 OK\r\nContent-Type: " + contentType + "\r\nConnection: close\r\nContent-Length: "
					+ body.get().getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body.get()))) {
			TasksClient.with(HttpStack.REACTOR_EPOLL, server.url(), (client) -> {
				for (int i = 0; i < 60; i++) {
					String input = text(size());
					body.set("<[\"".substring(i % 3) + repeated(input));
					UnexpectedResponseException failure = (UnexpectedResponseException) failure(
							client.create(CreateTask.of(input)));
					assertThatNothingShows(failure.getMessage() + failure.body(), input);
				}
			});
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void oddHeadersOfAnErrorDoNotReplaceIt(HttpStack stack) {
		List<String> odd = List.of("Retry-After: Fri Jan 01 00:00:00 +999999999", "Retry-After: -1",
				"Retry-After: 1e-999999999", "Retry-After: 99999999999999999999999999999999",
				"Retry-After: Fri, 31 Feb 0000 99:99:99 GMT", "Retry-After:", "retry-after-ms: NaN",
				"Date: Fri Jan 01 00:00:00 +999999999\r\nRetry-After: Fri, 01 Jan 2027 00:00:00 GMT",
				"x-request-id: \u00ff\ud83d\ude00", "x-request-id:", "Content-Type: /", "Location: http://[/%zz");
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(429,
				"{\"error\":\"Slow down.\"}", odd.get((number - 1) / 2)))) {
			TasksClient.with(stack, server.url(), (client) -> odd.forEach((header) -> {
				assertThat(failure(client.retrieve("tsk_1"))).as(header).isInstanceOf(RateLimitedException.class);
				assertThat(failure(client.create(CreateTask.of("x")))).as(header)
					.isInstanceOf(RateLimitedException.class);
			}), "handinger.retry.max-attempts=1");
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void statusThatIsNoneIsADocumentedExceptionThroughAWebClientToo(HttpStack stack) {
		try (RawServer server = RawServer.start(
				(request, connection, number) -> connection.write("HTTP/1.1 000 Odd\r\nContent-Length: 2\r\n\r\n{}"))) {
			TasksClient.application(stack, server.url()).withBean(WebClientCustomizer.class, () -> (builder) -> {
			}).run((context) -> {
				HandingerTasksClient client = context.getBean(HandingerTasksClient.class);
				assertThat(failure(client.create(CreateTask.of("x")))).isInstanceOf(HandingerException.class);
			});
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void statusThatIsNoneIsADocumentedExceptionToo(HttpStack stack) {
		List<String> odd = List.of("000", "001", "099", "1000", "12345", "-1", "2", "4x4");
		try (RawServer server = RawServer.start((request, connection, number) -> {
			connection.write("HTTP/1.1 " + odd.get((number - 1) / 2) + " Odd\r\nContent-Length: 2\r\n\r\n{}");
			connection.close();
		})) {
			TasksClient.with(stack, server.url(), (client) -> odd.forEach((status) -> {
				assertThat(failure(client.retrieve("tsk_1"))).as(status).isInstanceOf(HandingerException.class);
				assertThat(failure(client.create(CreateTask.of("x")))).as(status)
					.isInstanceOf(HandingerException.class);
			}), "handinger.retry.max-attempts=1");
			assertThat(server.requests()).hasSize(2 * odd.size());
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void contentLengthThatIsNoneIsADocumentedExceptionToo(HttpStack stack) {
		List<String> odd = List.of("abc", "2, 2", "+2", "-1", "99999999999999999999", "");
		try (RawServer server = RawServer.start((request, connection, number) -> {
			connection.write("HTTP/1.1 200 OK\r\nContent-Length: " + odd.get((number - 1) / 2) + "\r\n\r\n{\"id\":5");
			connection.close();
		})) {
			TasksClient.with(stack, server.url(), (client) -> odd.forEach((length) -> {
				assertThat(failure(client.retrieve("tsk_1"))).as(length).isInstanceOf(HandingerException.class);
				assertThat(failure(client.create(CreateTask.of("x")))).as(length)
					.isInstanceOf(HandingerException.class);
			}), "handinger.retry.max-attempts=1");
		}
	}

	@Test
	void retryAfterIsReadOrIgnoredWhateverItIs() {
		for (int i = 0; i < 2000; i++) {
			HttpHeaders headers = new HttpHeaders();
			headers.set("Retry-After", mutated("Fri Jan 01 00:00:00 +999999999"));
			headers.set("Date", mutated("Fri, 01 Jan 2027 00:00:00 GMT"));
			headers.set("retry-after-ms", mutated("-1e99.5"));
			RetryAfter.of(headers, Clock.systemUTC());
		}
	}

	private String mutated(String text) {
		StringBuilder mutated = new StringBuilder(text);
		for (int i = this.random.nextInt(4); i > 0; i--) {
			mutated.setCharAt(this.random.nextInt(text.length()),
					"0123456789 +-.:JanFMT\u0661".charAt(this.random.nextInt(22)));
		}
		return mutated.toString();
	}

	@Test
	void anyBytesAreReadOrMalformed() {
		byte[] json = "{\"error\":{\"message\":\"No \\u00e9\\ud83d\",\"a\":[1e5,true,null,-0.5]}}"
			.getBytes(StandardCharsets.UTF_8);
		for (int i = 0; i < 2000; i++) {
			byte[] bytes = Arrays.copyOf(json, this.random.nextInt(json.length + 3));
			for (int j = this.random.nextInt(4); j > 0 && bytes.length > 0; j--) {
				bytes[this.random.nextInt(bytes.length)] = (byte) this.random.nextInt();
			}
			try {
				ApiJson.read(bytes, bytes.length, Map.class, new OddFields());
			}
			catch (MalformedJsonException ex) {
				assertThat(ex.getMessage()).isNotEmpty();
			}
		}
	}

	static Stream<Throwable> causes() {
		IOException first = new IOException("first");
		IOException second = new IOException("second", first);
		first.initCause(second);
		return Stream.of(new IOException(), new IOException((String) null), new IOException("\ud83d"), first,
				new ConnectException(), new UnknownHostException(), new UnresolvedAddressException(),
				new TimeoutException(), new SSLException((String) null), new SSLHandshakeException(null),
				new IOException("x".repeat(20_000)), new IllegalStateException(), new IOException() {
				}, new WebClientRequestException(new IOException("a"), HttpMethod.GET, URI.create("http://localhost"),
						HttpHeaders.EMPTY));
	}

	@ParameterizedTest
	@MethodSource("causes")
	void eachCauseIsToldOf(Throwable cause) {
		ApiCall<String> call = ApiCall.post(String.class, RequestBody.empty(), "/api/tasks");
		List<HandingerException> failures = new ArrayList<>(List.of(Failures.neverReached(call, cause),
				Failures.noAnswer(call, cause, false), Failures.outcomeUnknown(call, cause)));
		failures.forEach((failure) -> assertThat(failure).hasMessageContaining("POST /api/tasks")
			.hasMessageNotContaining("()")
			.hasCause(cause));
	}

	private record Answer(int status, String body) {
	}

}
