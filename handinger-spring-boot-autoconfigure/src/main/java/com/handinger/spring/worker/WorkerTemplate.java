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

package com.handinger.spring.worker;

import java.time.Instant;
import java.util.Map;

import com.handinger.spring.transport.ImmutableJson;
import org.jspecify.annotations.Nullable;

/**
 * Definition of a worker.
 * <p>
 * {@link #toString()} omits the instructions, the output schema, the summary and the
 * title.
 *
 * @param id the id of the worker
 * @param createdAt when the worker was created, or {@code null} if the API does not send
 * it
 * @param instructions the instructions
 * @param organizationId the id of the organization
 * @param outputSchema the JSON Schema (draft-07) of the output, or {@code null} for free
 * text
 * @param summary the summary
 * @param title the title
 * @param updatedAt when the worker was changed, or {@code null} if the API does not send
 * it
 * @param url the page of the worker in the dashboard
 * @param userId the id of the user who created the worker
 * @param visibility who can see the worker
 */
public record WorkerTemplate(String id, @Nullable Instant createdAt, String instructions, String organizationId,
		@Nullable Map<String, @Nullable Object> outputSchema, String summary, String title, @Nullable Instant updatedAt,
		String url, String userId, Visibility visibility) {

	public WorkerTemplate {
		ImmutableJson.require(id, "id");
		instructions = (instructions != null) ? instructions : "";
		organizationId = (organizationId != null) ? organizationId : "";
		outputSchema = (outputSchema != null) ? ImmutableJson.object(outputSchema) : null;
		summary = (summary != null) ? summary : "";
		title = (title != null) ? title : "";
		url = (url != null) ? url : "";
		userId = (userId != null) ? userId : "";
		visibility = (visibility != null) ? visibility : Visibility.UNKNOWN;
	}

	@Override
	public String toString() {
		return "WorkerTemplate[id=" + this.id + ", visibility=" + this.visibility + ", createdAt=" + this.createdAt
				+ ", updatedAt=" + this.updatedAt + "]";
	}

}
