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
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The webhook is on the port of the application, and not on that of the actuator.
 */
class WebhookManagementPortTests {

	private static final String TOKEN = "X-Handinger-Token: " + WebhookApplication.TOKEN;

	private static int post(int port, String path) {
		return RawClient
			.send(port, WebhookApplication.request("POST " + path + " HTTP/1.1", TOKEN, "{\"taskId\":\"tsk_1\"}"))
			.status();
	}

	private static int managementPort(WebhookApplication application) {
		return application.context().getEnvironment().getRequiredProperty("local.management.port", Integer.class);
	}

	@ParameterizedTest
	@EnumSource
	void webhookIsNotOnTheManagementPort(WebStack stack) {
		try (TasksServer handinger = TasksServer.start().withTask("tsk_1", 1);
				WebhookApplication application = WebhookApplication.start(stack, handinger, "management.server.port=0",
						"spring.main.allow-bean-definition-overriding=true")) {
			assertThat(post(managementPort(application), "/handinger/webhook")).isIn(404, 405);
			assertThat(application.listener().events()).isEmpty();
			assertThat(post(application.port(), "/handinger/webhook")).isEqualTo(204);
		}
	}

	@ParameterizedTest
	@EnumSource
	void webhookIsNotBelowTheManagementPath(WebStack stack) {
		try (TasksServer handinger = TasksServer.start().withTask("tsk_1", 1);
				WebhookApplication application = WebhookApplication.start(stack, handinger, "management.server.port=0",
						"spring.main.allow-bean-definition-overriding=true", "management.server.base-path=/manage")) {
			int port = managementPort(application);
			assertThat(post(port, "/manage/handinger/webhook")).isIn(404, 405);
			assertThat(post(port, "/handinger/webhook")).isIn(404, 405);
			assertThat(application.listener().events()).isEmpty();
			assertThat(post(application.port(), "/handinger/webhook")).isEqualTo(204);
		}
	}

}
