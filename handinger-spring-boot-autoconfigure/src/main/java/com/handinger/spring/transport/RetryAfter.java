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

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.http.HttpHeaders;

/**
 * How long a server asks to wait: {@code retry-after-ms}, or {@code Retry-After} in
 * seconds or as a date. {@link Backoff} decides whether that is too long.
 */
final class RetryAfter {

	private static final Duration LONGEST = Duration.ofDays(365);

	/**
	 * Without exponent, because a number such as 1e-999999999 must not be expanded.
	 */
	private static final Pattern NUMBER = Pattern.compile("\\d{1,32}(?:\\.\\d{0,32})?");

	private RetryAfter() {
	}

	static @Nullable Duration of(HttpHeaders headers, Clock clock) {
		Duration wait = duration(headers.getFirst("retry-after-ms"), 0);
		if (wait == null) {
			wait = duration(headers.getFirst(HttpHeaders.RETRY_AFTER), 3);
		}
		return (wait != null) ? wait : untilDate(headers, clock);
	}

	private static @Nullable Duration duration(@Nullable String text, int powerOfTen) {
		String number = (text != null) ? text.trim() : "";
		if (!NUMBER.matcher(number).matches()) {
			return null;
		}
		BigDecimal milliseconds = new BigDecimal(number).scaleByPowerOfTen(powerOfTen);
		return Duration.ofMillis(
				milliseconds.min(BigDecimal.valueOf(LONGEST.toMillis())).setScale(0, RoundingMode.CEILING).longValue());
	}

	/**
	 * Relative to the clock of the server, if it sends its date.
	 */
	private static @Nullable Duration untilDate(HttpHeaders headers, Clock clock) {
		Instant then = date(headers, HttpHeaders.RETRY_AFTER);
		if (then == null) {
			return null;
		}
		Instant now = Objects.requireNonNullElseGet(date(headers, HttpHeaders.DATE), clock::instant);
		Duration wait = Duration.between(now, then);
		return wait.isNegative() ? Duration.ZERO : Collections.min(List.of(wait, LONGEST));
	}

	private static @Nullable Instant date(HttpHeaders headers, String name) {
		String date = headers.getFirst(name);
		if (date == null) {
			return null;
		}
		HttpHeaders readable = new HttpHeaders();
		// Spring does not read a day that asctime pads with a space.
		readable.set(name, date.trim().replace("  ", " 0"));
		try {
			long milliseconds = readable.getFirstDate(name);
			return (milliseconds != -1) ? Instant.ofEpochMilli(milliseconds) : null;
		}
		catch (IllegalArgumentException | ArithmeticException ex) {
			// Not a date, or one that does not fit into milliseconds.
			return null;
		}
	}

}
