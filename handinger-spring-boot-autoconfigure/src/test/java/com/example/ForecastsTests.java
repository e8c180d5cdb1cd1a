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

package com.example;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.test.StepVerifier;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;

/**
 * An example of the test of an application.
 */
@SpringBootTest(webEnvironment = WebEnvironment.NONE, properties = "handinger.api-key=hdg_test_forecasts")
class ForecastsTests {

	@RegisterExtension
	static final WireMockExtension handinger = WireMockExtension.newInstance().build();

	@DynamicPropertySource
	static void baseUrl(DynamicPropertyRegistry registry) {
		registry.add("handinger.base-url", handinger::baseUrl);
	}

	@Test
	void forecastIsTheTextOfTheAnswer(@Autowired Forecasts forecasts) {
		handinger.stubFor(post("/api/tasks").willReturn(okJson("""
				{"id": "wrk_1", "object": "worker", "status": "completed", "running": false,
				 "output_text": "Sunny.", "output": [], "messages": [], "sources": [], "files": [],
				 "metadata": {}, "url": "https://handinger.com/workers/wrk_1"}""")));
		StepVerifier.create(forecasts.forecast("Barcelona")).expectNext("Sunny.").verifyComplete();
		handinger.verify(1, postRequestedFor(urlEqualTo("/api/tasks")));
	}

}
