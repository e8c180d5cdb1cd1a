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

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Random;
import java.util.random.RandomGenerator;

/**
 * Creates the ids of new tasks: {@code tsk_} and a ULID, which is the time in
 * milliseconds and 80 random bits, or 128 bits of the hash of a key. {@link RunRequest}
 * decides when a task is sent without one.
 */
final class TaskIds {

	private static final String PREFIX = "tsk_";

	private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

	/**
	 * Only its seed comes from the system, which may block for it. The ids must differ,
	 * and are not secret.
	 */
	private static final RandomGenerator RANDOM = new Random(new SecureRandom().nextLong());

	private TaskIds() {
	}

	static String next(long now) {
		return PREFIX + encode(now, 10) + encode(RANDOM.nextLong(), 8) + encode(RANDOM.nextLong(), 8);
	}

	/**
	 * Return the id of a task with a key, as {@link CreateTask#withKey} documents it.
	 */
	static String ofKey(String key) {
		try {
			byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
			BigInteger bits = new BigInteger(1, hash, 0, 16);
			return PREFIX + encode(bits.shiftRight(120).longValue(), 2) + encode(bits.shiftRight(60).longValue(), 12)
					+ encode(bits.longValue(), 12);
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String encode(long bits, int length) {
		StringBuilder text = new StringBuilder(length);
		for (int i = length - 1; i >= 0; i--) {
			text.append(ALPHABET.charAt((int) (bits >>> (5 * i)) & 31));
		}
		return text.toString();
	}

}
