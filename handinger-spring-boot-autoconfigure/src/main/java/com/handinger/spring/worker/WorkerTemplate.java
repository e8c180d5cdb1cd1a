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
 * What a worker is told, and who it belongs to.
 * <p>
 * {@link #toString()} leaves out the instructions, the output schema, the summary and the
 * title.
 *
 * @param id the id of the worker
 * @param createdAt when it was created, or {@code null} if the API does not tell
 * @param instructions how it has to work
 * @param organizationId the organization that it belongs to
 * @param outputSchema the shape of its answers as JSON Schema draft-07, or {@code null}
 * if they are free text
 * @param summary what it does
 * @param title its name
 * @param updatedAt when it was changed, or {@code null} if the API does not tell
 * @param url the page of the worker in the dashboard
 * @param userId the user who created it
 * @param visibility who may see it
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
