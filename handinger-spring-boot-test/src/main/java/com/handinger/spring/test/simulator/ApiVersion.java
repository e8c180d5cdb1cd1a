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

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * A version of the Handinger API, which determines the shape of the simulator's answers.
 */
public enum ApiVersion {

	/**
	 * The version of May 2026: a task is returned with its turns, and the usage of a
	 * worker has credits.
	 */
	V2026_05("2026-05"),

	/**
	 * The version of July 2026: a task is returned without its turns, and the usage of a
	 * worker has no credits.
	 */
	V2026_07("2026-07");

	private final String date;

	ApiVersion(String date) {
		this.date = date;
	}

	/**
	 * Return the version of a year and a month, or {@code null} if there is none.
	 */
	static @Nullable ApiVersion of(String date) {
		return Arrays.stream(values()).filter((version) -> version.date.equals(date)).findFirst().orElse(null);
	}

}
