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
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.read.ListAppender;
import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.WorkersClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Neither a token nor what a worker was told shows in a log or an exception, even if the
 * server repeats it.
 */
class WorkersSecrecyTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final String TOLD = "toldThatNobodyMayRead-0123456789";

	private static final String TOKEN = "tokenOfAnotherKindThatNobodyMayRead";

	private static final String URL = "https://example.com/urlThatNobodyMayRead-0123456789";

	private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);

	private final Level level = this.root.getLevel();

	private final Appender<ILoggingEvent> console = this.root.getAppender("console");

	private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

	@BeforeEach
	void logEverything() {
		this.appender.list = Collections.synchronizedList(new ArrayList<>());
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

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void whatAWorkerWasToldIsNotSpoken(HttpStack stack) {
		for (String answer : List.of("{\"error\":\"Bad: " + TOLD + "\"}", "{\"id\":1,\"instructions\":\"" + TOLD)) {
			assertThat(spoken(stack, 422, answer, told())).noneMatch((text) -> text.contains(TOLD));
			assertThat(spoken(stack, 200, answer, told())).noneMatch((text) -> text.contains(TOLD));
		}
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void urlOfAWebhookIsNotRepeatedByAnException(HttpStack stack) {
		assertThat(spoken(stack, 422, "{\"error\":\"Bad: " + URL + "\"}",
				(client) -> Stream.of(client.updateWebhook("wrk_1", URL))))
			.noneMatch((text) -> text.contains("Bad: " + URL));
	}

	@ParameterizedTest
	@EnumSource(HttpStack.class)
	void tokenIsNotSpoken(HttpStack stack) {
		for (String answer : List.of("{\"token\":\"" + TOKEN + "\",\"url\":null}",
				"{\"token\":\"" + TOKEN + "\",\"url\":{}}", "{\"token\":\"" + TOKEN, "token=" + TOKEN)) {
			assertThat(spoken(stack, 200, answer, secret())).noneMatch((text) -> text.contains(TOKEN));
		}
	}

	private List<String> spoken(HttpStack stack, int status, String answer, Calls calls) {
		List<String> spoken = new ArrayList<>();
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(status, answer))) {
			WorkersClient.with(stack, server.url(), (client) -> calls.of(client).forEach((call) -> {
				Signal<?> signal = call.materialize().block(PATIENCE);
				assertThat(signal).isNotNull();
				spoken.add(signal.toString());
				collect(signal.getThrowable(), spoken, Collections.newSetFromMap(new IdentityHashMap<>()));
			}));
			assertThat(server.requests()).isNotEmpty();
		}
		assertThat(this.appender.list).isNotEmpty();
		for (ILoggingEvent event : List.copyOf(this.appender.list)) {
			spoken.add(event.getFormattedMessage());
			if (event.getThrowableProxy() != null) {
				spoken.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
			}
		}
		return spoken;
	}

	private static Calls told() {
		return (client) -> Stream.of(client.create(CreateWorker.of(TOLD)), client.create(CreateWorker.ofPrompt(TOLD)),
				client.create(CreateWorker.of("x").withTitle(TOLD).withSummary(TOLD)),
				client.update("wrk_1", UpdateWorker.nothing().withInstructions(TOLD)),
				client.schedule("wrk_1", CreateSchedule.of(TOLD, When.cron("* * * * *"))));
	}

	private static Calls secret() {
		return (client) -> Stream.of(client.webhook("wrk_1"), client.updateWebhook("wrk_1", URL),
				client.deleteWebhook("wrk_1"), client.regenerateWebhookToken("wrk_1"));
	}

	private static void collect(Throwable error, List<String> messages, Set<Throwable> seen) {
		if (error != null && seen.add(error)) {
			messages.add(error.toString());
			if (error instanceof UnexpectedResponseException unexpected) {
				messages.add(unexpected.body());
			}
			collect(error.getCause(), messages, seen);
			for (Throwable suppressed : error.getSuppressed()) {
				collect(suppressed, messages, seen);
			}
		}
	}

	/**
	 * Calls of a client.
	 */
	private interface Calls {

		Stream<Mono<?>> of(HandingerWorkersClient client);

	}

}
