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
import io.micrometer.common.KeyValue;
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
		Tags tags = tags(budget, end.task().status());
		Task.Totals totals = end.task().totals();
		boolean isNew = turnsBefore <= 0;
		List<Turn> turns = end.turns().stream().skip(Math.max(turnsBefore, 0)).toList();
		if (isNew ? !totals.equals(NO_TOTALS) : !turns.isEmpty()) {
			record(Documentation.CREDITS, tags, isNew ? totals.credits() : sum(turns, Turn::credits), code);
			record(Documentation.DURATION, tags, isNew ? totals.durationMs() : sum(turns, Turn::durationMs), code);
		}
		if (!turns.isEmpty()) {
			record(Documentation.INPUT_TOKENS, tags, sum(turns, Turn::inputTokens), code);
			record(Documentation.OUTPUT_TOKENS, tags, sum(turns, Turn::outputTokens), code);
		}
	}

	/**
	 * Count a finished task by the answer to its request, which has no tokens.
	 * @param budget the budget that was asked for
	 * @param answer the answer
	 * @param code calls the registry, which may have filters of the application
	 */
	void record(@Nullable Budget budget, Worker answer, PluggedInCode code) {
		Tags tags = tags(budget, TaskStatus.COMPLETED);
		Worker.Usage usage = answer.usage();
		if (usage != null) {
			record(Documentation.CREDITS, tags, usage.credits(), code);
			record(Documentation.DURATION, tags, usage.durationMs(), code);
		}
	}

	private void record(Documentation meter, Tags tags, @Nullable Long value, PluggedInCode code) {
		if (value != null) {
			code.run("A meter of tasks", () -> meter.record(value, tags, this.registry));
		}
	}

	private static Tags tags(@Nullable Budget budget, TaskStatus status) {
		KeyValue budgetKey = TaskObservation.Key.BUDGET.of(budget);
		KeyValue statusKey = TaskObservation.Key.STATUS.of(status);
		return Tags.of(budgetKey.getKey(), budgetKey.getValue(), statusKey.getKey(), statusKey.getValue());
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
		CREDITS("credits", "credits", "Credits that a task has used"),

		/**
		 * Input tokens of the turns of a run.
		 */
		INPUT_TOKENS("input.tokens", "tokens", "Input tokens of the turns of a run"),

		/**
		 * Output tokens of the turns of a run.
		 */
		OUTPUT_TOKENS("output.tokens", "tokens", "Output tokens of the turns of a run"),

		/**
		 * Duration of a task, as reported by Handinger.
		 */
		DURATION("duration", null, "Duration of a task, as reported by Handinger");

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

		private void record(long value, Tags tags, MeterRegistry registry) {
			if (this == DURATION) {
				Timer.Builder timer = Timer.builder(getName()).description(this.description).tags(tags);
				timer.register(registry).record(value, TimeUnit.MILLISECONDS);
			}
			else {
				DistributionSummary.Builder summary = DistributionSummary.builder(getName()).baseUnit(this.unit);
				summary.description(this.description).tags(tags).register(registry).record(value);
			}
		}

		@Override
		public String getName() {
			return "handinger.task." + this.name;
		}

		@Override
		public Meter.Type getType() {
			return (this == DURATION) ? Meter.Type.TIMER : Meter.Type.DISTRIBUTION_SUMMARY;
		}

		@Override
		public KeyName[] getKeyNames() {
			return new KeyName[] { TaskObservation.Key.BUDGET, TaskObservation.Key.STATUS };
		}

	}

}
