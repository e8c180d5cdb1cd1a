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

package com.handinger.sample;

import java.util.Map;

import com.handinger.spring.test.HandingerSimulator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.reactive.server.WebTestClient;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the sample with an API key, which Handinger rejects.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = "handinger.api-key=hdg_test_revoked")
@AutoConfigureWebTestClient(timeout = "20s")
@ExtendWith(OutputCaptureExtension.class)
class ApiKeyTests {

	private static final HandingerSimulator handinger = HandingerSimulator.start();

	@Autowired
	private WebTestClient client;

	@DynamicPropertySource
	static void properties(DynamicPropertyRegistry registry) {
		registry.add("handinger.base-url", handinger::url);
	}

	@AfterAll
	static void close() {
		handinger.close();
	}

	@Test
	void noSimulatorIsStarted(@Autowired ConfigurableListableBeanFactory beans) {
		assertThat(beans.containsBeanDefinition("simulator")).isTrue();
		assertThat(beans.containsSingleton("simulator")).isFalse();
	}

	@Test
	void messageNamesTheUrlAndNotTheKey(@Autowired StartMessage message, CapturedOutput output) {
		message.log();
		assertThat(output).contains("A handinger.api-key is set, so tasks run at " + handinger.url() + " ")
			.doesNotContain("hdg_test_revoked");
	}

	@Test
	void rejectedKeyIsABadGateway() {
		this.client.post()
			.uri("/tasks")
			.bodyValue(Map.of("input", "a"))
			.exchange()
			.expectStatus()
			.isEqualTo(502)
			.expectBody()
			.jsonPath("$.detail")
			.value(String.class,
					(detail) -> assertThat(detail).contains("401 Unauthorized").doesNotContain("hdg_test_revoked"));
		this.client.get().uri("/tasks").exchange().expectBody().json("[]");
	}

}
