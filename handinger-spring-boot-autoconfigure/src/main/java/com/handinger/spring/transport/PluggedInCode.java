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
import java.util.concurrent.atomic.AtomicBoolean;
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
	 * Two failures are of the same kind if they have the same type and origin.
	 */
	private static String kind(Throwable failure) {
		StackTraceElement[] trace = failure.getStackTrace();
		return failure.getClass().getName() + ((trace.length > 0) ? " at " + trace[0] : "");
	}

	/**
	 * Create an observation whose calls never fail, whatever handlers, conventions,
	 * predicates and filters there are.
	 * @param registry the registry
	 * @param observation creates the observation, without starting it
	 * @return the observation, which is a no-op if it can't be created
	 */
	public Observation observe(ObservationRegistry registry, Supplier<Observation> observation) {
		try {
			Observation created = observation.get();
			return (created.isNoop() || created instanceof SafeObservation) ? created
					: new SafeObservation(created, registry, this);
		}
		catch (Throwable ex) {
			report("Creating an observation", ex);
			return Observation.NOOP;
		}
	}

	/**
	 * An observation whose calls never fail.
	 */
	private static final class SafeObservation implements Observation {

		private static final String NAME = "An observation";

		private final Observation observation;

		private final ObservationRegistry registry;

		private final PluggedInCode code;

		private final AtomicBoolean failed = new AtomicBoolean();

		SafeObservation(Observation observation, ObservationRegistry registry, PluggedInCode code) {
			this.observation = observation;
			this.registry = registry;
			this.code = code;
		}

		private SafeObservation call(Runnable call) {
			try {
				call.run();
			}
			catch (Throwable ex) {
				// Handlers that did not see the start fail at the end, too.
				if (this.failed.compareAndSet(false, true)) {
					this.code.report(NAME, ex);
				}
				else {
					this.code.reportFurther(NAME, ex);
				}
			}
			return this;
		}

		@Override
		public Observation contextualName(@Nullable String contextualName) {
			return call(() -> this.observation.contextualName(contextualName));
		}

		@Override
		public Observation parentObservation(@Nullable Observation parentObservation) {
			return call(() -> this.observation.parentObservation(parentObservation));
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
		public Observation observationConvention(ObservationConvention<?> observationConvention) {
			return call(() -> this.observation.observationConvention(observationConvention));
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
		public boolean isNoop() {
			return this.observation.isNoop();
		}

		@Override
		public Context getContext() {
			return this.observation.getContext();
		}

		@Override
		public ContextView getContextView() {
			return this.observation.getContextView();
		}

		@Override
		public ObservationRegistry getObservationRegistry() {
			return this.registry;
		}

		/**
		 * A scope that a handler fails to open is open all the same, for the handlers
		 * before it and in the registry.
		 */
		@Override
		public Scope openScope() {
			Scope before = this.registry.getCurrentObservationScope();
			call(this.observation::openScope);
			Scope opened = this.registry.getCurrentObservationScope();
			return (opened != null && opened != before) ? new SafeScope(opened, before) : Scope.NOOP;
		}

		@Override
		public String toString() {
			return this.observation.toString();
		}

		/**
		 * A scope whose calls never fail. The registry keeps the one within, since those
		 * of Micrometer take each other for granted there.
		 */
		@SuppressWarnings("deprecation")
		private final class SafeScope implements Scope {

			private final Scope scope;

			private final @Nullable Scope before;

			SafeScope(Scope scope, @Nullable Scope before) {
				this.scope = scope;
				this.before = before;
			}

			@Override
			public @Nullable Observation getCurrentObservation() {
				return this.scope.getCurrentObservation();
			}

			@Override
			public @Nullable Scope getPreviousObservationScope() {
				return this.before;
			}

			@Override
			public void close() {
				call(this.scope::close);
				SafeObservation.this.registry.setCurrentObservationScope(this.before);
			}

			@Override
			public void reset() {
				call(this.scope::reset);
			}

			@Override
			public void makeCurrent() {
				call(this.scope::makeCurrent);
			}

		}

	}

}
