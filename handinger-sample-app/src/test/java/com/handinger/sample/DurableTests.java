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

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import com.handinger.spring.test.HandingerSimulator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.transaction.PlatformTransactionManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the profile {@code durable}. They use the simulator of another sample, which
 * keeps running when this one is restarted.
 */
@Tag("slow")
@ExtendWith(OutputCaptureExtension.class)
class DurableTests {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	@TempDir
	private Path directory;

	private ConfigurableApplicationContext other;

	private ConfigurableApplicationContext sample;

	@BeforeEach
	void start() {
		this.other = SpringApplication.run(SampleApplication.class, "--handinger.api-key=", "--server.port=0",
				"--simulator.port=0");
		this.sample = startSample(this.other.getBean(HandingerSimulator.class).url());
	}

	@AfterEach
	void stop() {
		this.sample.close();
		this.other.close();
	}

	private ConfigurableApplicationContext startSample(String handinger) {
		return SpringApplication.run(SampleApplication.class, "--spring.profiles.active=durable", "--server.port=0",
				"--handinger.api-key=" + HandingerSimulator.API_KEY, "--handinger.base-url=" + handinger,
				"--handinger.await.not-found-grace=500ms",
				"--spring.datasource.url=jdbc:h2:file:" + this.directory.resolve("sample") + ";WRITE_DELAY=0");
	}

	private void restart() {
		this.sample.close();
		this.sample = startSample(this.other.getBean(HandingerSimulator.class).url());
	}

	private WebTestClient client() {
		return WebTestClient.bindToServer()
			.baseUrl("http://localhost:" + this.sample.getEnvironment().getProperty("local.server.port"))
			.responseTimeout(PATIENCE)
			.build();
	}

	private WebTestClient.ResponseSpec post(String taskId, String input) {
		return client().post().uri("/tasks").bodyValue(Map.of("taskId", taskId, "input", input)).exchange();
	}

	private void start(String taskId, String input) {
		post(taskId, input).expectStatus().isAccepted().expectBody();
	}

	private JsonNode get(String path) {
		return MAPPER.readTree(client().get()
			.uri(path)
			.exchange()
			.expectStatus()
			.isOk()
			.expectBody(String.class)
			.returnResult()
			.getResponseBody());
	}

	private JsonNode listed(String taskId) {
		return get("/tasks").valueStream()
			.filter((task) -> task.path("taskId").stringValue().equals(taskId))
			.findFirst()
			.orElseThrow();
	}

	private void awaitState(String taskId, String state) {
		await().atMost(PATIENCE).until(() -> listed(taskId).path("state").stringValue().equals(state));
	}

	private List<Long> storedTurns(String taskId) {
		return this.sample.getBean(JdbcClient.class)
			.sql("SELECT TURN FROM TURN_RESULT WHERE TASK_ID = ? ORDER BY TURN")
			.param(taskId)
			.query(Long.class)
			.list();
	}

	@Test
	void thereIsNoDatabaseInTheDefaultProfile() {
		assertThat(this.other.getBeanNamesForType(DataSource.class)).isEmpty();
		assertThat(this.other.getBeanNamesForType(PlatformTransactionManager.class)).isEmpty();
		assertThat(this.other.getBean(TaskStore.class)).isInstanceOf(NoTaskStore.class);
	}

	@Test
	void sameTasksAreShownAfterARestart() {
		start("tsk_good", "[delay=0s]");
		awaitState("tsk_good", "completed");
		start("tsk_bad", "[delay=0s] [end=error]");
		awaitState("tsk_bad", "failed");
		start("tsk_good", "[delay=0s] a further turn \0");
		awaitState("tsk_good", "completed");
		JsonNode before = get("/tasks");
		restart();
		assertThat(get("/tasks")).hasSize(2).isEqualTo(before);
		assertThat(storedTurns("tsk_good")).containsExactly(1L, 2L);
		assertThat(storedTurns("tsk_bad")).containsExactly(1L);
	}

