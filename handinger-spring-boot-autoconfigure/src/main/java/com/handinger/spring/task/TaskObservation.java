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
import java.util.Objects;
import java.util.function.Supplier;

import com.handinger.spring.task.TaskObservationContext.Outcome;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.observation.docs.ObservationDocumentation;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * The observation of a {@link HandingerTasksClient#run run}: its name and keys, unless
 * the application has a {@link io.micrometer.observation.GlobalObservationConvention} for
 * {@link TaskObservationContext}.
 */
enum TaskObservation implements ObservationDocumentation, ObservationConvention<TaskObservationContext> {

	/**
	 * A run, with its requests as children.
	 */
	RUN;

	/**
	 * Observe a run, so that whoever gets its end finds it observed.
	 */
	static Mono<TaskWithTurns> observe(Mono<TaskWithTurns> run, TaskObservationContext observed,
			Supplier<Outcome> outcome, ContextView context, RunEnvironment environment) {
		Observation parent = (context.getOrDefault(ObservationThreadLocalAccessor.KEY,
				null) instanceof Observation value) ? value : null;
		Observation observation = environment.code()
			.observe(() -> RUN.observation(null, RUN, () -> observed, environment.observations())
				.parentObservation(parent));
		Mono<TaskWithTurns> reported = run.doOnSuccess((end) -> observed.ended(end, outcome.get()))
			.doOnError((error) -> {
				observed.ended((error instanceof TaskFailedException failed) ? failed.task() : null, Outcome.FAILED);
				observation.error(error);
			})
			.contextWrite(Context.of(ObservationThreadLocalAccessor.KEY, observation));
		return observation.isNoop() ? run : Mono.using(observation::start, (started) -> reported, Observation::stop);
	}

	@Override
	public Class<TaskObservation> getDefaultConvention() {
		return TaskObservation.class;
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
	public KeyName[] getLowCardinalityKeyNames() {
		return new KeyName[] { Key.BUDGET, Key.STATUS, Key.OUTCOME };
	}

	@Override
	public KeyValues getLowCardinalityKeyValues(TaskObservationContext context) {
		TaskWithTurns end = context.getEnd();
		return KeyValues.of(Key.BUDGET.of(context.getRequest().budget()),
				Key.STATUS.of((end != null) ? end.task().status() : null), Key.OUTCOME.of(context.getOutcome()));
	}

	@Override
	public KeyName[] getHighCardinalityKeyNames() {
		return new KeyName[] { Key.TASK_ID, Key.WORKER_ID };
	}

	@Override
	public KeyValues getHighCardinalityKeyValues(TaskObservationContext context) {
		TaskWithTurns end = context.getEnd();
		return KeyValues.of(Key.TASK_ID.of(context.getTaskId()),
				Key.WORKER_ID.of((end != null) ? end.task().workerId() : context.getRequest().workerId()));
	}

	/**
	 * The keys, of which the first two are the tags of {@link TaskMeters}.
	 */
	enum Key implements KeyName {

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
		OUTCOME,

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

		KeyValue of(@Nullable Object value) {
			String text = (value instanceof Enum<?> constant) ? constant.name().toLowerCase(Locale.ROOT)
					: Objects.toString(value, "");
			return withValue(text.isEmpty() ? KeyValue.NONE_VALUE : text);
		}

	}

}
