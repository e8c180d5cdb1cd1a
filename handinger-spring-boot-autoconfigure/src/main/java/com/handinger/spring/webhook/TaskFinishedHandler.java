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
 * Handles the ends of tasks without blocking. A bean of this type is called beside the
 * {@code @EventListener} methods of the application, after them.
 */
@FunctionalInterface
public interface TaskFinishedHandler {

	/**
	 * Handle the end of a task. The delivery is answered as a failed one, and comes again
	 * by reconciliation, if the {@code Mono} signals an error. It may be called more than
	 * once for the same end. What it does on other threads is not in the transaction of
	 * the listeners.
	 * @param event the end of a task
	 * @return completes when the end is handled
	 */
	Mono<Void> handle(TaskFinishedEvent event);

}
