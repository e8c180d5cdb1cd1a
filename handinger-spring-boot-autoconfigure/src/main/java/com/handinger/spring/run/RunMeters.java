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

package com.handinger.spring.run;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;
import java.util.function.ToDoubleFunction;

import com.handinger.spring.transport.PluggedInCode;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.Type;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * Records the meters of durable runs. A failing filter or registry of the application has
 * no effect on a run. For internal use only.
 */
public final class RunMeters {

	/**
	 * The tag of the meters: the state of the run.
	 */
	static final KeyName STATE = () -> "state";

	private static final String METER = "A meter of durable runs";

	private static final List<RunState> OPEN = List.of(RunState.REQUESTED, RunState.SENT, RunState.UNKNOWN);

	private final MeterRegistry registry;

	private final PluggedInCode code = new PluggedInCode();

	/**
	 * Create new meters.
	 * @param registry the registry
	 */
	public RunMeters(MeterRegistry registry) {
		this.registry = registry;
	}

	/**
	 * Register the gauges, which do not keep the runs in memory.
	 */
	void register(DefaultHandingerRuns runs) {
		for (RunState state : OPEN) {
			register(RunMeter.OPEN, null, runs, state, LongSummaryStatistics::getCount);
			register(RunMeter.OLDEST, "seconds", runs, state,
					(since) -> (System.currentTimeMillis() - since.getMin()) / 1000.0);
		}
	}

	private void register(RunMeter meter, @Nullable String unit, DefaultHandingerRuns runs, RunState state,
			ToDoubleFunction<LongSummaryStatistics> value) {
		this.code.run(METER, () -> Gauge.builder(meter.getName(), runs, (it) -> {
			LongSummaryStatistics since = it.open().get(state);
			return (since != null) ? value.applyAsDouble(since) : 0;
		}).baseUnit(unit).description(meter.description).tag(STATE.asString(), name(state)).register(this.registry));
	}

	void visited(RunState state, Duration duration) {
		this.code.run(METER,
				() -> Timer.builder(RunMeter.VISITS.getName())
					.description(RunMeter.VISITS.description)
					.tag(STATE.asString(), name(state))
					.register(this.registry)
					.record(duration));
	}

	static String name(RunState state) {
		return state.name().toLowerCase(Locale.ROOT);
	}

	/**
	 * The meters of durable runs.
	 */
	enum RunMeter implements MeterDocumentation {

		/**
		 * Runs that have not ended.
		 */
		OPEN("open", "Durable runs that have not ended, by state"),

		/**
		 * Age of the oldest run.
		 */
		OLDEST("oldest", "Time since the oldest of these runs entered its state"),

		/**
		 * Visits of this instance.
		 */
		VISITS("visits", "Visits of this instance to durable runs, by their state before");

		private final String name;

		final String description;

		RunMeter(String name, String description) {
			this.name = name;
			this.description = description;
		}

		@Override
		public String getName() {
			return "handinger.runs." + this.name;
		}

		@Override
		public Type getType() {
			return (this == VISITS) ? Type.TIMER : Type.GAUGE;
		}

		@Override
		public KeyName[] getKeyNames() {
			return new KeyName[] { STATE };
		}

	}

}
