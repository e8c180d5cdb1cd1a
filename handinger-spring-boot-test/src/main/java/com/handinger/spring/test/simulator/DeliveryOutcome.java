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

import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of a delivery attempt.
 *
 * @param status the status of the attempt
 * @param responseStatus the status of the response, or {@code null} if there was none
 * @param errorMessage the error, or {@code null} if there was none
 */
record DeliveryOutcome(Status status, @Nullable Integer responseStatus, @Nullable String errorMessage) {

	static DeliveryOutcome answered(int responseStatus) {
		return (responseStatus / 100 == 2) ? new DeliveryOutcome(Status.SUCCESS, responseStatus, null)
				: new DeliveryOutcome(Status.ERROR, responseStatus, "The response status was " + responseStatus + ".");
	}

	static DeliveryOutcome failed(String errorMessage) {
		return new DeliveryOutcome(Status.ERROR, null, errorMessage);
	}

	/**
	 * The status of an attempt.
	 */
	enum Status {

		/**
		 * The response had a status from 200 to 299 and arrived in time.
		 */
		SUCCESS,

		/**
		 * Anything else.
		 */
		ERROR;

		@JsonValue
		String wireName() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

}
