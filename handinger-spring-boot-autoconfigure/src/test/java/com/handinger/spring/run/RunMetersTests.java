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

package com.handinger.spring.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;

import com.handinger.spring.run.RunMeters.RunMeter;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The table of the meters of durable runs in {@code docs/operations.md} is complete.
 */
class RunMetersTests {

	@Test
	void metersOfRunsAreDocumented() throws IOException {
		try (Stream<String> lines = Files.lines(Path.of("..", "docs", "operations.md"))) {
			assertThat(lines.filter((line) -> line.matches("\\| `handinger\\.runs\\.\\w+` \\|.*")))
				.containsExactly(Arrays.stream(RunMeter.values())
					.map((meter) -> "| `" + meter.getName() + "` | " + meter.getType().name().toLowerCase(Locale.ROOT)
							+ " | `" + RunMeters.STATE.asString() + "` | " + meter.description + " |")
					.toArray(String[]::new));
		}
	}

}
