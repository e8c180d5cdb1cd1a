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

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.transport.ApiCall;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.ImmutableJson;
import com.handinger.spring.transport.RawFields;
import com.handinger.spring.transport.RequestBody;
import com.handinger.spring.worker.Worker;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.util.MimeTypeUtils;

/**
 * The API of tasks: its paths, its responses and where it keeps the turns.
 */
final class TasksApi {

	private static final String TASK = "/api/tasks/{taskId}";

	private static final String TURNS = "/api/tasks/{taskId}/turns";

	private final Sender sender;

	/**
	 * Create a new API.
	 * @param sender sends calls that may be sent again, such as
	 * {@link HandingerTransport#send}
	 */
	TasksApi(Sender sender) {
		this.sender = sender;
	}

	static ApiCall<Worker> create(CreateTask task) {
		RequestBody body = task.attachments().isEmpty() ? RequestBody.json(task::fields) : MultipartTask.body(task);
		return ApiCall.post(Worker.class, body, "/api/tasks")
			.aboutTask(task.taskId())
			.waitingForTask()
			.redacting(task.input());
	}

	/**
	 * Read a task with its turns, from their own path if the task has none.
	 */
	Mono<TaskWithTurns> retrieve(String taskId) {
		return task(taskId).flatMap(this::withTurns);
	}

	/**
	 * Poll a task with its turns.
	 */
	Mono<TaskWithTurns> poll(String taskId) {
		return sameTask(taskId).flatMap(this::withTurns);
	}

	/**
	 * Poll a task, with its turns if it has ended.
	 */
	Mono<TaskWithTurns> pollEnd(String taskId) {
		return sameTask(taskId).flatMap((task) -> task.task().hasEnded() ? withTurns(task) : Mono.just(task));
	}

	Mono<List<Turn>> turns(String taskId) {
		return listTurns(taskId).map(TaskTurnList::items)
			.onErrorResume(TasksApi::isNoSuchPath, (ex) -> task(taskId).map(TaskWithTurns::turns));
	}

	Mono<DeleteTaskResponse> delete(String taskId) {
		return this.sender.send(ApiCall.delete(DeleteTaskResponse.class, TASK, taskId).aboutTask(taskId));
	}

	/**
	 * Read the worker of a task, as it is after the task.
	 */
	Mono<Worker> worker(Task task) {
		return this.sender
			.send(ApiCall.get(Worker.class, "/api/workers/{workerId}?taskId={taskId}", task.workerId(), task.id())
				.aboutTask(task.id()));
	}

	private Mono<TaskWithTurns> task(String taskId) {
		return this.sender.send(ApiCall.get(TaskWithTurns.class, TASK, taskId).aboutTask(taskId));
	}

	private Mono<TaskWithTurns> sameTask(String taskId) {
		return task(taskId).flatMap((shown) -> shown.task().id().equals(taskId) ? Mono.just(shown)
				: Mono.error(new OtherTaskException(taskId)));
	}

	private Mono<TaskWithTurns> withTurns(TaskWithTurns task) {
		return !task.omitsTurns() ? Mono.just(task) : listTurns(task.task().id()).map((list) -> list.of(task))
			.onErrorResume(TasksApi::isNoSuchPath, (ex) -> Mono.just(task));
	}

	private Mono<TaskTurnList> listTurns(String taskId) {
		return this.sender.send(ApiCall.get(TaskTurnList.class, TURNS, taskId).aboutTask(taskId));
	}

	/**
	 * Servers before TypeScript SDK 0.11 have no path for turns. Later ones may omit the
	 * turns from the task.
	 */
	private static boolean isNoSuchPath(Throwable error) {
		return error instanceof HandingerApiException answered
				&& (answered.status() == 404 || answered.status() == 405);
	}

	/**
	 * Sends calls that may be sent again.
	 */
	@FunctionalInterface
	interface Sender {

		<T> Mono<T> send(ApiCall<T> call);

	}

