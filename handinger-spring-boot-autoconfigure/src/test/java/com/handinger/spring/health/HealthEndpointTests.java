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

package com.handinger.spring.health;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import com.handinger.spring.support.ActuatorApplication;
import com.handinger.spring.support.ActuatorApplication.Answer;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

import org.springframework.boot.WebApplicationType;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the actuator shows of Handinger, in a servlet and in a reactive application.
 */
class HealthEndpointTests {

	private static ActuatorApplication start(WebApplicationType type, RawServer server, String... arguments) {
		String[] all = new String[arguments.length + 2];
		all[0] = "--handinger.base-url=" + server.url();
		all[1] = "--handinger.api-key=" + TasksClient.API_KEY;
		System.arraycopy(arguments, 0, all, 2, arguments.length);
		return ActuatorApplication.start(type, all);
	}

	private static RawServer server(int status) {
		return RawServer.start((request, connection, number) -> connection.json(status,
				Json.error("Not today, " + request.headers().get("Authorization"))));
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
	void detailsAreShown(WebApplicationType type) {
		Instant before = Instant.now();
		try (RawServer server = server(404); ActuatorApplication application = start(type, server)) {
			JsonNode health = application.json("/health").get("components").get("handinger");
			assertThat(health.get("status").asString()).isEqualTo("UP");
			JsonNode details = health.get("details");
			assertThat(details.get("host").asString()).isEqualTo("localhost");
			assertThat(details.get("latency").isIntegralNumber()).isTrue();
			assertThat(details.get("latency").asLong()).isBetween(0L, Duration.ofMinutes(1).toMillis());
			assertThat(Instant.parse(details.get("lastAnswer").asString())).isBetween(before, Instant.now());
			assertThat(details.has("error")).isFalse();
			assertThat(application.get("/health/handinger").statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@CsvSource({ "SERVLET, 503", "REACTIVE, 401" })
	void failureIsToldWithoutTheKey(WebApplicationType type, int status) {
		try (RawServer server = server(status); ActuatorApplication application = start(type, server)) {
			Answer answer = application.get("/health");
			assertThat(answer.statusCode()).isEqualTo(503);
			assertThat(answer.body()).contains((status == 401) ? "check handinger.api-key" : "Not today")
				.contains("\"latency\"")
				.doesNotContain(TasksClient.API_KEY);
		}
	}

	@Tag("slow")
	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
	void thousandProbesMakeOneRequest(WebApplicationType type) {
		try (RawServer server = server(404); ActuatorApplication application = start(type, server)) {
			List<Answer> answers = application.get("/health", 1000);
			assertThat(answers).hasSize(1000).allMatch((answer) -> answer.statusCode() == 200);
			assertThat(server.requests()).hasSize(1);
		}
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
	void handingerIsNeitherInLivenessNorInReadiness(WebApplicationType type) {
		try (RawServer server = server(503);
				ActuatorApplication application = start(type, server,
						"--management.endpoint.health.probes.enabled=true")) {
			assertThat(application.get("/health").statusCode()).isEqualTo(503);
			for (String group : List.of("/health/liveness", "/health/readiness")) {
				Answer answer = application.get(group);
				assertThat(answer.statusCode()).as(group).isEqualTo(200);
				assertThat(answer.body()).as(group).doesNotContain("handinger");
			}
		}
	}

	@Test
	void handingerIsInReadinessIfTheApplicationWantsThat() {
		try (RawServer server = server(503);
				ActuatorApplication application = start(WebApplicationType.REACTIVE, server,
						"--management.endpoint.health.probes.enabled=true",
						"--management.endpoint.health.group.readiness.include=readinessState,handinger")) {
			assertThat(application.get("/health/readiness").statusCode()).isEqualTo(503);
			assertThat(application.get("/health/liveness").statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@CsvSource({ "SERVLET, handinger", "REACTIVE, defaults" })
	void healthCanBeSwitchedOff(WebApplicationType type, String name) {
		try (RawServer server = server(503);
				ActuatorApplication application = start(type, server,
						"--management.health." + name + ".enabled=false")) {
			Answer answer = application.get("/health");
			assertThat(answer.body()).doesNotContain("\"handinger\"");
			assertThat(answer.statusCode()).isEqualTo(200);
			assertThat(server.requests()).isEmpty();
		}
	}

	@Test
	void handingerCanBeSwitchedOnAlone() {
		try (RawServer server = server(404);
				ActuatorApplication application = start(WebApplicationType.SERVLET, server,
						"--management.health.defaults.enabled=false", "--management.health.handinger.enabled=true")) {
			assertThat(application.json("/health").get("components").has("handinger")).isTrue();
		}
	}

}
