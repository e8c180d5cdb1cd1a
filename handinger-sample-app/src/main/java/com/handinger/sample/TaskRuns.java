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

import com.handinger.spring.task.CreateTask;
import reactor.core.publisher.Mono;

/**
 * Starts tasks, and shows them in the {@link TaskList} until they have finished.
 */
interface TaskRuns {

	/**
	 * Start a task.
	 * @param task the task to show
	 * @param request the task to run
	 * @return the end of the start, or the failure if the task could not be started
	 */
	Mono<Void> start(StartedTask task, CreateTask request);

	/**
	 * Return whether a task may have reached Handinger.
	 */
	Mono<Boolean> isSent(StartedTask task);

}
