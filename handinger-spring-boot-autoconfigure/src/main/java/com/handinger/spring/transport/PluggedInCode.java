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
 * Calls the code that an application plugs in, such as observation handlers and meter
 * filters. Its failures never change the outcome of a call: the first of each kind is
 * logged at WARN with its stack trace, and those that follow are logged at DEBUG.
 */
public final class PluggedInCode {

	private static final SafeLog logger = SafeLog.of(PluggedInCode.class);

	/**
	 * More kinds than this are not told apart.
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
	 * Log a failure of the application's code.
	 * @param what what has failed, as the start of a sentence
	 * @param failure the failure
	 */
	public void report(String what, Throwable failure) {
		if (this.reported.size() < MAX_KINDS && this.reported.add(kind(failure))) {
			logger.warn(what + " failed in code of this application, which changes no outcome; "
					+ "further failures of this kind are logged at DEBUG", failure);
		}
		else {
			reportFurther(what, failure);
		}
	}

	/**
	 * Log a failure that follows from another, or is of the same kind.
	 */
	void reportFurther(String what, Throwable failure) {
		logger.debug(() -> what + " failed again in code of this application: " + failure);
	}

	/**
	 * Two failures are of one kind if they are of one type and come from one place.
	 */
	private static String kind(Throwable failure) {
		StackTraceElement[] trace = failure.getStackTrace();
		return failure.getClass().getName() + ((trace.length > 0) ? " at " + trace[0] : "");
	}

	/**
	 * Create an observation whose calls never fail, whatever handlers, conventions,
	 * predicates and filters there are.
	 * @param registry where it is observed
	 * @param observation creates the observation, without starting it
	 * @return the observation, which observes nothing if it can't be created
	 */
	public Observation observe(ObservationRegistry registry, Supplier<Observation> observation) {
		try {
			Observation created = observation.get();
			return created.isNoop() ? created : new SafeObservation(created, registry, this);
		}
		catch (Throwable ex) {
			report("Creating an observation", ex);
			return Observation.NOOP;
		}
	}

}
