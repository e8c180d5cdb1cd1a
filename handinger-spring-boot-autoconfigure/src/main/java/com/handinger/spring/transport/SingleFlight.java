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
 * Shares one request among all concurrent subscribers. A final outcome is replayed to
 * later subscribers. After any other outcome, the next subscriber starts a new attempt.
 *
 * @param <T> the type of the value
 */
public final class SingleFlight<T> {

	private final Mono<T> request;

	private final Predicate<@Nullable Throwable> isFinal;

	private final Supplier<@Nullable Throwable> abandoned;

	private @Nullable Flight flight;

	private @Nullable Mono<T> outcome;

	/**
	 * Create a new instance.
	 * @param request the request
	 * @param isFinal whether a failure, or {@code null} for completion without a value,
	 * is final; a value always is
	 * @param abandoned the outcome after the last subscriber has cancelled, or
	 * {@code null} if the next subscriber may start a new attempt
	 */
	public SingleFlight(Mono<T> request, Predicate<@Nullable Throwable> isFinal,
			Supplier<@Nullable Throwable> abandoned) {
		this.request = request;
		this.isFinal = isFinal;
		this.abandoned = abandoned;
	}

	/**
	 * Return the outcome of the request, which gets the context of the first subscriber
	 * that shares it.
	 * @return the outcome
	 */
	public Mono<T> mono() {
		return Mono.deferContextual(this::join);
	}

	private synchronized Mono<T> join(ContextView context) {
		if (this.outcome != null) {
			return this.outcome;
		}
		if (this.flight != null) {
			return this.flight.join();
		}
		Flight first = new Flight();
		this.flight = first;
		return first.join().doOnSubscribe((subscription) -> first.start(context));
	}

	private synchronized void land(Flight flight, boolean isFinal) {
		if (this.flight == flight) {
			this.flight = null;
			this.outcome = isFinal ? flight.landing.asMono() : null;
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

		private final Sinks.One<T> landing = Sinks.one();

		private final Disposable.Swap connection = Disposables.swap();

		private int subscribers;

		Mono<T> join() {
			this.subscribers++;
			// A subscriber may cancel more than once.
			AtomicBoolean left = new AtomicBoolean();
			return this.landing.asMono().doOnCancel(() -> {
				if (left.compareAndSet(false, true) && leave(this)) {
					this.connection.dispose();
				}
			});
		}

		void start(ContextView context) {
			// Completion after a value changes nothing any more.
			this.connection.update(SingleFlight.this.request.subscribe((value) -> {
				land(this, true);
				this.landing.tryEmitValue(value);
			}, (failure) -> {
				land(this, SingleFlight.this.isFinal.test(failure));
				this.landing.tryEmitError(failure);
			}, () -> {
				land(this, SingleFlight.this.isFinal.test(null));
				this.landing.tryEmitEmpty();
			}, HandingerTransport.expectLateFailures(context)));
		}

	}

}
