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

import java.time.Instant;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * A turn of a {@link RecordedTask}.
 *
 * @param input the input
 * @param budget the budget: {@code low}, {@code standard}, {@code high} or
 * {@code unlimited}
 * @param status the status
 * @param outputText the text of the answer, empty until the turn has ended
 * @param structuredOutput the structured output, or {@code null} if there is none
 * @param files the uploaded files
 * @param startedAt the start time on the simulator's clock
 * @param completedAt the time of its end on the simulator's clock, or {@code null} if it
 * has not ended
 */
public record RecordedTurn(String input, String budget, TurnStatus status, String outputText,
		@Nullable Map<String, Object> structuredOutput, List<RecordedFile> files, Instant startedAt,
		@Nullable Instant completedAt) {

	private static final int SHOWN_CHARACTERS = 100;

	@Override
	public String toString() {
		return "\"" + shorten(this.input) + "\" (" + this.budget + " budget"
				+ (this.files.isEmpty() ? "" : ", " + this.files.size() + " files") + ") " + this.status.wireName()
				+ (this.outputText.isEmpty() ? "" : ": \"" + shorten(this.outputText) + "\"");
	}

	static String shorten(String text) {
		// An input may have megabytes.
		String line = text.substring(0, Math.min(text.length(), 2 * SHOWN_CHARACTERS)).replaceAll("\\s+", " ");
		return (line.length() > SHOWN_CHARACTERS) ? line.substring(0, SHOWN_CHARACTERS) + "…" : line;
	}

}
