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

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

import com.handinger.spring.transport.ImmutableJson;
import org.jspecify.annotations.Nullable;

/**
 * Changes to a worker. Fields that are {@code null} stay as they are.
 * <p>
 * {@link #toString()} omits everything but the visibility.
 *
 * @param instructions the instructions, at most 20,000 characters, or {@code null} to
 * keep them
 * @param outputSchema the JSON Schema (draft-07) of the output, which has to describe an
 * object, or {@code null} to keep it
 * @param clearsOutputSchema whether to remove the output schema, so that the output is
 * free text; {@code outputSchema} is {@code null} then
 * @param summary the summary, at most 80 characters, or {@code null} to keep it
 * @param title the title, from 1 to 200 characters, or {@code null} to keep it
 * @param visibility who can see the worker, or {@code null} to keep it
 */
public record UpdateWorker(@Nullable String instructions, @Nullable Map<String, @Nullable Object> outputSchema,
		boolean clearsOutputSchema, @Nullable String summary, @Nullable String title, @Nullable Visibility visibility) {

	private static final UpdateWorker NOTHING = new UpdateWorker(null, null, false, null, null, null);

	/**
	 * The limits are those of {@link CreateWorker}.
	 */
	public UpdateWorker {
		CreateWorker checked = new CreateWorker(instructions, outputSchema, null, summary, title, visibility);
		outputSchema = clearsOutputSchema ? null : checked.outputSchema();
	}

	/**
	 * Return changes that change nothing, to start from.
	 * @return the changes
	 */
	public static UpdateWorker nothing() {
		return NOTHING;
	}

	/**
	 * Return these changes with instructions.
	 * @param instructions the instructions, or {@code null} to keep them
	 * @return the changes
	 */
	public UpdateWorker withInstructions(@Nullable String instructions) {
		return new UpdateWorker(instructions, this.outputSchema, this.clearsOutputSchema, this.summary, this.title,
				this.visibility);
	}

	/**
	 * Return these changes with an output schema. It has to describe an object: see
	 * {@link CreateWorker#withOutputSchema(Map)}.
	 * @param outputSchema the JSON Schema (draft-07) of the output, or {@code null} to
	 * keep it
	 * @return the changes
	 * @throws IllegalArgumentException if the {@code type} of the schema is not
	 * {@code object}
	 */
	public UpdateWorker withOutputSchema(@Nullable Map<String, ? extends @Nullable Object> outputSchema) {
		return new UpdateWorker(this.instructions, (outputSchema != null) ? ImmutableJson.object(outputSchema) : null,
				false, this.summary, this.title, this.visibility);
	}

	/**
	 * Return these changes with an output schema that is derived from a type: see
	 * {@link CreateWorker#withOutputSchema(Class)}.
	 * @param type the type, such as a record
	 * @return the changes
	 * @throws IllegalStateException if {@code com.github.victools:jsonschema-generator}
	 * is missing
	 * @throws IllegalArgumentException if the type is not written as an object, such as a
	 * string, a number, an array or a collection
	 */
	public UpdateWorker withOutputSchema(Class<?> type) {
		return withOutputSchema(CreateWorker.schema(type));
	}

	/**
	 * Return these changes with the output schema removed, so that the output is free
	 * text.
	 * @return the changes
	 */
	public UpdateWorker withoutOutputSchema() {
		return new UpdateWorker(this.instructions, null, true, this.summary, this.title, this.visibility);
	}

	/**
	 * Return these changes with a summary.
	 * @param summary the summary, or {@code null} to keep it
	 * @return the changes
	 */
	public UpdateWorker withSummary(@Nullable String summary) {
		return new UpdateWorker(this.instructions, this.outputSchema, this.clearsOutputSchema, summary, this.title,
				this.visibility);
	}

	/**
	 * Return these changes with a title.
	 * @param title the title, or {@code null} to keep it
	 * @return the changes
	 */
	public UpdateWorker withTitle(@Nullable String title) {
		return new UpdateWorker(this.instructions, this.outputSchema, this.clearsOutputSchema, this.summary, title,
				this.visibility);
	}

	/**
	 * Return these changes with a visibility.
	 * @param visibility who can see the worker, or {@code null} to keep it
	 * @return the changes
	 */
	public UpdateWorker withVisibility(@Nullable Visibility visibility) {
		return new UpdateWorker(this.instructions, this.outputSchema, this.clearsOutputSchema, this.summary, this.title,
				visibility);
	}

	/**
	 * Return the fields to send. A {@code null} removes the output schema, and no other
	 * is sent.
	 */
	Map<String, @Nullable Object> fields() {
		Map<String, @Nullable Object> fields = new LinkedHashMap<>();
		fields.put("instructions", this.instructions);
		fields.put("outputSchema", this.outputSchema);
		fields.put("summary", this.summary);
		fields.put("title", this.title);
		fields.put("visibility", this.visibility);
		fields.values().removeIf(Objects::isNull);
		if (this.clearsOutputSchema) {
			fields.put("outputSchema", null);
		}
		return fields;
	}

	@Override
	public String toString() {
		return "UpdateWorker[visibility=" + this.visibility + "]";
	}

}
