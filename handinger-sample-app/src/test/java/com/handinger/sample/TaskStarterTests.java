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

import java.time.Duration;
import java.util.List;

import com.handinger.spring.http.ErrorResponse;
import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.worker.Worker;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

import org.springframework.http.HttpMethod;
import org.springframework.mock.env.MockEnvironment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

/**
 * Tests for {@link TaskStarter}.
 */
class TaskStarterTests {

	@Test
	void lastFailureOfPollingIsReportedIfTheEndIsUnknown() {
		HandingerTasksClient client = mock(HandingerTasksClient.class);
		Worker worker = mock(Worker.class);
		given(worker.sources()).willReturn(List.of());
		given(client.create(any())).willReturn(Mono.just(worker));
		given(client.retrieve("tsk_1")).willReturn(Mono.error(answered(404))).willReturn(Mono.error(answered(500)));
		TaskStore store = new NoTaskStore(new MockEnvironment());
		StartedTasks startedTasks = new StartedTasks(store);
		TaskStarter starter = new TaskStarter(client, startedTasks, new Arrivals(startedTasks, store),
				new Sources(store), mock(SampleConnectionDetails.class), store);
		StepVerifier.withVirtualTime(() -> starter.start(CreateTask.of("Say hello").withTaskId("tsk_1")))
			.expectNext("tsk_1")
			.then(() -> VirtualTimeScheduler.get().advanceTimeBy(Duration.ofMinutes(1)))
			.expectComplete()
			.verify(Duration.ofMinutes(2));
		assertThat(startedTasks.newestFirst()).singleElement()
			.extracting(StartedTask::error)
			.asString()
			.contains("answered with 500", "It is so.");
	}

	private static HandingerException answered(int status) {
		return HandingerApiException
			.of(new ErrorResponse(HttpMethod.GET, "/api/tasks/{taskId}", status, "It is so.", null, null), "tsk_1");
	}

}