	@Test
	void runningTaskIsPickedUpAndNotSentAgain() {
		start("tsk_running", "[delay=2s]");
		this.sample.close();
		this.sample = startSample(this.other.getBean(HandingerSimulator.class).url());
		assertThat(listed("tsk_running").path("state").stringValue()).isEqualTo("running");
		awaitState("tsk_running", "completed");
		assertThat(storedTurns("tsk_running")).containsExactly(1L);
		assertThat(listed("tsk_running").at("/arrivals/0/by").stringValue()).isEqualTo("look-up");
		assertThat(posts("tsk_running")).isOne();
	}

	private int posts(String taskId) {
		List<Integer> posts = new ArrayList<>();
		WebTestClient.bindToServer()
			.baseUrl(this.other.getBean(HandingerSimulator.class).url())
			.build()
			.get()
			.uri("/simulator/state")
			.exchange()
			.expectBody()
			.jsonPath("$.tasks." + taskId + ".posts")
			.value(Integer.class, posts::add);
		return posts.get(0);
	}

	@Test
	void taskThatHasNotReachedHandingerHasFailedAfterARestart() {
		StartedTask lost = StartedTask.running("tsk_lost", "a");
		this.sample.getBean(TaskStore.class).add(lost, 0).block();
		restart();
		awaitState("tsk_lost", "failed");
		assertThat(listed("tsk_lost").path("error").stringValue()).contains("has not reached Handinger", "again");
		assertThat(this.sample.getBean(StartedTasks.class).running()).isZero();
	}

	@Test
	void turnThatHasNotReachedHandingerHasFailedAfterARestart() {
		start("tsk_turn", "[delay=0s]");
		awaitState("tsk_turn", "completed");
		this.sample.getBean(TaskStore.class).add(StartedTask.running("tsk_turn", "b"), 1).block();
		restart();
		awaitState("tsk_turn", "failed");
		assertThat(storedTurns("tsk_turn")).containsExactly(1L);
	}

	@Test
	void resultOutlivesTheTaskAtHandinger() {
		start("tsk_kept", "[delay=0s] [answer=report]");
		awaitState("tsk_kept", "completed");
		JsonNode before = get("/tasks/tsk_kept");
		this.sample.close();
		this.other.close();
		start();
		JsonNode after = get("/tasks/tsk_kept");
		assertThat(after.path("turns")).isEqualTo(before.path("turns"));
		assertThat(after.path("task")).isEqualTo(before.path("task"));
		assertThat(after.path("arrivals")).isEqualTo(before.path("arrivals"));
	}

	@Test
	void sourcesAreShownAfterARestart() {
		start("tsk_sources", "[delay=0s] [answer=report]");
		awaitState("tsk_sources", "completed");
		JsonNode before = get("/tasks/tsk_sources").path("sources");
		restart();
		assertThat(get("/tasks/tsk_sources").path("sources")).hasSize(2).isEqualTo(before);
	}

	@Test
	void storedResultIsTheEndOfATaskThatWasRunning() {
		start("tsk_kept", "[delay=0s]");
		awaitState("tsk_kept", "completed");
		this.sample.getBean(JdbcClient.class).sql("UPDATE STARTED_TASK SET STATE = 'running'").update();
		this.sample.close();
		this.other.close();
		start();
		awaitState("tsk_kept", "completed");
		assertThat(storedTurns("tsk_kept")).containsExactly(1L);
		assertThat(listed("tsk_kept").path("arrivals")).hasSize(1);
	}

	@Test
	void unusableDatabaseIsExplained(CapturedOutput output) {
		assertThatExceptionOfType(BeanCreationException.class)
			.isThrownBy(() -> SpringApplication.run(SampleApplication.class, "--spring.profiles.active=durable",
					"--server.port=0", "--handinger.api-key=" + HandingerSimulator.API_KEY,
					"--spring.datasource.url=jdbc:postgresql://localhost:1/sample"));
		assertThat(output).contains("APPLICATION FAILED TO START",
				"The database of the profile 'durable' can't be used", "check spring.datasource.url");
	}

	@Test
	void rejectedTaskIsRemoved() {
		post("tsk_not_taken", "[delay=soon]").expectStatus().isEqualTo(HttpStatus.UNPROCESSABLE_CONTENT).expectBody();
		restart();
		assertThat(get("/tasks")).isEmpty();
		assertThat(this.sample.getBean(TaskStore.class).running()).isEmpty();
	}

}
