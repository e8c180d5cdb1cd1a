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

import java.time.Duration;

import com.handinger.spring.support.TasksServer;
import com.handinger.spring.webhook.WebhookApplication.Listener;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.server.SecurityWebFilterChain;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Deliveries come through Spring Security without a line of configuration, and everything
 * else is as it was.
 */
class WebhookSecurityTests {

	private static final String POST = "POST /handinger/webhook HTTP/1.1";

	@ParameterizedTest
	@EnumSource
	void chainOfBootStaysAsItWas(WebStack stack) {
		try (TasksServer handinger = TasksServer.start().withTask("tsk_1", 1);
				WebhookApplication application = WebhookApplication.start(stack, handinger, SecuredApplication.class)) {
			assertThat(application.deliverTask("tsk_1").status()).isEqualTo(204);
			assertThat(application.send(POST, "X-Handinger-Token: wrong", "{}").status()).isEqualTo(401);
			assertThat(application.send("GET /other HTTP/1.1", "", "").status()).isEqualTo(401);
			assertThat(application.send("POST /other HTTP/1.1", "X-Handinger-Token: " + WebhookApplication.TOKEN, "")
				.status()).isIn(401, 403);
			assertThat(application
				.send("POST /handinger/webhook;a=b HTTP/1.1", "X-Handinger-Token: " + WebhookApplication.TOKEN,
						"{\"taskId\":\"tsk_1\"}")
				.status()).isIn(400, 401, 403);
			assertThat(application.listener().events()).hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "TOMCAT", "NETTY" })
	void chainOfTheApplicationStaysAsItWas(WebStack stack) {
		try (TasksServer handinger = TasksServer.start().withTask("tsk_1", 1);
				WebhookApplication application = WebhookApplication.start(stack, handinger, DenyingApplication.class)) {
			assertThat(application.deliverTask("tsk_1").status()).isEqualTo(204);
			assertThat(application.send("GET /other HTTP/1.1", "", "").status()).isIn(401, 403);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "TOMCAT", "NETTY" })
	void filterOrderPutsSpringSecurityFirst(WebStack stack) {
		try (TasksServer handinger = TasksServer.start().withTask("tsk_1", 1);
				WebhookApplication application = WebhookApplication.start(stack, handinger, DenyingApplication.class,
						"handinger.webhook.filter-order=0")) {
			assertThat(application.deliverTask("tsk_1").status()).isIn(401, 403);
			assertThat(application.listener().events()).isEmpty();
		}
	}

	/**
	 * Tomcat calls the error page of the application for a body that can't be read.
	 */
	@ParameterizedTest
	@EnumSource
	void bodyThatCannotBeReadIsAnsweredWithoutTheErrorPage(WebStack stack) {
		String head = POST + "\r\nHost: localhost\r\nX-Handinger-Token: " + WebhookApplication.TOKEN + "\r\n";
		try (TasksServer handinger = TasksServer.start().withTask("tsk_1", 1);
				WebhookApplication application = WebhookApplication.start(stack, handinger, SecuredApplication.class,
						"server.tomcat.connection-timeout=1s")) {
			assertBare(application, head + "Transfer-Encoding: chunked\r\n\r\nmalformed\r\n{}\r\n0\r\n\r\n", 400);
			if (stack == WebStack.TOMCAT) {
				assertBare(application, head + "Content-Length: 1000\r\n\r\n{", 408);
			}
			assertThat(application.deliverTask("tsk_1").status()).isEqualTo(204);
		}
	}

	private static void assertBare(WebhookApplication application, String request, int status) {
		try (RawClient client = new RawClient(application.port())) {
			client.write(request);
			assertThat(client.readAll(Duration.ofSeconds(30))).startsWith("HTTP/1.1 " + status + " ")
				.endsWith("\r\n\r\n")
				.doesNotContainIgnoringCase("WWW-Authenticate");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration(excludeName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
	static class SecuredApplication {

		@Bean
		Listener listener() {
			return new Listener();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import({ SecuredApplication.class, ServletChain.class, ReactiveChain.class })
	static class DenyingApplication {

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
	static class ServletChain {

		@Bean
		SecurityFilterChain chain(HttpSecurity http) {
			return http.authorizeHttpRequests((requests) -> requests.anyRequest().denyAll()).build();
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
	static class ReactiveChain {

		@Bean
		SecurityWebFilterChain chain(ServerHttpSecurity http) {
			return http.authorizeExchange((exchanges) -> exchanges.anyExchange().denyAll()).build();
		}

	}

}
