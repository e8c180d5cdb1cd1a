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

package com.handinger.spring.task;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import io.micrometer.common.docs.KeyName;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tables of observations and meters in {@code docs/operations.md} are complete.
 */
class DocumentedMetersTests {

	private static List<String> rows(String start) throws IOException {
		try (Stream<String> lines = Files.lines(Path.of("..", "docs", "operations.md"))) {
			return lines.filter((line) -> line.startsWith("| `" + start))
				.filter((line) -> line.chars().filter((character) -> character == '|').count() > 3)
				.toList();
		}
	}

	private static String keys(KeyName[] names) {
		return Arrays.stream(names).map((name) -> "`" + name.asString() + "`").collect(Collectors.joining(", "));
	}

	@Test
	void observationOfARunIsDocumented() throws IOException {
		assertThat(rows("handinger.task` ")).containsExactly(
				"| `" + TaskObservation.RUN.getName() + "` | " + keys(TaskObservation.RUN.getLowCardinalityKeyNames())
						+ " | " + keys(TaskObservation.RUN.getHighCardinalityKeyNames()) + " |");
	}

	@Test
	void metersOfTasksAreDocumented() throws IOException {
		assertThat(rows("handinger.task.")).containsExactly(Arrays.stream(TaskMeters.Documentation.values())
			.map((meter) -> "| `" + meter.getName() + "` | "
					+ meter.getType().name().toLowerCase(Locale.ROOT).replace('_', ' ') + " | "
					+ keys(meter.getKeyNames()) + " | " + meter.description() + " |")
			.toArray(String[]::new));
	}

}
