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

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The rules of the simulator. The first one that matches a request wins.
 */
final class Rules {

	private final List<SimulatorRule> rules = new CopyOnWriteArrayList<>();

	void add(SimulatorRule rule) {
		this.rules.add(rule);
	}

	boolean isEmpty() {
		return this.rules.isEmpty();
	}

	void clear() {
		this.rules.clear();
	}

	/**
	 * Return what the first rule that matches says. Conditions are the application's
	 * code, so this must not be called with a lock.
	 */
	Script match(TaskRequest request) {
		for (SimulatorRule rule : this.rules) {
			if (rule.matches(request)) {
				return rule.script();
			}
		}
		return Script.NONE;
	}

}
