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

package com.handinger.spring.webhook;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import com.handinger.spring.http.AuthenticationException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.http.PermissionDeniedException;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.SafeLog;
import com.handinger.spring.webhook.Claims.Claim;
import com.handinger.spring.webhook.ListenerCalls.ListenerFailedException;
import com.handinger.spring.webhook.TaskFinishedEvent.Source;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Handles deliveries, whether they have arrived or were missed: looks up the task, and
 * has its listeners called if it has finished.
 */
final class Deliveries {

	private static final SafeLog logger = SafeLog.of(Deliveries.class);

	/**
	 * A delivery may arrive before the task shows that it has finished.
	 */
	private static final List<Duration> WAITS = List.of(Duration.ofSeconds(1), Duration.ofSeconds(2));

	/**
	 * A repeated delivery comes soon. A later one may be that of a further turn, which
	 * the task does not show yet.
	 */
	private static final Duration REPEATED_WITHIN = Duration.ofSeconds(30);

	/**
	 * A task shows a delivered turn within this time.
	 */
	private static final Duration SHOWN_WITHIN = Duration.ofMinutes(10);

	private final Function<String, Mono<TaskWithTurns>> lookUp;

	private final Consumer<TaskWithTurns> onFinished;

	private final ListenerCalls listeners;

	private final Duration patience;

	private final Clock clock;

	private final Admission admission = new Admission();

	private final AtomicBoolean mockIsReported = new AtomicBoolean();

	/**
	 * Create new deliveries.
	 * @param lookUp reads a task with its turns
	 * @param onFinished receives each finished task; must neither block nor fail
	 * @param listeners calls the listeners
	 * @param patience the time that a delivered task may keep running
	 * @param clock the clock
	 */
	Deliveries(Function<String, Mono<TaskWithTurns>> lookUp, Consumer<TaskWithTurns> onFinished,
			ListenerCalls listeners, Duration patience, Clock clock) {
		this.lookUp = lookUp;
		this.onFinished = onFinished;
		this.listeners = listeners;
		this.patience = patience;
		this.clock = clock;
	}

	/**
	 * Handle a delivery. A cancellation stops polling, but no listener.
	 */
	Mono<Outcome> process(Delivery delivery) {
		return this.admission.admit(
				() -> process(delivery, 0)
					.onErrorResume((failure) -> Mono.fromSupplier(() -> outcome(delivery, failure))),
				Outcome.OVERLOADED);
	}

	private Mono<Outcome> process(Delivery delivery, int looks) {
		return lookUp(delivery.taskId()).flatMap((task) -> {
			if (!task.task().id().equals(delivery.taskId())) {
				logger.warn("The delivery of task " + delivery.taskId()
						+ " is not handled, because Handinger has returned another task");
				return Mono.just(Outcome.UNREADABLE);
			}
			if (!task.hasEnded()) {
				return lookAgain(delivery, looks, Outcome.RUNNING);
			}
			this.onFinished.accept(task);
			return this.listeners.call(TaskFinishedEvent.of(task, delivery))
				.flatMap((claim) -> settle(delivery, looks, claim));
		});
	}

	private Mono<TaskWithTurns> lookUp(String taskId) {
		return MockedClientException.one("HandingerTasksClient.retrieve", () -> this.lookUp.apply(taskId));
	}

	private Mono<Outcome> lookAgain(Delivery delivery, int looks, Outcome otherwise) {
		Duration wait = WAITS.get(Math.min(looks, WAITS.size() - 1));
		boolean last = (otherwise == Outcome.RUNNING)
				? delivery.arrivedAt().plus(this.patience).isBefore(this.clock.instant().plus(wait))
				: looks >= WAITS.size();
		// The next pass of the reconciliation looks again anyway.
		return (last || this.admission.isClosed() || delivery.source() == Source.RECONCILIATION) ? Mono.just(otherwise)
				: Mono.delay(wait).then(process(delivery, looks + 1));
	}

