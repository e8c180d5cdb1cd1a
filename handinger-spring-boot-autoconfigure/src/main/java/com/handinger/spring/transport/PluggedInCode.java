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

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;

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
	 * @return the guarded observation, which is a no-op if it can't be created
	 */
	public GuardedObservation observe(Supplier<Observation> observation) {
		try {
			return new GuardedObservation(observation.get());
		}
		catch (Throwable ex) {
			report("Creating an observation", ex);
			return new GuardedObservation(Observation.NOOP);
		}
	}

	/**
	 * An observation whose calls never fail.
	 */
	public final class GuardedObservation {

		private final Observation observation;

		private volatile boolean failed;

		private GuardedObservation(Observation observation) {
			this.observation = observation;
		}

		/**
		 * Return the observation itself, for the context of what is observed.
		 * @return the observation
		 */
		public Observation observation() {
			return this.observation;
		}

		/**
		 * Start the observation.
		 * @return this observation
		 */
		public GuardedObservation start() {
			call(this.observation::start);
			return this;
		}

		/**
		 * Record an error.
		 * @param error the error
		 */
		public void error(Throwable error) {
			call(() -> this.observation.error(error));
		}

		/**
		 * Stop the observation.
		 */
		public void stop() {
			call(this.observation::stop);
		}

		/**
		 * Run work in the scope of the observation. A scope that a handler fails to open
		 * is open all the same, for the handlers before it and in the registry.
		 * @param work the work
		 */
		public void scoped(Runnable work) {
			ObservationRegistry registry = this.observation.getObservationRegistry();
			Observation.Scope before = registry.getCurrentObservationScope();
			call(this.observation::openScope);
			Observation.Scope opened = registry.getCurrentObservationScope();
			try {
				work.run();
			}
			finally {
				if (opened != null && opened != before) {
					call(opened::close);
				}
				registry.setCurrentObservationScope(before);
			}
		}

		private void call(Runnable call) {
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
		}

	}

}
