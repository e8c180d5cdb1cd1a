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
import java.util.List;
import java.util.Map;

import javax.sql.DataSource;

import com.handinger.spring.test.HandingerSimulator;
import com.handinger.spring.test.simulator.RecordedFile;
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
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.web.reactive.function.BodyInserters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the profile {@code durable}, with a simulator that keeps running when the
 * sample is restarted.
 */
@Tag("slow")
@ExtendWith(OutputCaptureExtension.class)
class DurableTests {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	@TempDir
	private Path directory;

	private HandingerSimulator handinger = HandingerSimulator.start();

	private ConfigurableApplicationContext sample;

	@BeforeEach
	void start() {
		this.sample = SpringApplication.run(SampleApplication.class, "--spring.profiles.active=durable",
				"--server.port=0", "--handinger.api-key=" + HandingerSimulator.API_KEY,
				"--handinger.base-url=" + this.handinger.url(), "--handinger.await.not-found-grace=500ms",
				"--handinger.retry.max-attempts=1", "--handinger.runs.polling-interval=500ms",
				"--handinger.runs.visit-interval=500ms",
				"--spring.datasource.url=jdbc:h2:file:" + this.directory.resolve("sample") + ";WRITE_DELAY=0");
	}

	@AfterEach
	void stop() {
		this.sample.close();
		this.handinger.close();
	}

	private void restart() {
		this.sample.close();
		start();
	}

	private WebTestClient client() {
		return WebTestClient.bindToServer()
			.baseUrl("http://localhost:" + this.sample.getEnvironment().getProperty("local.server.port"))
			.responseTimeout(PATIENCE)
			.build();
	}

	private void start(String taskId, String input) {
		client().post()
			.uri("/tasks")
			.bodyValue(Map.of("taskId", taskId, "input", input))
			.exchange()
			.expectStatus()
			.isAccepted()
			.expectBody();
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

	@Test
	void sameTasksAreShownAfterARestart() {
		start("tsk_good", "[delay=0s]");
		awaitState("tsk_good", "completed");
		start("tsk_bad", "[delay=0s] [end=error]");
		awaitState("tsk_bad", "failed");
		start("tsk_good", "[delay=0s] [answer=report] a further turn \0");
		awaitState("tsk_good", "completed");
		JsonNode tasks = get("/tasks");
		JsonNode task = get("/tasks/tsk_good");
		restart();
		assertThat(get("/tasks")).hasSize(2).isEqualTo(tasks);
		assertThat(get("/tasks/tsk_good")).isEqualTo(task);
		assertThat(task.path("turns")).hasSize(2);
		assertThat(task.path("sources")).hasSize(2);
		assertThat(task.path("arrivals").findValuesAsString("by")).containsExactly("run", "run");
	}

	@Test
	void runningTaskEndsAfterARestartAsIfNothingHadHappened() {
		this.handinger.hold();
		start("tsk_running", "Say hello");
		this.handinger.awaitTasks(1);
		restart();
		assertThat(listed("tsk_running").path("state").stringValue()).isEqualTo("running");
		this.handinger.finish("tsk_running");
		awaitState("tsk_running", "completed");
		assertThat(this.handinger.task("tsk_running").posts()).isOne();
	}

	@Test
	void taskEndsThatHasFinishedWhileTheSampleWasStopped() {
		this.handinger.hold();
		start("tsk_finished", "Say hello");
		this.handinger.awaitTasks(1);
		this.sample.close();
		this.handinger.finish("tsk_finished");
		start();
		awaitState("tsk_finished", "completed");
		assertThat(this.handinger.task("tsk_finished").posts()).isOne();
	}

	@Test
	void taskThatHandingerDoesNotKnowIsUnknownAndNotSentAgain() {
		this.handinger.hold();
		start("tsk_unknown", "Say hello");
		this.handinger.awaitTasks(1);
		this.handinger.reset();
		awaitState("tsk_unknown", "failed");
		assertThat(listed("tsk_unknown").path("error").stringValue())
			.startsWith("It is unknown whether the task has reached Handinger");
		restart();
		assertThat(listed("tsk_unknown").path("state").stringValue()).isEqualTo("failed");
		assertThat(this.handinger.tasks()).isEmpty();
	}

	@Test
	void refusedTaskHasFailed() {
		start("tsk_refused", "[delay=soon]");
		awaitState("tsk_refused", "failed");
		assertThat(listed("tsk_refused").path("error").stringValue())
			.isEqualTo("Handinger has refused the task with the status 422");
	}

	@Test
	void taskIsSentWithItsFilesAsSoonAsHandingerCanBeReached() {
		int port = this.handinger.port();
		this.handinger.close();
		MultipartBodyBuilder form = new MultipartBodyBuilder();
		form.part("input", "Read this");
		form.part("taskId", "tsk_later");
		form.part("files", new ByteArrayResource(new byte[300_000])).filename("of June.bin");
		client().post()
			.uri("/tasks")
			.body(BodyInserters.fromMultipartData(form.build()))
			.exchange()
			.expectStatus()
			.isAccepted();
		client().get()
			.uri("/tasks/tsk_later")
			.exchange()
			.expectStatus()
			.isNotFound()
			.expectBody()
			.jsonPath("$.detail")
			.value(String.class, (detail) -> assertThat(detail).startsWith("The task has not reached Handinger yet"));
		restart();
		assertThat(listed("tsk_later").path("state").stringValue()).isEqualTo("running");
		this.handinger = HandingerSimulator.builder().port(port).start();
		awaitState("tsk_later", "completed");
		assertThat(this.handinger.task("tsk_later").files())
			.containsExactly(new RecordedFile("of June.bin", "application/octet-stream", 300_000));
		await().atMost(PATIENCE).until(() -> List.of(Uploads.DIRECTORY.toFile().list()).isEmpty());
	}

	@Test
	void thereIsNoDatabaseInTheDefaultProfile() {
		try (ConfigurableApplicationContext other = SpringApplication.run(SampleApplication.class,
				"--handinger.api-key=", "--server.port=0", "--simulator.port=0")) {
			assertThat(other.getBeanNamesForType(DataSource.class)).isEmpty();
			assertThat(other.getBeanNamesForType(PlatformTransactionManager.class)).isEmpty();
			assertThat(other.getBean(TaskRuns.class)).isInstanceOf(MemoryRuns.class);
		}
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

}
