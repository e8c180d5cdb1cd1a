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

package com.handinger.spring.test.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The clock of the simulator: real time plus what {@link #advance(Duration)} has added.
 * Everything that is due runs on one thread, in order.
 * <p>
 * It has two kinds of timers. Events, which are scheduled with {@link #events()}, are
 * those of the simulator itself: the end of a turn, the run of a schedule. All others
 * belong to clients, whose polls are always due soon. Only an event is worth waiting for
 * before the clock moves.
 * <p>
 * Requests, responses and deliveries take real time. Before the clock moves, it therefore
 * waits until they have settled: no delivery is in flight, and nothing has been sent for
 * a moment, in which a client may react to what it has received.
 */
final class SimulatorClock implements Scheduler {

	private static final Log logger = LogFactory.getLog(SimulatorClock.class);

	/**
	 * The longest wait in real time before the clock moves, if no delivery is in flight.
	 */
	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(2);

	/**
	 * The longest wait for what is still running when the clock is reset.
	 */
	private static final Duration END_PATIENCE = Duration.ofNanos(PATIENCE);

	/**
	 * The farthest that the clock moves at once.
	 */
	static final Duration LONGEST_ADVANCE = Duration.ofDays(36_500);

	/**
	 * The longest wait for the first request, for which a client starts.
	 */
	private static final long FIRST_PATIENCE = TimeUnit.SECONDS.toNanos(5);

	private static final long QUIET = TimeUnit.MILLISECONDS.toNanos(20);

	/**
	 * The longest wait for another request while something is due later.
	 */
	private static final long SHORT_PATIENCE = TimeUnit.MILLISECONDS.toNanos(250);

	/**
	 * How long a client may take to send the next request after it has got an answer.
	 */
	private static final long REACTION = TimeUnit.MILLISECONDS.toNanos(100);

	/**
	 * The interval in which a moving clock looks again.
	 */
	private static final long CHECK = TimeUnit.MILLISECONDS.toNanos(2);

	/**
	 * The number of looks without a change, which take longer on a busy machine, as
	 * clients do.
	 */
	private static final int QUIET_CHECKS = 10;

	/**
	 * How long the client of a rejected request may take to send it again.
	 */
	private static final long RETRY_PATIENCE = TimeUnit.MILLISECONDS.toNanos(500);

	private static final long LONGEST_WAIT = TimeUnit.HOURS.toNanos(1);

	/**
	 * The part of {@code Retry-After} that clients add to it at most, as jitter.
	 */
	private static final int JITTER = 10;

	private final Scheduler thread = Schedulers.newSingle("simulator-clock", true);

	private final long wallStart = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());

	private final long realStart = System.nanoTime();

	private final PriorityQueue<Timer> events = new PriorityQueue<>();

	private final PriorityQueue<Timer> timers = new PriorityQueue<>();

	private final Scheduler eventScheduler = new EventScheduler();

	private final Object deliveriesLock = new Object();

	private final Map<Object, Retry> retries = new HashMap<>();

	private volatile long lastActivity = this.realStart - QUIET;

	private volatile long lastAnswer = this.realStart - REACTION;

	private volatile int deliveries;

	private volatile boolean active;

	private volatile boolean disposed;

	private long offset;

	private long number;

	private boolean eventRunning;

	private long wakeUp = Long.MAX_VALUE;

	private @Nullable Disposable wakeUpCall;

	private @Nullable Advance advance;

	/**
	 * Return the scheduler for what happens in the simulator.
	 */
	Scheduler events() {
		return this.eventScheduler;
	}

	/**
	 * Return the time of a scheduler.
	 */
	static Instant now(Scheduler scheduler) {
		long nanos = scheduler.now(TimeUnit.NANOSECONDS);
		return Instant.ofEpochSecond(0, nanos);
	}

	/**
	 * Record that something was sent or received, to which a client may react.
	 */
	void touch() {
		this.active = true;
		this.lastActivity = System.nanoTime();
	}

	/**
	 * Record that a request was answered that was not a mere question.
	 */
	void answered() {
		touch();
		this.lastAnswer = System.nanoTime();
	}

	void deliveryStarted() {
		synchronized (this.deliveriesLock) {
			this.deliveries++;
		}
	}

	void deliveryEnded() {
		touch();
		synchronized (this.deliveriesLock) {
			this.deliveries--;
			this.deliveriesLock.notifyAll();
		}
	}

	/**
	 * Wait a moment until no delivery is in flight.
	 */
	void awaitDeliveries() {
		synchronized (this.deliveriesLock) {
			RealTime.await(this.deliveriesLock, () -> this.deliveries == 0, END_PATIENCE);
		}
	}

	/**
	 * Record that a request was rejected, and will be sent again after a time.
	 */
	synchronized void expectRetry(Object attempt, Duration retryAfter) {
		long wait = nanos(retryAfter);
		Retry retry = new Retry(plus(nanos(), plus(wait, wait / JITTER + RETRY_PATIENCE)));
		this.retries.put(attempt, retry);
		// An event, so that a call of advance waits for the rejection.
		retry.end = add(() -> startPatience(retry), wait, true);
	}

	private synchronized void startPatience(Retry retry) {
		retry.over = true;
		retry.overSince = System.nanoTime();
	}

	/**
	 * Record that a request was not rejected again.
	 */
	synchronized void retried(Object attempt) {
		Retry retry = this.retries.remove(attempt);
		if (retry != null && retry.end != null) {
			retry.end.dispose();
		}
	}

	/**
	 * Move the clock, and return when everything that was due has happened.
	 */
	void advance(Duration duration) {
		if (Schedulers.isInNonBlockingThread()) {
			throw new IllegalStateException("advance waits: call it from the thread of the test.");
		}
		Advance advance = new Advance(nanos(duration));
		synchronized (this) {
			if (this.advance != null) {
				throw new IllegalStateException(
						"The clock is already moving: call advance again when the other call has returned.");
			}
			if (this.disposed) {
				return;
			}
			this.advance = advance;
			wakeUpIn(0);
		}
		advance.done.join();
	}

	private void drain() {
		synchronized (this) {
			this.wakeUp = Long.MAX_VALUE;
			this.wakeUpCall = null;
		}
		Timer due = next();
		while (due != null) {
			try {
				due.run();
			}
			catch (RuntimeException | Error ex) {
				logger.error("The simulator's clock has run a step that failed", ex);
			}
			due = next();
		}
	}

	/**
	 * Return the next timer that is due. If there is none, this method is scheduled to be
	 * called again in time.
	 */
	private synchronized @Nullable Timer next() {
		this.eventRunning = false;
		notifyAll();
		while (!this.disposed) {
			Timer head = head();
			long now = nanos();
			if (head != null && head.due <= now) {
				this.eventRunning = head.event;
				return remove(head);
			}
			if (this.advance == null) {
				if (head != null) {
					wakeUpIn(head.due - now);
				}
				return null;
			}
			if (!move(this.advance, head, now)) {
				wakeUpIn((head != null) ? Math.min(CHECK, head.due - now) : CHECK);
				return null;
			}
		}
		return null;
	}

	/**
	 * Move the clock one step, and return false if something must settle first.
	 */
	private boolean move(Advance advance, @Nullable Timer head, long now) {
		long real = System.nanoTime();
		// A delivery ends by its own timeout, which would be over if the clock moved.
		boolean patient = this.deliveries > 0
				|| real - advance.waitingSince < (this.active ? PATIENCE : FIRST_PATIENCE);
		if (advance.target < 0) {
			Timer event = peek(this.events);
			boolean due = event != null && event.due <= plus(now, advance.duration);
			boolean dueLater = event != null && real - advance.waitingSince >= SHORT_PATIENCE;
			if (patient && !((due || dueLater) && isSettled(advance, advance.duration, real))) {
				return false;
			}
			advance.target = plus(now, advance.duration);
			advance.waitingSince = real;
			return true;
		}
		if (patient && !isSettled(advance, advance.target - now, real)) {
			return false;
		}
		Timer next = (head != null && head.due <= advance.target) ? head : null;
		if ((next == null || next.event) && isRetryExpected(real)) {
			return makeRetryDue(now);
		}
		advance.waitingSince = real;
		if (next != null) {
			this.offset += next.due - now;
		}
		else {
			this.offset += Math.max(0, advance.target - now);
			this.advance = null;
			advance.done.complete(null);
		}
		return true;
	}

	/**
	 * Return whether the clock may move. A client that reacts to an answer matters only
	 * if the clock has some way to go.
	 */
	private boolean isSettled(Advance advance, long rest, long real) {
		long activity = this.lastActivity;
		advance.checks = (advance.activity == activity) ? advance.checks + 1 : 0;
		advance.activity = activity;
		boolean reactionPending = rest > REACTION && real - this.lastAnswer < REACTION;
		return this.deliveries == 0 && !reactionPending && real - activity >= QUIET
				&& (advance.checks >= QUIET_CHECKS || real - activity >= PATIENCE);
	}

	private boolean isRetryExpected(long real) {
		this.retries.values().removeIf((retry) -> retry.over && real - retry.overSince > RETRY_PATIENCE);
		return this.retries.values().stream().anyMatch((retry) -> retry.over);
	}

	/**
	 * Let a client send a rejected request again now, although it waits somewhat longer
	 * than it was asked to.
	 */
	private boolean makeRetryDue(long now) {
		Timer timer = peek(this.timers);
		long latest = this.retries.values()
			.stream()
			.filter((retry) -> retry.over)
			.mapToLong((retry) -> retry.latest)
			.max()
			.orElse(0);
		if (timer == null || timer.due > latest) {
			return false;
		}
		this.timers.remove(timer);
		timer.due = now;
		this.timers.add(timer);
		return true;
	}

	private @Nullable Timer head() {
		Timer event = peek(this.events);
		Timer timer = peek(this.timers);
		if (event == null || timer == null) {
			return (event != null) ? event : timer;
		}
		return (event.compareTo(timer) < 0) ? event : timer;
	}

	private static @Nullable Timer peek(Queue<Timer> queue) {
		Timer head = queue.peek();
		while (head != null && head.cancelled) {
			queue.remove();
			head = queue.peek();
		}
		return head;
	}

	private Timer remove(Timer head) {
		(head.event ? this.events : this.timers).remove();
		return head;
	}

	private synchronized Timer add(Runnable step, long delay, boolean event) {
		if (this.disposed) {
			throw Exceptions.failWithRejected();
		}
		Timer timer = new Timer(step, plus(nanos(), Math.max(0, delay)), this.number++, event);
		(event ? this.events : this.timers).add(timer);
		if (this.advance == null) {
			wakeUpIn(delay);
		}
		return timer;
	}

	/**
	 * Call {@link #drain()} after a time, unless it is called before that.
	 */
	private void wakeUpIn(long delay) {
		long wait = Math.min(Math.max(0, delay), LONGEST_WAIT);
		long at = System.nanoTime() - this.realStart + wait;
		if (this.wakeUpCall != null) {
			if (this.wakeUp <= at) {
				return;
			}
			this.wakeUpCall.dispose();
		}
		this.wakeUp = at;
		this.wakeUpCall = this.thread.schedule(this::drain, wait, TimeUnit.NANOSECONDS);
	}

	private synchronized long nanos() {
		return this.wallStart + (System.nanoTime() - this.realStart) + this.offset;
	}

	/**
	 * Return a duration in nanoseconds, or the longest one if it is longer.
	 */
	static long nanos(Duration duration) {
		try {
			return duration.toNanos();
		}
		catch (ArithmeticException ex) {
			return duration.isNegative() ? 0 : Long.MAX_VALUE;
		}
	}

	private static long plus(long time, long wait) {
		long sum = time + wait;
		return (sum >= 0) ? sum : Long.MAX_VALUE;
	}

	/**
	 * Drop all events, after the one that is running, and return to real time. The timers
	 * of clients stay, and are due after the same wait as before.
	 */
	synchronized void reset() {
		stopMoving();
		this.events.clear();
		// An event that is running may add others, such as the next run of a schedule.
		RealTime.await(this, () -> !this.eventRunning, END_PATIENCE);
		this.events.clear();
		this.retries.clear();
		this.active = false;
		long back = this.offset;
		this.offset = 0;
		// All of them, so their order stays.
		this.timers.forEach((timer) -> timer.due -= back);
		wakeUpIn(0);
	}

	private void stopMoving() {
		Advance advance = this.advance;
		if (advance != null) {
			this.advance = null;
			advance.done.complete(null);
		}
	}

	@Override
	public Disposable schedule(Runnable task) {
		return add(task, 0, false);
	}

	@Override
	public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
		return add(task, unit.toNanos(delay), false);
	}

	@Override
	public Disposable schedulePeriodically(Runnable task, long initialDelay, long period, TimeUnit unit) {
		Disposable.Swap current = Disposables.swap();
		Runnable step = new Runnable() {

			@Override
			public void run() {
				task.run();
				if (!current.isDisposed()) {
					current.replace(schedule(this, period, unit));
				}
			}

		};
		current.replace(schedule(step, initialDelay, unit));
		return current;
	}

	@Override
	public Worker createWorker() {
		return new ClockWorker();
	}

	@Override
	public long now(TimeUnit unit) {
		return unit.convert(nanos(), TimeUnit.NANOSECONDS);
	}

	@Override
	public boolean isDisposed() {
		return this.disposed;
	}

	@Override
	public void dispose() {
		synchronized (this) {
			this.disposed = true;
			this.events.clear();
			this.timers.clear();
			stopMoving();
		}
		this.thread.dispose();
	}

	/**
	 * A step with the time when it is due.
	 */
	private static final class Timer implements Disposable, Comparable<Timer> {

		private final Runnable step;

		private final long number;

		private final boolean event;

		private long due;

		private volatile boolean cancelled;

		private Timer(Runnable step, long due, long number, boolean event) {
			this.step = step;
			this.due = due;
			this.number = number;
			this.event = event;
		}

		@Override
		public int compareTo(Timer other) {
			return (this.due != other.due) ? Long.compare(this.due, other.due)
					: Long.compare(this.number, other.number);
		}

		private void run() {
			if (!this.cancelled) {
				this.cancelled = true;
				this.step.run();
			}
		}

		@Override
		public void dispose() {
			this.cancelled = true;
		}

		@Override
		public boolean isDisposed() {
			return this.cancelled;
		}

	}

	/**
	 * A call to move the clock.
	 */
	private static final class Advance {

		private final long duration;

		private final CompletableFuture<Void> done = new CompletableFuture<>();

		private long waitingSince = System.nanoTime();

		private long target = -1;

		private long activity;

		private int checks;

		private Advance(long duration) {
			this.duration = duration;
		}

	}

	/**
	 * A rejected request that will be sent again.
	 */
	private static final class Retry {

		private final long latest;

		private @Nullable Disposable end;

		private boolean over;

		private long overSince;

		private Retry(long latest) {
			this.latest = latest;
		}

	}

	/**
	 * Schedules events.
	 */
	private final class EventScheduler implements Scheduler {

		@Override
		public Disposable schedule(Runnable task) {
			return add(task, 0, true);
		}

		@Override
		public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
			return add(task, unit.toNanos(delay), true);
		}

		@Override
		public Worker createWorker() {
			return SimulatorClock.this.createWorker();
		}

		@Override
		public long now(TimeUnit unit) {
			return SimulatorClock.this.now(unit);
		}

	}

	/**
	 * A worker whose tasks are cancelled with it.
	 */
	private final class ClockWorker implements Worker {

		private final Disposable.Composite tasks = Disposables.composite();

		@Override
		public Disposable schedule(Runnable task) {
			return schedule(task, 0, TimeUnit.NANOSECONDS);
		}

		@Override
		public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
			if (this.tasks.isDisposed()) {
				throw Exceptions.failWithRejected();
			}
			Disposable.Swap scheduled = Disposables.swap();
			this.tasks.add(scheduled);
			scheduled.replace(SimulatorClock.this.schedule(() -> {
				this.tasks.remove(scheduled);
				task.run();
			}, delay, unit));
			return scheduled;
		}

		@Override
		public Disposable schedulePeriodically(Runnable task, long initialDelay, long period, TimeUnit unit) {
			if (this.tasks.isDisposed()) {
				throw Exceptions.failWithRejected();
			}
			Disposable periodic = SimulatorClock.this.schedulePeriodically(task, initialDelay, period, unit);
			this.tasks.add(periodic);
			return periodic;
		}

		@Override
		public void dispose() {
			this.tasks.dispose();
		}

		@Override
		public boolean isDisposed() {
			return this.tasks.isDisposed();
		}

	}

}
