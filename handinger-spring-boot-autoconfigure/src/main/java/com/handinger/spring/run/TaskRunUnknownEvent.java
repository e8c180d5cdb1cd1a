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

import com.handinger.spring.webhook.TaskFinishedEvent;

import org.springframework.util.Assert;

/**
 * It is unknown whether a run was carried out: its request may have been sent, and
 * Handinger has shown no trace of it for {@code handinger.await.not-found-grace}. Most
 * often, the process has crashed at the moment of sending. A person may decide to
 * {@linkplain HandingerRuns#resend send it again}. If the task turns up after all, a
 * {@link TaskFinishedEvent} follows.
 * <p>
 * The event is published once per request, in the same way as a
 * {@link TaskFinishedEvent}: again, if a listener has failed.
 *
 * @param key the key of the run
 * @param taskId the id of the task
 * @param sentAt the time at which the run was about to be sent
 */
public record TaskRunUnknownEvent(String key, String taskId, Instant sentAt) {

	public TaskRunUnknownEvent {
		Assert.hasText(key, "'key' must not be empty");
		Assert.hasText(taskId, "'taskId' must not be empty");
		Assert.notNull(sentAt, "'sentAt' must not be null");
	}

}
