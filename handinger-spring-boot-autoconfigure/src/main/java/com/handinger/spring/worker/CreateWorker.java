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

import java.util.Collection;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.handinger.spring.transport.ImmutableJson;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;
import org.springframework.util.ClassUtils;

/**
 * Worker to create. Fields that are {@code null} are not sent, and Handinger chooses
 * their values.
 * <p>
 * {@link #toString()} omits everything but the visibility.
 *
 * @param instructions the instructions, at most 20,000 characters, or {@code null} to
 * generate them from the prompt
 * @param outputSchema the JSON Schema (draft-07) of the output, which has to describe an
 * object, or {@code null} for free text
 * @param prompt the purpose of the worker, at most 10,000 characters, from which
 * instructions are generated
 * @param summary the summary, at most 80 characters
 * @param title the title, from 1 to 200 characters
 * @param visibility who can see the worker and its instructions, or {@code null} for
 * Handinger's default, which is {@link Visibility#PUBLIC}: every member of the
 * organization
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record CreateWorker(@Nullable String instructions, @Nullable Map<String, @Nullable Object> outputSchema,
		@Nullable String prompt, @Nullable String summary, @Nullable String title, @Nullable Visibility visibility) {

	private static final boolean SCHEMAS_CAN_BE_DERIVED = ClassUtils
		.isPresent("com.github.victools.jsonschema.generator.SchemaGenerator", CreateWorker.class.getClassLoader());

	public CreateWorker {
		TextLimits.check(instructions, "instructions", 20_000);
		TextLimits.check(prompt, "prompt", 10_000);
		TextLimits.check(summary, "summary", 80);
		Assert.isTrue(title == null || !title.isEmpty(), "'title' must not be empty: leave it out, or name the worker");
		TextLimits.check(title, "title", 200);
		Assert.isTrue(visibility != Visibility.UNKNOWN, "'visibility' must be one that Handinger knows, or null");
		outputSchema = (outputSchema != null) ? ImmutableJson.object(outputSchema) : null;
		Assert.isTrue(outputSchema == null || isObject(outputSchema.get("type")),
				"'outputSchema' must describe an object, since structured output is always one: "
						+ "wrap any other type in an object with a property for it");
	}

	private static boolean isObject(@Nullable Object type) {
		return (type instanceof Collection<?> types) ? types.contains("object") : type == null || type.equals("object");
	}

	/**
	 * Create a worker with instructions.
	 * @param instructions the instructions, at most 20,000 characters
	 * @return the worker
	 */
	public static CreateWorker of(String instructions) {
		Assert.hasLength(instructions, "'instructions' must not be empty: say how the worker has to work");
		return new CreateWorker(instructions, null, null, null, null, null);
	}

	/**
	 * Create a worker whose instructions Handinger generates.
	 * @param prompt the purpose of the worker, at most 10,000 characters
	 * @return the worker
	 */
	public static CreateWorker ofPrompt(String prompt) {
		Assert.hasLength(prompt, "'prompt' must not be empty: say what the worker is for");
		return new CreateWorker(null, null, prompt, null, null, null);
	}

	/**
	 * Return this worker with an output schema. It has to describe an object, as in
	 * {@code "type": "object"}. A list of results, for example, is a property of that
	 * object.
	 * @param outputSchema the JSON Schema (draft-07) of the output, or {@code null} for
	 * free text
	 * @return the worker
	 * @throws IllegalArgumentException if the {@code type} of the schema is not
	 * {@code object}
	 */
	public CreateWorker withOutputSchema(@Nullable Map<String, ? extends @Nullable Object> outputSchema) {
		return new CreateWorker(this.instructions, (outputSchema != null) ? ImmutableJson.object(outputSchema) : null,
				this.prompt, this.summary, this.title, this.visibility);
	}

	/**
	 * Return this worker with an output schema that is derived from a type, so that the
	 * output can be read with {@link Worker#structuredOutput(Class)}. All components are
	 * required, except those that are {@code @Nullable} or an {@code Optional}. Dates are
	 * strings with a format, and enums list their constants. {@code @JsonProperty} names
	 * a component, and {@code @JsonPropertyDescription} describes it to the worker.
	 * <p>
	 * Requires {@code com.github.victools:jsonschema-generator} of version 5 on the class
	 * path.
	 * @param type the type, such as a record
	 * @return the worker
	 * @throws IllegalStateException if that library is missing
	 * @throws IllegalArgumentException if the type is not written as an object, such as a
	 * string, a number, an array or a collection
	 */
	public CreateWorker withOutputSchema(Class<?> type) {
		return withOutputSchema(schema(type));
	}

	static Map<String, @Nullable Object> schema(Class<?> type) {
		Assert.notNull(type, "'type' must not be null");
		Assert.state(SCHEMAS_CAN_BE_DERIVED,
				"Deriving an output schema from a class requires a library that is missing: add "
						+ "com.github.victools:jsonschema-generator of version 5 to the class path, or pass the schema as a map");
		Map<String, @Nullable Object> schema = DerivedSchema.of(type);
		Assert.isTrue("object".equals(schema.get("type")), () -> "Structured output is an object, and " + type.getName()
				+ " is not: pass a record with a component for each field");
		return schema;
	}

	/**
	 * Return this worker with a prompt.
	 * @param prompt the purpose of the worker, or {@code null} for none
	 * @return the worker
	 */
	public CreateWorker withPrompt(@Nullable String prompt) {
		return new CreateWorker(this.instructions, this.outputSchema, prompt, this.summary, this.title,
				this.visibility);
	}

	/**
	 * Return this worker with a summary.
	 * @param summary the summary, or {@code null} to let Handinger choose
	 * @return the worker
	 */
	public CreateWorker withSummary(@Nullable String summary) {
		return new CreateWorker(this.instructions, this.outputSchema, this.prompt, summary, this.title,
				this.visibility);
	}

	/**
	 * Return this worker with a title.
	 * @param title the title, or {@code null} to let Handinger choose
	 * @return the worker
	 */
	public CreateWorker withTitle(@Nullable String title) {
		return new CreateWorker(this.instructions, this.outputSchema, this.prompt, this.summary, title,
				this.visibility);
	}

	/**
	 * Return this worker with a visibility.
	 * @param visibility who can see the worker and its instructions, or {@code null} for
	 * Handinger's default, which is {@link Visibility#PUBLIC}: every member of the
	 * organization
	 * @return the worker
	 */
	public CreateWorker withVisibility(@Nullable Visibility visibility) {
		return new CreateWorker(this.instructions, this.outputSchema, this.prompt, this.summary, this.title,
				visibility);
	}

	@Override
	public String toString() {
		return "CreateWorker[visibility=" + this.visibility + "]";
	}

}
