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

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import com.handinger.spring.worker.Worker;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Mono;

import org.springframework.stereotype.Component;

/**
 * The sources of the newest tasks. Handinger tells them with the answer to the request
 * that has started a turn, and with nothing else.
 */
@Component
final class Sources {

	private static final Log logger = LogFactory.getLog(Sources.class);

	private final Map<String, List<Worker.Source>> sources = new LinkedHashMap<>();

	private final TaskStore store;

	Sources(TaskStore store) {
		this.store = store;
		store.sources().forEach((known) -> keep(known.taskId(), known.source()));
	}

	/**
	 * Keep sources, and show them.
	 */
	Mono<Void> add(String taskId, List<Worker.Source> sources) {
		return Mono.defer(() -> sources.isEmpty() ? Mono.empty() : this.store.addSources(taskId, sources))
			.onErrorResume((ex) -> {
				logger.error("The sources of the task " + taskId + " are not kept", ex);
				return Mono.empty();
			})
			.doOnSuccess((done) -> sources.forEach((source) -> keep(taskId, source)));
	}

	private synchronized void keep(String taskId, Worker.Source source) {
		this.sources.computeIfAbsent(taskId, (id) -> new ArrayList<>()).add(source);
		if (this.sources.size() > StartedTasks.MOST) {
			this.sources.remove(this.sources.keySet().iterator().next());
		}
	}

	synchronized List<Worker.Source> of(String taskId) {
		return List.copyOf(this.sources.getOrDefault(taskId, List.of()));
	}

}
