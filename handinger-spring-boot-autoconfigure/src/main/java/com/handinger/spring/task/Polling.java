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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToLongFunction;

import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.transport.Backoff;
import com.handinger.spring.transport.Scheduling;
import com.handinger.spring.transport.SafeLog;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.scheduler.Scheduler;

/**
 * Internal: the interval at which a task is polled until it ends, and the clock of all
 * waits. Intervals double from the initial to the maximum one, less up to half of it as
 * jitter. A longer {@code Retry-After} wins.
 *
 * @param initialInterval the time from the request that runs a task to the first poll
 * @param maxInterval the maximum interval, unless the server asks for a longer one
 * @param notFoundGrace how long a task may be missing after its connection was lost,
 * before that is an {@link OutcomeUnknownException}
 * @param scheduler the clock and timer
 */
public record Polling(Duration initialInterval, Duration maxInterval, Duration notFoundGrace, Scheduler scheduler) {

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
	 */
	Flux<Signal<TaskWithTurns>> poll(Mono<TaskWithTurns> poll, Duration firstWait,
			ToLongFunction<Signal<TaskWithTurns>> longestWait) {
		Mono<Signal<TaskWithTurns>> outcome = poll.map(Signal::next)
			.onErrorResume(HandingerException.class, (failure) -> Mono.just(Signal.error(failure)));
		return Flux.defer(() -> {
			AtomicInteger number = new AtomicInteger(firstWait.isZero() ? 0 : 1);
			AtomicReference<Duration> wait = new AtomicReference<>(firstWait);
			return Mono.defer(() -> wait.get().isZero() ? outcome : delay(wait.get()).then(outcome))
				.doOnNext((polled) -> wait
					.set(min(waitBefore(number.getAndIncrement(), Backoff.retryAfter(polled.getThrowable())),
							longestWait.applyAsLong(polled))))
				.repeat();
		});
	}

	/**
	 * Return the wait before a poll.
	 * @param number the number of the poll, from 0
	 * @param retryAfter the wait that the server asks for, if it does
	 */
	Duration waitBefore(int number, @Nullable Duration retryAfter) {
		Duration interval = Backoff.exponential(this.initialInterval, this.maxInterval, number);
		return (retryAfter != null && retryAfter.compareTo(interval) > 0) ? Backoff.jittered(retryAfter) : interval;
	}

	private static Duration min(Duration wait, long longest) {
		return (wait.toMillis() > longest) ? Duration.ofMillis(Math.max(longest, 1)) : wait;
	}

	Mono<Long> delay(Duration wait) {
		return Scheduling.delay(wait, this.scheduler);
	}

	/**
	 * Return the current time in milliseconds.
	 */
	long now() {
		return this.scheduler.now(TimeUnit.MILLISECONDS);
	}

	/**
	 * Log the failures of a poll, and warn once of one that shows another task.
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

	/**
	 * The {@link #notFoundGrace() grace} of one run, which restarts with each sign of
	 * life.
	 */
	final class Grace {

		private volatile long end = Long.MAX_VALUE;

		void restart() {
			this.end = now() + Polling.this.notFoundGrace.toMillis();
		}

		/**
		 * Return how many milliseconds are left, which is not positive if it is over.
		 */
		long left() {
			return this.end - now();
		}

		/**
		 * A task that is missing is polled once more when the grace is over.
		 */
		long longestWait(Signal<TaskWithTurns> polled) {
			TaskWithTurns task = polled.get();
			boolean isMissing = (task != null) ? task.task().hasEnded()
					: polled.getThrowable() instanceof NotFoundException;
			return isMissing ? left() : Long.MAX_VALUE;
		}

		Mono<Long> end() {
			return delay(Duration.ofMillis(Math.max(left(), 1)));
		}

	}

}
