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

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.HandingerTasksClient;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.annotation.Qualifier;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that the examples of the documentation work.
 */
class ReadmeTests {

	private static final Path README = Path.of("..", "README.md");

	@Test
	void exampleWorks() {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			TasksClient.application()
				.withPropertyValues("handinger.api-key=hdg_test_1", "handinger.base-url=" + server.url())
				.withBean(Forecasts.class)
				.run((context) -> StepVerifier.create(context.getBean(Forecasts.class).forecast("Barcelona"))
					.expectNext("Sunny.")
					.expectComplete()
					.verify(Duration.ofMinutes(2)));
			assertThat(server.requests()).singleElement()
				.satisfies((request) -> assertThat(request.body())
					.isEqualTo("{\"input\":\"What's the weather in Barcelona?\",\"budget\":\"low\"}"));
		}
	}

	@Test
	void exampleOfWorkersWorks() {
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200,
				request.line().contains("/schedules") ? Json.WORKER_SCHEDULE : Json.WORKER_TEMPLATE))) {
			TasksClient.application()
				.withPropertyValues("handinger.api-key=hdg_test_1", "handinger.base-url=" + server.url())
				.withBean(Briefings.class)
				.run((context) -> {
					Briefings briefings = context.getBean(Briefings.class);
					StepVerifier.create(briefings.newWorker().flatMap((worker) -> briefings.everyWeekday(worker.id())))
						.expectNextCount(1)
						.expectComplete()
						.verify(Duration.ofMinutes(2));
				});
			assertThat(server.requests()).extracting(RawServer.Request::line)
				.containsExactly("POST /api/workers HTTP/1.1", "POST /api/workers/wrk_1/schedules HTTP/1.1");
			assertThat(server.requests().get(0).body()).contains("\"required\":[\"headline\",\"sentences\"]");
		}
	}

	@Test
	void exampleOfTwoAccountsWorks() {
		try (RawServer first = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER));
				RawServer acme = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			TasksClient.application()
				.withPropertyValues("handinger.api-key=hdg_test_1", "handinger.base-url=" + first.url(),
						"acme.api-key=hdg_test_acme", "acme.base-url=" + acme.url())
				.withUserConfiguration(AcmeAccount.class, TwoAccounts.class)
				.run((context) -> {
					TwoAccounts accounts = context.getBean(TwoAccounts.class);
					StepVerifier.create(accounts.first.forecast("Barcelona").then(accounts.acme.forecast("Berlin")))
						.expectNext("Sunny.")
						.expectComplete()
						.verify(Duration.ofMinutes(2));
				});
			assertThat(first.requests()).singleElement()
				.satisfies(
						(request) -> assertThat(request.headers()).containsEntry("Authorization", "Bearer hdg_test_1"));
			assertThat(acme.requests()).singleElement()
				.satisfies((request) -> assertThat(request.headers()).containsEntry("Authorization",
						"Bearer hdg_test_acme"));
		}
	}

	@Test
	void tableOfPropertiesMatchesTheMetadata() throws IOException {
		StringBuilder table = new StringBuilder("| Property | Default | Description |\n|---|---|---|\n");
		try (InputStream metadata = getClass().getClassLoader()
			.getResourceAsStream("META-INF/spring-configuration-metadata.json")) {
			for (JsonNode property : JsonMapper.shared().readTree(metadata).get("properties")) {
				assertThat(property.get("description")).as("description of " + property.get("name")).isNotNull();
				JsonNode defaultValue = property.get("defaultValue");
				table.append("| `" + property.get("name").asString() + "` | "
						+ ((defaultValue != null) ? "`" + defaultValue.asString() + "`" : "") + " | "
						+ property.get("description").asString() + " |\n");
			}
		}
		assertThat(Files.readString(README)).contains("\n" + table + "\n");
	}

	/**
	 * A bean that needs the clients of both accounts.
	 */
	static class TwoAccounts {

		private final Forecasts first;

		private final Forecasts acme;

		TwoAccounts(HandingerTasksClient first, @Qualifier("acmeTasks") HandingerTasksClient acme) {
			this.first = new Forecasts(first);
			this.acme = new Forecasts(acme);
		}

	}

}
