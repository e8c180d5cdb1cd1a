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
 * How the sample learned that a turn of a task ended.
 *
 * @param turn the number of turns that the task had at that time
 * @param by the source
 * @param at the time of arrival
 */
record Arrival(long turn, Way by, Instant at) {

	Arrival {
		// The precision that a database stores.
		at = at.truncatedTo(ChronoUnit.MICROS);
	}

	static Arrival of(TaskFinishedEvent event) {
		return new Arrival(event.turnCount(), Way.valueOf(event.source().name()), event.arrivedAt());
	}

	/**
	 * A source of the end of a turn.
	 */
	enum Way {

		/**
		 * The response to the request that started the turn.
		 */
		ANSWER,

		/**
		 * Polling, because the response was lost.
		 */
		LOOK_UP,

		/**
		 * A delivery to the webhook.
		 */
		DELIVERY,

		/**
		 * The list of failed deliveries.
		 */
		RECONCILIATION,

		/**
		 * A durable run.
		 */
		RUN;

		@JsonValue
		String wireName() {
			return name().toLowerCase(Locale.ROOT).replace('_', '-');
		}

	}

}
