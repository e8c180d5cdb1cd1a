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

package com.example.reports;

import java.net.URI;
import java.util.Objects;

import com.handinger.spring.test.AutoConfigureHandingerSimulator;
import com.handinger.spring.test.HandingerSimulator;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.test.web.reactive.server.WebTestClient;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "spring.main.web-application-type=servlet")
@AutoConfigureHandingerSimulator
@AutoConfigureWebTestClient(timeout = "20s")
class ReportsTests {

	@Test
	void reportIsAcceptedAndThenRead(@Autowired HandingerSimulator handinger, @Autowired WebTestClient http) {
		handinger.whenInput("What's new?").thenAnswer("Nothing.");
		handinger.hold();
		URI location = http.post()
			.uri("/reports")
			.bodyValue("What's new?")
			.exchange()
			.expectStatus()
			.isAccepted()
			.returnResult(Void.class)
			.getResponseHeaders()
			.getLocation();
		handinger.finish(handinger.tasks().get(0).id());
		http.get()
			.uri(Objects.requireNonNull(location).toString())
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.isEqualTo("Nothing.");
	}

	@Test
	void handleThatIsNoneIsABadRequest(@Autowired WebTestClient http) {
		http.get().uri("/reports/tsk_1").exchange().expectStatus().isBadRequest();
	}

}
