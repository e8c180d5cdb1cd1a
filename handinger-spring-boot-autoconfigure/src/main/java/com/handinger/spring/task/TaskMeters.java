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

package com.handinger.spring.task;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToLongFunction;

import com.handinger.spring.transport.PluggedInCode;
import com.handinger.spring.worker.Budget;
import com.handinger.spring.worker.Worker;
import io.micrometer.common.KeyValues;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * Internal: the meters of finished tasks. A run that adds a turn to a task counts that
 * turn alone. {@code create} counts the credits and the duration that its answer has.
 */
public final class TaskMeters {

	/**
	 * In place of totals that the API leaves out.
	 */
	private static final Task.Totals NO_TOTALS = new Task.Totals(0, 0, 0);

	private final MeterRegistry registry;

	/**
	 * Create meters.
	 * @param registry where to register them
	 */
	public TaskMeters(MeterRegistry registry) {
		this.registry = registry;
	}

	/**
	 * Count a finished run by its task as the API shows it.
	 * @param budget the budget that was asked for
	 * @param end the task at its end
	 * @param turnsBefore the number of its turns before the run, or a negative number if
	 * it did not exist
	 * @param code calls the registry, which may have filters of the application
	 */
	void record(@Nullable Budget budget, TaskWithTurns end, long turnsBefore, PluggedInCode code) {
		Task task = end.task();
		KeyValues keys = TaskObservation.LowCardinality.of(budget, task.status());
		boolean isNew = turnsBefore <= 0;
		List<Turn> turns = isNew ? end.turns() : end.turns().stream().skip(turnsBefore).toList();
		if (isNew && !task.totals().equals(NO_TOTALS)) {
			record(Documentation.CREDITS, keys, task.totals().credits(), code);
			record(Documentation.DURATION, keys, task.totals().durationMs(), code);
		}
		else if (!isNew && !turns.isEmpty()) {
			record(Documentation.CREDITS, keys, sum(turns, Turn::credits), code);
			record(Documentation.DURATION, keys, sum(turns, Turn::durationMs), code);
		}
		if (!turns.isEmpty()) {
			record(Documentation.INPUT_TOKENS, keys, sum(turns, Turn::inputTokens), code);
			record(Documentation.OUTPUT_TOKENS, keys, sum(turns, Turn::outputTokens), code);
		}
	}

	/**
	 * Count a finished task by the answer to its request, which has no tokens.
	 * @param budget the budget that was asked for
	 * @param answer the answer
	 * @param code calls the registry, which may have filters of the application
	 */
	void record(@Nullable Budget budget, Worker answer, PluggedInCode code) {
		Worker.Usage usage = answer.usage();
		KeyValues keys = TaskObservation.LowCardinality.of(budget, TaskStatus.COMPLETED);
		if (usage != null && usage.credits() != null) {
			record(Documentation.CREDITS, keys, usage.credits(), code);
		}
		if (usage != null && usage.durationMs() != null) {
			record(Documentation.DURATION, keys, usage.durationMs(), code);
		}
	}

	private void record(Documentation meter, KeyValues keys, long value, PluggedInCode code) {
		code.run("A meter of tasks", () -> {
			Tags tags = keys.stream()
				.reduce(Tags.empty(), (all, key) -> all.and(key.getKey(), key.getValue()), Tags::and);
			if (meter.getType() == Meter.Type.TIMER) {
				Timer.builder(meter.getName())
					.description(meter.description())
					.tags(tags)
					.register(this.registry)
					.record(value, TimeUnit.MILLISECONDS);
			}
			else {
				DistributionSummary.builder(meter.getName())
					.baseUnit(meter.getBaseUnit())
					.description(meter.description())
					.tags(tags)
					.register(this.registry)
					.record(value);
			}
		});
	}

	private static long sum(List<Turn> turns, ToLongFunction<Turn> value) {
		return turns.stream().mapToLong(value).sum();
	}

	/**
	 * The meters, as in the table of {@code docs/operations.md}.
	 */
	enum Documentation implements MeterDocumentation {

		/**
		 * Credits that a task has used.
		 */
		CREDITS("handinger.task.credits", "credits", "Credits that a task has used"),

		/**
		 * Input tokens of the turns of a run.
		 */
		INPUT_TOKENS("handinger.task.input.tokens", "tokens", "Input tokens of the turns of a run"),

		/**
		 * Output tokens of the turns of a run.
		 */
		OUTPUT_TOKENS("handinger.task.output.tokens", "tokens", "Output tokens of the turns of a run"),

		/**
		 * Duration of a task, as reported by Handinger.
		 */
		DURATION("handinger.task.duration", null, "Duration of a task, as reported by Handinger");

		private final String name;

		private final @Nullable String unit;

		private final String description;

		Documentation(String name, @Nullable String unit, String description) {
			this.name = name;
			this.unit = unit;
			this.description = description;
		}

		String description() {
			return this.description;
		}

		@Override
		public String getName() {
			return this.name;
		}

		@Override
		public @Nullable String getBaseUnit() {
			return this.unit;
		}

		@Override
		public Meter.Type getType() {
			return (this.unit != null) ? Meter.Type.DISTRIBUTION_SUMMARY : Meter.Type.TIMER;
		}

		@Override
		public KeyName[] getKeyNames() {
			return new KeyName[] { TaskObservation.LowCardinality.BUDGET, TaskObservation.LowCardinality.STATUS };
		}

	}

}
