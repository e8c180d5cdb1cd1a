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

import com.handinger.spring.webhook.TaskFinishedEvent;

import org.springframework.util.Assert;

/**
 * Handinger has refused the request of a run, and runs nothing. The log has the reason.
 * <p>
 * The event is published once, in the same way as a {@link TaskFinishedEvent}: again, if
 * a listener has failed.
 *
 * @param key the key of the run
 * @param taskId the id of the task
 * @param status the HTTP status of the response, such as 404 if the worker does not exist
 */
public record TaskRunRefusedEvent(String key, String taskId, int status) {

	public TaskRunRefusedEvent {
		Assert.hasText(key, "'key' must not be empty");
		Assert.hasText(taskId, "'taskId' must not be empty");
	}

}
