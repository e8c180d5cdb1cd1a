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
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;

import com.handinger.spring.http.AuthenticationException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.http.PermissionDeniedException;
import com.handinger.spring.transport.SafeLog;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.webhook.Claims.Claim;
import com.handinger.spring.webhook.TaskFinishedEvent.Source;
import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Turns word that a task may be at an end into the end itself, and tells the listeners of
 * it once.
 */
final class Deliveries {

	private static final SafeLog logger = SafeLog.of(Deliveries.class);

	/**
	 * A delivery may come before the task shows its end.
	 */
	private static final List<Duration> WAITS = List.of(Duration.ofSeconds(1), Duration.ofSeconds(2));

	/**
	 * A delivery that is repeated comes soon. One that comes later may be that of a
	 * further turn, which the task does not show yet.
	 */
	private static final Duration REPEATED_WITHIN = Duration.ofSeconds(30);

	/**
	 * By then a task shows the end that was delivered.
	 */
	private static final Duration SHOWN_WITHIN = Duration.ofMinutes(10);

	/**
	 * A look-up takes no thread, and memory.
	 */
	private static final int MAX_ACTIVE = 1_000;

	private static final Runnable NOTHING = () -> {
	};

	private final Function<String, Mono<TaskWithTurns>> lookUp;

	private final Consumer<TaskWithTurns> onEnd;

	private final Claims claims;

	private final TaskFinishedPublisher publisher;

	private final Scheduler scheduler;

	private final Duration patience;

	private final Clock clock;

	private final Map<String, CompletableFuture<Claim>> inProgress = new ConcurrentHashMap<>();

	private final AtomicInteger active = new AtomicInteger();

	private final AtomicBoolean mockIsReported = new AtomicBoolean();

	private final AtomicReference<@Nullable Runnable> onIdle = new AtomicReference<>();

	/**
	 * Create new deliveries.
	 * @param lookUp reads a task with its turns
	 * @param onEnd who wants to know of each end at once; it must neither block nor fail
	 * @param claims remembers which ends were heard of
	 * @param publisher tells the listeners
	 * @param scheduler where the listeners are told
	 * @param patience how long a task may show no end
	 * @param clock tells the time
	 */
	Deliveries(Function<String, Mono<TaskWithTurns>> lookUp, Consumer<TaskWithTurns> onEnd, Claims claims,
			TaskFinishedPublisher publisher, Scheduler scheduler, Duration patience, Clock clock) {
		this.lookUp = lookUp;
		this.onEnd = onEnd;
		this.claims = claims;
		this.publisher = publisher;
		this.scheduler = scheduler;
		this.patience = patience;
		this.clock = clock;
	}

	/**
	 * Return whether what was done is known after a restart, and by other instances.
	 */
	boolean isDurable() {
		return this.claims.isDurable();
	}

	/**
	 * Return whether a claim and what listeners write are one transaction.
	 */
	boolean areTransactional() {
		return this.claims.areTransactional();
	}

	/**
	 * See to a delivery. A cancellation stops what has not come to the listeners.
	 */
	Mono<Outcome> process(Delivery delivery) {
		return Mono.defer(() -> {
			if (this.active.incrementAndGet() > MAX_ACTIVE || isStopping()) {
				leave();
				return Mono.just(Outcome.OVERLOADED);
			}
			return process(delivery, 0).onErrorResume((failure) -> Mono.fromSupplier(() -> outcome(delivery, failure)))
				.doFinally((signal) -> leave());
		});
	}

	private void leave() {
		if (this.active.decrementAndGet() == 0) {
			tellIdle();
		}
	}

	private void tellIdle() {
		Runnable onIdle = this.onIdle.get();
		if (onIdle != null && this.active.get() == 0 && this.onIdle.compareAndSet(onIdle, NOTHING)) {
			onIdle.run();
		}
	}

	private boolean isStopping() {
		return this.onIdle.get() != null;
	}

	/**
	 * Take nothing more, and go on with what has begun.
	 * @param onIdle what to do when that is done
	 */
	void stop(Runnable onIdle) {
		this.onIdle.set(onIdle);
		tellIdle();
	}

	/**
	 * Take deliveries, after they were stopped.
	 */
	void start() {
		this.onIdle.set(null);
	}

	private Mono<Outcome> process(Delivery delivery, int looks) {
		Mono<TaskWithTurns> lookUp = MockedClientException.one("HandingerTasksClient.retrieve",
				() -> this.lookUp.apply(delivery.taskId()));
		return lookUp.flatMap((task) -> {
			if (!task.task().id().equals(delivery.taskId())) {
				logger.warn("The end of the task " + delivery.taskId()
						+ " is not handled, since Handinger has shown another task in its place");
				return Mono.just(Outcome.UNREADABLE);
			}
			if (!task.hasEnded()) {
				return lookAgain(delivery, looks, Outcome.RUNNING);
			}
			this.onEnd.accept(task);
			return tell(TaskFinishedEvent.of(task, delivery)).flatMap((claim) -> settle(delivery, looks, claim));
		});
	}

