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

import com.handinger.spring.http.ImmutableJson;
import org.jspecify.annotations.Nullable;

/**
 * What the API answers to the question for a task: with the turns, or without where they
 * have an address of their own.
 *
 * @param task the task
 * @param turns the turns, or {@code null} if the server left them out
 */
record RetrievedTask(Task task, @Nullable List<Turn> turns) {

	RetrievedTask {
		ImmutableJson.require(task, "task");
	}

	/**
	 * Return the turns, or none if the server left them out.
	 */
	List<Turn> inlinedTurns() {
		return (this.turns != null) ? this.turns : List.of();
	}

}
