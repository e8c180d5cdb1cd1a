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

package com.handinger.spring.task;

import java.util.List;

import com.handinger.spring.http.ApiCall;
import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.http.HandingerTransport;
import com.handinger.spring.http.RequestBody;
import com.handinger.spring.worker.Worker;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.util.Assert;

/**
 * {@link HandingerTasksClient} over a {@link HandingerTransport}.
 */
final class DefaultHandingerTasksClient implements HandingerTasksClient {

	private static final String TASKS = "/api/tasks";

	private static final String TASK = "/api/tasks/{taskId}";

	private static final String TURNS = "/api/tasks/{taskId}/turns";

	private final HandingerTransport transport;

	DefaultHandingerTasksClient(HandingerTransport transport) {
		this.transport = transport;
	}

	@Override
	public Mono<Worker> create(CreateTask task) {
		Assert.notNull(task, "'task' must not be null");
		return this.transport.sendOnce(ApiCall.post(Worker.class, body(task), TASKS)
			.aboutTask(task.taskId())
			.waitingForTask()
			.unspoken(task.input()));
	}

	private static RequestBody body(CreateTask task) {
		return task.attachments().isEmpty() ? RequestBody.json(task.fields()) : MultipartTask.body(task);
	}

	@Override
	public Mono<TaskWithTurns> retrieve(String taskId) {
		return retrieveTask(taskId)
			.flatMap((retrieved) -> inlinedTurns(retrieved)
				.switchIfEmpty(Mono.defer(() -> listTurns(taskId)
					.onErrorResume(DefaultHandingerTasksClient::isNoSuchPath, (ex) -> Mono.just(List.of()))))
				.map((turns) -> new TaskWithTurns(retrieved.task(), turns)));
	}

	@Override
	public Flux<Turn> turns(String taskId) {
		return listTurns(taskId)
			.onErrorResume(DefaultHandingerTasksClient::isNoSuchPath,
					(ex) -> retrieveTask(taskId).flatMap(DefaultHandingerTasksClient::inlinedTurns)
						.defaultIfEmpty(List.of()))
			.flatMapIterable((turns) -> turns);
	}

	@Override
	public Mono<DeleteTaskResponse> delete(String taskId) {
		return this.transport.send(ApiCall.delete(DeleteTaskResponse.class, TASK, taskId).aboutTask(taskId));
	}

	private Mono<RetrievedTask> retrieveTask(String taskId) {
		return this.transport.send(ApiCall.get(RetrievedTask.class, TASK, taskId).aboutTask(taskId));
	}

	private Mono<List<Turn>> listTurns(String taskId) {
		return this.transport.send(ApiCall.get(TaskTurnList.class, TURNS, taskId).aboutTask(taskId))
			.map(TaskTurnList::items);
	}

	private static Mono<List<Turn>> inlinedTurns(RetrievedTask retrieved) {
		return Mono.justOrEmpty(retrieved.turns());
	}

	/**
	 * Servers before TypeScript SDK 0.11 have no address for turns, and those after may
	 * leave the turns out of the task.
	 */
	private static boolean isNoSuchPath(Throwable error) {
		return error instanceof HandingerApiException answered
				&& (answered.status() == 404 || answered.status() == 405);
	}

}
