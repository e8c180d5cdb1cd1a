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

package com.handinger.spring.test.simulator;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

import com.handinger.spring.task.Attachment;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskFailedException;
import com.handinger.spring.task.TaskStatus;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.task.Turn;
import com.handinger.spring.test.LibraryApplication;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import tools.jackson.databind.JsonNode;

import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs of the library against the simulator: whatever its directives do, the finished
 * task comes from one POST, with each version of the API.
 */
@Tag("slow")
@ParameterizedClass
@EnumSource(ApiVersion.class)
class RunAgainstSimulatorTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static LibraryApplication application;

	private final HandingerTasksClient client = application.context().getBean(HandingerTasksClient.class);

	@Parameter
	private ApiVersion apiVersion;

	@BeforeParameterizedClassInvocation
	static void start(ApiVersion apiVersion) {
		application = LibraryApplication.start(apiVersion);
	}

	@AfterParameterizedClassInvocation
	static void close() {
		application.close();
	}

	@Test
	void simulatorHasTheVersion() {
		CreateTask task = CreateTask.of("Say hello").withNewTaskId();
		run(task);
		JsonNode answer = new SimulatorClient(application.simulator().url()).retrieve(String.valueOf(task.taskId()))
			.json();
		assertThat(answer.has("turns")).isEqualTo(this.apiVersion == ApiVersion.V2026_05);
	}

	private TaskWithTurns run(CreateTask task) {
		TaskWithTurns finished = this.client.run(task).block(PATIENCE);
		assertThat(finished).isNotNull();
		return finished;
	}

	private JsonNode state(String taskId) {
		return new SimulatorClient(application.simulator().url()).state().path("tasks").path(taskId);
	}

	private void assertThatPostsAndTurns(String taskId, int posts, int turns) {
		assertThat(state(taskId).path("posts").asInt()).as("posts").isEqualTo(posts);
		assertThat(state(taskId).path("turns").asInt()).as("turns").isEqualTo(turns);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "[drop]", "[reset]", "[http=408]", "[http=500]", "[http=502]", "[http=503]",
			"[http=504]", "[delay=2s]", "[size=5MB]", "[turns=separate]", "[turns=separate] [reset]", "[delay=500ms]",
			"[delay=500ms] [http=503]", "[api=2026-05] [drop]", "[delay=1s] [drop]", "[webhook=early]",
			"[webhook=early] [drop]" })
	void runGivesTheFinishedTaskFromOnePost(String directives) {
		CreateTask task = CreateTask.of("Say hello " + directives).withNewTaskId();
		TaskWithTurns finished = run(task);
		assertThat(finished.task().status()).isEqualTo(TaskStatus.COMPLETED);
		assertThat(finished.turns()).extracting(Turn::outputText).hasSize(1).first().asString().isNotBlank();
		assertThatPostsAndTurns(finished.task().id(), 1, 1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "[drop]", "[reset]", "[http=503]" })
	void attachmentIsSentOnce(String directives) {
		Attachment attachment = Attachment
			.of(new ByteArrayResource("a,b".getBytes(StandardCharsets.UTF_8), "table.csv"));
		CreateTask task = CreateTask.of("Read this " + directives).withNewTaskId().withAttachment(attachment);
		TaskWithTurns finished = run(task);
		assertThat(finished.task().status()).isEqualTo(TaskStatus.COMPLETED);
		assertThatPostsAndTurns(finished.task().id(), 1, 1);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "[drop]", "[reset]", "[http=503]", "[turns=separate] [drop]", "[webhook=early]",
			"[webhook=early] [drop]" })
	void followUpGivesTheTaskWithItsSecondTurn(String directives) {
		String taskId = run(CreateTask.of("Say hello " + directives)).task().id();
		TaskWithTurns finished = run(CreateTask.of("And again " + directives).withTaskId(taskId));
		assertThat(finished.turns()).hasSize(2);
		assertThatPostsAndTurns(taskId, 2, 2);
	}

	@ParameterizedTest
	@ValueSource(strings = { "[reject=429]", "[reject=429] [drop]" })
	void rejectionIsRetriedAndTheTaskRunsOnce(String directives) {
		CreateTask task = CreateTask.of("Say hello " + directives).withNewTaskId();
		assertThat(run(task).turns()).hasSize(1);
		assertThatPostsAndTurns(String.valueOf(task.taskId()), 2, 1);
	}

	@ParameterizedTest
	@CsvSource({ "[end=error], ERROR", "[end=aborted], ABORTED", "[end=error] [drop], ERROR",
			"[end=aborted] [http=503], ABORTED" })
	void failedTaskIsAnErrorWithTheTask(String directives, TaskStatus status) {
		CreateTask task = CreateTask.of("Say hello " + directives).withNewTaskId();
		Mono<TaskWithTurns> run = this.client.run(task);
		StepVerifier.create(run)
			.expectErrorSatisfies((error) -> assertThat(error).isInstanceOfSatisfying(TaskFailedException.class,
					(failed) -> assertThat(failed.task().task().status()).isEqualTo(status)))
			.verify(PATIENCE);
		assertThatPostsAndTurns(String.valueOf(task.taskId()), 1, 1);
	}

}
