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

package com.example.reports;

import java.net.URI;
import java.time.Duration;

import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskHandle;
import reactor.core.publisher.Mono;

import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
class Reports {

	private final HandingerTasksClient tasks;

	Reports(HandingerTasksClient tasks) {
		this.tasks = tasks;
	}

	@PostMapping("/reports")
	Mono<ResponseEntity<Void>> start(@RequestBody String question) {
		return this.tasks.start(CreateTask.of(question))
			.map((handle) -> ResponseEntity.accepted().location(URI.create("/reports/" + handle)).build());
	}

	@GetMapping("/reports/{handle}")
	Mono<ResponseEntity<String>> result(@PathVariable TaskHandle handle) {
		return this.tasks.await(handle)
			.map((task) -> ResponseEntity.ok(task.outputText()))
			.timeout(Duration.ofSeconds(20), Mono.just(ResponseEntity.accepted().body("The task is running.")));
	}

}
