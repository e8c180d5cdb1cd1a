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
import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The credits that a turn uses, by budget.
 */
enum CreditBudget {

	/**
	 * A low budget.
	 */
	LOW(1),

	/**
	 * The default budget.
	 */
	STANDARD(2),

	/**
	 * A high budget.
	 */
	HIGH(5),

	/**
	 * An unlimited budget.
	 */
	UNLIMITED(10);

	private final int credits;

	CreditBudget(int credits) {
		this.credits = credits;
	}

	int credits() {
		return this.credits;
	}

	@JsonValue
	String wireName() {
		return name().toLowerCase(Locale.ROOT);
	}

	static CreditBudget of(String name) {
		return Arrays.stream(values())
			.filter((budget) -> budget.wireName().equals(name))
			.findFirst()
			.orElseThrow(() -> ApiError.unprocessable("'budget' must be low, standard, high or unlimited."));
	}

}
