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
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.webhook.WebhookApplication.ListeningApplication;
import com.handinger.spring.worker.HandingerWorkersClient;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * A test of the application may replace the clients by mocks that return {@code null}.
 */
@Tag("slow")
@ExtendWith(OutputCaptureExtension.class)
class MockedClientsTests {

	@ParameterizedTest
	@EnumSource(names = { "TOMCAT", "NETTY" })
	void applicationWithMockedClientsIsQuiet(WebStack stack, CapturedOutput output) {
		try (TasksServer handinger = TasksServer.start();
				WebhookApplication application = WebhookApplication.start(stack, handinger, MockedApplication.class,
						"handinger.webhook.registration.url=https://example.com/handinger/webhook",
						"handinger.webhook.registration.worker-ids=wrk_1,wrk_2",
						"spring.lifecycle.timeout-per-shutdown-phase=1s")) {
			for (int i = 0; i < 3; i++) {
				assertThat(application.deliverTask("tsk_1").status()).isEqualTo(503);
			}
			Awaitility.await()
				.atMost(Duration.ofMinutes(2))
				.until(() -> output.getOut().contains("webhookExecutions returned null"));
			assertThat(application.listener().events()).isEmpty();
		}
		assertThat(output).containsOnlyOnce("HandingerTasksClient.retrieve returned null")
			.containsOnlyOnce("HandingerWorkersClient.webhook returned null")
			.containsOnlyOnce("HandingerWorkersClient.webhookExecutions returned null")
			.doesNotContain("ErrorCallbackNotImplemented")
			.doesNotContain("\tat ")
			.doesNotContain("still running");
	}

	@Configuration(proxyBeanMethods = false)
	@Import(ListeningApplication.class)
	static class MockedApplication {

		@Bean
		HandingerTasksClient tasksClient() {
			return mock(HandingerTasksClient.class);
		}

		@Bean
		HandingerWorkersClient workersClient() {
			return mock(HandingerWorkersClient.class);
		}

	}

}
