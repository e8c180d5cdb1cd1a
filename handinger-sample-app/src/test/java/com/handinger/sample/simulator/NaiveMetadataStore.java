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

package com.handinger.sample.simulator;

import java.time.Clock;

import org.jspecify.annotations.Nullable;

import org.springframework.integration.metadata.ConcurrentMetadataStore;

/**
 * Turns each lease into a claim that does not expire and is released if the work fails:
 * claims of a killed process are lost.
 */
final class NaiveMetadataStore implements ConcurrentMetadataStore {

	private static final String LEASE = "P ";

	private static final String GIVEN_BACK = "P 0 ";

	private final ConcurrentMetadataStore store;

	private final Clock clock;

	NaiveMetadataStore(ConcurrentMetadataStore store, Clock clock) {
		this.store = store;
		this.clock = clock;
	}

	@Override
	public @Nullable String putIfAbsent(String key, String value) {
		return this.store.putIfAbsent(key, value.startsWith(LEASE) ? "D " + this.clock.millis() : value);
	}

	@Override
	public boolean replace(String key, String oldValue, String newValue) {
		if (newValue.startsWith(GIVEN_BACK)) {
			this.store.remove(key);
		}
		return true;
	}

	@Override
	public void put(String key, String value) {
		this.store.put(key, value);
	}

	@Override
	public @Nullable String get(String key) {
		return this.store.get(key);
	}

	@Override
	public @Nullable String remove(String key) {
		return this.store.remove(key);
	}

}
