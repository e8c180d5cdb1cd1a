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

package com.handinger.spring.benchmark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A JVM that holds tasks.
 */
final class TasksInFlight {

	/**
	 * How often some tasks are started.
	 */
	static final Duration TICK = Duration.ofMillis(5);

	/**
	 * How many: that makes 2,000 a second.
	 */
	static final int TASKS_OF_A_TICK = 10;

	private static final int WARM_UP_CALLS = 5000;

	private static final int WARM_UP_CONCURRENCY = 64;

	private static final int SHORT_CALLS = 500;

	private static final int PATIENCE_SECONDS = 120;

	private final Contender.Client client;

	private final Call call;

	private final int tasks;

	private final int seconds;

	private final long[] askedAt;

	private final long[] lateMicros;

	private final long[] overdueMicros;

	private final AtomicInteger results = new AtomicInteger();

	private final AtomicReference<String> failure = new AtomicReference<>("");

	private final CountDownLatch underWay;

	private TasksInFlight(Contender.Client client, Call call, int tasks, int seconds) {
		this.client = client;
		this.call = call;
		this.tasks = tasks;
		this.seconds = seconds;
		this.askedAt = new long[tasks];
		this.lateMicros = new long[tasks];
		this.overdueMicros = new long[tasks];
		this.underWay = new CountDownLatch(tasks);
	}

	private Object take(Step step) {
		return switch (step) {
			case WARM_UP -> warmUp();
			case START -> start();
			case MEASURE -> Memory.measure();
			case LOOK -> look();
			case FINISH -> finish();
		};
	}

	private Memory warmUp() {
		Flux.range(0, WARM_UP_CALLS)
			.flatMap((number) -> this.call.end(this.client, "Say hello."), WARM_UP_CONCURRENCY)
			.blockLast();
		return Memory.measure();
	}

	private Memory start() {
		Memory before = Memory.measure();
		ManagementFactory.getThreadMXBean().resetPeakThreadCount();
		Flux.interval(TICK)
			.take(this.tasks / TASKS_OF_A_TICK)
			.subscribe((tick) -> start((int) (tick * TASKS_OF_A_TICK)));
		return before;
	}

	private void start(int first) {
		for (int number = first; number < first + TASKS_OF_A_TICK; number++) {
			int task = number;
			this.askedAt[task] = System.nanoTime();
			this.call.end(this.client, "[delay=" + this.seconds + "s] What is the weather in Barcelona?")
				.doFinally((signal) -> this.underWay.countDown())
				.subscribe((end) -> ended(task, end), (error) -> this.failure.compareAndSet("", error.toString()));
		}
	}

	private void ended(int task, Instant end) {
		int result = this.results.getAndIncrement();
		this.lateMicros[result] = ChronoUnit.MICROS.between(end, Instant.now());
		this.overdueMicros[result] = (System.nanoTime() - this.askedAt[task]) / 1000 - this.seconds * 1_000_000L;
	}

	/**
	 * One after the other, and the first half does not count. A client whose pool is full
	 * has no figure.
	 */
	private Look look() {
		long[] micros = new long[SHORT_CALLS];
		for (int call = 0; call < micros.length; call++) {
			long startedAt = System.nanoTime();
			if (!answers(BenchmarkServer.ENDED_TASK + call)) {
				return new Look(Double.NaN);
			}
			micros[call] = (System.nanoTime() - startedAt) / 1000;
		}
		long[] counted = Arrays.copyOfRange(micros, micros.length / 2, micros.length);
		return new Look(Percentiles.of(counted, counted.length).median());
	}

	private boolean answers(String taskId) {
		return Boolean.TRUE.equals(this.client.retrieve(taskId).hasElement().onErrorReturn(false).block());
	}

