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

import com.handinger.spring.task.CreateTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for the shutdown of the sample.
 */
@ExtendWith(OutputCaptureExtension.class)
class ShutdownTests {

	@Test
	void runningTaskDoesNotDelayTheShutdownOfTheEventLoops(CapturedOutput output) {
		try (ConfigurableApplicationContext context = SpringApplication.run(SampleApplication.class,
				"--handinger.api-key=", "--server.port=0", "--simulator.port=0")) {
			CreateTask task = CreateTask.of("[delay=1m]").withTaskId("tsk_stop");
			context.getBean(TaskRuns.class).start(StartedTask.running("tsk_stop", task.input()), task).block();
			assertThat(context.getBean(TaskList.class).running()).isOne();
		}
		assertThat(output).doesNotContain("Exception", " WARN ", " ERROR ");
	}

}
