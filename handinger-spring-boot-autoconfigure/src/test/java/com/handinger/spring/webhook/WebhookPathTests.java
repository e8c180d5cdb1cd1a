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

import java.util.List;

import com.handinger.spring.autoconfigure.HandingerAutoConfiguration;
import com.handinger.spring.autoconfigure.HandingerWebhookAutoConfiguration;
import com.handinger.spring.support.TasksServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.ReactiveWebApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.ClassUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Where the webhook is.
 */
class WebhookPathTests {

	private static final String TOKEN = "X-Handinger-Token: " + WebhookApplication.TOKEN;

	private static final String FORWARDED = "\r\nX-Forwarded-Prefix: /gateway\r\nX-Forwarded-Host: other.example"
			+ "\r\nX-Forwarded-Proto: https";

	private static final AutoConfigurations STARTER = AutoConfigurations.of(HandingerAutoConfiguration.class,
			HandingerWebhookAutoConfiguration.class);

	/**
	 * Spellings of the path behind that of the application, which is the asterisk.
	 */
	private static final List<String> ATTACKS = List.of("*/handinger/webhook/", "*/handinger/webhook;a=b",
			"*/handinger/webhook;jsessionid=1", "*/handinger/webhook.json", "*/HANDINGER/webhook",
			"*/handinger/%77ebhook", "*//handinger/webhook", "*/./handinger/webhook", "*/x/../handinger/webhook",
			"*/handinger%2Fwebhook", "*%2Fhandinger/webhook", "*/handinger/webhook%00", "*/handinger/%2e/webhook",
			"*/handinger//webhook", "*/handinger;x/webhook", "*/;x/handinger/webhook", "*;x/handinger/webhook",
			"*;jsessionid=1/handinger/webhook", "/.*/handinger/webhook", "/x/..*/handinger/webhook",
			"/%2e*/handinger/webhook", "/*/handinger/webhook", "/x*/handinger/webhook", "*/x/handinger/webhook",
			"*/handinger/webhook%20");

