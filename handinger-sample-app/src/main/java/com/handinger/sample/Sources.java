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

import java.util.List;

import com.handinger.spring.worker.Worker;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Mono;

import org.springframework.stereotype.Component;

/**
 * The sources of the newest tasks. Handinger returns them only in the response to the
 * request that starts a turn.
 */
@Component
final class Sources {

	private static final Log logger = LogFactory.getLog(Sources.class);

	private final PerTask<Worker.Source> sources = new PerTask<>();

	private final TaskStore store;

	Sources(TaskStore store) {
		this.store = store;
		store.sources().forEach((known) -> this.sources.add(known.taskId(), known.source()));
	}

	/**
	 * Store sources, and show them.
	 */
	Mono<Void> add(String taskId, List<Worker.Source> sources) {
		return Mono.defer(() -> sources.isEmpty() ? Mono.empty() : this.store.addSources(taskId, sources))
			.onErrorResume((ex) -> {
				logger.error("The sources of the task " + taskId + " could not be stored", ex);
				return Mono.empty();
			})
			.doOnSuccess((done) -> sources.forEach((source) -> this.sources.add(taskId, source)));
	}

	List<Worker.Source> of(String taskId) {
		return this.sources.of(taskId);
	}

}
