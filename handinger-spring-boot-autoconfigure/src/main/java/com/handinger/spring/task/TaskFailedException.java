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

import com.handinger.spring.http.HandingerException;
import com.handinger.spring.transport.Redaction;

/**
 * A task has ended with {@link TaskStatus#ERROR} or {@link TaskStatus#ABORTED}. The
 * output until then is available, and has used credits.
 */
public class TaskFailedException extends HandingerException {

	private static final long serialVersionUID = 1L;

	private final TaskWithTurns task;

	/**
	 * Create a new exception.
	 * @param task the ended task
	 */
	public TaskFailedException(TaskWithTurns task) {
		super(message(task.task()), null, task.task().id());
		this.task = task;
	}

	private static String message(Task task) {
		return "The task " + task.id() + " (\"" + Redaction.of(task.title()) + "\") "
				+ ((task.status() == TaskStatus.ABORTED) ? "was aborted" : "has ended in error")
				+ ": its page tells why, " + Redaction.of(task.url());
	}

	/**
	 * Return the ended task with its turns.
	 * @return the task
	 */
	public TaskWithTurns task() {
		return this.task;
	}

}
