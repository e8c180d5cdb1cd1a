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

package com.handinger.spring.webhook;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import com.handinger.spring.support.Json;
import com.handinger.spring.support.Overheard;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.webhook.WebhookApplication.ListeningApplication;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.boot.web.server.context.WebServerApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * With everything logged that anybody can log, neither the tokens of the webhook nor
 * anything of a delivery shows, whatever becomes of it.
 */
class WebhookTraceLogSecrecyTests {

	private static final Log logger = LogFactory.getLog(WebhookTraceLogSecrecyTests.class);

	private static final long PATIENCE_IN_SECONDS = 120;

	private static final String KEY = "hdg_test_5ecretKey";

	private static final String REGISTERED = "whk_registeredThatNobodyMayRead";

	private static final String WRONG = "wrongTokenThatNobodyMayRead";

	private static final String DELIVERED = "deliveredThatNobodyMayRead";

	private static final String ASKED = "askedThatNobodyMayRead";

	private static final String ANSWERED = "answeredThatNobodyMayRead";

	private static final List<String> SECRETS = List.of(KEY, WebhookApplication.TOKEN, REGISTERED, WRONG, DELIVERED,
			ASKED, ANSWERED);

	/**
	 * Tomcat itself writes into its log what it receives, byte by byte, as soon as this
	 * logger has the level DEBUG. Nothing in the application can keep it from that.
	 */
	private static final String TOMCATS_INPUT = "org.apache.coyote.http11.Http11InputBuffer";

	private final CountDownLatch reconciled = new CountDownLatch(1);

	private void answer(RawServer.Request request, RawServer.Connection connection) throws IOException {
		String uri = request.line().split(" ")[1];
		if (uri.contains("/executions")) {
			connection.json(200,
					Json.webhookExecutions(1, 1, "whx_1")
						.replace("\"success\"", "\"error\"")
						.replace("204", "503")
						.replace("2026-07-01T10:00:00Z", Instant.now().minusSeconds(60).toString())
						.replace("tsk_1", "tsk_missed"));
		}
		else if (uri.contains("/webhook")) {
			connection.json(200, "{\"token\":" + (request.line().startsWith("GET") ? null : "\"" + REGISTERED + "\"")
					+ ",\"url\":" + (request.line().startsWith("GET") ? null : "\"https://example.com/hook\"") + "}");
		}
		else if (uri.endsWith("tsk_unknown")) {
			connection.json(404, Json.error("No task for " + request.headers().get("Authorization")));
		}
		else if (uri.endsWith("tsk_outage")) {
			connection.json(500, Json.error("Down for " + request.headers().get("Authorization")));
		}
		else if (uri.endsWith("tsk_odd")) {
			connection.json(200, "{\"task\":{\"id\":1,\"title\":\"" + ASKED + "\"}}");
		}
		else {
			connection.json(200,
					Json.task(uri.substring(uri.lastIndexOf('/') + 1), "completed", 1)
						.replace("The weather?", ASKED)
						.replace("Sunny.", ANSWERED));
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "TOMCAT", "NETTY" })
	void nothingIsSpoken(WebStack stack) throws InterruptedException {
		try (Overheard overheard = Overheard.start((event) -> event.getLoggerName().equals(TOMCATS_INPUT));
				RawServer handinger = RawServer.start((request, connection, number) -> answer(request, connection))) {
			try (ConfigurableApplicationContext context = stack.start(ListeningApplication.class,
					"handinger.base-url=" + handinger.url(), "handinger.retry.max-attempts=1",
					"handinger.webhook.tokens=" + WebhookApplication.TOKEN, "handinger.webhook.max-body-size=1KB",
					"handinger.webhook.registration.url=https://example.com/hook",
					"handinger.webhook.registration.worker-ids=wrk_1",
					"handinger.webhook.reconciliation.enabled=true")) {
				drive(context);
			}
			overheard.assertUnspoken(SECRETS);
		}
	}

	private void drive(ConfigurableApplicationContext context) throws InterruptedException {
		WebhookApplication.Listener listener = context.getBean(WebhookApplication.Listener.class);
		listener.onTask("tsk_failing", (event) -> {
			throw new IllegalStateException("The listener fails at " + event + " of " + event.task());
		});
		listener.onTask("tsk_overflow", (event) -> {
			throw new StackOverflowError();
		});
		listener.onTask("tsk_1", (event) -> logger.info("Heard " + event));
		listener.onTask("tsk_missed", (event) -> this.reconciled.countDown());
		int port = ((WebServerApplicationContext) context).getWebServer().getPort();
		List<Integer> statuses = new ArrayList<>();
		for (String token : List.of(WebhookApplication.TOKEN, WRONG, "")) {
			for (String taskId : List.of("tsk_1", "tsk_unknown", "tsk_outage", "tsk_odd", "tsk_failing",
					"tsk_overflow")) {
				statuses.add(deliver(port, token, "{\"taskId\":\"" + taskId + "\",\"result\":\"" + DELIVERED + "\"}"));
			}
			for (String body : List.of("{\"taskId\":\"" + DELIVERED, "[\"" + DELIVERED + "\"]", DELIVERED,
					"{\"title\":\"" + DELIVERED + "\"}", "{\"taskId\":\"../" + DELIVERED + "\"}",
					"{\"result\":\"" + DELIVERED.repeat(100) + "\"}")) {
				statuses.add(deliver(port, token, body));
			}
		}
		assertThat(statuses).contains(204, 400, 401, 404, 413, 503);
		assertThat(this.reconciled.await(PATIENCE_IN_SECONDS, TimeUnit.SECONDS)).isTrue();
		assertThat(deliver(port, REGISTERED, "{\"taskId\":\"tsk_1\",\"result\":\"" + DELIVERED + "\"}")).isEqualTo(204);
	}

	private static int deliver(int port, String token, String body) {
		return RawClient
			.send(port,
					WebhookApplication.request("POST /handinger/webhook HTTP/1.1", "X-Handinger-Token: " + token, body))
			.status();
	}

}
