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

package com.handinger.spring.webhook;

import java.time.Instant;
import java.util.List;
import java.util.Map;

import com.handinger.spring.task.Task;
import com.handinger.spring.task.TaskStatus;
import com.handinger.spring.task.TaskTrigger;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.task.Turn;
import com.handinger.spring.webhook.TaskFinishedEvent.Source;
import com.handinger.spring.worker.WorkerFile;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An event is small as JSON, whatever its task is, and comes back from it.
 */
class TaskFinishedEventTests {

	static TaskFinishedEvent event() {
		Task task = new Task("tsk_01HZY31W2SZJ8MJ2FQTR3M1K9D", Instant.now(), Instant.now(), null, "org_1",
				TaskStatus.COMPLETED, "x".repeat(2_000_000), new Task.Totals(1, 1, 1), TaskTrigger.API, "",
				"t_org_123_w_01HZY2ZJQ8G7K42W2D7WF6V4GM");
		return TaskFinishedEvent.of(new TaskWithTurns(task, List.of()),
				new Delivery(task.id(), Instant.parse("2026-11-01T12:00:00.123456789Z"), Source.RECONCILIATION,
						Map.of("text", "x".repeat(1000)), null));
	}

	@Test
	void jsonIsIdsAlone() {
		JsonMapper json = JsonMapper.builder().build();
		String text = json.writeValueAsString(event());
		assertThat(text).hasSizeLessThan(500);
		assertThat(json.readTree(text).propertyNames()).containsExactlyInAnyOrder("taskId", "turnCount", "workerId",
				"status", "arrivedAt", "source", "runKey");
	}

	@Test
	void jsonComesBack() {
		JsonMapper json = JsonMapper.builder().build();
		TaskFinishedEvent event = event();
		TaskFinishedEvent read = json.readValue(json.writeValueAsString(event), TaskFinishedEvent.class);
		assertThat(read).usingRecursiveComparison().ignoringFields("task", "body").isEqualTo(event);
		assertThat(read.key()).isEqualTo(event.key());
		assertThat(read.task()).isNull();
		assertThat(read.body()).isEmpty();
	}

	@Test
	void jsonComesBackToAMapperThatMissesNothing() {
		JsonMapper json = JsonMapper.builder()
			.enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
					DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES,
					DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
					DeserializationFeature.FAIL_ON_IGNORED_PROPERTIES,
					DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
			.build();
		TaskFinishedEvent event = event();
		assertThat(json.readValue(json.writeValueAsString(event), TaskFinishedEvent.class)).usingRecursiveComparison()
			.ignoringFields("task", "body")
			.isEqualTo(event);
	}

	@Test
	void jsonHasTheKeyOfTheRun() {
		JsonMapper json = JsonMapper.builder().build();
		TaskFinishedEvent event = json.readValue(
				json.writeValueAsString(event()).replace("\"runKey\":null", "\"runKey\":\"order-42\""),
				TaskFinishedEvent.class);
		assertThat(event.runKey()).isEqualTo("order-42");
		assertThat(json.writeValueAsString(event)).contains("\"runKey\":\"order-42\"");
		assertThat(event.toString()).contains("runKey=order-42");
	}

	@Test
	void namesOfTheJsonAreTheChoiceOfTheMapper() {
		JsonMapper json = JsonMapper.builder()
			.propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
			.enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
			.build();
		String text = json.writeValueAsString(event());
		assertThat(json.readTree(text).propertyNames()).contains("task_id", "turn_count");
		assertThat(json.readValue(text, TaskFinishedEvent.class).key()).isEqualTo(event().key());
	}

	@Test
	void jsonWithFurtherFieldsOrFewerOfThemIsRead() {
		JsonMapper json = JsonMapper.builder().build();
		TaskFinishedEvent event = json.readValue(
				"{\"taskId\":\"tsk_1\",\"turnCount\":2,\"task\":{\"a\":1},\"body\":{\"a\":1},\"new\":1}",
				TaskFinishedEvent.class);
		assertThat(event.key()).isEqualTo("tsk_1#2");
		assertThat(event.source()).isEqualTo(Source.DELIVERY);
		assertThat(event.task()).isNull();
		assertThat(event.body()).isEmpty();
	}

	@Test
	void resultIsThatOfTheLastTurn() {
		WorkerFile file = new WorkerFile("a.pdf", "application/pdf", "https://handinger.com/f/1", 5L);
		Turn turn = new Turn("trn_1", null, 1, 1, List.of(file), "", 1, "Sunny.", 1, "assistant", 1, Instant.EPOCH,
				"completed", Map.of("sky", "blue"), "tsk_1");
		TaskFinishedEvent event = event();
		event = new TaskFinishedEvent(event.taskId(), 1, "", TaskStatus.COMPLETED, Instant.EPOCH, Source.DELIVERY, null,
				new TaskWithTurns(event.task().task(), List.of(turn)), Map.of());
		assertThat(event.outputText()).isEqualTo("Sunny.");
		assertThat(event.files()).containsExactly(file);
		assertThat(event.structuredOutput(Weather.class)).isEqualTo(new Weather("blue"));
	}

	@Test
	void eventThatWasReadFromJsonHasNoResult() {
		JsonMapper json = JsonMapper.builder().build();
		TaskFinishedEvent read = json.readValue(json.writeValueAsString(event()), TaskFinishedEvent.class);
		assertThat(read.outputText()).isNull();
		assertThat(read.files()).isEmpty();
		assertThat(read.structuredOutput(Weather.class)).isNull();
	}

	record Weather(String sky) {
	}

	@Test
	void bodyCanNotBeChanged() {
		assertThat(event().body()).isUnmodifiable();
	}

}
