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

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * Records rejected attempts, so that a later attempt succeeds.
 */
final class Rejections {

	private static final int MOST_REMEMBERED = 100_000;

	private final Map<Attempt, Instant> ends = new LinkedHashMap<>();

	/**
	 * Return how much longer to reject an attempt, or {@code null} to accept it. The
	 * first attempt is rejected.
	 */
	@Nullable Duration remaining(Attempt attempt, Duration retryAfter, Instant now) {
		Instant end = this.ends.get(attempt);
		if (end == null) {
			this.ends.put(attempt, now.plus(retryAfter));
			if (this.ends.size() > MOST_REMEMBERED) {
				this.ends.remove(this.ends.keySet().iterator().next());
			}
			return retryAfter;
		}
		if (now.isBefore(end)) {
			return Duration.between(now, end);
		}
		this.ends.remove(attempt);
		return null;
	}

	void clear() {
		this.ends.clear();
	}

	/**
	 * An attempt to run a turn. It is identified by its task and its input or, without a
	 * task id, by its worker and its input.
	 *
	 * @param taskId the task
	 * @param workerId the worker
	 * @param input the digest of the input
	 */
	record Attempt(@Nullable String taskId, @Nullable String workerId, UUID input) {

		static Attempt of(TaskRequest request) {
			return new Attempt(request.taskId(), request.workerId(),
					UUID.nameUUIDFromBytes(request.input().getBytes(StandardCharsets.UTF_8)));
		}

	}

}
