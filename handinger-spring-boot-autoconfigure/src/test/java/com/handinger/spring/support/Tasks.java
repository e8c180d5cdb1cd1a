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

package com.handinger.spring.support;

import java.time.Instant;
import java.util.List;

import com.handinger.spring.task.Task;
import com.handinger.spring.task.TaskStatus;
import com.handinger.spring.task.TaskTrigger;
import com.handinger.spring.task.TaskWithTurns;

/**
 * Tasks as the client gives them.
 */
public final class Tasks {

	private Tasks() {
	}

	/**
	 * Return a task without turns.
	 */
	public static TaskWithTurns task(String id, TaskStatus status) {
		return new TaskWithTurns(new Task(id, null, Instant.EPOCH, null, "org_1", status, "Weather",
				new Task.Totals(2, 4200, 1), TaskTrigger.API, "https://handinger.com/t/" + id, "wrk_1"), List.of());
	}

}
