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
import java.time.Instant;
import java.util.List;
import java.util.Locale;

import com.handinger.spring.run.DefaultHandingerRuns.OpenRuns;
import com.handinger.spring.transport.PluggedInCode;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter.Type;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.docs.MeterDocumentation;

/**
 * Records the meters of durable runs. A failing filter or registry of the application has
 * no effect on a run. For internal use only.
 */
public final class RunMeters {

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
		OPEN.forEach((state) -> this.code.run(METER, () -> {
			Gauge.builder(RunMeter.OPEN.getName(), runs, (open) -> count(open, state))
				.description(RunMeter.OPEN.description())
				.tag(RunTag.STATE.asString(), name(state))
				.register(this.registry);
			Gauge.builder(RunMeter.OLDEST.getName(), runs, (open) -> age(open, state))
				.baseUnit("seconds")
				.description(RunMeter.OLDEST.description())
				.tag(RunTag.STATE.asString(), name(state))
				.register(this.registry);
		}));
	}

	private static double count(DefaultHandingerRuns runs, RunState state) {
		OpenRuns open = runs.open().get(state);
		return (open != null) ? open.count() : 0;
	}

	private static double age(DefaultHandingerRuns runs, RunState state) {
		OpenRuns open = runs.open().get(state);
		return (open != null) ? Duration.between(open.oldest(), Instant.now()).toMillis() / 1000.0 : 0;
	}

	void visited(RunState state, Duration duration) {
		this.code.run(METER,
				() -> Timer.builder(RunMeter.VISITS.getName())
					.description(RunMeter.VISITS.description())
					.tag(RunTag.STATE.asString(), name(state))
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
		OPEN("handinger.runs.open", Type.GAUGE, "Durable runs that have not ended, by state"),

		/**
		 * Age of the oldest run.
		 */
		OLDEST("handinger.runs.oldest", Type.GAUGE, "Time since the oldest of these runs entered its state"),

		/**
		 * Visits of this instance.
		 */
		VISITS("handinger.runs.visits", Type.TIMER, "Visits of this instance to durable runs, by their state before");

		private final String name;

		private final Type type;

		private final String description;

		RunMeter(String name, Type type, String description) {
			this.name = name;
			this.type = type;
			this.description = description;
		}

		@Override
		public String getName() {
			return this.name;
		}

		@Override
		public Type getType() {
			return this.type;
		}

		@Override
		public KeyName[] getKeyNames() {
			return RunTag.values();
		}

		String description() {
			return this.description;
		}

	}

	/**
	 * The tags of the meters.
	 */
	enum RunTag implements KeyName {

		/**
		 * State of the run.
		 */
		STATE;

		@Override
		public String asString() {
			return "state";
		}

	}

}
