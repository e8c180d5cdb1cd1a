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

package com.handinger.spring;

import java.util.List;
import java.util.Map;

import com.handinger.spring.http.HandingerException;
import com.handinger.spring.support.Overheard;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * What tests listen with hears well.
 */
class OverheardTests {

	private static final Log logger = LogFactory.getLog(OverheardTests.class);

	private static final String SECRET = "thatNobodyMayRead";

	/**
	 * Ways to tell a secret.
	 */
	static final List<Indiscretion> INDISCRETIONS = List.of((overheard) -> logger.trace("It is " + SECRET),
			(overheard) -> LoggerFactory.getLogger("any").trace("It is said", SECRET),
			(overheard) -> LoggerFactory.getLogger("any").trace("It is {}", Map.of("a", SECRET)),
			(overheard) -> logger.trace("It failed", new IllegalStateException(new IllegalStateException(SECRET))),
			(overheard) -> logger.trace("It failed", suppressing(new IllegalStateException(SECRET))),
			(overheard) -> java.util.logging.Logger.getLogger("any").finest("It is " + SECRET),
			(overheard) -> System.out.println(SECRET), (overheard) -> System.err.println(SECRET),
			(overheard) -> overheard.hear("a call", SECRET),
			(overheard) -> overheard.hear("a call", new Holder(SECRET)), (overheard) -> {
				try (MDC.MDCCloseable closeable = MDC.putCloseable("key", SECRET)) {
					logger.trace("It is in the context of " + closeable.getClass());
				}
			});

	private static Exception suppressing(Exception suppressed) {
		IllegalStateException failure = new IllegalStateException();
		failure.addSuppressed(suppressed);
		return failure;
	}

	@ParameterizedTest
	@FieldSource("INDISCRETIONS")
	void secretIsHeard(Indiscretion indiscretion) {
		try (Overheard overheard = Overheard.start((event) -> false)) {
			for (int i = 0; i < 200; i++) {
				logger.trace("Nothing");
			}
			indiscretion.commit(overheard);
			assertThatExceptionOfType(AssertionError.class)
				.isThrownBy(() -> overheard.assertUnspoken(List.of("another", SECRET)))
				.withMessageContaining(SECRET);
		}
	}

	/**
	 * Tells a secret.
	 */
	private interface Indiscretion {

		void commit(Overheard overheard);

	}

	/**
	 * Holds a secret that its message does not tell.
	 */
	private static final class Holder extends HandingerException {

		private static final long serialVersionUID = 1L;

		private final transient List<byte[]> secrets;

		Holder(String secret) {
			super("It failed", null, null);
			this.secrets = List.of(secret.getBytes());
		}

	}

}
