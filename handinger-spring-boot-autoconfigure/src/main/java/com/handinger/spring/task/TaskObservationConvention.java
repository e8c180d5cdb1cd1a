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

import java.util.Locale;

import com.handinger.spring.worker.Budget;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import org.jspecify.annotations.Nullable;

/**
 * How a run is observed, unless the application has a
 * {@link io.micrometer.observation.GlobalObservationConvention} for
 * {@link TaskObservationContext}.
 */
final class TaskObservationConvention implements ObservationConvention<TaskObservationContext> {

	static final TaskObservationConvention INSTANCE = new TaskObservationConvention();

	private TaskObservationConvention() {
	}

	@Override
	public boolean supportsContext(Observation.Context context) {
		return context instanceof TaskObservationContext;
	}

	@Override
	public String getName() {
		return "handinger.task";
	}

	@Override
	public String getContextualName(TaskObservationContext context) {
		return "handinger task";
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(TaskObservationContext context) {
		TaskWithTurns end = context.getEnd();
		return KeyValues.of(budget(context.getRequest().budget()), status((end != null) ? end.task().status() : null),
				KeyValue.of("outcome", name(context.getOutcome())));
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(TaskObservationContext context) {
		TaskWithTurns end = context.getEnd();
		String workerId = (end != null) ? end.task().workerId() : context.getRequest().workerId();
		return KeyValues.of(KeyValue.of("task.id", orNone(context.getTaskId())),
				KeyValue.of("worker.id", orNone(workerId)));
	}

	/**
	 * Return the budget that was asked for.
	 */
	static KeyValue budget(@Nullable Budget budget) {
		return KeyValue.of("budget", (budget != null) ? name(budget) : KeyValue.NONE_VALUE);
	}

	/**
	 * Return the status that a task has ended with.
	 */
	static KeyValue status(@Nullable TaskStatus status) {
		return KeyValue.of("status", (status != null) ? name(status) : KeyValue.NONE_VALUE);
	}

	private static String name(Enum<?> value) {
		return value.name().toLowerCase(Locale.ROOT);
	}

	private static String orNone(@Nullable String value) {
		return (value != null && !value.isEmpty()) ? value : KeyValue.NONE_VALUE;
	}

}
