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

import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.DeleteTaskResponse;
import com.handinger.spring.task.HandingerTasksClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestPart;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Starts tasks in the background, and returns them.
 */
@RestController
@RequestMapping(path = "/tasks", produces = MediaType.APPLICATION_JSON_VALUE)
final class TasksController {

	private static final int MOST_AT_ONCE = 1000;

	private static final int BATCH_CONCURRENCY = 100;

	private final TaskStarter starter;

	private final StartedTasks startedTasks;

	private final Arrivals arrivals;

	private final Sources sources;

	private final Uploads uploads;

	private final HandingerTasksClient client;

	private final SampleConnectionDetails connectionDetails;

	TasksController(TaskStarter starter, StartedTasks startedTasks, Arrivals arrivals, Sources sources, Uploads uploads,
			HandingerTasksClient client, SampleConnectionDetails connectionDetails) {
		this.starter = starter;
		this.startedTasks = startedTasks;
		this.arrivals = arrivals;
		this.sources = sources;
		this.uploads = uploads;
		this.client = client;
		this.connectionDetails = connectionDetails;
	}

	@PostMapping
	Mono<ResponseEntity<Accepted>> start(@RequestBody TaskRequest request) {
		return accepted(this.starter.start(request.toTask()));
	}

	/**
	 * Start a task with files from a form.
	 */
	@PostMapping(consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
	Mono<ResponseEntity<Accepted>> start(@ModelAttribute TaskRequest request,
			@RequestPart(name = "files", required = false) Flux<FilePart> files) {
		CreateTask task = request.toTask();
		return accepted(
				this.uploads.keep(files).flatMap((upload) -> this.starter.start(upload.addTo(task), upload::discard)));
	}

	private static Mono<ResponseEntity<Accepted>> accepted(Mono<String> started) {
		return started.map((taskId) -> ResponseEntity.accepted().location(location(taskId)).body(new Accepted(taskId)));
	}

	/**
	 * Start many tasks at once. Only allowed with the simulator, because these tasks
	 * would cost credits.
	 */
	@PostMapping("/batch")
	Mono<ResponseEntity<Void>> startBatch(@RequestBody BatchRequest request) {
		if (!this.connectionDetails.isSimulated()) {
			throw new IllegalArgumentException(
					"Many tasks at once are only possible with the simulator, because they would cost credits: "
							+ "start the sample without handinger.api-key");
		}
		return Flux.range(0, request.checkedCount())
			.flatMap((i) -> this.starter.start(request.task().toTask()), BATCH_CONCURRENCY)
			.then(Mono.just(ResponseEntity.accepted().build()));
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
		return this.starter.retrieve(taskId)
			.map((task) -> new ShownTask(task, this.arrivals.of(taskId), this.sources.of(taskId)));
	}

	@DeleteMapping("/{taskId}")
	Mono<DeleteTaskResponse> delete(@PathVariable String taskId) {
		return this.client.delete(taskId);
	}

	/**
	 * A request to start many tasks.
	 *
	 * @param count the number of tasks
	 * @param task the request for each task
	 */
	record BatchRequest(int count, TaskRequest task) {

		private int checkedCount() {
			if (this.count < 1 || this.count > MOST_AT_ONCE) {
				throw new IllegalArgumentException("'count' must be from 1 to " + MOST_AT_ONCE);
			}
			return this.count;
		}

	}

	/**
	 * The response for a started task.
	 *
	 * @param taskId the id of the task
	 */
	record Accepted(String taskId) {
	}

}
