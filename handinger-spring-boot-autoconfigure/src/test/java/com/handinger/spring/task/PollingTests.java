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

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PollingTests {

	private static final Polling POLICY = new Polling(Duration.ofSeconds(2), Duration.ofSeconds(30),
			Duration.ofSeconds(60));

	@RepeatedTest(20)
	void waitDoublesUpToTheLongestLessUpToHalfOfIt() {
		assertThat(POLICY.waitBefore(0, null)).isBetween(Duration.ofSeconds(1), Duration.ofSeconds(2));
		assertThat(POLICY.waitBefore(1, null)).isBetween(Duration.ofSeconds(2), Duration.ofSeconds(4));
		assertThat(POLICY.waitBefore(3, null)).isBetween(Duration.ofSeconds(8), Duration.ofSeconds(16));
		assertThat(POLICY.waitBefore(4, null)).isBetween(Duration.ofSeconds(15), Duration.ofSeconds(30));
		assertThat(POLICY.waitBefore(Integer.MAX_VALUE, null)).isBetween(Duration.ofSeconds(15),
				Duration.ofSeconds(30));
	}

	@Test
	void waitIsNotTheSameForAll() {
		Set<Duration> waits = new HashSet<>();
		for (int i = 0; i < 100; i++) {
			waits.add(POLICY.waitBefore(4, null));
		}
		assertThat(waits).hasSizeGreaterThan(50);
	}

	@RepeatedTest(20)
	void waitThatTheServerAsksForIsKeptHoweverLongItIs() {
		assertThat(POLICY.waitBefore(0, Duration.ofHours(1))).isBetween(Duration.ofHours(1), Duration.ofMinutes(66));
	}

	@Test
	void waitIsNotShorterBecauseTheServerAsksForLess() {
		assertThat(POLICY.waitBefore(4, Duration.ofSeconds(1))).isGreaterThanOrEqualTo(Duration.ofSeconds(15));
	}

}
