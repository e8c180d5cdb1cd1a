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

package com.example.forecasts;

import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskFailedException;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.test.TestEvents;
import com.handinger.spring.test.TestTasks;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;

@SpringBootTest
class MockedForecastsTests {

	@MockitoBean
	private HandingerTasksClient tasks;

	@Autowired
	private Forecasts forecasts;

	@Autowired
	private Archive archive;

	@Test
	void forecastIsTheOutput() {
		given(this.tasks.run(any(CreateTask.class))).willReturn(Mono.just(TestTasks.completed("Sunny.")));
		assertThat(this.forecasts.forecast("Barcelona").block()).isEqualTo("Sunny.");
	}

	@Test
	void forecastFailsWithItsTask() {
		TaskWithTurns failed = TestTasks.failed("There is no such city.");
		given(this.tasks.run(any(CreateTask.class))).willReturn(Mono.error(new TaskFailedException(failed)));
		assertThatExceptionOfType(TaskFailedException.class)
			.isThrownBy(() -> this.forecasts.forecast("Atlantis").block());
	}

	@Test
	void finishedForecastIsArchived() {
		this.archive.on(TestEvents.finished(TestTasks.withId("tsk_7").completed("Sunny.")));
		assertThat(this.archive.text("tsk_7")).isEqualTo("Sunny.");
	}

}
