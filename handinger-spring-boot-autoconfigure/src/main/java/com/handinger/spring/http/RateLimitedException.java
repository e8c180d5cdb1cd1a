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

package com.handinger.spring.http;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * The API key has made too many requests (429). The request was not carried out.
 */
public class RateLimitedException extends HandingerApiException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create a new exception.
	 * @param response the answer
	 * @param taskId the id of the task that the call was about, if it was about one
	 */
	public RateLimitedException(ErrorResponse response, @Nullable String taskId) {
		super(response, taskId, "nothing was carried out, so call again " + when(response.retryAfter()));
	}

	private static String when(@Nullable Duration retryAfter) {
		if (retryAfter == null) {
			return "later, or less often";
		}
		return "in " + roundedUp(retryAfter);
	}

	private static String roundedUp(Duration wait) {
		if (wait.compareTo(Duration.ofSeconds(1)) < 0) {
			return wait.toMillis() + " ms";
		}
		if (wait.compareTo(Duration.ofMinutes(2)) <= 0) {
			return wait.plusMillis(999).toSeconds() + " s";
		}
		return (wait.compareTo(Duration.ofHours(2)) <= 0) ? wait.plusMillis(59_999).toMinutes() + " min"
				: wait.plusMillis(3_599_999).toHours() + " h";
	}

}
