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

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import com.handinger.spring.http.AuthenticationException;
import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.http.RateLimitedException;
import com.handinger.spring.http.ServerErrorException;
import com.handinger.spring.run.RunData.Request;
import com.handinger.spring.run.RunStore.Row;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.transport.Backoff;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.SafeLog;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;

/**
 * The requests of this process that are in flight, without a thread each. Only this
 * process still has what it has sent, so it notes in the row of the run if a request was
 * certainly not carried out, or was refused.
 */
final class RunRequests {

	private static final SafeLog logger = SafeLog.of(RunRequests.class);

	private static final Duration PAUSE = Duration.ofSeconds(1);

	private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(5);

	private final Map<String, InFlight> inFlight = new ConcurrentHashMap<>();

	private final RunStore store;

	private final Function<CreateTask, Post> poster;

	private final Semaphore connections;

	private final Duration waitBeforeRepeat;

	private final Scheduler scheduler;

	private final Runnable onDue;

	private final Clock clock;

	private volatile boolean closed;

	/**
	 * Create new requests.
	 * @param store the rows
	 * @param poster prepares a request
	 * @param maxRequests the maximum number of requests in flight
	 * @param waitBeforeRepeat the wait before a request that was not carried out is sent
	 * again, unless Handinger asks for another
	 * @param scheduler runs what blocks, and is disposed by the caller
	 * @param onDue called when a row is due now
	 * @param clock the clock
	 */
	RunRequests(RunStore store, Function<CreateTask, Post> poster, int maxRequests, Duration waitBeforeRepeat,
			Scheduler scheduler, Runnable onDue, Clock clock) {
		this.store = store;
		this.poster = poster;
		this.connections = new Semaphore(maxRequests);
		this.waitBeforeRepeat = waitBeforeRepeat;
		this.scheduler = scheduler;
		this.onDue = onDue;
		this.clock = clock;
		scheduler.schedulePeriodically(() -> sweep(SWEEP_INTERVAL), SWEEP_INTERVAL.toMillis(),
				SWEEP_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
	}

	/**
	 * Reserve a connection. A request that is queued for one would be lost in a crash,
	 * although its row says that it was sent.
	 * @return whether there is one, which then has to be used or released
	 */
	boolean reserve() {
		return this.connections.tryAcquire();
	}

	void release() {
		this.connections.release();
	}

	/**
	 * Return whether this process has the request of a run in flight, or has not noted
	 * its outcome yet.
	 */
	boolean areInFlight(String key, RunData data) {
		InFlight flight = this.inFlight.get(key);
		return flight != null && data.isOfRequest(flight.sentAt);
	}

	/**
	 * Send the request of a run over a reserved connection. The row is committed by now.
	 */
	void send(String key, RunData sent, Request request) {
		InFlight flight = new InFlight(key, request, sent.sentAtOrSince());
		InFlight former = this.inFlight.put(key, flight);
		if (former != null) {
			former.dispose();
		}
		try {
			flight.send(this.poster.apply(request.toTask(sent.taskId())));
		}
		catch (RuntimeException ex) {
			this.scheduler.schedule(() -> onEnd(flight, ex));
		}
	}

	private void onEnd(InFlight flight, @Nullable Throwable failure) {
		flight.release();
		Instant now = this.clock.instant();
		if (failure != null && isNotCarriedOut(flight, failure)) {
			Duration wait = Backoff.retryAfter(failure);
			logger.debug(() -> "The run " + flight.key + " was not carried out, and is sent again: " + failure);
			note(flight, (data) -> data.requestedAgain(flight.request, now),
					now.plus(Backoff.jittered((wait != null) ? wait : this.waitBeforeRepeat)));
		}
		else if (failure instanceof HandingerApiException refusal && !(failure instanceof ServerErrorException)) {
			logger.warn("Handinger has refused the run " + flight.key + ": " + failure.getMessage());
			note(flight, (data) -> data.refusedWith(refusal.status()), now);
		}
		else {
			note(flight, UnaryOperator.identity(), now);
		}
	}

	private static boolean isNotCarriedOut(InFlight flight, Throwable failure) {
		return !flight.mayHaveReached() || failure instanceof AuthenticationException
				|| failure instanceof RateLimitedException;
	}

	/**
	 * Note the outcome of a request in its row, as soon as no visit is under way. The
	 * same task may have been sent again by then, if a first attempt to note it has
	 * failed after its commit.
	 */
	private void note(InFlight flight, UnaryOperator<RunData> change, Instant due) {
		try {
			Row row = this.store.find(flight.key).orElse(null);
			if (row != null && row.data().state() == RunState.SENT && row.data().isOfRequest(flight.sentAt)) {
				if (!this.store.replace(row, change.apply(row.data()), due)) {
					noteLater(flight, change, due);
					return;
				}
				this.onDue.run();
			}
			this.inFlight.remove(flight.key, flight);
		}
		catch (RuntimeException ex) {
			logger.debug(() -> "The outcome of the run " + flight.key + " is noted later: " + ex);
			noteLater(flight, change, due);
		}
	}

	private void noteLater(InFlight flight, UnaryOperator<RunData> change, Instant due) {
		if (!this.closed && this.inFlight.get(flight.key) == flight) {
			this.scheduler.schedule(() -> note(flight, change, due), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
		}
	}

	/**
	 * Forget a request whose run has ended.
	 */
	void forget(String key) {
		InFlight flight = this.inFlight.remove(key);
		if (flight != null) {
			flight.dispose();
		}
	}

	/**
	 * Forget the requests whose runs another instance has seen end. Their connections may
	 * be half-open, and would stay.
	 * @param age the age from which on requests are checked
	 */
	void sweep(Duration age) {
		Instant before = this.clock.instant().minus(age);
		this.inFlight.values()
			.stream()
			.filter((flight) -> !flight.sentAt.isAfter(before) && isOver(flight))
			.forEach((flight) -> {
				this.inFlight.remove(flight.key, flight);
				flight.dispose();
			});
	}

	private boolean isOver(InFlight flight) {
		try {
			return this.store.find(flight.key).filter((row) -> row.data().isOfRequest(flight.sentAt)).isEmpty();
		}
		catch (RuntimeException ex) {
			logger.debug(() -> "The request of the run " + flight.key + " is checked later: " + ex);
			return false;
		}
	}

	/**
	 * Return whether the requests were cancelled, so that no other may be sent.
	 */
	boolean areClosed() {
		return this.closed;
	}

	int size() {
		return this.inFlight.size();
	}

	/**
	 * Cancel all requests. The runs whose request has not reached a connection yet are
	 * sent after the next start.
	 */
	void close() {
		this.closed = true;
		Instant now = this.clock.instant();
		this.inFlight.values().forEach((flight) -> {
			flight.dispose();
			if (!flight.mayHaveReached()) {
				note(flight, (data) -> data.requestedAgain(flight.request, now), now);
			}
		});
		this.inFlight.clear();
	}

	/**
	 * A request that can be sent once.
	 *
	 * @param response sends the request
	 * @param reached whether the request may have reached Handinger
	 */
	record Post(Mono<?> response, BooleanSupplier reached) {
	}

	/**
	 * A request in flight.
	 */
	private final class InFlight implements Disposable {

		private final String key;

		private final Request request;

		private final Instant sentAt;

		private final Disposable.Swap subscription = Disposables.swap();

		private final AtomicBoolean released = new AtomicBoolean();

		private volatile BooleanSupplier reached = () -> false;

		InFlight(String key, Request request, Instant sentAt) {
			this.key = key;
			this.request = request;
			this.sentAt = sentAt;
		}

		void send(Post post) {
			this.reached = post.reached();
			this.subscription.update(post.response()
				.then(Mono.just(Optional.<Throwable>empty()))
				.onErrorResume((failure) -> Mono.just(Optional.of(failure)))
				.publishOn(RunRequests.this.scheduler)
				.subscribe((failure) -> onEnd(this, failure.orElse(null)),
						(failure) -> logger.debug(() -> "The request of the run " + this.key + " has ended late"), null,
						HandingerTransport.expectLateFailures(Context.empty())));
		}

		boolean mayHaveReached() {
			return this.reached.getAsBoolean();
		}

		void release() {
			if (this.released.compareAndSet(false, true)) {
				RunRequests.this.release();
			}
		}

		@Override
		public void dispose() {
			this.subscription.dispose();
			release();
		}

	}

}
