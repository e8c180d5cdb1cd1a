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
import java.util.ArrayList;
import java.util.List;

import ch.qos.logback.classic.Level;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.webhook.WebhookSecurityTests.SecuredApplication;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is logged of a caller that has the token, and breaks its request. Spring Security
 * guards the error page of the application.
 */
@Tag("slow")
class WebhookLogTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final String HEAD = "POST /handinger/webhook HTTP/1.1\r\nHost: localhost\r\nX-Handinger-Token: "
			+ WebhookApplication.TOKEN + "\r\n";

	private static final String CHUNKED = HEAD + "Transfer-Encoding: chunked\r\n\r\n";

	private static final String FIRST_CHUNK = "5\r\n{\"a\":\r\n";

	private static List<String> malformed() {
		List<String> requests = new ArrayList<>();
		for (String start : List.of(CHUNKED, CHUNKED + FIRST_CHUNK)) {
			for (String end : List.of("zz\r\n", "-1\r\n", "ffffffffffffffff1\r\n", "5\r\n{\"a\":xx",
					"0\r\nno trailer\r\n\r\n", "0\r\n" + "name: value\r\n".repeat(5000) + "\r\n")) {
				requests.add(start + end);
			}
		}
		return requests;
	}

	private static WebhookApplication start(WebStack stack, TasksServer handinger) {
		return WebhookApplication.start(stack, handinger, CountingApplication.class,
				AttackedApplication.WITHOUT_METRICS);
	}

	private static int invalid(WebhookApplication application) {
		return (int) application.context()
			.getBean(MeterRegistry.class)
			.find("handinger.webhook.deliveries")
			.tag("outcome", "invalid")
			.counters()
			.stream()
			.mapToDouble(Counter::count)
			.sum();
	}

	@ParameterizedTest
	@EnumSource
	void malformedBodyIsOneLineAtMost(WebStack stack) {
		try (TasksServer handinger = TasksServer.start().withTask("tsk_1", 1);
				WebhookApplication application = start(stack, handinger);
				CapturedLog log = CapturedLog.startWithTrace()) {
			List<String> requests = malformed();
			for (String request : requests) {
				try (RawClient client = new RawClient(application.port())) {
					client.tryWrite(request.getBytes());
					client.readAll(PATIENCE);
				}
			}
			Awaitility.await().atMost(PATIENCE).until(() -> invalid(application) == requests.size());
			assertThat(application.deliverTask("tsk_1").status()).isEqualTo(204);
			assertThat(log.troubles()).isEmpty();
			assertThat(log.lines(Level.WARN)).hasSizeLessThanOrEqualTo(requests.size());
			assertThat(log.lines(Level.WARN)).noneMatch((line) -> line.contains("com.handinger"));
		}
	}

	@ParameterizedTest
	@EnumSource
	void connectionThatBreaksWithinTheBodyIsNotLogged(WebStack stack) {
		try (TasksServer handinger = TasksServer.start().withTask("tsk_1", 1);
				WebhookApplication application = start(stack, handinger);
				CapturedLog log = CapturedLog.startWithTrace()) {
			int broken = 0;
			for (String request : List.of(CHUNKED, CHUNKED + FIRST_CHUNK, CHUNKED + FIRST_CHUNK + "5\r\n{",
					HEAD + "Content-Length: 100\r\n\r\n", HEAD + "Content-Length: 100\r\n\r\n{")) {
				for (boolean reset : List.of(true, false)) {
					try (RawClient client = new RawClient(application.port())) {
						client.write(request);
						// Another delivery is through, so this one has begun.
						assertThat(application.deliverTask("tsk_1").status()).isEqualTo(204);
						if (reset) {
							client.reset();
						}
					}
					int expected = ++broken;
					Awaitility.await().atMost(PATIENCE).until(() -> invalid(application) == expected);
				}
			}
			assertThat(application.deliverTask("tsk_1").status()).isEqualTo(204);
			assertThat(log.lines(Level.WARN)).isEmpty();
		}
	}

	@Configuration(proxyBeanMethods = false)
	@Import(SecuredApplication.class)
	static class CountingApplication {

		@Bean
		SimpleMeterRegistry meterRegistry() {
			return new SimpleMeterRegistry();
		}

	}

}
