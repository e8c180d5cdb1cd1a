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

package com.handinger.spring.task;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;

import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.transport.Backoff;
import com.handinger.spring.transport.SafeLog;
import com.handinger.spring.transport.Scheduling;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.FluxSink.OverflowStrategy;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.scheduler.Scheduler;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Internal: the interval at which a task is polled until it ends, less up to half of it
 * as jitter. A longer {@code Retry-After} wins.
 *
 * @param initialInterval Time from the request that runs a task to the first poll, or an
 * eighth of it for start and follow. It doubles with each further poll. A plain number is
 * in milliseconds.
 * @param maxInterval Maximum time between two polls, unless the server asks for a longer
 * wait. A plain number is in milliseconds.
 * @param notFoundGrace How long to keep looking for a task after its connection was lost,
 * before failing with an OutcomeUnknownException. A plain number is in milliseconds.
 */
public record Polling(@DefaultValue("2s") Duration initialInterval, @DefaultValue("30s") Duration maxInterval,
		@DefaultValue("60s") Duration notFoundGrace) {

	private static final SafeLog logger = SafeLog.of(Polling.class);

	/**
	 * In place of the longest wait, if there is none.
	 */
	static final ToLongFunction<Signal<TaskWithTurns>> UNLIMITED = (poll) -> Long.MAX_VALUE;

	/**
	 * Poll until the subscriber cancels. Failures of Handinger are elements as well,
	 * since the subscriber decides whether to go on. Any other failure is an error.
	 * @param poll a single poll
	 * @param firstWait the wait before the first poll, which may be zero
	 * @param longestWait the longest wait after a poll, in milliseconds
	 * @param clock the timer
	 */
	Flux<Signal<TaskWithTurns>> poll(Mono<TaskWithTurns> poll, Duration firstWait,
			ToLongFunction<Signal<TaskWithTurns>> longestWait, Scheduler clock) {
		return Flux.defer(() -> {
			boolean isEarly = firstWait.compareTo(this.initialInterval.dividedBy(2)) < 0;
			AtomicInteger number = new AtomicInteger(isEarly ? 0 : 1);
			AtomicReference<Duration> wait = new AtomicReference<>(firstWait);
			Mono<Signal<TaskWithTurns>> outcome = poll.map(Signal::next)
				.onErrorResume(HandingerException.class, (failure) -> Mono.just(Signal.error(failure)))
				.doOnNext((polled) -> wait
					.set(min(waitBefore(number.getAndIncrement(), Backoff.retryAfter(polled.getThrowable())),
							longestWait.applyAsLong(polled))));
			return Mono.defer(() -> wait.get().isZero() ? outcome : Scheduling.delay(wait.get(), clock).then(outcome))
				.repeat();
		});
	}

	/**
	 * Return the wait before the first poll of a task that was just sent. Whoever follows
	 * it wants to know soon that Handinger has it.
	 */
	Duration firstWait(boolean isFollowed) {
		return isFollowed ? this.initialInterval.dividedBy(8) : this.initialInterval;
	}

	/**
	 * Return the wait before a poll.
	 * @param number the number of the poll, from 0
	 * @param retryAfter the wait that the server asks for, if it does
	 */
	Duration waitBefore(long number, @Nullable Duration retryAfter) {
		Duration interval = Backoff.exponential(this.initialInterval, this.maxInterval, number);
		return (retryAfter != null && retryAfter.compareTo(interval) > 0) ? Backoff.jittered(retryAfter) : interval;
	}

	private static Duration min(Duration wait, long longest) {
		return (wait.toMillis() > longest) ? Duration.ofMillis(Math.max(longest, 1)) : wait;
	}

	/**
	 * Return whether a poll shows no task or, to those whom it does not end, one that has
	 * ended: their task or turn is missing.
	 */
	static boolean isMissing(Signal<TaskWithTurns> polled) {
		TaskWithTurns task = polled.get();
		return (task != null) ? task.task().hasEnded() : polled.getThrowable() instanceof NotFoundException;
	}

	/**
	 * Return the elements of the sequence that was started last, which cancels the one
	 * before.
	 * @param start called with the sink of sequences
	 */
	static <T> Flux<T> latest(Consumer<FluxSink<Flux<T>>> start) {
		return Flux.create(start, OverflowStrategy.IGNORE).switchMap(Function.identity());
	}

	/**
	 * Log the failures of polls, and warn once if they show another task.
	 */
	static Mono<TaskWithTurns> logged(Mono<TaskWithTurns> poll) {
		AtomicBoolean warned = new AtomicBoolean();
		return poll.doOnError((failure) -> {
			if (failure instanceof TasksApi.OtherTaskException && warned.compareAndSet(false, true)) {
				logger.warn(failure.getMessage() + ". Polling continues");
			}
			else if (!(failure instanceof NotFoundException)) {
				logger.debug(() -> "A poll failed: " + failure.getMessage());
			}
		});
	}

}
