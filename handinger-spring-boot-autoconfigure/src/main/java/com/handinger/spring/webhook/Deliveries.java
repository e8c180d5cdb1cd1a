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
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

import com.handinger.spring.http.AuthenticationException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.http.PermissionDeniedException;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.SafeLog;
import com.handinger.spring.webhook.Claims.Claim;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Deliveries in flight, whether they have arrived or were missed: each is looked up until
 * its task shows the turn that was delivered. Their number is limited, and they finish
 * before a shutdown.
 */
final class Deliveries {

	private static final SafeLog logger = SafeLog.of(Deliveries.class);

	/**
	 * Looking up a task takes memory, but no thread.
	 */
	private static final int MAX_ACTIVE = 1_000;

	/**
	 * A repeated delivery comes soon. A later one may be that of a further turn, which
	 * the task does not show yet.
	 */
	private static final Duration REPEATED_WITHIN = Duration.ofSeconds(30);

	private static final int LOOKS_FOR_FURTHER_TURN = 2;

	/**
	 * A task shows a delivered turn within this time.
	 */
	private static final Duration SHOWN_WITHIN = Duration.ofMinutes(10);

	private static final Runnable NOTHING = () -> {
	};

	private final Function<String, Mono<TaskWithTurns>> tasks;

	private final Consumer<TaskWithTurns> onFinished;

	private final Duration patience;

	private final Clock clock;

	private final AtomicInteger active = new AtomicInteger();

	/**
	 * Not {@code null} after {@link #stop}.
	 */
	private final AtomicReference<@Nullable Runnable> onIdle = new AtomicReference<>();

	private final AtomicBoolean mockIsReported = new AtomicBoolean();

	/**
	 * Create new deliveries.
	 * @param tasks reads a task with its turns
	 * @param onFinished receives each finished task; must neither block nor fail
	 * @param patience the time that a delivered task may keep running
	 * @param clock the clock
	 */
	Deliveries(Function<String, Mono<TaskWithTurns>> tasks, Consumer<TaskWithTurns> onFinished, Duration patience,
			Clock clock) {
		this.tasks = tasks;
		this.onFinished = onFinished;
		this.patience = patience;
		this.clock = clock;
	}

	/**
	 * Look up a delivered task, and claim its finished turn. A cancellation stops the
	 * look-ups.
	 * @param delivery the delivery
	 * @param claim claims the turn, and publishes the event
	 */
	Mono<Outcome> lookUp(Delivery delivery, Function<TaskFinishedEvent, Mono<Claim>> claim) {
		return Mono.defer(() -> {
			// Counted before the check, so that a shutdown does not miss it.
			boolean admitted = this.active.incrementAndGet() <= MAX_ACTIVE && this.onIdle.get() == null;
			return (admitted ? lookUp(delivery, claim, 0) : Mono.just(Outcome.OVERLOADED))
				.onErrorResume((failure) -> Mono.just(outcome(delivery, failure)))
				.doFinally((signal) -> {
					this.active.decrementAndGet();
					signalIdle();
				});
		});
	}

	private Mono<Outcome> lookUp(Delivery delivery, Function<TaskFinishedEvent, Mono<Claim>> claim, int looks) {
		return MockedClientException.one("HandingerTasksClient.retrieve", () -> this.tasks.apply(delivery.taskId()))
			.flatMap((task) -> {
				if (!task.task().id().equals(delivery.taskId())) {
					logger.warn("The delivery of task " + delivery.taskId()
							+ " is not handled, because Handinger has returned another task");
					return Mono.just(Outcome.UNREADABLE);
				}
				return claim(task, delivery, claim).flatMap((result) -> mayShowMore(delivery, looks, result)
						? Mono.delay(pause(looks)).then(lookUp(delivery, claim, looks + 1))
						: Mono.just(outcome(delivery, result)));
			});
	}

	private Mono<Claim> claim(TaskWithTurns task, Delivery delivery, Function<TaskFinishedEvent, Mono<Claim>> claim) {
		if (!task.hasEnded()) {
			return Mono.just(Claim.NONE);
		}
		this.onFinished.accept(task);
		return claim.apply(TaskFinishedEvent.of(task, delivery)).onErrorResume((failure) -> {
			logger.warn("The delivery of task " + delivery.taskId() + " is not handled, because a listener, the claim "
					+ "or the transaction has failed", failure);
			return Mono.just(Claim.FAILED);
		});
	}

	/**
	 * A delivery may arrive before its task shows that it has finished, or before it
	 * shows a further turn. A missed delivery is looked up again by the next
	 * reconciliation.
	 */
	private boolean mayShowMore(Delivery delivery, int looks, Claim claim) {
		Instant now = this.clock.instant();
		if (delivery.attemptedAt() != null || this.onIdle.get() != null) {
			return false;
		}
		return switch (claim.outcome()) {
			case RUNNING -> !delivery.arrivedAt().plus(this.patience).isBefore(now.plus(pause(looks)));
			case DUPLICATE -> looks < LOOKS_FOR_FURTHER_TURN && claim.isDoneBefore(now.minus(REPEATED_WITHIN));
			default -> false;
		};
	}

	private static Duration pause(int looks) {
		return Duration.ofSeconds((looks == 0) ? 1 : 2);
	}

	/**
	 * A missed delivery that was attempted after the last turn of its task was handled is
	 * that of a further turn, which the task does not show yet.
	 */
	private Outcome outcome(Delivery delivery, Claim claim) {
		Instant attemptedAt = delivery.attemptedAt();
		boolean isOfFurtherTurn = attemptedAt != null && claim.isDoneBefore(attemptedAt)
				&& attemptedAt.plus(SHOWN_WITHIN).isAfter(this.clock.instant());
		return isOfFurtherTurn ? Outcome.RUNNING : claim.outcome();
	}

	private Outcome outcome(Delivery delivery, Throwable failure) {
		if (failure instanceof RejectedExecutionException) {
			return Outcome.OVERLOADED;
		}
		if (failure instanceof NotFoundException || failure instanceof PermissionDeniedException) {
			return Outcome.UNKNOWN_TASK;
		}
		String what = "The delivery of task " + delivery.taskId() + " is not handled, because ";
		if (failure instanceof HandingerException) {
			logger.warn(what + "the task cannot be read: " + failure.getMessage());
			return (HandingerTransport.isTransient(failure) || failure instanceof AuthenticationException)
					? Outcome.OUTAGE : Outcome.UNREADABLE;
		}
		if (!(failure instanceof MockedClientException)) {
			logger.warn(what + "the client has failed", failure);
		}
		else if (this.mockIsReported.compareAndSet(false, true)) {
			logger.warn("No delivery can be handled: " + failure.getMessage());
		}
		return Outcome.UNREADABLE;
	}

	/**
	 * Admit deliveries, after {@link #stop}.
	 */
	void start() {
		this.onIdle.set(null);
	}

	/**
	 * Admit no more deliveries.
	 * @param onIdle called once when those in flight are done
	 */
	void stop(Runnable onIdle) {
		this.onIdle.set(onIdle);
		signalIdle();
	}

	private void signalIdle() {
		Runnable onIdle = this.onIdle.get();
		if (onIdle != null && this.active.get() == 0 && this.onIdle.compareAndSet(onIdle, NOTHING)) {
			onIdle.run();
		}
	}

}
