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

import java.time.Duration;

import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.webhook.TaskFinishedEvent;
import org.junit.jupiter.api.RepeatedTest;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests with a task of the same id, one after the other.
 */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureHandingerSimulator
class RepeatedTaskTests {

	@RepeatedTest(2)
	void listenerIsCalledInEachTest(@Autowired HandingerSimulator handinger, @Autowired HandingerTasksClient tasks,
			@Autowired Application application) {
		application.finished = "";
		handinger.whenInput("Weather?").thenAnswer("Sunny.").loseWebhook();
		tasks.run(CreateTask.of("Weather?").withTaskId("tsk_1")).block(Duration.ofSeconds(20));
		assertThat(handinger.deliver("tsk_1").responseStatus()).isEqualTo(204);
		assertThat(application.finished).isEqualTo("tsk_1");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		private volatile String finished = "";

		@EventListener
		void on(TaskFinishedEvent event) {
			this.finished = event.taskId();
		}

	}

}
