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

import ch.qos.logback.classic.Level;
import com.handinger.spring.autoconfigure.HandingerConnectionDetails;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.webhook.WebhookApplication.ListeningApplication;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which tokens open the webhook comes from the application's connection details, for each
 * delivery anew.
 */
class WebhookConnectionDetailsTests {

	private static final String BODY = "{\"taskId\":\"tsk_1\"}";

	private static int deliver(WebhookApplication application, String token) {
		return application.send("POST /handinger/webhook HTTP/1.1", "X-Handinger-Token: " + token, BODY).status();
	}

	@ParameterizedTest
	@EnumSource(names = { "TOMCAT", "NETTY" })
	void tokensAreThoseOfNow(WebStack stack) {
		try (TasksServer handinger = TasksServer.start().withTask("tsk_1", 1);
				WebhookApplication application = WebhookApplication.start(stack, handinger, Application.class)) {
			Details details = application.context().getBean(Details.class);
			assertThat(deliver(application, "whk_first")).isEqualTo(204);
			assertThat(deliver(application, WebhookApplication.TOKEN)).isEqualTo(401);
			details.tokens = List.of("whk_second", "whk_third");
			assertThat(deliver(application, "whk_first")).isEqualTo(401);
			assertThat(deliver(application, "whk_second")).isEqualTo(204);
			assertThat(deliver(application, "whk_third")).isEqualTo(204);
			details.tokens = null;
			assertThat(deliver(application, "whk_third")).isIn(404, 405);
			details.tokens = List.of("whk_first");
			assertThat(deliver(application, "whk_first")).isEqualTo(204);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "TOMCAT", "NETTY" })
	void tokensThatCannotBeReadAreToldOfAndReadAgain(WebStack stack) {
		try (TasksServer handinger = TasksServer.start().withTask("tsk_1", 1);
				WebhookApplication application = WebhookApplication.start(stack, handinger, Application.class);
				CapturedLog log = CapturedLog.startWithTrace()) {
			Details details = application.context().getBean(Details.class);
			details.failing = true;
			assertThat(deliver(application, "whk_first")).isEqualTo(503);
			assertThat(deliver(application, "whk_other")).isEqualTo(503);
			details.failing = false;
			assertThat(deliver(application, "whk_first")).isEqualTo(204);
			assertThat(log.lines(Level.WARN)).singleElement()
				.asString()
				.contains("the tokens of the webhook can't be read from the connection details: "
						+ "java.lang.UnsupportedOperationException: The vault is closed, not for ******");
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(ListeningApplication.class)
	static class Application {

		@Bean
		Details details(@Value("${handinger.base-url}") String baseUrl) {
			return new Details(baseUrl);
		}

	}

	/**
	 * Details that change.
	 */
	static final class Details implements HandingerConnectionDetails {

		private final String baseUrl;

		private volatile List<String> tokens = List.of("whk_first");

		private volatile boolean failing;

		Details(String baseUrl) {
			this.baseUrl = baseUrl;
		}

		@Override
		public String getBaseUrl() {
			return this.baseUrl;
		}

		@Override
		public String getApiKey() {
			return "hdg_test_0ther";
		}

		@Override
		public List<String> getWebhookTokens() {
			if (this.failing) {
				throw new UnsupportedOperationException("The vault is closed, not for whk_5ecret");
			}
			return this.tokens;
		}

	}

}
