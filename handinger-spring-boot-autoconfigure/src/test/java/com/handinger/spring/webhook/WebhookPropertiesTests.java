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

import com.handinger.spring.support.TasksClient;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.core.NestedExceptionUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A webhook that can't work is an error at start.
 */
class WebhookPropertiesTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "handinger.webhook.path=webhook|has to start with /",
					"handinger.webhook.path=/|has to start with /", "handinger.webhook.path=/a/|none at the end",
					"handinger.webhook.path=/a//b|has to start with /", "handinger.webhook.path=/{id}|letters",
					"handinger.webhook.path=/a/../b|letters", "handinger.webhook.path=/a;b|letters",
					"handinger.webhook.path=/a%20b|letters", "handinger.webhook.tokens=|blank",
					"handinger.webhook.tokens=whk_1,,whk_2|blank", "handinger.webhook.tokens[0]=   |blank",
					"handinger.webhook.tokens=whk 5ecret|space", "handinger.webhook.max-body-size=0B|at least 1B",
					"handinger.webhook.timeout=0s|at least 1ms",
					"handinger.webhook.registration.url=http://example.com/hook|https",
					"handinger.webhook.registration.url=example.com/hook|should look like",
					"handinger.webhook.registration.url=https://user:5ecret@example.com/hook|user info",
					"handinger.webhook.registration.url=https://example.com/hook|worker-ids",
					"handinger.webhook.reconciliation.interval=0s|at least 1ms",
					"handinger.webhook.reconciliation.max-age=0s|at least 1ms" })
	void badValueIsAnErrorThatNamesThePropertyAndSaysWhatWouldBeRight(String property, String reason) {
		TasksClient.application().withPropertyValues("handinger.api-key=hdg_test_1", property).run((context) -> {
			assertThat(context).hasFailed();
			String message = NestedExceptionUtils.getMostSpecificCause(context.getStartupFailure()).getMessage();
			assertThat(message).contains(reason).doesNotContain("5ecret");
			if (!reason.equals("worker-ids")) {
				assertThat(message).contains(property.substring(0, property.indexOf('=')).replaceAll("\\[0]", ""));
			}
		});
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://example.com/handinger/webhook", "http://localhost:8080/hook?team=1",
			"http://127.0.0.1/hook" })
	void urlThatHandingerCanBeTold(String url) {
		TasksClient.application()
			.withPropertyValues("handinger.api-key=hdg_test_1", "handinger.webhook.registration.url=" + url,
					"handinger.webhook.registration.worker-ids=wrk_1")
			.run((context) -> assertThat(context).hasNotFailed());
	}

}
