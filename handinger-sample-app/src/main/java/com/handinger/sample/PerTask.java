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

/**
 * Values of each of the newest tasks, in insertion order.
 *
 * @param <T> the type of the values
 */
final class PerTask<T> {

	private final Map<String, List<T>> values = new LinkedHashMap<>();

	synchronized void add(String taskId, T value) {
		this.values.computeIfAbsent(taskId, (id) -> new ArrayList<>()).add(value);
		if (this.values.size() > StartedTasks.MOST) {
			this.values.remove(this.values.keySet().iterator().next());
		}
	}

	synchronized List<T> of(String taskId) {
		return List.copyOf(this.values.getOrDefault(taskId, List.of()));
	}

}
