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

import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class TaskIdsTests {

	private static long at(String instant) {
		return Instant.parse(instant).toEpochMilli();
	}

	@Test
	void idIsAPrefixAndAUlid() {
		assertThat(TaskIds.next(System.currentTimeMillis())).matches("tsk_[0-7][0-9A-HJKMNP-TV-Z]{25}");
	}

	@Test
	void idStartsWithTheTime() {
		// The ULID specification's own example.
		assertThat(TaskIds.next(1469918176385L)).startsWith("tsk_01ARYZ6S41");
	}

	@Test
	void laterIdIsGreater() {
		assertThat(TaskIds.next(at("2026-11-24T10:00:00.001Z")))
			.isGreaterThan(TaskIds.next(at("2026-11-24T10:00:00Z")));
	}

	@Test
	void idsOfTheSameMillisecondDiffer() {
		long now = at("2026-11-24T10:00:00Z");
		Set<String> ids = new HashSet<>();
		IntStream.range(0, 10_000).forEach((i) -> ids.add(TaskIds.next(now)));
		assertThat(ids).hasSize(10_000);
	}

	@Test
	void taskTellsItsNewId() {
		CreateTask task = CreateTask.of("x").withWorkerId("wrk_1").withNewTaskId();
		assertThat(task.taskId()).startsWith("tsk_").isEqualTo(task.withBudget(null).taskId());
		assertThat(task.workerId()).isEqualTo("wrk_1");
		assertThat(task.withNewTaskId().taskId()).isNotEqualTo(task.taskId());
	}

}
