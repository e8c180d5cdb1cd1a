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
import com.handinger.spring.webhook.TaskFinishedEvent.Source;
import org.junit.jupiter.api.Test;
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
		assertThat(text).hasSizeLessThan(400);
		assertThat(json.readTree(text).propertyNames()).containsExactlyInAnyOrder("taskId", "turnCount", "workerId",
				"status", "arrivedAt", "source");
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
	void bodyCanNotBeChanged() {
		assertThat(event().body()).isUnmodifiable();
	}

}
