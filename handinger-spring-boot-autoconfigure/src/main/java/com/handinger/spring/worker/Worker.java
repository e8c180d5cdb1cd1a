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

import java.beans.ConstructorProperties;
import java.time.Instant;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.transport.ImmutableJson;
import com.handinger.spring.transport.RawFields;
import org.jspecify.annotations.Nullable;

/**
 * State of a worker, with the messages of its most recent task.
 * <p>
 * {@link #toString()} omits the input and the output of the task, so that a worker can be
 * logged.
 *
 * @param id the id of the worker, or an empty string if the API sends output without it
 * @param createdAt when the worker was created, or {@code null} if the API does not send
 * it
 * @param error undocumented, and {@code null} in every published type of the API;
 * otherwise as received
 * @param files the files that the worker received or published
 * @param incompleteDetails undocumented, and {@code null} in every published type of the
 * API; otherwise as received
 * @param messages the messages of the task as received: maps, lists, strings, numbers,
 * booleans and {@code null}, since the API does not document their shape
 * @param metadata the metadata as received
 * @param object the kind of this object: {@code worker}
 * @param output the parts of the output
 * @param outputText the output as one text
 * @param running whether the worker is running a task
 * @param sources the sources of the output
 * @param status the status
 * @param structuredOutput the output according to the worker's output schema, or
 * {@code null} without one
 * @param url the page of the worker in the dashboard
 * @param usage the usage of the task, or {@code null} if the API does not send it
 * @param rawFields the received values, by path, of fields that are not of the documented
 * type and therefore have their defaults: see {@link RawFields#rawFields()}
 */
