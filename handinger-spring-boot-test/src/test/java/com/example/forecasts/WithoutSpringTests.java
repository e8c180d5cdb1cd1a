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

package com.example.forecasts;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

import com.handinger.spring.test.HandingerSimulator;
import com.handinger.spring.test.simulator.ApiVersion;
import org.junit.jupiter.api.Test;

import static com.handinger.spring.test.HandingerSimulator.containsString;
import static org.assertj.core.api.Assertions.assertThat;

class WithoutSpringTests {

	private static String post(String url, String apiKey) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(URI.create(url))
			.header("Authorization", "Bearer " + apiKey)
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString("{\"input\": \"What's the weather in Barcelona?\"}"))
			.build();
		return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
	}

	@Test
	void simulatorAnswersAnyProgram() throws Exception {
		try (HandingerSimulator handinger = HandingerSimulator.start()) {
			handinger.whenInput(containsString("Barcelona")).thenAnswer("Sunny.");
			assertThat(post(handinger.url() + "/api/tasks", handinger.apiKey())).contains("Sunny.");
			assertThat(handinger.state().posts()).isEqualTo(1);
		}
	}

	@Test
	void simulatorHasSettings() throws Exception {
		try (HandingerSimulator handinger = HandingerSimulator.builder().turnDuration(Duration.ofMillis(50)).start()) {
			assertThat(post(handinger.url() + "/api/tasks", handinger.apiKey())).contains("completed");
		}
	}

	@Test
	void simulatorAnswersAsAnOlderApi() throws Exception {
		try (HandingerSimulator handinger = HandingerSimulator.builder().apiVersion(ApiVersion.V2026_05).start()) {
			assertThat(post(handinger.url() + "/api/tasks", handinger.apiKey())).contains("credits");
		}
	}

}
