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

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code [answer=report]}: a fixed report with every kind of content that
 * an answer can have. Its Markdown includes scripts that a page must not run.
 */
final class Report {

	private static final String FILENAME = "prices.csv";

	private static final byte[] CSV = "hotel,night,price\nSol,1,120\nMar,1,95\n".getBytes(StandardCharsets.UTF_8);

	private static final String TEXT = """
			## Hotels in Barcelona

			**Mar** is the cheapest, as [the list](https://example.com/hotels) says:

			| Hotel | Price |
			|---|---|
			| Sol | 120 € |
			| Mar | 95 € |

			1. Book *early*.
			2. Run `handinger` again tomorrow.

			<script>window.attacked = true</script><img src="x" onerror="window.attacked = true">
			[Do not follow](javascript:window.attacked=true)
			<p id="announcement" class="primary" role="alert" style="position: fixed">This is no part of the page.</p>
			""";

	private Report() {
	}

	static String text() {
		return TEXT;
	}

	static Map<String, @Nullable Object> structuredOutput() {
		Map<String, @Nullable Object> output = new LinkedHashMap<>();
		output.put("city", "Barcelona");
		output.put("hotels", List.of(new Hotel("Sol", 120), new Hotel("Mar", 95)));
		output.put("remarks", List.of("Book early", Map.of("nights", 2)));
		return output;
	}

	static List<WorkerJson.Source> sources() {
		return List.of(new WorkerJson.Source("src_1", "Hotels in Barcelona", "url", "https://example.com/hotels"),
				new WorkerJson.Source("src_2", null, "url", "https://example.com/prices"));
	}

	static WorkerJson.File file(String turnId, String baseUrl) {
		return new WorkerJson.File(FILENAME, "text/csv", baseUrl + "/files/" + turnId + "/" + FILENAME, CSV.length);
	}

	static byte[] csv() {
		return CSV.clone();
	}

	private record Hotel(String name, int price) {
	}

}