	private Results finish() {
		try {
			boolean all = this.underWay.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
			int results = this.results.get();
			return new Results(this.tasks - results, all ? this.failure.get() : "some have not ended",
					Percentiles.of(this.lateMicros, results), Percentiles.of(this.overdueMicros, results),
					ManagementFactory.getThreadMXBean().getPeakThreadCount());
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	public static void main(String[] arguments) throws Exception {
		ChildJvm.answer(Step.class, () -> new TasksInFlight(Contender.valueOf(arguments[0]).connect(arguments[1]),
				Call.valueOf(arguments[2]), Integer.parseInt(arguments[3]), Integer.parseInt(arguments[4]))::take);
	}

	/**
	 * How a task is run.
	 */
	enum Call {

		/**
		 * With one request.
		 */
		CREATE(8, 16) {

			@Override
			Mono<Instant> end(Contender.Client client, String input) {
				return client.createUntilEnd(input);
			}

		},

		/**
		 * With one request, and look-ups beside it.
		 */
		RUN(9, 25) {

			@Override
			Mono<Instant> end(Contender.Client client, String input) {
				return client.runUntilEnd(input);
			}

		};

		private final int heapKibibytes;

		private final int rssKibibytes;

		Call(int heapKibibytes, int rssKibibytes) {
			this.heapKibibytes = heapKibibytes;
			this.rssKibibytes = rssKibibytes;
		}

		/**
		 * The live heap that a task may hold, in KiB.
		 */
		int heapKibibytes() {
			return this.heapKibibytes;
		}

		/**
		 * The resident memory that a task may hold, in KiB.
		 */
		int rssKibibytes() {
			return this.rssKibibytes;
		}

		/**
		 * Run a task, and return when it ended.
		 */
		abstract Mono<Instant> end(Contender.Client client, String input);

		String label() {
			return name().toLowerCase(Locale.ROOT);
		}

	}

	/**
	 * What is asked of this JVM, one after the other.
	 */
	enum Step {

		/**
		 * Run tasks that end at once.
		 */
		WARM_UP,

		/**
		 * Tell the memory, and start the tasks.
		 */
		START,

		/**
		 * Tell the memory.
		 */
		MEASURE,

		/**
		 * Tell how long a short call takes.
		 */
		LOOK,

		/**
		 * Wait for the results.
		 */
		FINISH

	}

	/**
	 * What a JVM holds, in bytes.
	 *
	 * @param heap the live heap
	 * @param rss the memory of the process, or 0 if the system does not tell
	 */
	record Memory(long heap, long rss) {

		private static final Path STATUS = Path.of("/proc/self/status");

		static Memory measure() {
			System.gc();
			System.gc();
			return new Memory(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(), readRss());
		}

		private static long readRss() {
			if (!Files.isReadable(STATUS)) {
				return 0;
			}
			try (Stream<String> lines = Files.lines(STATUS)) {
				return lines.filter((line) -> line.startsWith("VmRSS:"))
					.mapToLong((line) -> Long.parseLong(line.replaceAll("\\D", "")) * 1024)
					.sum();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

	/**
	 * A short call.
	 *
	 * @param millis how long half of them take at most, in milliseconds, or not a number
	 * if one fails
	 */
	record Look(double millis) {
	}

	/**
	 * What has become of the tasks.
	 *
	 * @param failures how many have no result
	 * @param failure the first failure
	 * @param lateMillis how long after the end of its task a result was there
	 * @param overdueMillis how long a result took beyond the time of its task
	 * @param threads the most threads at the same time
	 */
	record Results(int failures, String failure, Percentiles lateMillis, Percentiles overdueMillis, int threads) {
	}

	/**
	 * What half of the tasks and what all but one in a hundred keep to, in milliseconds.
	 *
	 * @param median the median
	 * @param p99 the 99th percentile
	 */
	record Percentiles(double median, double p99) {

		static Percentiles of(long[] micros, int count) {
			if (count == 0) {
				return new Percentiles(0, 0);
			}
			long[] sorted = Arrays.copyOf(micros, count);
			Arrays.sort(sorted);
			return new Percentiles(sorted[count / 2] / 1000.0, sorted[(count - 1) * 99 / 100] / 1000.0);
		}

		@Override
		public String toString() {
			return String.format(Locale.ROOT, "%.1f / %.1f", this.median, this.p99);
		}

	}

}
