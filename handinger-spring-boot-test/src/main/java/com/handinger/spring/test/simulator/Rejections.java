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
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * Records rejected attempts, so that the next attempt succeeds. An attempt is identified
 * by its task and its input or, without a task id, by its worker and its input.
 */
final class Rejections {

	private static final int MOST_REMEMBERED = 100_000;

	private final Set<Attempt> rejected = new LinkedHashSet<>();

	/**
	 * Return whether to reject an attempt that has the directive.
	 */
	boolean reject(TaskRequest request) {
		Attempt attempt = Attempt.of(request);
		if (this.rejected.remove(attempt)) {
			return false;
		}
		this.rejected.add(attempt);
		if (this.rejected.size() > MOST_REMEMBERED) {
			this.rejected.remove(this.rejected.iterator().next());
		}
		return true;
	}

	/**
	 * An attempt to run a turn, with a digest of the input.
	 *
	 * @param taskId the task
	 * @param workerId the worker
	 * @param input the digest of the input
	 */
	private record Attempt(@Nullable String taskId, @Nullable String workerId, UUID input) {

		static Attempt of(TaskRequest request) {
			return new Attempt(request.taskId(), request.workerId(),
					UUID.nameUUIDFromBytes(request.input().getBytes(StandardCharsets.UTF_8)));
		}

	}

}
