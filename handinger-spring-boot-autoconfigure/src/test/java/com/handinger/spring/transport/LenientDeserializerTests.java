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

package com.handinger.spring.transport;

import java.nio.charset.StandardCharsets;
import java.time.Instant;

import com.handinger.spring.support.Json;
import com.handinger.spring.task.Task;
import com.handinger.spring.worker.Worker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class LenientDeserializerTests {

	private static <T> T read(String json, Class<T> type) {
		byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
		return ApiJson.read(bytes, bytes.length, type, new OddFields());
	}

	@ParameterizedTest
	@CsvSource({ "1753000000,2025-07-20T08:26:40Z", "1753000000123,2025-07-20T08:26:40.123Z",
			"1753000000.5,2025-07-20T08:26:40.5Z", "0,1970-01-01T00:00:00Z", "-1,1969-12-31T23:59:59Z",
			"\"2026-07-01T10:00:00Z\",2026-07-01T10:00:00Z", "\"2026-07-01T12:00:00.5+02:00\",2026-07-01T10:00:00.5Z" })
	void dateIsRead(String date, Instant expected) {
		assertThat(read("{\"id\":\"wrk_1\",\"created_at\":" + date + "}", Worker.class).createdAt())
			.isEqualTo(expected);
	}

	@ParameterizedTest
	@ValueSource(strings = { "null", "\"\"", "\"string\"", "{\"a\":[1]}", "[1,[2]]", "true", "1e999999999",
			"1e-999999999", "9999999999999999999999" })
	void dateThatCannotBeReadDoesNotLoseTheRest(String date) {
		Worker worker = read("{\"id\":\"wrk_1\",\"created_at\":" + date + ",\"output_text\":\"Sunny.\"}", Worker.class);
		assertThat(worker.outputText()).isEqualTo("Sunny.");
	}

	@Test
	void dateThatTheContractRequiresIsNeverNull() {
		Task task = read(Json.TASK.replace("\"createdAt\":\"2026-07-01T10:00:00Z\"", "\"createdAt\":\"string\""),
				Task.class);
		assertThat(task.createdAt()).isEqualTo(Instant.EPOCH);
		assertThat(task.completedAt()).isEqualTo(Instant.parse("2026-07-01T10:00:04.2Z"));
	}

}