public record Worker(String id, @JsonProperty("created_at") @Nullable Instant createdAt, @Nullable Object error,
		List<WorkerFile> files, @JsonProperty("incomplete_details") @Nullable Object incompleteDetails,
		List<@Nullable Object> messages, Map<String, @Nullable Object> metadata, String object, List<Output> output,
		@JsonProperty("output_text") String outputText, boolean running, List<Source> sources, WorkerStatus status,
		@JsonProperty("structured_output") @Nullable Map<String, @Nullable Object> structuredOutput, String url,
		@Nullable Usage usage, @JsonIgnore Map<String, @Nullable Object> rawFields) implements RawFields<Worker> {

	public Worker {
		output = ImmutableJson.list(output);
		outputText = (outputText != null) ? outputText : "";
		if (outputText.isEmpty() && output.stream().allMatch(Output::isEmpty)) {
			ImmutableJson.require(id, "id");
		}
		id = (id != null) ? id : "";
		error = ImmutableJson.value(error);
		files = ImmutableJson.list(files);
		incompleteDetails = ImmutableJson.value(incompleteDetails);
		messages = ImmutableJson.values(messages);
		metadata = ImmutableJson.object(metadata);
		object = (object != null) ? object : "worker";
		sources = ImmutableJson.list(sources);
		status = (status != null) ? status : WorkerStatus.UNKNOWN;
		structuredOutput = (structuredOutput != null) ? ImmutableJson.object(structuredOutput) : null;
		url = (url != null) ? url : "";
		rawFields = ImmutableJson.object(rawFields);
	}

	/**
	 * Create a worker without raw fields.
	 * @param id the id of the worker
	 * @param createdAt when it was created, or {@code null}
	 * @param error undocumented, or {@code null}
	 * @param files the files that the worker received or published
	 * @param incompleteDetails undocumented, or {@code null}
	 * @param messages the messages of the task
	 * @param metadata the metadata
	 * @param object the kind of this object: {@code worker}
	 * @param output the parts of the output
	 * @param outputText the output as one text
	 * @param running whether the worker is running a task
	 * @param sources the sources of the output
	 * @param status the status
	 * @param structuredOutput the output according to the worker's output schema, or
	 * {@code null}
	 * @param url the page of the worker in the dashboard
	 * @param usage the usage of the task, or {@code null}
	 */
	@JsonCreator
	@ConstructorProperties({ "id", "createdAt", "error", "files", "incompleteDetails", "messages", "metadata", "object",
			"output", "outputText", "running", "sources", "status", "structuredOutput", "url", "usage" })
	public Worker(String id, @Nullable Instant createdAt, @Nullable Object error, List<WorkerFile> files,
			@Nullable Object incompleteDetails, List<@Nullable Object> messages, Map<String, @Nullable Object> metadata,
			String object, List<Output> output, String outputText, boolean running, List<Source> sources,
			WorkerStatus status, @Nullable Map<String, @Nullable Object> structuredOutput, String url,
			@Nullable Usage usage) {
		this(id, createdAt, error, files, incompleteDetails, messages, metadata, object, output, outputText, running,
				sources, status, structuredOutput, url, usage, Map.of());
	}

	@Override
	public Worker withRawFields(Map<String, ? extends @Nullable Object> rawFields) {
		return new Worker(this.id, this.createdAt, this.error, this.files, this.incompleteDetails, this.messages,
				this.metadata, this.object, this.output, this.outputText, this.running, this.sources, this.status,
				this.structuredOutput, this.url, this.usage, ImmutableJson.object(rawFields));
	}

	/**
	 * Return the structured output as a type of the application, such as a record whose
	 * component names are those of the worker's output schema. Dates may be
	 * {@code java.time} types. The JSON settings of the application are not used.
	 * @param <T> the type
	 * @param type the type
	 * @return the output, or {@code null} if there is none
	 * @throws HandingerException if the output does not match the type; the message names
	 * the field
	 */
	public <T> @Nullable T structuredOutput(Class<T> type) {
		return ImmutableJson.convert(this.structuredOutput, type, "worker " + this.id, null);
	}

	@Override
	public String toString() {
		return "Worker[id=" + this.id + ", status=" + this.status + ", running=" + this.running + ", usage="
				+ this.usage + "]";
	}

	/**
	 * Part of the output.
	 *
	 * @param id the id of the part
	 * @param content the texts of the part
	 * @param role the role, such as {@code assistant}
	 * @param status the status, such as {@code completed}
	 * @param type the kind of part, such as {@code message}
	 */
	public record Output(String id, List<Content> content, String role, String status, String type) {

		public Output {
			id = (id != null) ? id : "";
			content = ImmutableJson.list(content);
			role = (role != null) ? role : "";
			status = (status != null) ? status : "";
			type = (type != null) ? type : "";
		}

		private boolean isEmpty() {
			return this.content.stream().allMatch((content) -> content.text().isEmpty());
		}

		@Override
		public String toString() {
			return "Output[id=" + this.id + ", role=" + this.role + ", status=" + this.status + ", type=" + this.type
					+ "]";
		}

	}

	/**
	 * Text of a part of the output.
	 *
	 * @param text the text
	 * @param type the kind of text, such as {@code output_text}
	 */
	public record Content(String text, String type) {

		public Content {
			text = (text != null) ? text : "";
			type = (type != null) ? type : "";
		}

		@Override
		public String toString() {
			return "Content[type=" + this.type + "]";
		}

	}

	/**
	 * Source of the output.
	 *
	 * @param id the id of the source
	 * @param title the title, or {@code null} for none
	 * @param type the kind of source, such as {@code url}
	 * @param url the URL of the source
	 */
	public record Source(String id, @Nullable String title, String type, String url) {

		public Source {
			id = (id != null) ? id : "";
			type = (type != null) ? type : "";
			url = (url != null) ? url : "";
		}

		@Override
		public String toString() {
			return "Source[id=" + this.id + ", type=" + this.type + "]";
		}

	}

	/**
	 * Usage of a task.
	 *
	 * @param credits the credits, or {@code null} if the API does not send them
	 * @param durationMs the duration in milliseconds, or {@code null} if the API does not
	 * send it
	 */
	public record Usage(@Nullable Long credits, @Nullable Long durationMs) {
	}

}
