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

package com.handinger.spring.worker;

import java.time.Duration;
import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import org.springframework.util.Assert;

/**
 * Times at which a schedule runs its task.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
public sealed interface When {

	/**
	 * Maximum delay and interval.
	 */
	Duration LONGEST = Duration.ofDays(365);

	/**
	 * Run the task once, at a point in time.
	 * @param date the point in time
	 * @return the times
	 */
	static When at(Instant date) {
		return new At(date);
	}

	/**
	 * Run the task once, after a delay.
	 * @param delay the delay in whole seconds, from 1 second to 365 days
	 * @return the times
	 */
	static When after(Duration delay) {
		return new After(delay);
	}

	/**
	 * Run the task at the times of a cron expression. Handinger chooses its time zone,
	 * which {@link WorkerSchedules#timezone()} returns.
	 * @param cron the expression, such as {@code 0 9 * * 1-5}
	 * @return the times
	 */
	static When cron(String cron) {
		return new Cron(cron);
	}

	/**
	 * Run the task at a fixed interval.
	 * @param interval the interval in whole seconds, from 1 second to 365 days
	 * @return the times
	 */
	static When every(Duration interval) {
		return new Every(interval);
	}

	private static void checkSeconds(Duration duration, String field) {
		Assert.isTrue(duration != null && duration.getSeconds() >= 1 && duration.getNano() == 0,
				() -> "'" + field + "' must be a whole number of seconds, one at least, unlike " + duration);
		Assert.isTrue(duration.compareTo(LONGEST) <= 0,
				() -> "'" + field + "' must be at most 31,536,000 seconds (365 days), unlike " + duration);
	}

	/**
	 * Once, at a point in time.
	 *
	 * @param date the point in time
	 */
	@JsonTypeName("scheduled")
	record At(Instant date) implements When {

		public At {
			Assert.notNull(date, "'date' must not be null");
		}

	}

	/**
	 * Once, after a delay.
	 *
	 * @param delay the delay in whole seconds, from 1 second to 365 days
	 */
	@JsonTypeName("delayed")
	record After(@JsonProperty("delayInSeconds") @JsonFormat(shape = JsonFormat.Shape.NUMBER_INT,
			pattern = "SECONDS") Duration delay) implements When {

		public After {
			checkSeconds(delay, "delay");
		}

	}

	/**
	 * At the times of a cron expression.
	 *
	 * @param cron the expression
	 */
	@JsonTypeName("cron")
	record Cron(String cron) implements When {

		public Cron {
			Assert.hasText(cron, "'cron' must not be empty: an expression such as '0 9 * * 1-5' says when");
			TextLimits.check(cron, "cron", Integer.MAX_VALUE);
		}

	}

	/**
	 * At a fixed interval.
	 *
	 * @param interval the interval in whole seconds, from 1 second to 365 days
	 */
	@JsonTypeName("interval")
	record Every(@JsonProperty("intervalSeconds") @JsonFormat(shape = JsonFormat.Shape.NUMBER_INT,
			pattern = "SECONDS") Duration interval) implements When {

		public Every {
			checkSeconds(interval, "interval");
		}

	}

}
