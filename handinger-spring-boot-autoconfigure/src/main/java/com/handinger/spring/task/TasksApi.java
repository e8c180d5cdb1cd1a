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

import com.handinger.spring.transport.ApiCall;
import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.RequestBody;
import com.handinger.spring.worker.Worker;
import reactor.core.publisher.Mono;

/**
 * The wire of tasks.
 */
final class TasksApi {

	private static final String TASKS = "/api/tasks";

	private static final String TASK = "/api/tasks/{taskId}";

	private static final String TURNS = "/api/tasks/{taskId}/turns";

	private final Sender sender;

	/**
	 * Create a new API.
	 * @param sender how calls are sent that may be repeated, such as
	 * {@link HandingerTransport#send}
	 */
	TasksApi(Sender sender) {
		this.sender = sender;
	}

	static ApiCall<Worker> create(CreateTask task) {
		RequestBody body = task.attachments().isEmpty() ? RequestBody.json(task::fields) : MultipartTask.body(task);
		return ApiCall.post(Worker.class, body, TASKS)
			.aboutTask(task.taskId())
			.waitingForTask()
			.redacting(task.input());
	}

	/**
	 * Read a task, with its turns wherever they are.
	 */
	Mono<TaskWithTurns> retrieve(String taskId) {
		return retrieveTask(taskId).flatMap(this::withTurns);
	}

	/**
	 * Poll a task, with its turns.
	 */
	Mono<TaskWithTurns> poll(String taskId) {
		return pollTask(taskId).flatMap(this::withTurns);
	}

	/**
	 * Poll a task, with its turns if it is at an end.
	 */
	Mono<TaskWithTurns> retrieveEnd(String taskId) {
		return pollTask(taskId).flatMap(
				(retrieved) -> retrieved.task().hasEnded() ? withTurns(retrieved) : Mono.just(retrieved.inlined()));
	}

	Mono<List<Turn>> turns(String taskId) {
		return listTurns(taskId).map(TaskTurnList::items)
			.onErrorResume(TasksApi::isNoSuchPath,
					(ex) -> retrieveTask(taskId).map(RetrievedTask::inlined).map(TaskWithTurns::turns));
	}

	Mono<DeleteTaskResponse> delete(String taskId) {
		return this.sender.send(ApiCall.delete(DeleteTaskResponse.class, TASK, taskId).aboutTask(taskId));
	}

	private Mono<RetrievedTask> retrieveTask(String taskId) {
		return this.sender.send(ApiCall.get(RetrievedTask.class, TASK, taskId).aboutTask(taskId));
	}

	private Mono<RetrievedTask> pollTask(String taskId) {
		return retrieveTask(taskId).flatMap((retrieved) -> retrieved.task().id().equals(taskId) ? Mono.just(retrieved)
				: Mono.error(new OtherTaskException(taskId)));
	}

	private Mono<TaskWithTurns> withTurns(RetrievedTask retrieved) {
		if (retrieved.turns() != null) {
			return Mono.just(retrieved.inlined());
		}
		return listTurns(retrieved.task().id()).map(retrieved::with)
			.onErrorResume(TasksApi::isNoSuchPath, (ex) -> Mono.just(retrieved.inlined()));
	}

	private Mono<TaskTurnList> listTurns(String taskId) {
		return this.sender.send(ApiCall.get(TaskTurnList.class, TURNS, taskId).aboutTask(taskId));
	}

	/**
	 * Servers before TypeScript SDK 0.11 have no address for turns, and those after may
	 * leave the turns out of the task.
	 */
	private static boolean isNoSuchPath(Throwable error) {
		return error instanceof HandingerApiException answered
				&& (answered.status() == 404 || answered.status() == 405);
	}

	/**
	 * Sends calls that may be repeated.
	 */
	@FunctionalInterface
	interface Sender {

		<T> Mono<T> send(ApiCall<T> call);

	}

}
