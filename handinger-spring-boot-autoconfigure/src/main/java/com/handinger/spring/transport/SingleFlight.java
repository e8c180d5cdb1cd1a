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

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.ContextView;

/**
 * Shares one request among all that subscribe to it at the same time. An outcome that is
 * final is that of those who come later, too; after any other, the next subscriber makes
 * a new attempt.
 *
 * @param <T> the type of the outcome
 */
public final class SingleFlight<T> {

	private final Mono<T> request;

	private final Predicate<@Nullable Throwable> isFinal;

	private final Supplier<@Nullable Throwable> abandoned;

	private @Nullable Flight flight;

	private @Nullable Mono<T> outcome;

	/**
	 * Create a new flight.
	 * @param request the request
	 * @param isFinal tells whether a failure, or {@code null} for an end without a value,
	 * is final; a value always is
	 * @param abandoned gives the outcome if the last subscriber leaves before there is
	 * one, or {@code null} if the next may try again
	 */
	public SingleFlight(Mono<T> request, Predicate<@Nullable Throwable> isFinal,
			Supplier<@Nullable Throwable> abandoned) {
		this.request = request;
		this.isFinal = isFinal;
		this.abandoned = abandoned;
	}

	/**
	 * Return what is subscribed to. The request gets the context of the first of those
	 * who share it.
	 * @return the outcome of the request
	 */
	public Mono<T> mono() {
		return Mono.deferContextual(this::join);
	}

	private synchronized Mono<T> join(ContextView context) {
		if (this.outcome != null) {
			return this.outcome;
		}
		if (this.flight == null) {
			this.flight = new Flight(context);
		}
		return this.flight.join();
	}

	private synchronized void land(Flight flight, Mono<T> outcome, boolean last) {
		if (this.flight == flight) {
			this.flight = null;
			this.outcome = last ? outcome : null;
		}
	}

	private synchronized boolean leave(Flight flight) {
		if (--flight.subscribers > 0 || this.flight != flight) {
			return false;
		}
		this.flight = null;
		Throwable abandoned = this.abandoned.get();
		if (abandoned != null) {
			this.outcome = Mono.error(abandoned);
		}
		return true;
	}

	/**
	 * One attempt, from its first subscriber on.
	 */
	private final class Flight {

		private final ContextView context;

		private final Sinks.One<T> landing = Sinks.one();

		private final Disposable.Swap connection = Disposables.swap();

		private int subscribers;

		private boolean started;

		Flight(ContextView context) {
			this.context = context;
		}

		Mono<T> join() {
			this.subscribers++;
			boolean first = !this.started;
			this.started = true;
			AtomicBoolean left = new AtomicBoolean();
			Mono<T> joined = this.landing.asMono().doOnCancel(() -> leave(left));
			return first ? joined.doOnSubscribe((subscription) -> start()) : joined;
		}

		private void start() {
			this.connection.update(SingleFlight.this.request.subscribe(this::succeed, this::fail, this::complete,
					HandingerTransport.expectLateFailures(this.context)));
		}

		private void succeed(T value) {
			land(this, Mono.just(value), true);
			this.landing.tryEmitValue(value);
		}

		/**
		 * Comes after a value, too, and then finds that this flight has landed.
		 */
		private void complete() {
			land(this, Mono.empty(), SingleFlight.this.isFinal.test(null));
			this.landing.tryEmitEmpty();
		}

		private void fail(Throwable error) {
			land(this, Mono.error(error), SingleFlight.this.isFinal.test(error));
			this.landing.tryEmitError(error);
		}

		/**
		 * A subscriber may cancel more than once.
		 */
		private void leave(AtomicBoolean left) {
			if (left.compareAndSet(false, true) && SingleFlight.this.leave(this)) {
				this.connection.dispose();
			}
		}

	}

}
