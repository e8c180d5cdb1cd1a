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

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A request that has reached the simulator.
 *
 * @param receivedAt the time of its arrival on the simulator's clock
 * @param method the method
 * @param path the path with the query
 * @param status the status of the response, or {@code null} if there is none yet or the
 * connection was closed instead
 * @param description what was asked, such as the input of a task, and how it was treated;
 * empty if the path says it all
 */
public record RecordedRequest(Instant receivedAt, String method, String path, @Nullable Integer status,
		String description) {

	@Override
	public String toString() {
		return this.method + " " + this.path + (this.description.isEmpty() ? "" : " (" + this.description + ")")
				+ " -> " + ((this.status != null) ? this.status : "no response");
	}

}
