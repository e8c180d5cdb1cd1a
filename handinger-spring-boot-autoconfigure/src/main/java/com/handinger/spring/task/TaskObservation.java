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

import com.handinger.spring.transport.PluggedInCode.GuardedObservation;
import com.handinger.spring.worker.Budget;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;
import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/**
 * The observation of a {@link HandingerTasksClient#run run}.
 */
enum TaskObservation implements ObservationDocumentation {

	/**
	 * A run, with its requests as children.
	 */
	RUN;

	/**
	 * Micrometer's key for the observation that is the parent of those below.
	 */
	static final String CONTEXT_KEY = "micrometer.observation";

	/**
	 * Create the observation of a run, which is a no-op if nobody observes.
	 */
	static GuardedObservation create(TaskObservationContext observed, ContextView context, RunEnvironment environment) {
		Observation parent = (context.getOrDefault(CONTEXT_KEY, null) instanceof Observation value) ? value : null;
		return environment.code()
			.observe(() -> RUN.observation(null, Convention.INSTANCE, () -> observed, environment.observations())
				.parentObservation(parent));
	}

	@Override
	public Class<Convention> getDefaultConvention() {
		return Convention.class;
	}

	@Override
	public KeyName[] getLowCardinalityKeyNames() {
		return LowCardinality.values();
	}

	@Override
	public KeyName[] getHighCardinalityKeyNames() {
		return HighCardinality.values();
	}

	private static String name(@Nullable Enum<?> value) {
		return (value != null) ? value.name().toLowerCase(Locale.ROOT) : KeyValue.NONE_VALUE;
	}

	/**
	 * The keys with few values, of which the first two are the tags of
	 * {@link TaskMeters}.
	 */
	enum LowCardinality implements KeyName {

		/**
		 * The budget that was asked for.
		 */
		BUDGET,

		/**
		 * The status that the task has ended with.
		 */
		STATUS,

		/**
		 * The {@link TaskObservationContext.Outcome outcome} of the run.
		 */
		OUTCOME;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT);
		}

		static KeyValues of(@Nullable Budget budget, @Nullable TaskStatus status) {
			return KeyValues.of(BUDGET.withValue(TaskObservation.name(budget)),
					STATUS.withValue(TaskObservation.name(status)));
		}

	}

	/**
	 * The keys with a value for each run.
	 */
	enum HighCardinality implements KeyName {

		/**
		 * The id of the task.
		 */
		TASK_ID,

		/**
		 * The id of the worker.
		 */
		WORKER_ID;

		@Override
		public String asString() {
			return name().toLowerCase(Locale.ROOT).replace('_', '.');
		}

		private KeyValue of(@Nullable String value) {
			return withValue((value != null && !value.isEmpty()) ? value : KeyValue.NONE_VALUE);
		}

	}

	/**
	 * The names and keys, unless the application has a
	 * {@link io.micrometer.observation.GlobalObservationConvention} for
	 * {@link TaskObservationContext}.
	 */
	static final class Convention implements ObservationConvention<TaskObservationContext> {

		static final Convention INSTANCE = new Convention();

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
			return LowCardinality.of(context.getRequest().budget(), (end != null) ? end.task().status() : null)
				.and(LowCardinality.OUTCOME.withValue(name(context.getOutcome())));
		}

		@Override
		public KeyValues getHighCardinalityKeyValues(TaskObservationContext context) {
			TaskWithTurns end = context.getEnd();
			return KeyValues.of(HighCardinality.TASK_ID.of(context.getTaskId()), HighCardinality.WORKER_ID
				.of((end != null) ? end.task().workerId() : context.getRequest().workerId()));
		}

	}

}
