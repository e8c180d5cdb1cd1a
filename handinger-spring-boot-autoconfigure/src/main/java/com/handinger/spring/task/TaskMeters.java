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

import java.time.Duration;
import java.util.List;
import java.util.function.ToLongFunction;

import com.handinger.spring.transport.PluggedInCode;
import com.handinger.spring.worker.Budget;
import com.handinger.spring.worker.Worker;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Meters of what finished tasks have used: {@code handinger.task.credits},
 * {@code handinger.task.input.tokens}, {@code handinger.task.output.tokens} and
 * {@code handinger.task.duration}, by budget and end status. A run that adds a turn to a
 * task counts that turn alone. {@code create} counts the credits and the duration that
 * its answer has.
 */
public final class TaskMeters {

	private static final String METER = "A meter of tasks";

	/**
	 * Stands for totals that the API leaves out.
	 */
	private static final Task.Totals NO_TOTALS = new Task.Totals(0, 0, 0);

	private final MeterRegistry registry;

	/**
	 * Create new meters.
	 * @param registry where to register them
	 */
	public TaskMeters(MeterRegistry registry) {
		this.registry = registry;
	}

	/**
	 * Count a finished run by what the API shows of its task.
	 * @param budget the budget that was asked for
	 * @param end the task at its end
	 * @param turnsBefore how many turns it had before the run, or a negative number if it
	 * did not exist
	 * @param code calls the registry, which has filters of the application's
	 */
	void record(@Nullable Budget budget, TaskWithTurns end, long turnsBefore, PluggedInCode code) {
		Task task = end.task();
		Tags tags = tags(budget, task.status());
		boolean isNew = turnsBefore <= 0;
		List<Turn> turns = isNew ? end.turns() : end.turns().stream().skip(turnsBefore).toList();
		if (isNew && !task.totals().equals(NO_TOTALS)) {
			recordCredits(tags, task.totals().credits(), code);
			recordDuration(tags, task.totals().durationMs(), code);
		}
		else if (!isNew && !turns.isEmpty()) {
			recordCredits(tags, sum(turns, Turn::credits), code);
			recordDuration(tags, sum(turns, Turn::durationMs), code);
		}
		if (!turns.isEmpty()) {
			record("handinger.task.input.tokens", "tokens", "Tokens that went into the turns of a run", tags,
					sum(turns, Turn::inputTokens), code);
			record("handinger.task.output.tokens", "tokens", "Tokens that came out of the turns of a run", tags,
					sum(turns, Turn::outputTokens), code);
		}
	}

	/**
	 * Count a finished task by the answer to its request, which tells no tokens.
	 * @param budget the budget that was asked for
	 * @param answer the answer
	 * @param code calls the registry, which has filters of the application's
	 */
	void record(@Nullable Budget budget, Worker answer, PluggedInCode code) {
		Worker.Usage usage = answer.usage();
		Tags tags = tags(budget, TaskStatus.COMPLETED);
		if (usage != null && usage.credits() != null) {
			recordCredits(tags, usage.credits(), code);
		}
		if (usage != null && usage.durationMs() != null) {
			recordDuration(tags, usage.durationMs(), code);
		}
	}

	private static Tags tags(@Nullable Budget budget, TaskStatus status) {
		return Tags.of(tag(TaskObservationConvention.budget(budget)), tag(TaskObservationConvention.status(status)));
	}

	private void recordCredits(Tags tags, long credits, PluggedInCode code) {
		record("handinger.task.credits", "credits", "Credits that a task has used", tags, credits, code);
	}

	private void recordDuration(Tags tags, long durationMs, PluggedInCode code) {
		code.run(METER,
				() -> Timer.builder("handinger.task.duration")
					.description("Time that the worker has taken for a task, as Handinger tells it")
					.tags(tags)
					.register(this.registry)
					.record(Duration.ofMillis(durationMs)));
	}

	private void record(String name, String unit, String description, Tags tags, long value, PluggedInCode code) {
		code.run(METER,
				() -> DistributionSummary.builder(name)
					.baseUnit(unit)
					.description(description)
					.tags(tags)
					.register(this.registry)
					.record(value));
	}

	private static long sum(List<Turn> turns, ToLongFunction<Turn> value) {
		return turns.stream().mapToLong(value).sum();
	}

	private static Tag tag(KeyValue keyValue) {
		return Tag.of(keyValue.getKey(), keyValue.getValue());
	}

}
