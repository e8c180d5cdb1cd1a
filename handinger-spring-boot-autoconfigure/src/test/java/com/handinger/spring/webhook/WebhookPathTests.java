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

import com.handinger.spring.support.TasksServer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where the webhook is.
 */
class WebhookPathTests {

	private static final String TOKEN = "X-Handinger-Token: " + WebhookApplication.TOKEN;

	private static final String BODY = "{\"taskId\":\"tsk_1\"}";

	private static int status(WebStack stack, String path, String headers, String... properties) {
		try (TasksServer handinger = TasksServer.start().withTask("tsk_1", 1);
				WebhookApplication application = WebhookApplication.start(stack, handinger, properties)) {
			return application.send("POST " + path + " HTTP/1.1", TOKEN + headers, BODY).status();
		}
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, server.servlet.context-path=/app, /app/handinger/webhook, 204",
			"JETTY, server.servlet.context-path=/app, /app/handinger/webhook, 204",
			"TOMCAT, server.servlet.context-path=/app, /handinger/webhook, 404",
			"TOMCAT, spring.mvc.servlet.path=/api, /api/handinger/webhook, 204",
			"JETTY, spring.mvc.servlet.path=/api, /api/handinger/webhook, 204",
			"NETTY, spring.webflux.base-path=/app, /app/handinger/webhook, 204",
			"NETTY, spring.webflux.base-path=/app, /handinger/webhook, 404",
			"TOMCAT, handinger.webhook.path=/hooks/tasks, /hooks/tasks, 204",
			"NETTY, handinger.webhook.path=/hooks/tasks, /hooks/tasks, 204",
			"NETTY, handinger.webhook.path=/hooks/tasks, /handinger/webhook, 404",
			"TOMCAT, handinger.webhook.enabled=false, /handinger/webhook, 404",
			"NETTY, handinger.webhook.enabled=false, /handinger/webhook, 404" })
	void webhookIsBelowThePathOfTheApplication(WebStack stack, String property, String path, int status) {
		assertThat(status(stack, path, "", property)).isEqualTo(status);
	}

	@ParameterizedTest
	@EnumSource
	void forwardedHeadersDoNotMatter(WebStack stack) {
		String forged = "\r\nX-Forwarded-Prefix: /app\r\nX-Forwarded-Host: evil.example\r\nX-Forwarded-Proto: https";
		assertThat(status(stack, "/handinger/webhook", forged)).isEqualTo(204);
		assertThat(status(stack, "/handinger/webhook", forged, "server.forward-headers-strategy=framework"))
			.isEqualTo(204);
		assertThat(status(stack, "/handinger/webhook", forged, "server.forward-headers-strategy=native"))
			.isEqualTo(204);
	}

}
