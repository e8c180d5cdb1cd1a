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

import java.security.SecureRandom;

/**
 * Generates unique identifiers that sort by their creation time, as defined by the
 * <a href="https://github.com/ulid/spec">ULID specification</a>.
 */
final class Ulid {

	private static final char[] ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ".toCharArray();

	private static final int BITS = 5;

	private static final int MASK = (1 << BITS) - 1;

	private static final int TIME_LENGTH = 10;

	private static final int RANDOM_LENGTH = 16;

	private static final SecureRandom RANDOM = new SecureRandom();

	private Ulid() {
	}

	/**
	 * Generate a new identifier.
	 * @return 26 characters
	 */
	static String next() {
		char[] characters = new char[TIME_LENGTH + RANDOM_LENGTH];
		long time = System.currentTimeMillis();
		for (int i = TIME_LENGTH - 1; i >= 0; i--) {
			characters[i] = ALPHABET[(int) (time & MASK)];
			time >>>= BITS;
		}
		byte[] random = new byte[RANDOM_LENGTH];
		RANDOM.nextBytes(random);
		for (int i = 0; i < RANDOM_LENGTH; i++) {
			characters[TIME_LENGTH + i] = ALPHABET[random[i] & MASK];
		}
		return new String(characters);
	}

}
