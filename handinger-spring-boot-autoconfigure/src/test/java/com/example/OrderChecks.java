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

package com.example;

import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskWithTurns;
import reactor.core.publisher.Mono;

import org.springframework.stereotype.Service;

/**
 * An example of a task that runs once, however often it is requested.
 */
@Service
class OrderChecks {

	private final HandingerTasksClient tasks;

	OrderChecks(HandingerTasksClient tasks) {
		this.tasks = tasks;
	}

	Mono<TaskWithTurns> check(String orderId) {
		return this.tasks.run(CreateTask.of("Check order " + orderId + ".").withKey("example.com/order/" + orderId));
	}

}
