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

package com.handinger.spring.webhook;

import reactor.core.publisher.Mono;

/**
 * Handles finished tasks without blocking. Beans of this type are called after the
 * {@code @EventListener} methods of the application.
 */
@FunctionalInterface
public interface TaskFinishedHandler {

	/**
	 * Handle a finished task. If the {@code Mono} signals an error, the delivery fails
	 * and is repeated by reconciliation. May be called more than once for the same
	 * finished turn. Work on other threads is not part of the transaction of the
	 * listeners.
	 * @param event the finished task
	 * @return completes when the task is handled
	 */
	Mono<Void> handle(TaskFinishedEvent event);

}
