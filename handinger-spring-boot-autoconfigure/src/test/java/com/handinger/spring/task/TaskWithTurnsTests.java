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

package com.handinger.spring.task;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import com.handinger.spring.support.Tasks;
import com.handinger.spring.worker.WorkerFile;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A task shows the result of its last turn.
 */
class TaskWithTurnsTests {

	private static final WorkerFile FILE = new WorkerFile("a.pdf", "application/pdf", "https://handinger.com/f/1", 5L);

	private static Turn turn(int number, String outputText, List<WorkerFile> files) {
		return new Turn("trn_" + number, null, 1, 1, files, "", 1, outputText, 1, "assistant", number, Instant.EPOCH,
				"completed", Map.of("days", Arrays.asList(Map.of("max", 31.5), null)), "tsk_1");
	}

	private static TaskWithTurns task(Turn... turns) {
		return new TaskWithTurns(Tasks.task("tsk_1", TaskStatus.ERROR).task(), List.of(turns));
	}

	@Test
	void textAndFilesAreThoseOfTheLastTurn() {
		TaskWithTurns task = task(turn(1, "Rainy.", List.of()), turn(2, "Sunny.", List.of(FILE)));
		assertThat(task.outputText()).isEqualTo("Sunny.");
		assertThat(task.files()).containsExactly(FILE);
		assertThat(task(turn(1, "Rainy.", List.of(FILE)), turn(2, "", List.of())).files()).isEmpty();
	}

	@Test
	void taskWithoutTurnsHasNeitherTextNorFiles() {
		assertThat(task().outputText()).isEmpty();
		assertThat(task().files()).isEmpty();
	}

	@Test
	void jsonIsTheTaskAndItsTurnsAlone() {
		JsonMapper json = JsonMapper.builder()
			.enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
					DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
			.build();
		TaskWithTurns task = task(turn(1, "Sunny.", List.of(FILE)));
		String text = json.writeValueAsString(task.withRawFields(Map.of("task.title", List.of())));
		assertThat(json.readTree(text).propertyNames()).containsExactlyInAnyOrder("task", "turns");
		assertThat(json.readValue(text, TaskWithTurns.class)).isEqualTo(task);
	}

	@Test
	void rawFieldsAreNotShown() {
		assertThat(task().withRawFields(Map.of("task.title", "geheim"))).hasToString(task().toString());
	}

	@Test
	void failureThatWasSerializedHasItsTask() throws IOException, ClassNotFoundException {
		TaskWithTurns task = task(turn(1, "Sunny.", List.of(FILE)), turn(2, "", List.of()))
			.withRawFields(Collections.singletonMap("turns[1].files", Map.of("a", List.of(1))));
		ByteArrayOutputStream bytes = new ByteArrayOutputStream();
		try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
			out.writeObject(new TaskFailedException(task));
		}
		try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
			TaskFailedException read = (TaskFailedException) in.readObject();
			assertThat(read.task()).isEqualTo(task);
			assertThat(read.task().turns()).isUnmodifiable();
			assertThat(read.taskId()).isEqualTo("tsk_1");
		}
	}

}
