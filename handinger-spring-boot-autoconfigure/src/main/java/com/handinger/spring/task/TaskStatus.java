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

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The status of a {@link Task}. {@link Task#hasEnded()} decides whether a task has ended:
 * one with {@link #UNKNOWN} has if {@link Task#completedAt()} is set.
 */
public enum TaskStatus {

	/**
	 * The task is queued.
	 */
	@JsonProperty("pending")
	PENDING,

	/**
	 * The task is running.
	 */
	@JsonProperty("running")
	RUNNING,

	/**
	 * The task has succeeded.
	 */
	@JsonProperty("completed")
	COMPLETED,

	/**
	 * The task has failed.
	 */
	@JsonProperty("error")
	ERROR,

	/**
	 * The task was stopped.
	 */
	@JsonProperty("aborted")
	ABORTED,

	/**
	 * Any status that this version does not know. The task has ended if
	 * {@link Task#completedAt()} is set.
	 */
	@JsonEnumDefaultValue
	UNKNOWN

}
