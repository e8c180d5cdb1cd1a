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
import tools.jackson.databind.JsonNode;

/**
 * A {@code WorkerTemplate} of the contract.
 *
 * @param id the id
 * @param createdAt the creation time
 * @param instructions the instructions
 * @param organizationId the organization
 * @param outputSchema the output schema, or {@code null} if there is none
 * @param summary the summary
 * @param title the title
 * @param updatedAt the time of the last change
 * @param url its page
 * @param userId the creator
 * @param visibility the visibility
 */
record WorkerTemplateJson(String id, Instant createdAt, String instructions, String organizationId,
		@Nullable JsonNode outputSchema, String summary, String title, Instant updatedAt, String url, String userId,
		String visibility) {
}
