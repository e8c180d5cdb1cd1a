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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import com.handinger.spring.transport.ApiCall;
import com.handinger.spring.worker.Budget;
import org.jspecify.annotations.Nullable;

import org.springframework.core.io.ResourceLoader;
import org.springframework.util.Assert;

/**
 * The task to run. Only the input is required; unset values are not sent.
 * <p>
 * {@link #toString()} leaves out the input, the key and the content of the attachments.
 *
 * @param input the instructions
 * @param budget the credits that the task may use, or {@code null} for Handinger's
 * default, which is {@link Budget#STANDARD}
 * @param taskId the id of the task, or {@code null} for a new one; the id of an existing
 * task adds a turn to it
 * @param workerId the id of the worker, or {@code null} for a new worker with the input
 * as its instructions, which every member of the organization can read
 * @param attachments the files that are sent with the task
 * @param key the key that the id is derived from, or {@code null} if it is not: see
 * {@link #withKey(String)}
 */
public record CreateTask(String input, @Nullable Budget budget, @Nullable String taskId, @Nullable String workerId,
		List<Attachment> attachments, @Nullable String key) {

	private static final String KEY_MISSING = "'key' must not be empty: say what the task is for, such as 'order-42'";

	private static final String KEY_OR_ID = "a task has a key or an id, and not both, since the id is derived from the key";

	public CreateTask {
		Assert.hasLength(input, "'input' must not be empty: say what the worker has to do");
		Assert.isTrue(ApiCall.isText(input), "'input' must not have half of a surrogate pair, which is no character");
		Assert.isTrue(budget != Budget.UNKNOWN,
				"'budget' must be one that Handinger knows, or null for its own choice");
		if (taskId != null) {
			ApiCall.checkId(taskId, "taskId");
		}
		if (workerId != null) {
			ApiCall.checkId(workerId, "workerId");
		}
		attachments = List.copyOf(attachments);
		if (key != null) {
			Assert.hasText(key, KEY_MISSING);
			Assert.isTrue(ApiCall.isText(key), "'key' must not have half of a surrogate pair, which is no character");
			String derivedId = TaskIds.ofKey(key);
			Assert.isTrue(taskId == null || taskId.equals(derivedId), KEY_OR_ID);
			taskId = derivedId;
		}
	}

	/**
	 * Create a task without a key.
	 * @param input the instructions
	 * @param budget the credits that the task may use, or {@code null} for Handinger's
	 * default
	 * @param taskId the id of the task, or {@code null} for a new one
	 * @param workerId the id of the worker, or {@code null} for a new worker
	 * @param attachments the files that are sent with the task
	 */
	public CreateTask(String input, @Nullable Budget budget, @Nullable String taskId, @Nullable String workerId,
			List<Attachment> attachments) {
		this(input, budget, taskId, workerId, attachments, null);
	}

	/**
	 * Create a task for a new worker.
	 * @param input the instructions
	 * @return the task
	 */
	public static CreateTask of(String input) {
		return new CreateTask(input, null, null, null, List.of());
	}

	/**
	 * Return this task with a budget.
	 * @param budget the credits that it may use, or {@code null} for Handinger's default
	 * @return the task
	 */
	public CreateTask withBudget(@Nullable Budget budget) {
		return new CreateTask(this.input, budget, this.taskId, this.workerId, this.attachments, this.key);
	}

	/**
	 * Return this task with an id. The id of an existing task adds a turn to it.
	 * @param taskId the id, or {@code null} for one that Handinger creates
	 * @return the task
	 * @throws IllegalArgumentException if this task has a key
	 */
	public CreateTask withTaskId(@Nullable String taskId) {
		Assert.isNull(this.key, KEY_OR_ID);
		return new CreateTask(this.input, this.budget, taskId, this.workerId, this.attachments, this.key);
	}

	/**
	 * Return this task with a new id, so that {@link #taskId()} is known before the task
	 * runs, for example to retrieve it from another process.
	 * @return the task
	 * @throws IllegalArgumentException if this task has a key
	 */
	public CreateTask withNewTaskId() {
		return withTaskId(TaskIds.next(System.currentTimeMillis()));
	}

	/**
	 * Return this task with a key, by which it runs once however often it is requested,
	 * for example by a queue or an outbox that delivers a message again.
	 * <p>
	 * {@link #taskId()} is derived from the key: it is {@code tsk_} and the first 128
	 * bits of the SHA-256 of the key in UTF-8, written as 26 characters in Crockford's
	 * base 32 like a ULID. {@link HandingerTasksClient#run run},
	 * {@link HandingerTasksClient#start start}, {@link HandingerTasksClient#follow
	 * follow} and {@link HandingerTasksClient#create create} look this id up first. A
	 * task that exists is joined, and its end is awaited, whatever its input. The task is
	 * sent only if Handinger answers with a 404, and never without its id. If the look-up
	 * fails, nothing is sent. Calls with the same key share a single run within a client.
	 * <p>
	 * The id depends on the key alone: put a name in front that nobody else uses, in this
	 * organization or any other. Whoever can guess the key knows the id, and so the
	 * {@link TaskHandle handle}.
	 * <p>
	 * A later call finds the task in any process, also after a restart, as soon as
	 * Handinger shows it and until it is deleted. The look-up is repeated before each
	 * attempt, but the request may wait for a connection after it, if all
	 * {@code handinger.max-connections} are in use. Two processes that call within this
	 * time may both find no task, and both send it. To rule that out, submit the task as
	 * a durable run.
	 * @param key what the task is for, such as {@code example.com/shop/order-42}
	 * @return the task
	 * @throws IllegalArgumentException if the key is empty, or this task has an id that
	 * is not derived from a key
	 */
	public CreateTask withKey(String key) {
		Assert.hasText(key, KEY_MISSING);
		return new CreateTask(this.input, this.budget, (this.key != null) ? null : this.taskId, this.workerId,
				this.attachments, key);
	}

	/**
	 * Return this task for an existing worker.
	 * @param workerId the id of the worker, or {@code null} for a new one
	 * @return the task
	 */
	public CreateTask withWorkerId(@Nullable String workerId) {
		return new CreateTask(this.input, this.budget, this.taskId, workerId, this.attachments, this.key);
	}

	/**
	 * Return this task with one more attachment.
	 * @param attachment the attachment
	 * @return the task
	 */
	public CreateTask withAttachment(Attachment attachment) {
		List<Attachment> attachments = new ArrayList<>(this.attachments);
		attachments.add(attachment);
		return new CreateTask(this.input, this.budget, this.taskId, this.workerId, attachments, this.key);
	}

	/**
	 * Return this task with the locations of its attachments resolved.
	 */
	CreateTask resolve(ResourceLoader loader) {
		return new CreateTask(this.input, this.budget, this.taskId, this.workerId,
				this.attachments.stream().map((attachment) -> attachment.resolve(loader)).toList());
	}

	/**
	 * Return whether this task can be sent again if it was not carried out.
	 */
	boolean isRepeatable() {
		return this.attachments.stream().allMatch(Attachment::isRepeatable);
	}

	/**
	 * Return the fields of this task as the API names them.
	 */
	Map<String, String> fields() {
		Map<String, String> fields = new LinkedHashMap<>();
		fields.put("input", this.input);
		if (this.budget != null) {
			fields.put("budget", this.budget.name().toLowerCase(Locale.ROOT));
		}
		if (this.taskId != null) {
			fields.put("taskId", this.taskId);
		}
		if (this.workerId != null) {
			fields.put("workerId", this.workerId);
		}
		return fields;
	}

	@Override
	public String toString() {
		return "CreateTask[budget=" + this.budget + ", taskId=" + this.taskId + ", workerId=" + this.workerId
				+ ", attachments=" + this.attachments + "]";
	}

}
