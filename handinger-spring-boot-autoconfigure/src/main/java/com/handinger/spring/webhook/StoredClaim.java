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

import java.time.Instant;

import com.handinger.spring.webhook.Claims.Claim;
import org.jspecify.annotations.Nullable;

import org.springframework.integration.metadata.ConcurrentMetadataStore;

/**
 * A claim as a metadata store keeps it: {@code D <time>} if the work is done, or
 * {@code P <time> <owner>} if it is in progress until then. Times are milliseconds since
 * 1970.
 */
final class StoredClaim {

	private static final String PREFIX = "handinger:task:";

	/**
	 * The usual table has keys of 255 characters.
	 */
	private static final int LONGEST_KEY = 150;

	private static final String DONE = "D";

	private static final String IN_PROGRESS = "P";

	private StoredClaim() {
	}

	static String key(String key) {
		return PREFIX + shorten(key);
	}

	static String shorten(String key) {
		return (key.length() <= LONGEST_KEY) ? key : Sha256.hex(key);
	}

	static String done(Instant at) {
		return DONE + " " + at.toEpochMilli();
	}

	static String inProgress(Instant until, String owner) {
		return IN_PROGRESS + " " + until.toEpochMilli() + " " + owner;
	}

	/**
	 * Take a claim, unless somebody has it whose time has not ended.
	 * @param store where claims are kept
	 * @param key the key as it is kept
	 * @param mine the claim to take
	 * @param now the time
	 * @return who has the claim, or {@code null} if it is ours
	 */
	static @Nullable Claim take(ConcurrentMetadataStore store, String key, String mine, Instant now) {
		String present = store.putIfAbsent(key, mine);
		if (present == null) {
			return null;
		}
		Instant doneAt = doneAt(present);
		if (doneAt != null) {
			return Claim.doneBefore(doneAt);
		}
		return (time(present).isBefore(now) && store.replace(key, present, mine)) ? null : Claim.CLAIMED_ELSEWHERE;
	}

	/**
	 * Return when the work was done, or {@code null} if it is not done.
	 */
	private static @Nullable Instant doneAt(String value) {
		return value.startsWith(DONE) ? time(value) : null;
	}

	/**
	 * What somebody else has written there may have no time.
	 */
	private static Instant time(String value) {
		String[] parts = value.split(" ");
		boolean hasTime = parts.length > 1 && !parts[1].isEmpty() && parts[1].length() < 18
				&& parts[1].chars().allMatch((digit) -> digit >= '0' && digit <= '9');
		return hasTime ? Instant.ofEpochMilli(Long.parseLong(parts[1])) : Instant.EPOCH;
	}

}
