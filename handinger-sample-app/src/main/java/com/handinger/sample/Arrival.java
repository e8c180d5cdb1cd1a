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

package com.handinger.sample;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

import com.fasterxml.jackson.annotation.JsonValue;
import com.handinger.spring.webhook.TaskFinishedEvent;

/**
 * How the end of a task has reached the sample.
 *
 * @param turn how many turns the task had at this end
 * @param by what brought it
 * @param at when it came
 */
record Arrival(long turn, Way by, Instant at) {

	Arrival {
		// As exactly as a database keeps it.
		at = at.truncatedTo(ChronoUnit.MICROS);
	}

	static Arrival of(TaskFinishedEvent event) {
		Way way = switch (event.source()) {
			case DELIVERY -> Way.DELIVERY;
			case RECONCILIATION -> Way.RECONCILIATION;
		};
		return new Arrival(event.turnCount(), way, event.arrivedAt());
	}

	/**
	 * What can bring the end of a task.
	 */
	enum Way {

		/**
		 * The answer to the request that started it.
		 */
		ANSWER,

		/**
		 * A look-up, since there was no such answer.
		 */
		LOOK_UP,

		/**
		 * A call of the webhook.
		 */
		DELIVERY,

		/**
		 * The list of the calls that have failed.
		 */
		RECONCILIATION;

		@JsonValue
		String wireName() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

}