	private static int status(WebhookApplication application, String path, String headers) {
		return application.send("POST " + path + " HTTP/1.1", TOKEN + headers, "{\"taskId\":\"tsk_1\"}").status();
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, server.servlet.context-path=/app, spring.mvc.servlet.path=/api",
			"JETTY, server.servlet.context-path=/app, spring.mvc.servlet.path=/api",
			"NETTY, spring.webflux.base-path=/app, spring.mvc.servlet.path=/unused" })
	void webhookIsBelowThePathOfTheApplication(WebStack stack, String path, String servletPath) {
		try (TasksServer handinger = TasksServer.start().withTask("tsk_1", 1);
				WebhookApplication application = WebhookApplication.start(stack, handinger,
						"handinger.webhook.path=/hooks/tasks", "server.forward-headers-strategy=framework", path,
						servletPath)) {
			String webhook = stack.isReactive() ? "/app/hooks/tasks" : "/app/api/hooks/tasks";
			assertThat(status(application, webhook, "")).isEqualTo(204);
			if (!stack.isReactive()) {
				assertThat(status(application, webhook, FORWARDED)).isEqualTo(204);
			}
			assertThat(status(application, "/hooks/tasks", "")).isEqualTo(404);
			assertThat(status(application, "/app/handinger/webhook", "")).isIn(404, 405);
		}
	}

	@Tag("slow")
	@ParameterizedTest
	@CsvSource({ "TOMCAT, server.servlet.context-path=/prüfung, /pr%C3%BCfung",
			"TOMCAT, server.servlet.context-path=/prüfung, /pr%c3%bcfung",
			"TOMCAT, server.servlet.context-path=/my app/a+b, /my%20app/a+b",
			"TOMCAT, server.servlet.context-path=/my app/a+b, /my%20app/a%2Bb",
			"TOMCAT, spring.mvc.servlet.path=/my api, /my%20api",
			"JETTY, server.servlet.context-path=/prüfung, /pr%C3%BCfung",
			"JETTY, server.servlet.context-path=/prüfung, /pr%c3%bcfung",
			"JETTY, server.servlet.context-path=/my app/a+b, /my%20app/a+b",
			"JETTY, server.servlet.context-path=/my%20app, /my%20app",
			"JETTY, spring.mvc.servlet.path=/my api, /my%20api",
			"NETTY, spring.webflux.base-path=/pr%C3%BCfung, /pr%C3%BCfung",
			"NETTY, spring.webflux.base-path=/my%20app, /my%20app" })
	void webhookIsBelowAnEncodedPathOfTheApplication(WebStack stack, String property, String path) {
		try (TasksServer handinger = TasksServer.start().withTask("tsk_1", 1);
				WebhookApplication application = WebhookApplication.start(stack, handinger,
						"server.forward-headers-strategy=framework", property)) {
			assertThat(status(application, path + "/handinger/webhook", "")).isEqualTo(204);
			for (String attack : ATTACKS) {
				assertThat(status(application, attack.replace("*", path), "")).as(attack).isNotEqualTo(204);
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "TOMCAT, ''", "TOMCAT, server.servlet.context-path=/my app", "JETTY, ''",
			"JETTY, server.servlet.context-path=/my app", "NETTY, ''" })
	void pathThatAProxyHasTakenAwayDoesNotMatter(WebStack stack, String property) {
		try (TasksServer handinger = TasksServer.start().withTask("tsk_1", 1);
				WebhookApplication application = WebhookApplication.start(stack, handinger,
						"server.forward-headers-strategy=framework", property.isEmpty() ? "unset=" : property)) {
			String path = property.isEmpty() ? "" : "/my%20app";
			for (String prefix : List.of("/my%20api", "/pr%C3%BCfung", "/a, /b%20c", "/gateway/")) {
				String forwarded = "\r\nX-Forwarded-Prefix: " + prefix;
				assertThat(status(application, path + "/handinger/webhook", forwarded)).as(prefix).isEqualTo(204);
				for (String attack : ATTACKS) {
					assertThat(status(application, attack.replace("*", path), forwarded)).as(attack + " " + prefix)
						.isNotEqualTo(204);
				}
			}
		}
	}

	@Test
	void webhookIsInWebApplications() {
		Class<?> webServerListener = ClassUtils
			.resolveClassName(HandingerWebhookAutoConfiguration.class.getName() + "$WebServerListener", null);
		new WebApplicationContextRunner().withConfiguration(STARTER)
			.run((context) -> assertThat(context).hasBean("handingerWebhookFilter").hasSingleBean(webServerListener));
		new ReactiveWebApplicationContextRunner().withConfiguration(STARTER)
			.run((context) -> assertThat(context).hasSingleBean(DeliveryWebFilter.class)
				.hasSingleBean(webServerListener));
		new ApplicationContextRunner().withConfiguration(STARTER)
			.run((context) -> assertThat(context).doesNotHaveBean("handingerWebhookFilter")
				.doesNotHaveBean(webServerListener)
				.doesNotHaveBean("handingerWebhookServletContainerListener"));
	}

	@ParameterizedTest
	@EnumSource
	@ExtendWith(OutputCaptureExtension.class)
	void webhookThatIsSwitchedOffLeavesItsPathToTheApplication(WebStack stack, CapturedOutput output) {
		try (TasksServer handinger = TasksServer.start().withTask("tsk_1", 1);
				WebhookApplication application = WebhookApplication.start(stack, handinger,
						"handinger.webhook.enabled=false", "handinger.webhook.reconciliation.enabled=true",
						"handinger.webhook.registration.url=https://example.com/hook",
						"handinger.webhook.registration.worker-ids=wrk_1")) {
			assertThat(status(application, "/handinger/webhook", "")).isIn(404, 405);
			assertThat(application.listener().events()).isEmpty();
			assertThat(handinger.lookUps()).isZero();
			assertThat(output).doesNotContain("handinger.webhook");
		}
	}

}
