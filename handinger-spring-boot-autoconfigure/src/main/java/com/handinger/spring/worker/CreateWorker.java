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

import org.springframework.util.Assert;

/**
 * What a new worker is told. What is not set is not sent, and Handinger chooses it.
 * <p>
 * {@link #toString()} leaves out all but the visibility.
 *
 * @param instructions how the worker has to work, at most 20,000 characters, or
 * {@code null} to go by the prompt
 * @param outputSchema the shape of its answers as JSON Schema draft-07, which has to
 * describe an object, or {@code null} for answers in free text
 * @param prompt what the worker is for, at most 10,000 characters, from which its
 * instructions are made if there are none
 * @param summary what it does, at most 80 characters
 * @param title its name, from 1 to 200 characters
 * @param visibility who may see it and its instructions, or {@code null} for Handinger's
 * default, which is {@link Visibility#PUBLIC}: every member of the organization
 */
public record CreateWorker(@Nullable String instructions, @Nullable Map<String, @Nullable Object> outputSchema,
		@Nullable String prompt, @Nullable String summary, @Nullable String title, @Nullable Visibility visibility) {

	static final int MAX_INSTRUCTIONS = 20_000;

	static final int MAX_PROMPT = 10_000;

	static final int MAX_SUMMARY = 80;

	static final int MAX_TITLE = 200;

	public CreateWorker {
		TextLimits.check(instructions, "instructions", MAX_INSTRUCTIONS);
		TextLimits.check(prompt, "prompt", MAX_PROMPT);
		TextLimits.check(summary, "summary", MAX_SUMMARY);
		checkTitle(title);
		Visibility.check(visibility);
		OutputSchema.check(outputSchema);
		outputSchema = (outputSchema != null) ? ImmutableJson.object(outputSchema) : null;
	}

	/**
	 * Create a worker that is told how to work.
	 * @param instructions how it has to work, at most 20,000 characters
	 * @return the worker
	 */
	public static CreateWorker of(String instructions) {
		Assert.hasLength(instructions, "'instructions' must not be empty: say how the worker has to work");
		return new CreateWorker(instructions, null, null, null, null, null);
	}

	/**
	 * Create a worker whose instructions Handinger makes.
	 * @param prompt what it is for, at most 10,000 characters
	 * @return the worker
	 */
	public static CreateWorker ofPrompt(String prompt) {
		Assert.hasLength(prompt, "'prompt' must not be empty: say what the worker is for");
		return new CreateWorker(null, null, prompt, null, null, null);
	}

	/**
	 * Return this worker with an output schema. It has to describe an object, as in
	 * {@code "type": "object"}: a list of results, say, is a property of that object.
	 * @param outputSchema the shape of its answers as JSON Schema draft-07, or
	 * {@code null} for answers in free text
	 * @return the worker
	 * @throws IllegalArgumentException if the {@code type} of the schema is another than
	 * {@code object}
	 */
	public CreateWorker withOutputSchema(@Nullable Map<String, ? extends @Nullable Object> outputSchema) {
		return new CreateWorker(this.instructions, (outputSchema != null) ? ImmutableJson.object(outputSchema) : null,
				this.prompt, this.summary, this.title, this.visibility);
	}

	/**
	 * Return this worker with an output schema that is derived from a type, as which its
	 * answers can be read: see {@link Worker#structuredOutput(Class)}. All components are
	 * required but those that are {@code @Nullable} or an {@code Optional}; dates are
	 * texts with a format, and enums tell their constants. {@code @JsonProperty} names a
	 * component, and {@code @JsonPropertyDescription} tells the worker what it means.
	 * <p>
	 * Needs {@code com.github.victools:jsonschema-generator} of version 5 on the class
	 * path.
	 * @param type a record, say
	 * @return the worker
	 * @throws IllegalStateException if that library is missing
	 * @throws IllegalArgumentException if the type is not written as an object: a text, a
	 * number, an array or a collection
	 */
	public CreateWorker withOutputSchema(Class<?> type) {
		return withOutputSchema(OutputSchema.of(type));
	}

	/**
	 * Return this worker with a prompt.
	 * @param prompt what it is for, or {@code null} for none
	 * @return the worker
	 */
	public CreateWorker withPrompt(@Nullable String prompt) {
		return new CreateWorker(this.instructions, this.outputSchema, prompt, this.summary, this.title,
				this.visibility);
	}

	/**
	 * Return this worker with a summary.
	 * @param summary what it does, or {@code null} for Handinger's own choice
	 * @return the worker
	 */
	public CreateWorker withSummary(@Nullable String summary) {
		return new CreateWorker(this.instructions, this.outputSchema, this.prompt, summary, this.title,
				this.visibility);
	}

	/**
	 * Return this worker with a title.
	 * @param title its name, or {@code null} for Handinger's own choice
	 * @return the worker
	 */
	public CreateWorker withTitle(@Nullable String title) {
		return new CreateWorker(this.instructions, this.outputSchema, this.prompt, this.summary, title,
				this.visibility);
	}

	/**
	 * Return this worker with a visibility.
	 * @param visibility who may see it and its instructions, or {@code null} for
	 * Handinger's default, which is {@link Visibility#PUBLIC}: every member of the
	 * organization
	 * @return the worker
	 */
	public CreateWorker withVisibility(@Nullable Visibility visibility) {
		return new CreateWorker(this.instructions, this.outputSchema, this.prompt, this.summary, this.title,
				visibility);
	}

	static void checkTitle(@Nullable String title) {
		Assert.isTrue(title == null || !title.isEmpty(), "'title' must not be empty: leave it out, or name the worker");
		TextLimits.check(title, "title", MAX_TITLE);
	}

	/**
	 * Return the fields of this worker as the API names them.
	 */
	Map<String, Object> fields() {
		Map<String, Object> fields = new LinkedHashMap<>();
		put(fields, "instructions", this.instructions);
		put(fields, "outputSchema", this.outputSchema);
		put(fields, "prompt", this.prompt);
		put(fields, "summary", this.summary);
		put(fields, "title", this.title);
		put(fields, "visibility", (this.visibility != null) ? this.visibility.value() : null);
		return fields;
	}

	private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
		if (value != null) {
			fields.put(name, value);
		}
	}

	@Override
	public String toString() {
		return "CreateWorker[visibility=" + this.visibility + "]";
	}

}
