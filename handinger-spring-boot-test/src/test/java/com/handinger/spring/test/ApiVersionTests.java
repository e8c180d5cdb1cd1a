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
package com.handinger.spring.test;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.task.Attachment;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskHandle;
import com.handinger.spring.task.TaskStatus;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.task.Turn;
import com.handinger.spring.test.simulator.ApiVersion;
import com.handinger.spring.worker.CreateWorker;
import com.handinger.spring.worker.HandingerWorkersClient;
import com.handinger.spring.worker.Worker;
import com.handinger.spring.worker.WorkerTemplate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Mono;

import org.springframework.core.io.ByteArrayResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the library against each version of the API.
 */
@ParameterizedClass
@EnumSource(ApiVersion.class)
class ApiVersionTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static LibraryApplication application;

	private final ApiVersion apiVersion;

	private final HandingerTasksClient tasks = application.context().getBean(HandingerTasksClient.class);

	private final HandingerWorkersClient workers = application.context().getBean(HandingerWorkersClient.class);

	ApiVersionTests(ApiVersion apiVersion) {
		this.apiVersion = apiVersion;
	}

	@BeforeParameterizedClassInvocation
	static void start(ApiVersion apiVersion) {
		application = LibraryApplication.start(apiVersion);
	}

	@AfterParameterizedClassInvocation
	static void close() {
		application.close();
	}

	private static <T> T get(Mono<T> mono) {
		return Objects.requireNonNull(mono.block(PATIENCE));
	}

	@Test
	void taskHasItsTurnsFromARunAndALookUp() {
		TaskWithTurns finished = get(this.tasks.run(CreateTask.of("Say hello")));
		assertThat(finished.task().status()).isEqualTo(TaskStatus.COMPLETED);
		assertThat(finished.outputText()).startsWith("Hello!");
		assertThat(get(this.tasks.retrieve(finished.task().id()))).isEqualTo(finished);
		assertThat(this.tasks.turns(finished.task().id()).collectList().block(PATIENCE)).isEqualTo(finished.turns());
	}

	@Test
	void taskWhoseConnectionIsDroppedHasItsTurns() {
		TaskWithTurns finished = get(this.tasks.run(CreateTask.of("Say hello [drop]")));
		assertThat(finished.turns()).extracting(Turn::seq).containsExactly(0L);
	}

	@Test
	void followUpHasAllTurns() {
		String taskId = get(this.tasks.run(CreateTask.of("Say hello"))).task().id();
		TaskWithTurns finished = get(this.tasks.run(CreateTask.of("The weather?").withTaskId(taskId)));
		assertThat(finished.turns()).extracting(Turn::input).containsExactly("Say hello", "The weather?");
		assertThat(finished.task().totals().credits()).isEqualTo(4);
	}

	@Test
	void handleOfAFollowUpFindsItsTurn() {
		String taskId = get(this.tasks.run(CreateTask.of("Say hello"))).task().id();
		TaskHandle handle = get(this.tasks.start(CreateTask.of("The weather? [delay=300ms]").withTaskId(taskId)));
		assertThat(handle).isEqualTo(new TaskHandle(taskId, 1));
		assertThat(get(this.tasks.await(handle)).turns()).hasSize(2);
	}

	@Test
	void stateThatIsFollowedHasTurns() {
		List<TaskWithTurns> states = this.tasks.follow(CreateTask.of("Say hello [delay=300ms]"))
			.collectList()
			.block(PATIENCE);
		assertThat(states).isNotEmpty().allSatisfy((state) -> assertThat(state.turns()).hasSize(1));
	}

	@Test
	void taskWithAKeyIsJoinedByAllCalls() {
		CreateTask task = CreateTask.of("Say hello").withKey("handinger-spring-boot/hello");
		TaskWithTurns finished = get(this.tasks.run(task));
		assertThat(get(this.tasks.run(task))).isEqualTo(finished);
		assertThat(get(this.tasks.await(get(this.tasks.start(task))))).isEqualTo(finished);
		assertThat(get(this.tasks.create(task)).outputText()).isEqualTo(finished.outputText());
	}

	@Test
	void stateThatIsWatchedHasTurns() {
		CreateTask task = CreateTask.of("Say hello [delay=300ms] [http=503]").withNewTaskId();
		List<TaskWithTurns> states = this.tasks.create(task)
			.onErrorComplete(OutcomeUnknownException.class)
			.thenMany(this.tasks.watch(String.valueOf(task.taskId())))
			.collectList()
			.block(PATIENCE);
		assertThat(states).isNotEmpty().allSatisfy((state) -> assertThat(state.turns()).hasSize(1));
	}

	@Test
	void onlyOlderVersionsHaveCreditsInTheUsage() {
		Worker worker = get(this.tasks.create(CreateTask.of("Say hello")));
		assertThat(worker.usage().credits()).isEqualTo((this.apiVersion == ApiVersion.V2026_05) ? 2L : null);
		assertThat(worker.usage().durationMs()).isNotNull();
	}

	@Test
	void structuredOutputIsReadAsATypeOfTheApplication() {
		WorkerTemplate template = get(
				this.workers.create(CreateWorker.of("Forecast the weather.").withOutputSchema(Forecast.class)));
		CreateTask task = CreateTask.of("Barcelona?").withWorkerId(template.id());
		Forecast forecast = get(this.tasks.run(task)).structuredOutput(Forecast.class);
		assertThat(forecast).isEqualTo(new Forecast("Barcelona", 24, List.of("Sunny", "Cloudy")));
		assertThat(get(this.tasks.create(task)).structuredOutput(Forecast.class)).isEqualTo(forecast);
	}

	@Test
	void workerHasItsAttachment() {
		Attachment attachment = Attachment
			.of(new ByteArrayResource("a,b".getBytes(StandardCharsets.UTF_8), "table.csv"));
		Worker worker = get(this.tasks.create(CreateTask.of("Read this").withAttachment(attachment)));
		assertThat(worker.files()).singleElement().satisfies((file) -> {
			assertThat(file.size()).isEqualTo(3);
			assertThat(file.url()).startsWith(application.simulator().url());
		});
	}

	record Forecast(String city, int temperature, List<String> conditions) {
	}

}
