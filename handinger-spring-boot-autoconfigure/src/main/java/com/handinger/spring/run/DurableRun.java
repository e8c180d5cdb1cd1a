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

package com.handinger.spring.run;

import java.time.Instant;

import org.springframework.util.Assert;

/**
 * A run as it is stored.
 *
 * @param key the key that the application has chosen
 * @param taskId the id of the task, which is known before the task is sent
 * @param state the state of the run
 * @param since the time at which the run entered this state
 * @param joined whether the key was known when it was submitted, so that nothing was
 * stored
 */
public record DurableRun(String key, String taskId, RunState state, Instant since, boolean joined) {

	public DurableRun {
		Assert.hasText(key, "'key' must not be empty");
		Assert.hasText(taskId, "'taskId' must not be empty");
		Assert.notNull(state, "'state' must not be null");
		Assert.notNull(since, "'since' must not be null");
	}

}