	private Mono<Outcome> lookAgain(Delivery delivery, int looks, Outcome otherwise) {
		Duration wait = WAITS.get(Math.min(looks, WAITS.size() - 1));
		boolean last = (otherwise == Outcome.RUNNING)
				? delivery.arrivedAt().plus(this.patience).isBefore(this.clock.instant().plus(wait))
				: looks >= WAITS.size();
		// What is missed now is found again by reconciliation.
		return (last || isStopping() || delivery.source() == Source.RECONCILIATION) ? Mono.just(otherwise)
				: Mono.delay(wait).then(process(delivery, looks + 1));
	}

	private Mono<Outcome> settle(Delivery delivery, int looks, Claim claim) {
		Instant doneAt = claim.doneAt();
		Instant attemptedAt = delivery.attemptedAt();
		Instant now = this.clock.instant();
		if (doneAt == null) {
			return Mono.just(claim.outcome());
		}
		if (attemptedAt != null) {
			// It may have been the end of a further turn, which the task did not show
			// yet.
			boolean isOfAnotherTurn = doneAt.isBefore(attemptedAt) && attemptedAt.plus(SHOWN_WITHIN).isAfter(now);
			return Mono.just(isOfAnotherTurn ? Outcome.RUNNING : Outcome.DUPLICATE);
		}
		return doneAt.plus(REPEATED_WITHIN).isBefore(now) ? lookAgain(delivery, looks, Outcome.DUPLICATE)
				: Mono.just(Outcome.DUPLICATE);
	}

	/**
	 * Tell the listeners of an end, unless they have heard of it. Whoever brings the same
	 * end meanwhile waits for that, and takes no thread.
	 */
	private Mono<Claim> tell(TaskFinishedEvent event) {
		return Mono.deferContextual((context) -> {
			CompletableFuture<Claim> mine = new CompletableFuture<>();
			CompletableFuture<Claim> first = this.inProgress.putIfAbsent(event.key(), mine);
			if (first != null) {
				return Mono.fromFuture(first, true).map(this::joined);
			}
			Observation observation = context.getOrDefault(ObservationThreadLocalAccessor.KEY, Observation.NOOP);
			try {
				this.scheduler.schedule(() -> tell(event, mine, observation));
			}
			catch (RejectedExecutionException ex) {
				this.inProgress.remove(event.key(), mine);
				mine.complete(Claim.OVERLOADED);
			}
			catch (RuntimeException | Error ex) {
				// Whoever brings this end later must not wait for what never began.
				this.inProgress.remove(event.key(), mine);
				throw ex;
			}
			// What has begun goes on, whoever waits for it.
			return Mono.fromFuture(mine, true);
		});
	}

	private Claim joined(Claim claim) {
		return (claim.outcome() == Outcome.ACCEPTED) ? Claim.doneBefore(this.clock.instant()) : claim;
	}

	/**
	 * A handler of observations that fails must not keep the listeners from an end, nor
	 * those who wait for it.
	 */
	private void tell(TaskFinishedEvent event, CompletableFuture<Claim> result, Observation observation) {
		try {
			observation.scoped(() -> tell(event, result));
		}
		catch (RuntimeException ex) {
			logger.warn("An ObservationHandler has failed", ex);
			if (!result.isDone()) {
				tell(event, result);
			}
		}
	}

	private void tell(TaskFinishedEvent event, CompletableFuture<Claim> result) {
		try {
			Claim claim = this.claims.once(event.key(), () -> publish(event));
			this.inProgress.remove(event.key(), result);
			result.complete(claim);
		}
		catch (Throwable ex) {
			this.inProgress.remove(event.key(), result);
			result.completeExceptionally(ex);
		}
	}

	private void publish(TaskFinishedEvent event) {
		try {
			this.publisher.publish(event);
		}
		catch (Throwable ex) {
			throw new ListenerFailedException(ex);
		}
	}

	private Outcome outcome(Delivery delivery, Throwable failure) {
		if (failure instanceof NotFoundException || failure instanceof PermissionDeniedException) {
			return Outcome.UNKNOWN_TASK;
		}
		if (failure instanceof MockedClientException) {
			if (this.mockIsReported.compareAndSet(false, true)) {
				logger.warn("No delivery can be handled: " + failure.getMessage());
			}
			return Outcome.UNREADABLE;
		}
		String task = "The end of the task " + delivery.taskId();
		if (failure instanceof ListenerFailedException) {
			logger.warn(task + " is not handled, since a listener has failed; it comes again by reconciliation",
					failure.getCause());
			return Outcome.LISTENER_FAILED;
		}
		if (failure instanceof HandingerException) {
			logger.warn(task + " can't be looked up: " + failure.getMessage());
			return (HandingerTransport.isTransient(failure) || failure instanceof AuthenticationException)
					? Outcome.OUTAGE : Outcome.UNREADABLE;
		}
		logger.warn(task + " is not handled, since the look-up, the claim or the transaction has failed", failure);
		return Outcome.UNREADABLE;
	}

	/**
	 * A listener has failed.
	 */
	private static final class ListenerFailedException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		ListenerFailedException(Throwable cause) {
			super(cause);
		}

	}

}
