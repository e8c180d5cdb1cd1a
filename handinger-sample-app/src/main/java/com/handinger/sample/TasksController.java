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

import java.net.URI;
import java.util.List;

import com.handinger.spring.task.DeleteTaskResponse;
import com.handinger.spring.task.HandingerTasksClient;
import reactor.core.publisher.Mono;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Starts tasks in the background, and shows them.
 */
@RestController
@RequestMapping(path = "/tasks", produces = MediaType.APPLICATION_JSON_VALUE)
final class TasksController {

	private final TaskStarter starter;

	private final StartedTasks startedTasks;

	private final Arrivals arrivals;

	private final HandingerTasksClient client;

	TasksController(TaskStarter starter, StartedTasks startedTasks, Arrivals arrivals, HandingerTasksClient client) {
		this.starter = starter;
		this.startedTasks = startedTasks;
		this.arrivals = arrivals;
		this.client = client;
	}

	@PostMapping
	Mono<ResponseEntity<Accepted>> start(@RequestBody TaskRequest request) {
		return this.starter.start(request.toTask())
			.map((taskId) -> ResponseEntity.accepted().location(location(taskId)).body(new Accepted(taskId)));
	}

	private static URI location(String taskId) {
		return UriComponentsBuilder.fromPath("/tasks/{taskId}").encode().buildAndExpand(taskId).toUri();
	}

	@GetMapping
	List<ListedTask> list() {
		return this.startedTasks.newestFirst()
			.stream()
			.map((task) -> new ListedTask(task, this.arrivals.of(task.taskId())))
			.toList();
	}

	@GetMapping("/{taskId}")
	Mono<ShownTask> retrieve(@PathVariable String taskId) {
		return this.starter.retrieve(taskId).map((task) -> new ShownTask(task, this.arrivals.of(taskId)));
	}

	@DeleteMapping("/{taskId}")
	Mono<DeleteTaskResponse> delete(@PathVariable String taskId) {
		return this.client.delete(taskId);
	}

	/**
	 * The answer to a task that was started.
	 *
	 * @param taskId the id of the task
	 */
	record Accepted(String taskId) {
	}

}
