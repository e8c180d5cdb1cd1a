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

import com.handinger.spring.worker.Budget;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

/**
 * Meters of what finished runs have used: {@code handinger.task.credits},
 * {@code handinger.task.input.tokens}, {@code handinger.task.output.tokens} and
 * {@code handinger.task.duration}, by budget and end status. A run that adds a turn to a
 * task counts that turn alone.
 */
public final class TaskMeters {

	private final MeterRegistry registry;

	/**
	 * Create new meters.
	 * @param registry where to register them
	 */
	public TaskMeters(MeterRegistry registry) {
		this.registry = registry;
	}

	/**
	 * Count a finished run.
	 * @param budget the budget that was asked for
	 * @param end the task at its end
	 * @param turnsBefore how many turns it had before the run, or a negative number if it
	 * did not exist
	 */
	void record(@Nullable Budget budget, TaskWithTurns end, long turnsBefore) {
		Task task = end.task();
		Tags tags = Tags.of(tag(TaskObservationConvention.budget(budget)),
				tag(TaskObservationConvention.status(task.status())));
		boolean isNew = turnsBefore <= 0;
		List<Turn> turns = isNew ? end.turns() : end.turns().stream().skip(turnsBefore).toList();
		summary("handinger.task.credits", "credits", "Credits that a run has used", tags)
			.record(isNew ? task.totals().credits() : sum(turns, Turn::credits));
		summary("handinger.task.input.tokens", "tokens", "Tokens that went into the turns of a run", tags)
			.record(sum(turns, Turn::inputTokens));
		summary("handinger.task.output.tokens", "tokens", "Tokens that came out of the turns of a run", tags)
			.record(sum(turns, Turn::outputTokens));
		Timer.builder("handinger.task.duration")
			.description("Time that the worker has taken for a run, as Handinger tells it")
			.tags(tags)
			.register(this.registry)
			.record(Duration.ofMillis(isNew ? task.totals().durationMs() : sum(turns, Turn::durationMs)));
	}

	private DistributionSummary summary(String name, String unit, String description, Tags tags) {
		return DistributionSummary.builder(name)
			.baseUnit(unit)
			.description(description)
			.tags(tags)
			.register(this.registry);
	}

	private static long sum(List<Turn> turns, ToLongFunction<Turn> value) {
		return turns.stream().mapToLong(value).sum();
	}

	private static Tag tag(KeyValue keyValue) {
		return Tag.of(keyValue.getKey(), keyValue.getValue());
	}

}
