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

package com.handinger.spring.test.simulator;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * Counts the requests that name a task. Evicts the oldest counts of tasks that never ran
 * when there are too many.
 */
final class PostCounts {

	private static final int MOST_NEVER_RUN = 100_000;

	private final Map<String, Long> counts = new LinkedHashMap<>();

	private final Set<String> neverRun = new LinkedHashSet<>();

	void count(String taskId) {
		if (this.counts.merge(taskId, 1L, Long::sum) == 1) {
			this.neverRun.add(taskId);
		}
		if (this.neverRun.size() > MOST_NEVER_RUN) {
			forget(this.neverRun.iterator().next());
		}
	}

	/**
	 * Keep the count of a running task until the task is evicted.
	 */
	void keep(String taskId) {
		this.neverRun.remove(taskId);
	}

	void forget(String taskId) {
		this.neverRun.remove(taskId);
		this.counts.remove(taskId);
	}

	long count(String taskId, long other) {
		return this.counts.getOrDefault(taskId, other);
	}

	void clear() {
		this.counts.clear();
		this.neverRun.clear();
	}

	void forEach(BiConsumer<String, Long> action) {
		this.counts.forEach(action);
	}

}
