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
import java.time.Duration;
import java.util.List;

import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.task.Attachment;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.DeleteTaskResponse;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.Task;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.worker.HandingerWorkersClient;
import com.handinger.spring.worker.Worker;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

import org.springframework.http.HttpStatus;
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
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.util.UriComponentsBuilder;

/**
 * Starts tasks in the background, and returns them.
 */
@RestController
@RequestMapping(path = "/tasks", produces = MediaType.APPLICATION_JSON_VALUE)
final class TasksController {

	private static final int MOST_AT_ONCE = 1000;

	private static final int BATCH_CONCURRENCY = 100;

	private static final int LOOK_UPS = 5;

	private static final Duration SHORTEST_WAIT = Duration.ofMillis(50);

	private final TaskRuns runs;

	private final TaskList tasks;

	private final Arrivals arrivals;

	private final Uploads uploads;

	private final HandingerTasksClient client;

	private final HandingerWorkersClient workers;

	private final SampleConnectionDetails connectionDetails;

	TasksController(TaskRuns runs, TaskList tasks, Arrivals arrivals, Uploads uploads, HandingerTasksClient client,
			HandingerWorkersClient workers, SampleConnectionDetails connectionDetails) {
		this.runs = runs;
		this.tasks = tasks;
		this.arrivals = arrivals;
		this.uploads = uploads;
		this.client = client;
		this.workers = workers;
		this.connectionDetails = connectionDetails;
	}

	@PostMapping
	Mono<ResponseEntity<Accepted>> start(@RequestBody TaskRequest request) {
		return start(request, Flux.empty());
	}

	/**
	 * Start a task with files from a form.
	 */
	@PostMapping(consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
	Mono<ResponseEntity<Accepted>> start(@ModelAttribute TaskRequest request,
			@RequestPart(name = "files", required = false) Flux<FilePart> files) {
		CreateTask task = withWorker(request.toTask());
		StartedTask started = StartedTask.running(String.valueOf(task.taskId()), task.input());
		return this.uploads.keep(started.key(), files)
			.flatMap((attachments) -> this.runs.start(started, withAttachments(task, attachments)))
			.then(Mono.fromSupplier(() -> ResponseEntity.accepted()
				.location(location(started.taskId()))
				.body(new Accepted(started.taskId()))));
	}

	/**
	 * A further turn belongs to the worker of its task.
	 */
	private CreateTask withWorker(CreateTask task) {
		return (task.workerId() != null || this.tasks.find(String.valueOf(task.taskId())) != null) ? task
				: task.withWorkerId(this.connectionDetails.defaultWorkerId());
	}

	private static CreateTask withAttachments(CreateTask task, List<Attachment> attachments) {
		CreateTask complete = task;
		for (Attachment attachment : attachments) {
			complete = complete.withAttachment(attachment);
		}
		return complete;
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
			.flatMap((i) -> start(request.task()), BATCH_CONCURRENCY)
			.then(Mono.just(ResponseEntity.accepted().build()));
	}

	private static URI location(String taskId) {
		return UriComponentsBuilder.fromPath("/tasks/{taskId}").encode().buildAndExpand(taskId).toUri();
	}

	@GetMapping
	List<ListedTask> list() {
		return this.tasks.newestFirst()
			.stream()
			.map((task) -> new ListedTask(task, this.arrivals.of(task.taskId())))
			.toList();
	}

	@GetMapping("/{taskId}")
	Mono<ShownTask> retrieve(@PathVariable String taskId) {
		return this.client.retrieve(taskId)
			.retryWhen(Retry.backoff(LOOK_UPS, SHORTEST_WAIT)
				.filter((ex) -> ex instanceof NotFoundException && isRunning(taskId))
				.onRetryExhaustedThrow((retry, signal) -> signal.failure()))
			.onErrorResume(HandingerException.class,
					(ex) -> this.<TaskWithTurns>unsent(taskId).switchIfEmpty(Mono.error(ex)))
			.flatMap((task) -> sources(task.task())
				.map((sources) -> new ShownTask(task, this.arrivals.of(taskId), sources)));
	}

	/**
	 * A task is visible some moments after it was started.
	 */
	private boolean isRunning(String taskId) {
		StartedTask task = this.tasks.find(taskId);
		return task != null && task.isRunning();
	}

	/**
	 * Explain that a durable run was not sent yet.
	 */
	private <T> Mono<T> unsent(String taskId) {
		return Mono.justOrEmpty(this.tasks.find(taskId))
			.filterWhen((task) -> this.runs.isSent(task).map((isSent) -> !isSent))
			.flatMap((task) -> Mono.error(new ResponseStatusException(HttpStatus.NOT_FOUND,
					"The task has not reached Handinger yet, or Handinger has asked to wait. It is sent as soon as possible")));
	}

	/**
	 * Return the sources of the last answer, which only the worker shows.
	 */
	private Mono<List<Worker.Source>> sources(Task task) {
		return this.workers.retrieve(task.workerId(), task.id())
			.map(Worker::sources)
			.onErrorReturn(HandingerException.class, List.of());
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
