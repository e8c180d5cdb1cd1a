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

import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import org.springframework.util.unit.DataSize;

/**
 * The directives of a turn. They are written anywhere in the input, in square brackets.
 *
 * @param runTime {@code [delay=5s]}: the total duration of the turn, or {@code null} for
 * the simulator's own
 * @param end {@code [end=error]} or {@code [end=aborted]}: the final status of the turn
 * @param hangUp {@code [drop]} or {@code [reset]}: how the connection is closed instead
 * of a response, or {@code null} if it is not
 * @param answerStatus {@code [http=503]}: the status of an immediate response while the
 * turn runs, or {@code null} for the response at its end
 * @param rejectStatus {@code [reject=429]}: the status of the response to the first
 * attempt, which runs nothing, or {@code null} if the first attempt is accepted
 * @param messageSize {@code [size=5MB]}: the number of bytes of additional text in the
 * messages
 * @param apiVersion {@code [api=2026-05]}: the version of the API that the task has from
 * now on, or {@code null} for that of the simulator
 * @param delivery {@code [webhook=…]}: how the end of the turn is delivered
 * @param report {@code [answer=report]}: whether the answer is a report in Markdown with
 * sources, a file and structured output
 */
record Directives(@Nullable Duration runTime, TurnStatus end, @Nullable HangUp hangUp, @Nullable Integer answerStatus,
		@Nullable Integer rejectStatus, DataSize messageSize, @Nullable ApiVersion apiVersion, DeliveryPlan delivery,
		boolean report) {

	private static final Directives NONE = new Directives(null, TurnStatus.COMPLETED, null, null, null,
			DataSize.ofBytes(0), null, DeliveryPlan.USUAL, false);

	private static final Map<String, BiFunction<Directives, String, Directives>> KNOWN = Map.ofEntries(
			Map.entry("delay", Directives::withDelay), Map.entry("end", Directives::withEnd),
			Map.entry("drop", (directives, value) -> directives.withHangUp(HangUp.CLOSE, "drop", value)),
			Map.entry("reset", (directives, value) -> directives.withHangUp(HangUp.RESET, "reset", value)),
			Map.entry("http", Directives::withAnswerStatus), Map.entry("reject", Directives::withRejectStatus),
			Map.entry("size", Directives::withMessageSize), Map.entry("api", Directives::withApi),
			Map.entry("turns", Directives::withTurns), Map.entry("webhook", Directives::withDelivery),
			Map.entry("answer", Directives::withAnswer));

	private static final Pattern DIRECTIVE = Pattern
		.compile("\\[(delay|end|drop|reset|http|reject|size|api|turns|webhook|answer)(?:=([^\\[\\]]{0,40}))?]");

	private static final Pattern TIME = Pattern.compile("(\\d{1,9})(ms|s|m)");

	private static final Pattern STATUS = Pattern.compile("[2-5]\\d\\d");

	private static final Pattern ERROR_STATUS = Pattern.compile("[45]\\d\\d");

	private static final Pattern SIZE = Pattern.compile("\\d{1,9}(B|KB|MB|GB)");

	static Directives of(String input) {
		Directives directives = NONE;
		Matcher matcher = DIRECTIVE.matcher(input);
		while (matcher.find()) {
			String value = matcher.group(2);
			directives = KNOWN.get(matcher.group(1)).apply(directives, (value != null) ? value : "");
		}
		return directives;
	}

	/**
	 * Return these directives with what a rule says instead.
	 */
	Directives with(Script script) {
		HangUp hangUp = (script.answerStatus() != null) ? script.hangUp() : orElse(script.hangUp(), this.hangUp);
		return new Directives(orElse(script.runTime(), this.runTime), script.endOr(this.end), hangUp,
				orElse(script.answerStatus(), this.answerStatus),
				(script.rejection() != null) ? null : this.rejectStatus, this.messageSize, this.apiVersion,
				this.delivery.with(script), this.report);
	}

	private static <T> @Nullable T orElse(@Nullable T value, @Nullable T other) {
		return (value != null) ? value : other;
	}

	private Directives withDelay(String value) {
		Duration runTime = time(value, "delay", "a time such as [delay=500ms], [delay=5s] or [delay=2m]");
		return new Directives(runTime, this.end, this.hangUp, this.answerStatus, this.rejectStatus, this.messageSize,
				this.apiVersion, this.delivery, this.report);
	}

	private Directives withEnd(String value) {
		TurnStatus end = switch (value) {
			case "error" -> TurnStatus.ERROR;
			case "aborted" -> TurnStatus.ABORTED;
			case "completed" -> TurnStatus.COMPLETED;
			default -> throw notUnderstood("end", "[end=error], [end=aborted] or [end=completed]");
		};
		return new Directives(this.runTime, end, this.hangUp, this.answerStatus, this.rejectStatus, this.messageSize,
				this.apiVersion, this.delivery, this.report);
	}

	private Directives withHangUp(HangUp hangUp, String name, String value) {
		if (!value.isEmpty()) {
			throw notUnderstood(name, "[" + name + "], without a value");
		}
		return new Directives(this.runTime, this.end, hangUp, this.answerStatus, this.rejectStatus, this.messageSize,
				this.apiVersion, this.delivery, this.report);
	}

	private Directives withAnswerStatus(String value) {
		matcher(STATUS, value, "http", "a status from 200 to 599 such as [http=503]");
		return new Directives(this.runTime, this.end, this.hangUp, Integer.valueOf(value), this.rejectStatus,
				this.messageSize, this.apiVersion, this.delivery, this.report);
	}

	private Directives withRejectStatus(String value) {
		String status = value.isEmpty() ? "429" : value;
		matcher(ERROR_STATUS, status, "reject", "a status from 400 to 599 such as [reject=429]");
		return new Directives(this.runTime, this.end, this.hangUp, this.answerStatus, Integer.valueOf(status),
				this.messageSize, this.apiVersion, this.delivery, this.report);
	}

	private Directives withMessageSize(String value) {
		String size = value.toUpperCase(Locale.ROOT);
		matcher(SIZE, size, "size", "a size such as [size=500KB] or [size=5MB]");
		return new Directives(this.runTime, this.end, this.hangUp, this.answerStatus, this.rejectStatus,
				DataSize.parse(size), this.apiVersion, this.delivery, this.report);
	}

	private Directives withApi(String value) {
		ApiVersion apiVersion = ApiVersion.of(value);
		if (apiVersion == null) {
			throw notUnderstood("api", "[api=2026-05] or [api=2026-07]");
		}
		return withApiVersion(apiVersion);
	}

	private Directives withTurns(String value) {
		if (!value.equals("separate")) {
			throw notUnderstood("turns", "[turns=separate]");
		}
		return withApiVersion(ApiVersion.V2026_07);
	}

	private Directives withApiVersion(ApiVersion apiVersion) {
		return new Directives(this.runTime, this.end, this.hangUp, this.answerStatus, this.rejectStatus,
				this.messageSize, apiVersion, this.delivery, this.report);
	}

	private Directives withDelivery(String value) {
		DeliveryPlan delivery = switch (value) {
			case "lost" -> this.delivery.withLoss();
			case "twice" -> this.delivery.withRepetition();
			case "early" -> this.delivery.withLateEnd();
			default -> this.delivery.withLateness(lateness(value));
		};
		return new Directives(this.runTime, this.end, this.hangUp, this.answerStatus, this.rejectStatus,
				this.messageSize, this.apiVersion, delivery, this.report);
	}

	private Directives withAnswer(String value) {
		if (!value.equals("report")) {
			throw notUnderstood("answer", "[answer=report]");
		}
		return new Directives(this.runTime, this.end, this.hangUp, this.answerStatus, this.rejectStatus,
				this.messageSize, this.apiVersion, this.delivery, true);
	}

	private static Duration lateness(String value) {
		String expected = "[webhook=lost], [webhook=twice], [webhook=late:3s] or [webhook=early]";
		if (!value.startsWith("late:")) {
			throw notUnderstood("webhook", expected);
		}
		return time(value.substring("late:".length()), "webhook", expected);
	}

	private static Duration time(String value, String name, String expected) {
		Matcher matcher = matcher(TIME, value, name, expected);
		long amount = Long.parseLong(matcher.group(1));
		return switch (matcher.group(2)) {
			case "ms" -> Duration.ofMillis(amount);
			case "s" -> Duration.ofSeconds(amount);
			default -> Duration.ofMinutes(amount);
		};
	}

	private static Matcher matcher(Pattern pattern, String value, String name, String expected) {
		Matcher matcher = pattern.matcher(value);
		if (!matcher.matches()) {
			throw notUnderstood(name, expected);
		}
		return matcher;
	}

	private static ApiError notUnderstood(String name, String expected) {
		return ApiError
			.unprocessable("The simulator does not understand the directive '" + name + "': write " + expected + ".");
	}

	/**
	 * How a connection is closed instead of a response.
	 */
	enum HangUp {

		/**
		 * Close the connection (FIN).
		 */
		CLOSE,

		/**
		 * Reset the connection (RST).
		 */
		RESET

	}

}
