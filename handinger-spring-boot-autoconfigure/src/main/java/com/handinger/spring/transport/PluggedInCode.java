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

package com.handinger.spring.transport;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;

/**
 * Guards the code that an application plugs in, such as observation handlers and meter
 * filters. Its failures never change the outcome of a call: the first of each kind is
 * logged at WARN with its stack trace, and the following ones at DEBUG.
 */
public final class PluggedInCode {

	private static final SafeLog logger = SafeLog.of(PluggedInCode.class);

	/**
	 * Further kinds are logged at DEBUG.
	 */
	private static final int MAX_KINDS = 100;

	private final Set<String> reported = ConcurrentHashMap.newKeySet();

	/**
	 * Call code of the application.
	 * @param what what the code does, as the start of a sentence
	 * @param code the code
	 */
	public void run(String what, Runnable code) {
		try {
			code.run();
		}
		catch (Throwable ex) {
			report(what, ex);
		}
	}

	/**
	 * Log a failure of the application's code. Two failures are of the same kind if they
	 * have the same type and origin.
	 * @param what what has failed, as the start of a sentence
	 * @param failure the failure
	 */
	public void report(String what, Throwable failure) {
		StackTraceElement[] trace = failure.getStackTrace();
		String kind = failure.getClass().getName() + ((trace.length > 0) ? " at " + trace[0] : "");
		if (this.reported.size() < MAX_KINDS && this.reported.add(kind)) {
			logger.warn(what + " failed in code of this application, which changes no outcome; "
					+ "further failures of this kind are logged at DEBUG", failure);
		}
		else {
			logger.debug(() -> what + " failed again in code of this application: " + failure);
		}
	}

	/**
	 * Create an observation that never fails a call, whatever handlers, conventions,
	 * predicates and filters there are.
	 * @param observation creates the observation, without starting it
	 * @return the observation, which is a no-op if it can't be created
	 */
	public Observation observe(Supplier<Observation> observation) {
		try {
			Observation created = observation.get();
			return created.isNoop() ? created : new GuardedObservation(created);
		}
		catch (Throwable ex) {
			report("Creating an observation", ex);
			return Observation.NOOP;
		}
	}

	/**
	 * An observation whose calls never fail, in the context of what is observed, too:
	 * Reactor may open its scope between the signals.
	 */
	private final class GuardedObservation implements Observation {

		private final Observation observation;

		private volatile boolean failed;

		GuardedObservation(Observation observation) {
			this.observation = observation;
		}

		private Observation call(Runnable call) {
			try {
				call.run();
			}
			catch (Throwable ex) {
				// Handlers that did not see the start fail at the end, too.
				if (this.failed) {
					logger.debug(() -> "An observation failed again in code of this application: " + ex);
				}
				else {
					this.failed = true;
					report("An observation", ex);
				}
			}
			return this;
		}

		@Override
		public Observation contextualName(@Nullable String name) {
			return call(() -> this.observation.contextualName(name));
		}

		@Override
		public Observation parentObservation(@Nullable Observation parent) {
			return call(() -> this.observation.parentObservation(parent));
		}

		@Override
		public Observation lowCardinalityKeyValue(KeyValue keyValue) {
			return call(() -> this.observation.lowCardinalityKeyValue(keyValue));
		}

		@Override
		public Observation highCardinalityKeyValue(KeyValue keyValue) {
			return call(() -> this.observation.highCardinalityKeyValue(keyValue));
		}

		@Override
		public Observation observationConvention(ObservationConvention<?> convention) {
			return call(() -> this.observation.observationConvention(convention));
		}

		@Override
		public Observation error(Throwable error) {
			return call(() -> this.observation.error(error));
		}

		@Override
		public Observation event(Event event) {
			return call(() -> this.observation.event(event));
		}

		@Override
		public Observation start() {
			return call(this.observation::start);
		}

		@Override
		public void stop() {
			call(this.observation::stop);
		}

		@Override
		public Context getContext() {
			return this.observation.getContext();
		}

		@Override
		public ObservationRegistry getObservationRegistry() {
			return this.observation.getObservationRegistry();
		}

		/**
		 * A scope that a handler fails to open is open all the same, for the handlers
		 * before it and in the registry.
		 */
		@Override
		public Scope openScope() {
			Scope before = getObservationRegistry().getCurrentObservationScope();
			call(this.observation::openScope);
			Scope opened = getObservationRegistry().getCurrentObservationScope();
			return (opened != null && opened != before) ? opened : Scope.NOOP;
		}

		@Override
		public void scoped(Runnable work) {
			Scope before = getObservationRegistry().getCurrentObservationScope();
			Scope opened = openScope();
			try {
				work.run();
			}
			finally {
				call(opened::close);
				getObservationRegistry().setCurrentObservationScope(before);
			}
		}

		@Override
		public String toString() {
			return this.observation.toString();
		}

	}

}
