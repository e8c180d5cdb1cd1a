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

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

import org.springframework.scheduling.support.CronExpression;
import org.springframework.util.StringUtils;

/**
 * A {@code WorkerSchedule} of the contract.
 *
 * @param id the id
 * @param budget the budget of each run
 * @param input the input
 * @param nextRunAt the time of the next run
 * @param type the kind: scheduled, delayed, cron or interval
 * @param delayInSeconds the delay, with the kind delayed
 * @param cron the cron expression, with the kind cron
 * @param intervalSeconds the interval, with the kind interval
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ScheduleJson(String id, CreditBudget budget, String input, Instant nextRunAt, String type,
		@Nullable Integer delayInSeconds, @Nullable String cron, @Nullable Integer intervalSeconds) {

	/**
	 * The time zone of cron expressions, and of dates without a time zone.
	 */
	static final ZoneId TIME_ZONE = ZoneId.of("UTC");

	private static final int LAST_YEAR = 9999;

	private static final int CRON_FIELDS = 5;

	private static final int MOST_SECONDS = 31_536_000;

	static ScheduleJson of(JsonBody body, Instant now) {
		String input = body.requiredText("input");
		String budgetName = body.text("budget");
		CreditBudget budget = (budgetName != null) ? CreditBudget.of(budgetName) : CreditBudget.STANDARD;
		String id = "sch_" + Ulid.next();
		JsonBody when = body.requiredObject("when");
		String type = when.requiredText("type");
		return switch (type) {
			case "scheduled" -> new ScheduleJson(id, budget, input, date(when), type, null, null, null);
			case "delayed" -> {
				int delay = when.requiredCount("delayInSeconds", MOST_SECONDS);
				yield new ScheduleJson(id, budget, input, now.plusSeconds(delay), type, delay, null, null);
			}
			case "cron" -> {
				String cron = when.requiredText("cron");
				yield new ScheduleJson(id, budget, input, next(cron, now), type, null, cron, null);
			}
			case "interval" -> {
				int interval = when.requiredCount("intervalSeconds", MOST_SECONDS);
				yield new ScheduleJson(id, budget, input, now.plusSeconds(interval), type, null, null, interval);
			}
			default -> throw ApiError.unprocessable("'type' must be scheduled, delayed, cron or interval.");
		};
	}

	/**
	 * Return this schedule for the run after the next one, or {@code null} if it runs
	 * once.
	 */
	@Nullable ScheduleJson next() {
		Instant next = null;
		if (this.cron != null) {
			ZonedDateTime date = nextOfFiveFields(this.cron, this.nextRunAt.atZone(TIME_ZONE));
			next = (date != null) ? date.toInstant() : null;
		}
		else if (this.intervalSeconds != null) {
			next = this.nextRunAt.plusSeconds(this.intervalSeconds);
		}
		return (next != null) ? new ScheduleJson(this.id, this.budget, this.input, next, this.type, this.delayInSeconds,
				this.cron, this.intervalSeconds) : null;
	}

	private static Instant date(JsonBody when) {
		Instant date = instant(when.requiredText("date"));
		if (date == null) {
			throw ApiError.unprocessable("'date' must be an ISO 8601 date with a time, such as 2026-12-01T09:00:00Z.");
		}
		return date;
	}

	private static @Nullable Instant instant(String text) {
		try {
			TemporalAccessor date = DateTimeFormatter.ISO_DATE_TIME.parseBest(text, ZonedDateTime::from,
					LocalDateTime::from);
			ZonedDateTime zoned = (date instanceof LocalDateTime local) ? local.atZone(TIME_ZONE)
					: ZonedDateTime.from(date).withZoneSameInstant(TIME_ZONE);
			return (zoned.getYear() >= 0 && zoned.getYear() <= LAST_YEAR) ? zoned.toInstant() : null;
		}
		catch (DateTimeException ex) {
			return null;
		}
	}

	private static Instant next(String cron, Instant now) {
		boolean fiveFields = StringUtils.tokenizeToStringArray(cron, " ").length == CRON_FIELDS;
		ZonedDateTime next = fiveFields ? nextOfFiveFields(cron, now.atZone(TIME_ZONE)) : null;
		if (next == null) {
			throw ApiError.unprocessable(
					"'cron' must be a cron expression with five fields that matches a future time, such as 0 9 * * 1.");
		}
		return next.toInstant();
	}

	private static @Nullable ZonedDateTime nextOfFiveFields(String cron, ZonedDateTime now) {
		try {
			return CronExpression.parse("0 " + cron).next(now);
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

}