	/**
	 * A delivery whose turn was handled before is a duplicate, or that of a further turn,
	 * which the task does not show yet.
	 */
	private Mono<Outcome> settle(Delivery delivery, int looks, Claim claim) {
		Instant doneAt = claim.doneAt();
		Instant attemptedAt = delivery.attemptedAt();
		Instant now = this.clock.instant();
		if (doneAt == null) {
			return Mono.just(claim.outcome());
		}
		if (attemptedAt != null) {
			boolean isOfFurtherTurn = doneAt.isBefore(attemptedAt) && attemptedAt.plus(SHOWN_WITHIN).isAfter(now);
			return Mono.just(isOfFurtherTurn ? Outcome.RUNNING : Outcome.DUPLICATE);
		}
		return doneAt.plus(REPEATED_WITHIN).isBefore(now) ? lookAgain(delivery, looks, Outcome.DUPLICATE)
				: Mono.just(Outcome.DUPLICATE);
	}

	private Outcome outcome(Delivery delivery, Throwable failure) {
		String what = "The delivery of task " + delivery.taskId() + " is not handled, because ";
		if (failure instanceof NotFoundException || failure instanceof PermissionDeniedException) {
			return Outcome.UNKNOWN_TASK;
		}
		if (failure instanceof RejectedExecutionException) {
			return Outcome.OVERLOADED;
		}
		if (failure instanceof MockedClientException) {
			if (this.mockIsReported.compareAndSet(false, true)) {
				logger.warn("No delivery can be handled: " + failure.getMessage());
			}
			return Outcome.UNREADABLE;
		}
		if (failure instanceof ListenerFailedException) {
			logger.warn(what + "a listener has failed. Reconciliation repeats it", failure.getCause());
			return Outcome.LISTENER_FAILED;
		}
		if (failure instanceof HandingerException) {
			logger.warn(what + "the task cannot be read: " + failure.getMessage());
			return (HandingerTransport.isTransient(failure) || failure instanceof AuthenticationException)
					? Outcome.OUTAGE : Outcome.UNREADABLE;
		}
		logger.warn(what + "the client, the claim or the transaction has failed", failure);
		return Outcome.UNREADABLE;
	}

	/**
	 * Handle deliveries, after {@link #stop}.
	 */
	void start() {
		this.admission.open();
	}

	/**
	 * Handle no more deliveries.
	 * @param onIdle called when those in flight are done
	 */
	void stop(Runnable onIdle) {
		this.admission.close(onIdle);
	}

	/**
	 * Limits the number of deliveries in flight, and lets them finish at shutdown.
	 */
	static final class Admission {

		/**
		 * Polling a task takes memory, but no thread.
		 */
		private static final int MAX_ACTIVE = 1_000;

		private static final Runnable NOTHING = () -> {
		};

		private final AtomicInteger active = new AtomicInteger();

		private final AtomicReference<@Nullable Runnable> onIdle = new AtomicReference<>();

		/**
		 * Do a piece of work if it is admitted.
		 * @param work the work
		 * @param refusal the result if it is not
		 */
		<T> Mono<T> admit(Supplier<Mono<T>> work, T refusal) {
			return Mono.defer(() -> {
				// Counted before the check, so that a shutdown does not miss it.
				boolean admitted = this.active.incrementAndGet() <= MAX_ACTIVE && !isClosed();
				return (admitted ? work.get() : Mono.just(refusal)).doFinally((signal) -> {
					this.active.decrementAndGet();
					signalIdle();
				});
			});
		}

		boolean isClosed() {
			return this.onIdle.get() != null;
		}

		/**
		 * Admit no more work.
		 * @param onIdle called once when the work in flight is done
		 */
		void close(Runnable onIdle) {
			this.onIdle.set(onIdle);
			signalIdle();
		}

		/**
		 * Admit work again.
		 */
		void open() {
			this.onIdle.set(null);
		}

		private void signalIdle() {
			Runnable onIdle = this.onIdle.get();
			if (onIdle != null && this.active.get() == 0 && this.onIdle.compareAndSet(onIdle, NOTHING)) {
				onIdle.run();
			}
		}

	}

}
