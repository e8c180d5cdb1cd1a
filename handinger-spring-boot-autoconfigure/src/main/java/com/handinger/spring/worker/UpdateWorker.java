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

import com.handinger.spring.transport.ImmutableJson;
import org.jspecify.annotations.Nullable;

/**
 * What is to change in a worker. What is not set stays as it is.
 * <p>
 * {@link #toString()} leaves out all but the visibility.
 *
 * @param instructions how the worker has to work, at most 20,000 characters, or
 * {@code null} to keep them
 * @param outputSchema the shape of its answers as JSON Schema draft-07, which has to
 * describe an object, or {@code null} to keep it
 * @param clearsOutputSchema whether to remove the output schema, so that answers are free
 * text; then there is no other
 * @param summary what it does, at most 80 characters, or {@code null} to keep it
 * @param title its name, from 1 to 200 characters, or {@code null} to keep it
 * @param visibility who may see it, or {@code null} to keep it
 */
public record UpdateWorker(@Nullable String instructions, @Nullable Map<String, @Nullable Object> outputSchema,
		boolean clearsOutputSchema, @Nullable String summary, @Nullable String title, @Nullable Visibility visibility) {

	private static final UpdateWorker NOTHING = new UpdateWorker(null, null, false, null, null, null);

	public UpdateWorker {
		TextLimits.check(instructions, "instructions", CreateWorker.MAX_INSTRUCTIONS);
		TextLimits.check(summary, "summary", CreateWorker.MAX_SUMMARY);
		CreateWorker.checkTitle(title);
		Visibility.check(visibility);
		OutputSchema.check(outputSchema);
		outputSchema = (outputSchema != null && !clearsOutputSchema) ? ImmutableJson.object(outputSchema) : null;
	}

	/**
	 * Return what changes nothing, to start from.
	 * @return the changes
	 */
	public static UpdateWorker nothing() {
		return NOTHING;
	}

	/**
	 * Return these changes with other instructions.
	 * @param instructions how the worker has to work, or {@code null} to keep them
	 * @return the changes
	 */
	public UpdateWorker withInstructions(@Nullable String instructions) {
		return new UpdateWorker(instructions, this.outputSchema, this.clearsOutputSchema, this.summary, this.title,
				this.visibility);
	}

	/**
	 * Return these changes with another output schema. It has to describe an object, as
	 * {@link CreateWorker#withOutputSchema(Map)} says.
	 * @param outputSchema the shape of the answers as JSON Schema draft-07, or
	 * {@code null} to keep it
	 * @return the changes
	 * @throws IllegalArgumentException if the {@code type} of the schema is another than
	 * {@code object}
	 */
	public UpdateWorker withOutputSchema(@Nullable Map<String, ? extends @Nullable Object> outputSchema) {
		return new UpdateWorker(this.instructions, (outputSchema != null) ? ImmutableJson.object(outputSchema) : null,
				false, this.summary, this.title, this.visibility);
	}

	/**
	 * Return these changes with an output schema that is derived from a type, as
	 * {@link CreateWorker#withOutputSchema(Class)} does.
	 * @param type a record, say
	 * @return the changes
	 * @throws IllegalStateException if {@code com.github.victools:jsonschema-generator}
	 * is missing
	 * @throws IllegalArgumentException if the type is not written as an object: a text, a
	 * number, an array or a collection
	 */
	public UpdateWorker withOutputSchema(Class<?> type) {
		return withOutputSchema(OutputSchema.of(type));
	}

	/**
	 * Return these changes with the removal of the output schema, so that answers are
	 * free text.
	 * @return the changes
	 */
	public UpdateWorker withoutOutputSchema() {
		return new UpdateWorker(this.instructions, null, true, this.summary, this.title, this.visibility);
	}

	/**
	 * Return these changes with another summary.
	 * @param summary what the worker does, or {@code null} to keep it
	 * @return the changes
	 */
	public UpdateWorker withSummary(@Nullable String summary) {
		return new UpdateWorker(this.instructions, this.outputSchema, this.clearsOutputSchema, summary, this.title,
				this.visibility);
	}

	/**
	 * Return these changes with another title.
	 * @param title the name of the worker, or {@code null} to keep it
	 * @return the changes
	 */
	public UpdateWorker withTitle(@Nullable String title) {
		return new UpdateWorker(this.instructions, this.outputSchema, this.clearsOutputSchema, this.summary, title,
				this.visibility);
	}

	/**
	 * Return these changes with another visibility.
	 * @param visibility who may see the worker, or {@code null} to keep it
	 * @return the changes
	 */
	public UpdateWorker withVisibility(@Nullable Visibility visibility) {
		return new UpdateWorker(this.instructions, this.outputSchema, this.clearsOutputSchema, this.summary, this.title,
				visibility);
	}

	/**
	 * Return the fields that are to change as the API names them.
	 */
	Map<String, @Nullable Object> fields() {
		Map<String, @Nullable Object> fields = new LinkedHashMap<>(
				new CreateWorker(this.instructions, this.outputSchema, null, this.summary, this.title, this.visibility)
					.fields());
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
