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

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The definition of a worker.
 *
 * @param title the title
 * @param summary the summary
 * @param instructions the instructions
 * @param visibility the visibility
 * @param outputSchema the output schema, or {@code null} if there is none
 */
record WorkerTemplate(String title, String summary, String instructions, String visibility,
		@Nullable JsonNode outputSchema) {

	private static final int MOST_TITLE = 200;

	private static final int MOST_SUMMARY = 80;

	private static final int MOST_INSTRUCTIONS = 20_000;

	private static final int MOST_PROMPT = 10_000;

	private static final String OUTPUT_SCHEMA = "outputSchema";

	private static final Pattern SPACE = Pattern.compile("\\s+");

	private static final Pattern SENTENCE_END = Pattern.compile("(?<=[.!?]) ");

	/**
	 * Return the template of a worker that was created for a task. The input of the task
	 * is not stored as its instructions.
	 */
	static WorkerTemplate untitled(String title) {
		return new WorkerTemplate(title, "", "", "public", null);
	}

	/**
	 * Return the template for a request to create a worker.
	 */
	WorkerTemplate createdFrom(JsonBody body) {
		String prompt = body.text("prompt", MOST_PROMPT);
		WorkerTemplate template = new WorkerTemplate(this.title, (prompt != null) ? summary(prompt) : this.summary,
				orElse(prompt, this.instructions), this.visibility, body.object(OUTPUT_SCHEMA));
		return template.updatedFrom(body);
	}

	/**
	 * Return this template with the changes of a request.
	 */
	WorkerTemplate updatedFrom(JsonBody body) {
		return new WorkerTemplate(title(body), orElse(body.text("summary", MOST_SUMMARY), this.summary),
				orElse(body.text("instructions", MOST_INSTRUCTIONS), this.instructions), visibility(body),
				outputSchema(body));
	}

	/**
	 * Make a summary from a prompt: its first sentence, or as many of its words as fit.
	 */
	private static String summary(String prompt) {
		String text = SPACE.matcher(prompt).replaceAll(" ").strip();
		String sentence = SENTENCE_END.split(text, 2)[0];
		if (sentence.codePointCount(0, sentence.length()) <= MOST_SUMMARY) {
			return sentence;
		}
		String start = sentence.substring(0, sentence.offsetByCodePoints(0, MOST_SUMMARY - 1));
		int space = start.lastIndexOf(' ');
		return ((space > 0) ? start.substring(0, space) : start) + "…";
	}

	private String title(JsonBody body) {
		String title = body.text("title", MOST_TITLE);
		if (title != null && title.isEmpty()) {
			throw ApiError.empty("title");
		}
		return orElse(title, this.title);
	}

	private String visibility(JsonBody body) {
		String visibility = orElse(body.text("visibility"), this.visibility);
		if (!visibility.equals("public") && !visibility.equals("private")) {
			throw ApiError.unprocessable("'visibility' must be public or private.");
		}
		return visibility;
	}

	private @Nullable JsonNode outputSchema(JsonBody body) {
		if (body.hasNull(OUTPUT_SCHEMA)) {
			return null;
		}
		return body.has(OUTPUT_SCHEMA) ? body.object(OUTPUT_SCHEMA) : this.outputSchema;
	}

	private static String orElse(@Nullable String value, String other) {
		return (value != null) ? value : other;
	}

}
