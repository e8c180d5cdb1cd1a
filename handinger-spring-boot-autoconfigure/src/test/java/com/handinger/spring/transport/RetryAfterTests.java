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

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.http.HttpHeaders;

import static org.assertj.core.api.Assertions.assertThat;

class RetryAfterTests {

	private static final Clock CLOCK = Clock.fixed(Instant.parse("2026-07-01T10:00:00Z"), ZoneOffset.UTC);

	private final HttpHeaders headers = new HttpHeaders();

	private Duration read() {
		return RetryAfter.of(this.headers, CLOCK);
	}

	@Test
	void noHeaderIsNoWait() {
		assertThat(read()).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "0,0", "1,1000", "120,120000", "0.25,250", "1.0001,1001", "007,7000", "' 3 ',3000", "'\t3',3000" })
	void secondsAreRead(String seconds, long milliseconds) {
		this.headers.set("Retry-After", seconds);
		assertThat(read()).isEqualTo(Duration.ofMillis(milliseconds));
	}

	@ParameterizedTest
	@CsvSource({ "0,0", "1,1", "1500,1500", "0.2,1", "' 20 ',20" })
	void millisecondsAreRead(String milliseconds, long expected) {
		this.headers.set("retry-after-ms", milliseconds);
		assertThat(read()).isEqualTo(Duration.ofMillis(expected));
	}

	@Test
	void millisecondsWinOverSeconds() {
		this.headers.set("retry-after-ms", "1500");
		this.headers.set("Retry-After", "2");
		assertThat(read()).isEqualTo(Duration.ofMillis(1500));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "soon", "-1" })
	void secondsCountWhenMillisecondsCannotBeRead(String milliseconds) {
		this.headers.set("retry-after-ms", milliseconds);
		this.headers.set("Retry-After", "2");
		assertThat(read()).isEqualTo(Duration.ofSeconds(2));
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "99999999999999999999", "99999999999999999999999999999999", "Thu, 31 Dec 2099 23:59:59 GMT" })
	void hugeNumberIsAYear(String number) {
		this.headers.set("Retry-After", number);
		assertThat(read()).isEqualTo(Duration.ofDays(365));
	}

	@ParameterizedTest
	@Timeout(120)
	@ValueSource(strings = { "", " ", "-1", "-0.5", "soon", "1s", "1,5", "0x10", "NaN", "Infinity", "1 2", "\u0663",
			"1e2147483647", "1e-999999999", "1e-2147483647", "Wed, 99 Foo 2026 10:00:00 GMT",
			"99999999999999999999999999999999999999999999999999" })
	void garbageIsNoWait(String value) {
		this.headers.set("Retry-After", value);
		assertThat(read()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Wed, 01 Jul 2026 10:01:30 GMT", "Wednesday, 01-Jul-26 10:01:30 GMT",
			"Wed Jul 01 10:01:30 2026", "Wed Jul  1 10:01:30 2026" })
	void dateCountsFromTheClock(String date) {
		this.headers.set("Retry-After", date);
		assertThat(read()).isEqualTo(Duration.ofSeconds(90));
	}

	@ParameterizedTest
	@ValueSource(strings = { "Tue, 30 Jun 2026 10:01:30 GMT", "Tuesday, 30-Jun-26 10:01:30 GMT",
			"Tue Jun 30 10:01:30 2026", "Mon Jun  1 10:01:30 2026" })
	void dateInThePastIsNoTime(String date) {
		this.headers.set("Retry-After", date);
		assertThat(read()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "Wed, 01 Jul 2026 10:01:30 GMT", "Wednesday, 01-Jul-26 10:01:30 GMT",
			"Wed Jul 01 10:01:30 2026", "Wed Jul  1 10:01:30 2026" })
	void dateCountsFromTheClockOfTheServer(String date) {
		this.headers.set("Date", "Wed, 01 Jul 2026 10:01:00 GMT");
		this.headers.set("Retry-After", date);
		assertThat(read()).isEqualTo(Duration.ofSeconds(30));
	}

	@Test
	void dateBeforeTheClockOfTheServerIsNoTime() {
		this.headers.set("Date", "Wed, 01 Jul 2026 11:00:00 GMT");
		this.headers.set("Retry-After", "Wed, 01 Jul 2026 10:01:30 GMT");
		assertThat(read()).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "now" })
	void clockCountsWhenTheDateOfTheServerCannotBeRead(String date) {
		this.headers.set("Date", date);
		this.headers.set("Retry-After", "Wed, 01 Jul 2026 10:01:30 GMT");
		assertThat(read()).isEqualTo(Duration.ofSeconds(90));
	}

}
