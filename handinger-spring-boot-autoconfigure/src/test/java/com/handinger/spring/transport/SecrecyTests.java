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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.Attachment;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;

import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Neither the key nor what a task was asked shows in a log or an exception, whatever goes
 * wrong and however much is logged, and even if the server repeats it.
 */
class SecrecyTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final String INPUT = "inputThatNobodyMayRead-0123456789";

	private static final String FILE = "fileThatNobodyMayRead";

	private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

	private final Level level = this.root.getLevel();

	private final Appender<ILoggingEvent> console = this.root.getAppender("console");

	private final RecordingAppender appender = new RecordingAppender();

	@BeforeEach
	void logEverything() {
		this.appender.setContext(this.root.getLoggerContext());
		this.appender.start();
		this.root.detachAppender(this.console);
		this.root.addAppender(this.appender);
		this.root.setLevel(Level.TRACE);
	}

	@AfterEach
	void logAsBefore() {
		this.root.setLevel(this.level);
		this.root.detachAppender(this.appender);
		this.root.addAppender(this.console);
	}

	static Stream<Arguments> servers() {
		String echo = "{\"error\":\"Bad: %s %s\"}";
		return Stream.of(HttpStack.values())
			.flatMap((stack) -> Stream.of(Arguments.of(stack, 422, "application/json", echo),
					Arguments.of(stack, 401, "application/json", echo),
					Arguments.of(stack, 500, "application/json", echo),
					Arguments.of(stack, 502, "text/html", "<p>%s %s"),
					Arguments.of(stack, 200, "text/html", "<p>%s %s"),
					Arguments.of(stack, 200, "application/json", "{\"messages\":[\"%s %s\"]}"),
					Arguments.of(stack, 200, "application/json", "{\"id\":1,\"created_at\":\"%s %s\"}"),
					Arguments.of(stack, 200, "application/json",
							"{\"id\":\"wrk_1\",\"messages\":[\"%s %s\"],\"output_text\":\"%1$s\"}"),
					Arguments.of(stack, 200, "text/plain", "{\"turns\":[{\"input\":\"" + FILE + " %s %s\"}]}"),
					Arguments.of(stack, 200, "application/octet-stream", FILE + " %s %s"),
					Arguments.of(stack, 302, "text/html", "<p>%s %s"), Arguments.of(stack, 0, "", "")));
	}

	@ParameterizedTest
	@MethodSource("servers")
	void nothingIsSpoken(HttpStack stack, int status, String contentType, String body) {
		List<String> spoken = new ArrayList<>();
		try (RawServer server = RawServer.start((request, connection, number) -> {
			if (status == 0) {
				connection.reset();
				return;
			}
			String echo = body.formatted(request.line().startsWith("POST") ? INPUT : "",
					request.headers().get("Authorization"));
			connection.write("HTTP/1.1 " + status + " Status\r\nContent-Type: " + contentType
					+ "\r\nLocation: https://evil.example/?" + INPUT + "\r\nContent-Length: "
					+ echo.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + echo);
		})) {
			TasksClient.with(stack, server.url(), (client) -> {
				for (Mono<?> call : calls(client)) {
					Signal<?> signal = call.materialize().block(PATIENCE);
					assertThat(signal).isNotNull();
					spoken.add(signal.toString());
					collect(signal.getThrowable(), spoken);
				}
			});
			assertThat(server.requests()).hasSizeGreaterThanOrEqualTo(4);
		}
		assertThat(this.appender.messages).isNotEmpty();
		spoken.addAll(List.copyOf(this.appender.messages));
		assertThat(spoken)
			.noneMatch((text) -> text.contains(TasksClient.API_KEY) || text.contains(INPUT) || text.contains(FILE));
	}

	private static List<Mono<?>> calls(HandingerTasksClient client) {
		CreateTask task = CreateTask.of(INPUT);
		Attachment file = Attachment.of("a.txt", new ByteArrayResource(FILE.getBytes(StandardCharsets.UTF_8)));
		return List.of(client.create(task), client.create(task.withAttachment(file)), client.delete("tsk_1"),
				client.retrieve("tsk_1"));
	}

	private static void collect(Throwable error, List<String> messages) {
		collect(error, messages, Collections.newSetFromMap(new IdentityHashMap<>()));
	}

	private static void collect(Throwable error, List<String> messages, Set<Throwable> seen) {
		if (error != null && seen.add(error)) {
			messages.add(error.toString());
			collect(error.getCause(), messages, seen);
			for (Throwable suppressed : error.getSuppressed()) {
				collect(suppressed, messages, seen);
			}
		}
	}

	/**
	 * Keeps whatever is logged.
	 */
	private static final class RecordingAppender extends AppenderBase<ILoggingEvent> {

		private final List<String> messages = Collections.synchronizedList(new ArrayList<>());

		@Override
		protected void append(ILoggingEvent event) {
			this.messages.add(event.getLoggerName() + " " + event.getFormattedMessage());
			IThrowableProxy thrown = event.getThrowableProxy();
			if (thrown != null) {
				this.messages.add(ThrowableProxyUtil.asString(thrown));
			}
		}

	}

}
