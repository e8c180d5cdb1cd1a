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

package com.handinger.spring.transport;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.RawServer;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.worker.HandingerWorkersClient;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.WebClientObservationAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the application's observations see of a call.
 */
class ObservationTests {

	private final List<Observation.Context> observed = new CopyOnWriteArrayList<>();

	@Test
	void eachRequestIsObservedUnderTheTemplateOfItsUri() {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new RecordingHandler());
		try (RawServer server = RawServer.start((request, connection, number) -> {
			if (number == 1) {
				connection.json(503, "{}");
			}
			else {
				connection.json(200, Json.TASK_WITH_TURNS);
			}
		})) {
			TasksClient.application(HttpStack.REACTOR_EPOLL, server.url() + "/base")
				.withConfiguration(AutoConfigurations.of(WebClientObservationAutoConfiguration.class,
						ObservationAutoConfiguration.class))
				.withBean("testRegistry", ObservationRegistry.class, () -> registry)
				.run((context) -> StepVerifier
					.create(context.getBean(HandingerTasksClient.class).retrieve("tsk_secret id"))
					.expectNextCount(1)
					.expectComplete()
					.verify(Duration.ofMinutes(2)));
			assertThat(server.requests()).extracting(RawServer.Request::line)
				.containsOnly("GET /base/api/tasks/tsk_secret%20id HTTP/1.1");
		}
		assertThat(this.observed).extracting((context) -> context.getLowCardinalityKeyValue("uri"))
			.containsExactly(KeyValue.of("uri", "/api/tasks/{taskId}"), KeyValue.of("uri", "/api/tasks/{taskId}"));
		assertThat(this.observed).extracting((context) -> context.getLowCardinalityKeyValue("status"))
			.containsExactly(KeyValue.of("status", "503"), KeyValue.of("status", "200"));
	}

	@Test
	void queryIsObservedUnderItsTemplate() {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new RecordingHandler());
		try (RawServer server = RawServer.start((request, connection, number) -> connection.json(200, Json.WORKER))) {
			TasksClient.application(HttpStack.REACTOR_EPOLL, server.url())
				.withConfiguration(AutoConfigurations.of(WebClientObservationAutoConfiguration.class,
						ObservationAutoConfiguration.class))
				.withBean("testRegistry", ObservationRegistry.class, () -> registry)
				.run((context) -> StepVerifier
					.create(context.getBean(HandingerWorkersClient.class).retrieve("wrk_1", "tsk_secret&id"))
					.expectNextCount(1)
					.expectComplete()
					.verify(Duration.ofMinutes(2)));
			assertThat(server.requests()).extracting(RawServer.Request::line)
				.containsExactly("GET /api/workers/wrk_1?taskId=tsk_secret%26id HTTP/1.1");
		}
		assertThat(this.observed).extracting((context) -> context.getLowCardinalityKeyValue("uri"))
			.containsExactly(KeyValue.of("uri", "/api/workers/{workerId}?taskId={taskId}"));
	}

	private final class RecordingHandler implements ObservationHandler<Observation.Context> {

		@Override
		public void onStop(Observation.Context context) {
			ObservationTests.this.observed.add(context);
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}
