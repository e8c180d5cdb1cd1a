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

package com.handinger.spring.http;

import java.time.Duration;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link RateLimitedException}.
 */
class RateLimitedExceptionTests {

	@ParameterizedTest
	@CsvSource({ "0, 0 ms", "250, 250 ms", "1000, 1 s", "1001, 2 s", "120000, 120 s", "120001, 3 min",
			"7200000, 120 min", "116190000, 33 h", "172800000, 48 h", "172800001, 3 days" })
	void messageSaysWhenToCallAgain(long retryAfterMillis, String expected) {
		RateLimitedException exception = exception(Duration.ofMillis(retryAfterMillis));
		assertThat(exception).hasMessageEndingWith("so call again in " + expected);
	}

	@Test
	void serverThatDoesNotSayWhenIsCalledLessOften() {
		assertThat(exception(null)).hasMessageEndingWith("so call again later, or less often");
	}

	private static RateLimitedException exception(@Nullable Duration retryAfter) {
		return new RateLimitedException(
				new ErrorResponse(HttpMethod.GET, "/api/tasks/{taskId}", 429, null, null, retryAfter), null);
	}

}
