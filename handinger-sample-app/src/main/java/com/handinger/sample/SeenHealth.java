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

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.health.contributor.Health;

/**
 * The health of Handinger, for the page.
 *
 * @param status the status
 * @param error the error, or {@code null} if there is none
 */
record SeenHealth(String status, @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String error) {

	static SeenHealth of(Health health) {
		Object error = health.getDetails().get("error");
		return new SeenHealth(health.getStatus().getCode(), (error != null) ? error.toString() : null);
	}

}
