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

package com.handinger.spring.benchmark;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * The state of a worker as an application without this library would read it: plain
 * records.
 */
record PlainWorker(String id, @JsonProperty("created_at") long createdAt, @Nullable Object error, List<File> files,
		@JsonProperty("incomplete_details") @Nullable Object incompleteDetails, List<Object> messages,
		Map<String, Object> metadata, String object, List<Output> output,
		@JsonProperty("output_text") String outputText, boolean running, List<Source> sources, String status,
		@JsonProperty("structured_output") @Nullable Map<String, Object> structuredOutput, String url, Usage usage) {

	/**
	 * A file.
	 */
	record File(@Nullable String filename, String mediaType, String url, @Nullable Long size) {
	}

	/**
	 * A part of the answer.
	 */
	record Output(String id, List<Content> content, String role, String status, String type) {
	}

	/**
	 * A text of it.
	 */
	record Content(String text, String type) {
	}

	/**
	 * A source of the answer.
	 */
	record Source(String id, String title, String type, String url) {
	}

	/**
	 * What the task has used.
	 */
	record Usage(long credits, long durationMs) {
	}

}
