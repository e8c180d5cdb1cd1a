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

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;

import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.http.RateLimitedException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.worker.Budget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringBootVersion;
import org.springframework.core.io.AbstractResource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.InputStreamResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockMultipartFile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What {@code create} puts on the wire.
 */
class CreateTaskRequestTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	@TempDir
	private Path directory;

	private static RawServer.Request sent(CreateTask task) {
		return sent(HttpStack.REACTOR_EPOLL, task);
	}

	private static RawServer.Request sent(HttpStack stack, CreateTask task, String... properties) {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			TasksClient.with(stack, server.url(),
					(client) -> StepVerifier.create(client.create(task))
						.expectNextCount(1)
						.expectComplete()
						.verify(PATIENCE),
					properties);
			assertThat(server.requests()).hasSize(1);
			return server.requests().get(0);
		}
	}

	private static Resource resource(String filename, String content) {
		return new ByteArrayResource(content.getBytes(StandardCharsets.UTF_8)) {

			@Override
			public String getFilename() {
				return filename;
			}

		};
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void inputAloneIsSentAsJson(HttpStack stack) {
		RawServer.Request request = sent(stack, CreateTask.of("What's the weather?"));
		assertThat(request.line()).isEqualTo("POST /api/tasks HTTP/1.1");
		assertThat(request.body()).isEqualTo("{\"input\":\"What's the weather?\"}");
		assertThat(request.headers()).containsEntry("Content-Type", "application/json")
			.containsEntry("Accept", "application/json")
			.containsEntry("Authorization", "Bearer " + TasksClient.API_KEY)
			.containsEntry("Content-Length", String.valueOf(request.body().length()));
	}

	@Test
	void whatIsSetIsSent() {
		RawServer.Request request = sent(
				CreateTask.of("Grüße 🌍").withBudget(Budget.UNLIMITED).withTaskId("tsk_1").withWorkerId("wrk_1"));
		assertThat(JsonMapper.shared().readTree(request.body())).isEqualTo(JsonMapper.shared()
			.readTree("{\"input\":\"Grüße 🌍\",\"budget\":\"unlimited\",\"taskId\":\"tsk_1\",\"workerId\":\"wrk_1\"}"));
	}

	@ParameterizedTest
	@CsvSource({ "LOW,low", "STANDARD,standard", "HIGH,high", "UNLIMITED,unlimited" })
	void budgetIsSentAsTheContractNamesIt(Budget budget, String name) {
		assertThat(sent(CreateTask.of("x").withBudget(budget)).body()).contains("\"budget\":\"" + name + "\"");
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void userAgentNamesTheLibraryAndWhatItRunsOn(HttpStack stack) {
		assertThat(sent(stack, CreateTask.of("x")).headers().get("User-Agent"))
			.matches("handinger-spring-boot/\\d+\\.\\d+\\.\\d+\\S* spring-boot/\\Q" + SpringBootVersion.getVersion()
					+ "\\E java/\\Q" + System.getProperty("java.version") + "\\E");
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void oneAttachmentIsSentAsFiles(HttpStack stack) {
		RawServer.Request request = sent(stack,
				CreateTask.of("Summarise.")
					.withBudget(Budget.LOW)
					.withAttachment(Attachment.of(resource("a.pdf", "PDF"))));
		String boundary = boundary(request);
		assertThat(request.body()).isEqualTo(
				"--" + boundary + "\r\nContent-Disposition: form-data; name=\"input\"" + "\r\n\r\nSummarise.\r\n--"
						+ boundary + "\r\nContent-Disposition: form-data; name=\"budget\"\r\n\r\nlow\r\n--" + boundary
						+ "\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.pdf\"\r\n"
						+ "Content-Type: application/pdf\r\n\r\nPDF\r\n--" + boundary + "--\r\n");
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void fieldsBesideAnAttachmentAreTextInUtf8(HttpStack stack) {
		String input = "Gr\u00fc\u00dfe \ud83c\udf0d \u4e2d\u6587 \"quoted\"\r\n--x\r\n";
		RawServer.Request request = sent(stack,
				CreateTask.of(input).withAttachment(Attachment.of(resource("a.txt", "\u00e4"))));
		assertThat(request.body()).contains("name=\"input\"\r\n\r\n" + input + "\r\n--" + boundary(request));
		assertThat(request.headers()).containsEntry("Content-Length",
				String.valueOf(request.body().getBytes(StandardCharsets.UTF_8).length));
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void requestWhoseSizesAreKnownHasALength(HttpStack stack) throws IOException {
		Path file = Files.writeString(this.directory.resolve("large.txt"), "0123456789".repeat(50_000));
		RawServer.Request request = sent(stack,
				CreateTask.of("x")
					.withAttachment(Attachment.of(resource("a.txt", "one")))
					.withAttachment(Attachment.of(resource("empty.txt", "")))
					.withAttachment(Attachment.of(new FileSystemResource(file))));
		assertThat(request.headers()).doesNotContainKey("Transfer-Encoding")
			.containsEntry("Content-Length", String.valueOf(request.body().length()));
		assertThat(request.body()).contains("0123456789".repeat(50_000));
	}

	static Stream<Resource> resourcesOfUnknownLength() {
		byte[] content = "content".getBytes(StandardCharsets.UTF_8);
		return Stream.of(new InputStreamResource(new ByteArrayInputStream(content)),
				new InputStreamResource(new ByteArrayInputStream(content)) {

					@Override
					public String getFilename() {
						return "a.txt";
					}

				}, withLength(() -> -1L), withLength(() -> Long.MIN_VALUE), withLength(() -> {
					throw new FileNotFoundException("no length");
				}), withLength(() -> {
					throw new IllegalStateException("no length");
				}), new AbstractResource() {

					@Override
					public String getDescription() {
						return "to be read once";
					}

					@Override
					public boolean exists() {
						return true;
					}

					@Override
					public InputStream getInputStream() {
						return stream;
					}

					private final InputStream stream = new ByteArrayInputStream(content);

				});
	}

	private static Resource withLength(Callable<Long> length) {
		return new ByteArrayResource("content".getBytes(StandardCharsets.UTF_8)) {

			@Override
			public long contentLength() {
				try {
					return length.call();
				}
				catch (Exception ex) {
					throw new IllegalStateException(ex);
				}
			}

		};
	}

	@ParameterizedTest
	@MethodSource("resourcesOfUnknownLength")
	void resourceOfUnknownLengthIsSentInChunks(Resource resource) {
		RawServer.Request request = sent(CreateTask.of("x").withAttachment(Attachment.of(resource)));
		assertThat(request.headers()).doesNotContainKey("Content-Length").containsEntry("Transfer-Encoding", "chunked");
		assertThat(request.body()).contains("\r\n\r\ncontent\r\n");
	}

	@Test
	void resourceThatCanBeReadOnceAndKnowsItsLengthIsSentWithIt() {
		RawServer.Request request = sent(CreateTask.of("x")
			.withAttachment(
					Attachment.of(new MockMultipartFile("a", "a.txt", null, "content".getBytes()).getResource())));
		assertThat(request.headers()).containsEntry("Content-Length", String.valueOf(request.body().length()));
	}

	static Stream<Arguments> lies() {
		return Stream.of(HttpStack.values())
			.flatMap((stack) -> Stream.of(Arguments.of(stack, 6L, "more than the 6 bytes"),
					Arguments.of(stack, 0L, "more than the 0 bytes"), Arguments.of(stack, 8L, "less than the 8 bytes"),
					Arguments.of(stack, 1_000_000L, "less than the 1000000 bytes")));
	}

	@ParameterizedTest
	@MethodSource("lies")
	void attachmentOfAnotherLengthThanItsResourceSaysLeavesTheOutcomeUnknown(HttpStack stack, long length,
			String expected) {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			TasksClient.with(stack, server.url(),
					(client) -> StepVerifier
						.create(client.create(CreateTask.of("x")
							.withNewTaskId()
							.withAttachment(Attachment.of("a.txt", withLength(() -> length)))))
						.expectErrorSatisfies((error) -> assertThat(error).isInstanceOf(OutcomeUnknownException.class)
							.hasMessageContaining("the attachment 'a.txt' has " + expected)
							.hasMessageContaining("do not send it again"))
						.verify(PATIENCE));
			assertThat(server.requests()).isEmpty();
		}
	}

	private static String boundary(RawServer.Request request) {
		MediaType type = MediaType.parseMediaType(request.headers().get("Content-Type"));
		assertThat(type.isCompatibleWith(MediaType.MULTIPART_FORM_DATA)).isTrue();
		return type.getParameter("boundary");
	}

	@Test
	void eachOfSeveralAttachmentsIsSentAsFilesInBrackets() {
		RawServer.Request request = sent(CreateTask.of("Compare.")
			.withAttachment(Attachment.of(resource("a.txt", "one")))
			.withAttachment(Attachment.of(resource("b.csv", "two"))));
		assertThat(request.body())
			.contains("Content-Disposition: form-data; name=\"files[]\"; filename=\"a.txt\"\r\n"
					+ "Content-Type: text/plain\r\n\r\none\r\n")
			.contains("Content-Disposition: form-data; name=\"files[]\"; filename=\"b.csv\"\r\n"
					+ "Content-Type: text/csv\r\n\r\ntwo\r\n");
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void publisherIsSentAsItEmits(HttpStack stack) {
		Flux<DataBuffer> content = Flux.just("one ", "two")
			.map((text) -> DefaultDataBufferFactory.sharedInstance.wrap(text.getBytes(StandardCharsets.UTF_8)));
		RawServer.Request request = sent(stack, CreateTask.of("x").withAttachment(Attachment.of("n.bin", content)));
		assertThat(request.body()).contains("Content-Disposition: form-data; name=\"files\"; filename=\"n.bin\"\r\n"
				+ "Content-Type: application/octet-stream\r\n\r\none two\r\n");
		assertThat(request.headers()).doesNotContainKey("Content-Length").containsEntry("Transfer-Encoding", "chunked");
	}

	@ParameterizedTest
	@CsvSource({ "a.pdf, application/pdf", "NOTES.MD, text/markdown", "a.b.yml, application/yaml", "a.heic, image/heic",
			"a.unknown, application/octet-stream", "a, application/octet-stream", "a., application/octet-stream" })
	void mediaTypeIsGuessedFromTheName(String filename, String expected) {
		assertThat(Attachment.of(filename, Flux.empty()).mediaType()).hasToString(expected);
	}

	@Test
	void mediaTypeThatIsSetWins() {
		RawServer.Request request = sent(CreateTask.of("x")
			.withAttachment(Attachment.of(resource("a.txt", "{}")).withMediaType(MediaType.APPLICATION_JSON)));
		assertThat(request.body()).contains("Content-Type: application/json\r\n");
	}

	@ParameterizedTest
	@CsvSource(quoteCharacter = '\'', value = { "'a\"b.txt','a%22b.txt'", "'Grüße 🌍.txt','Grüße 🌍.txt'",
			"'a\\','a%5C'", "'a;b=c.txt','a;b=c.txt'" })
	void filenameIsEncoded(String filename, String encoded) {
		assertThat(sent(CreateTask.of("x").withAttachment(Attachment.of(resource(filename, "x")))).body())
			.contains("filename=\"" + encoded + "\"\r\n");
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "a\r\nX-Evil: 1\r\n\r\n.txt", "a\nX-Evil: 1.txt", "a\rX-Evil: 1.txt", "a\u0000X-Evil: 1.txt" })
	void filenameAddsNoHeader(String filename) {
		String body = sent(CreateTask.of("x").withAttachment(Attachment.of(resource(filename, "x")))).body();
		assertThat(body).containsPattern("filename=\"a(%0D|%0A|%00)+X-Evil").doesNotContain("\nX-Evil");
	}

	@Test
	void mediaTypeAddsNoHeader() {
		MediaType type = new MediaType("text", "plain", Map.of("a", "\"b\r\nX-Evil: 1\""));
		assertThatIllegalArgumentException().isThrownBy(() -> Attachment.of(resource("a.txt", "x")).withMediaType(type))
			.withMessageContaining("'mediaType'");
	}

	@Test
	void attachmentWithoutANameHasOneOnTheWire() {
		assertThat(sent(CreateTask.of("x").withAttachment(Attachment.of(new ByteArrayResource(new byte[1])))).body())
			.contains("filename=\"file\"");
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void attachmentThatCannotBeReadIsAnErrorBeforeAnythingIsSent(HttpStack stack) {
		withServer(stack,
				CreateTask.of("x").withAttachment(Attachment.of(new FileSystemResource("target/no-such-file.pdf"))),
				(error) -> assertThat(error).isInstanceOf(IllegalArgumentException.class)
					.hasMessageContaining("no-such-file.pdf")
					.hasMessageContaining("Nothing was sent"),
				0);
	}

	@Test
	void inputThatIsNoTextIsAnErrorBeforeAnythingIsSent() {
		assertThatIllegalArgumentException().isThrownBy(() -> CreateTask.of("half a pair: \ud83d"))
			.withMessageContaining("'input'");
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void attachmentThatCanBeReadAgainIsSentAgainAfterARejection(HttpStack stack) {
		withRejectingServer(stack, CreateTask.of("x").withAttachment(Attachment.of(resource("a.txt", "again"))), 2);
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void attachmentThatCannotBeReadAgainIsNotSentAgainAfterARejection(HttpStack stack) {
		InputStream stream = new ByteArrayInputStream(new byte[] { 'x' });
		withServer(stack, CreateTask.of("x").withAttachment(Attachment.of("a.txt", new InputStreamResource(stream))),
				(error) -> assertThat(error).isInstanceOf(RateLimitedException.class), 1);
	}

	@Test
	void taskIsNeeded() {
		TasksClient.with(HttpStack.REACTOR_NIO, "http://localhost:1",
				(client) -> assertThatIllegalArgumentException().isThrownBy(() -> client.create(null))
					.withMessage("'task' must not be null"));
	}

	private static void withServer(HttpStack stack, CreateTask task, Consumer<Throwable> error, int requests) {
		try (RawServer server = RawServer
			.start((request, connection, number) -> connection.json(429, "{}", "Retry-After: 0"))) {
			TasksClient.with(stack, server.url(),
					(client) -> StepVerifier.create(client.create(task)).expectErrorSatisfies(error).verify(PATIENCE));
			assertThat(server.requests()).hasSize(requests);
		}
	}

	private static void withRejectingServer(HttpStack stack, CreateTask task, int requests) {
		try (RawServer server = RawServer.start((request, connection, number) -> {
			if (number == 1) {
				connection.json(429, "{}", "Retry-After: 0");
			}
			else {
				connection.json(200, Json.WORKER);
			}
		})) {
			TasksClient.with(stack, server.url(),
					(client) -> StepVerifier.create(client.create(task))
						.expectNextCount(1)
						.expectComplete()
						.verify(PATIENCE));
			assertThat(server.requests()).hasSize(requests)
				.allSatisfy((request) -> assertThat(request.body()).contains("again"));
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void attachmentThatFailsOnItsWayLeavesTheOutcomeUnknown(HttpStack stack) {
		Flux<DataBuffer> content = Flux.<DataBuffer>just(DefaultDataBufferFactory.sharedInstance.wrap(new byte[10]))
			.concatWith(Flux.error(new IOException("disk gone")));
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			TasksClient.with(stack, server.url(),
					(client) -> StepVerifier
						.create(client.create(CreateTask.of("x").withAttachment(Attachment.of("a", content))))
						.expectError(HandingerException.class)
						.verify(PATIENCE));
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "", ".", "..", "\u0000", "a\nb" })
	void idThatIsNoneIsRefused(String id) {
		assertThatIllegalArgumentException().isThrownBy(() -> CreateTask.of("x").withTaskId(id))
			.withMessageContaining("taskId");
		assertThatIllegalArgumentException().isThrownBy(() -> CreateTask.of("x").withWorkerId(id))
			.withMessageContaining("workerId");
	}

	@Test
	void emptyInputIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> CreateTask.of("")).withMessageContaining("'input'");
	}

	@Test
	void unknownBudgetIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> CreateTask.of("x").withBudget(Budget.UNKNOWN))
			.withMessageContaining("budget");
	}

	@Test
	void attachmentsAreImmutable() {
		List<Attachment> attachments = CreateTask.of("x")
			.withAttachment(Attachment.of(resource("a", "x")))
			.attachments();
		assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(attachments::clear);
	}

}
