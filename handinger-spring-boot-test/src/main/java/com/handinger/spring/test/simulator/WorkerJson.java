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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * A {@code Worker} of the contract without its messages, which {@link WorkerBody} adds.
 *
 * @param id the id
 * @param createdAt the creation time, in seconds since 1970
 * @param error always {@code null}
 * @param files the uploaded and the published files of the turn
 * @param incompleteDetails always {@code null}
 * @param metadata the task id, if there is a task
 * @param object the type of this object
 * @param output the parts of the answer
 * @param outputText the text of the answer
 * @param running whether it is running
 * @param sources the sources
 * @param status the status
 * @param structuredOutput the structured output
 * @param url its page
 * @param usage the usage of the turn
 */
record WorkerJson(String id, @JsonProperty("created_at") long createdAt, @Nullable Object error, List<File> files,
		@JsonProperty("incomplete_details") @Nullable Object incompleteDetails, Map<String, String> metadata,
		String object, List<Output> output, @JsonProperty("output_text") String outputText, boolean running,
		List<Source> sources, String status, @JsonProperty("structured_output") @Nullable Object structuredOutput,
		String url, Usage usage) {

	/**
	 * Return the worker as of the given turn, or before its first turn.
	 */
	static WorkerJson of(SimulatedWorker worker, @Nullable SimulatedTurn turn, ApiVersion apiVersion, String baseUrl) {
		if (turn == null) {
			return new WorkerJson(worker.id(), worker.createdAt().getEpochSecond(), null, List.of(), null, Map.of(),
					"worker", List.of(), "", false, List.of(), "pending", null, worker.url(baseUrl),
					Usage.of(0, 0, apiVersion));
		}
		boolean running = !turn.status().isEnd();
		String outputText = turn.outputText();
		List<Output> output = running ? List.of() : List.of(Output.of(outputText));
		List<File> files = new ArrayList<>(turn.files(baseUrl));
		turn.request().files().forEach((file) -> files.add(File.of(file, baseUrl)));
		return new WorkerJson(worker.id(), worker.createdAt().getEpochSecond(), null, files, null,
				Map.of("taskId", turn.task().id()), "worker", output, outputText, running, turn.sources(),
				running ? turn.status().wireName() : "completed", turn.structuredOutput(), worker.url(baseUrl),
				Usage.of(turn.credits(), turn.durationMs(), apiVersion));
	}

	/**
	 * A {@code File} of the contract.
	 *
	 * @param filename the name, or {@code null} if it has none
	 * @param mediaType the media type
	 * @param url the URL
	 * @param size the size in bytes
	 */
	record File(@Nullable String filename, String mediaType, String url, long size) {

		static File of(UploadedFile file, String baseUrl) {
			return new File(file.filename(), file.mediaType(), baseUrl + "/files/" + file.id(), file.size());
		}

	}

	/**
	 * A {@code Source} of the contract.
	 *
	 * @param id the id
	 * @param title the title, or {@code null} if it has none
	 * @param type the type
	 * @param url the URL
	 */
	record Source(String id, @Nullable String title, String type, String url) {
	}

	/**
	 * A part of the answer.
	 *
	 * @param id the id
	 * @param content the texts
	 * @param role the role of the sender
	 * @param status the status
	 * @param type the type
	 */
	record Output(String id, List<Content> content, String role, String status, String type) {

		static Output of(String text) {
			return new Output("msg_" + Ulid.next(), List.of(new Content(text, "output_text")), "assistant", "completed",
					"message");
		}

	}

	/**
	 * A text of the answer.
	 *
	 * @param text the text
	 * @param type the type
	 */
	record Content(String text, String type) {
	}

	/**
	 * The usage of a turn.
	 *
	 * @param credits the credits, or {@code null} to leave them out
	 * @param durationMs the duration in milliseconds
	 */
	record Usage(@JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer credits, long durationMs) {

		static Usage of(int credits, long durationMs, ApiVersion apiVersion) {
			return new Usage((apiVersion == ApiVersion.V2026_05) ? credits : null, durationMs);
		}

	}

}