	/**
	 * The response for the turns of a task.
	 *
	 * @param items the turns
	 * @param rawFields the values of the fields that are not of the documented type
	 */
	record TaskTurnList(@JsonProperty(required = true) List<Turn> items,
			@JsonIgnore Map<String, @Nullable Object> rawFields) implements RawFields<TaskTurnList> {

		TaskTurnList {
			items = ImmutableJson.list(items);
			rawFields = ImmutableJson.object(rawFields);
		}

		@Override
		public TaskTurnList withRawFields(Map<String, ? extends @Nullable Object> rawFields) {
			return new TaskTurnList(this.items, ImmutableJson.object(rawFields));
		}

		/**
		 * Return a task with these turns.
		 */
		TaskWithTurns of(TaskWithTurns task) {
			Map<String, @Nullable Object> rawFields = new LinkedHashMap<>(task.rawFields());
			this.rawFields.forEach((path, value) -> rawFields.put(path.replaceFirst("^items", "turns"), value));
			return new TaskWithTurns(task.task(), this.items, rawFields);
		}

		@Override
		public String toString() {
			return "TaskTurnList[items=" + this.items + "]";
		}

	}

	/**
	 * The multipart body of a task with attachments, as the vendor's own SDKs write it:
	 * its fields are parts without a type, a single file is named {@code files}, and each
	 * of several {@code files[]}. Spring adds a type and a length to each field, and
	 * common servers treat a part that has a type as a file.
	 */
	private static final class MultipartTask {

		private static final Pattern SPECIAL = Pattern.compile("[\"\\\\\\p{Cntrl}]");

		private final String boundary = MimeTypeUtils.generateMultipartBoundaryString();

		private final List<Part> parts = new ArrayList<>();

		private MultipartTask(CreateTask task, List<Long> lengths) {
			task.fields().forEach((name, value) -> add(disposition(name) + "\r\n\r\n" + value + "\r\n"));
			String name = (lengths.size() == 1) ? "files" : "files[]";
			for (int i = 0; i < lengths.size(); i++) {
				Attachment attachment = task.attachments().get(i);
				add(disposition(name) + "; filename=\"" + encode(attachment.filename()) + "\"\r\nContent-Type: "
						+ attachment.mediaType() + "\r\n\r\n");
				this.parts.add(new Part(attachment.content(lengths.get(i)), lengths.get(i)));
				add("\r\n");
			}
			add("--" + this.boundary + "--\r\n");
		}

		static RequestBody body(CreateTask task) {
			return RequestBody.stream(Flux.fromIterable(task.attachments())
				.concatMap(Attachment::length)
				.collectList()
				.map((lengths) -> new MultipartTask(task, lengths).content()), task.isRepeatable());
		}

		private RequestBody.Content content() {
			MediaType type = MediaType
				.parseMediaType(MediaType.MULTIPART_FORM_DATA_VALUE + ";boundary=" + this.boundary);
			boolean isLengthKnown = this.parts.stream().allMatch((part) -> part.length() >= 0);
			long length = isLengthKnown ? this.parts.stream().mapToLong(Part::length).sum() : -1;
			return new RequestBody.Content(type, length,
					Flux.fromIterable(this.parts)
						.concatMap(Part::data)
						.doOnDiscard(DataBuffer.class, DataBufferUtils::release));
		}

		private void add(String text) {
			byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
			this.parts.add(new Part(Mono.fromSupplier(() -> DefaultDataBufferFactory.sharedInstance.wrap(bytes)),
					bytes.length));
		}

		private String disposition(String name) {
			return "--" + this.boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"";
		}

		/**
		 * Encode a name as browsers do (RFC 7578, which forbids the {@code filename*} of
		 * other headers, and the form-data encoding of the WHATWG), except for the
		 * backslash: some servers treat it as an escape, even of the closing quote.
		 */
		private static String encode(String filename) {
			return SPECIAL.matcher(filename)
				.replaceAll((match) -> String.format("%%%02X", (int) match.group().charAt(0)));
		}

		/**
		 * A part of the body.
		 *
		 * @param data the bytes
		 * @param length the number of bytes, or a negative number if it is unknown
		 */
		private record Part(Publisher<DataBuffer> data, long length) {
		}

	}

	/**
	 * The response shows another task than the requested one.
	 */
	static final class OtherTaskException extends HandingerException {

		private static final long serialVersionUID = 1L;

		OtherTaskException(String taskId) {
			super("GET /api/tasks/{taskId} has shown another task than " + taskId
					+ ", which is refused: check what is between this application and Handinger", null, taskId);
		}

	}

}
