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

package com.handinger.spring.webhook;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

import com.handinger.spring.webhook.WebhookMeters.WebhookMeter;
import com.handinger.spring.webhook.WebhookMetrics.WebhookObservation;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The documentation has a row for each meter of the webhook, and no others.
 */
class WebhookMetersTests {

	private static List<String> documentation() throws IOException {
		return Files.readAllLines(Path.of("..", "docs", "operations.md"));
	}

	private static String row(WebhookMeter meter) {
		String tags = Arrays.stream(meter.getKeyNames())
			.map((name) -> "`" + name.asString() + "`")
			.collect(Collectors.joining(", "));
		return "| `" + meter.getName() + "` | " + meter.getType().name().toLowerCase(Locale.ROOT) + " | "
				+ (tags.isEmpty() ? "–" : tags) + " | " + meter.description() + " |";
	}

	@Test
	void metersAreDocumented() throws IOException {
		assertThat(documentation())
			.filteredOn((line) -> line.matches("\\| `handinger\\.webhook\\.[a-z.]+` \\| [a-z]+ \\|.*"))
			.containsExactlyElementsOf(Arrays.stream(WebhookMeter.values()).map(WebhookMetersTests::row).toList());
	}

	@Test
	void observationIsDocumented() throws IOException {
		assertThat(String.join(" ", documentation())).contains("`" + WebhookObservation.DELIVERY.getName() + "`");
	}

}
