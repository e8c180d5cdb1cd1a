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
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.worker.Budget;
import reactor.core.publisher.Mono;

import org.springframework.stereotype.Service;

@Service
class Forecasts {

	private final HandingerTasksClient tasks;

	Forecasts(HandingerTasksClient tasks) {
		this.tasks = tasks;
	}

	Mono<String> forecast(String city) {
		return run(city).map(TaskWithTurns::outputText);
	}

	Mono<Forecast> degrees(String city) {
		return run(city).mapNotNull((task) -> task.structuredOutput(Forecast.class));
	}

	private Mono<TaskWithTurns> run(String city) {
		return this.tasks.run(CreateTask.of("What's the weather in " + city + "?").withBudget(Budget.LOW));
	}

}
