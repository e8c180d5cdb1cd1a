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

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import com.handinger.spring.benchmark.Findings.Aim;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * CPU and allocated bytes of a call. Each contender has a JVM of its own, and they take
 * turns.
 */
final class CallsBenchmark {

	private static final List<String> JVM_OPTIONS = List.of("-Xms512m", "-Xmx512m");

	private static final List<Contender> CONTENDERS = List.of(Contender.BARE, Contender.WEBCLIENT, Contender.HANDINGER,
			Contender.HANDINGER_UNOBSERVED, Contender.WEBCLIENT_OBSERVED, Contender.HANDINGER_OBSERVED);

	private static final int CONCURRENCY = 64;

	/**
	 * Connections are made before a round counts.
	 */
	private static final Duration RUN_UP = Duration.ofMillis(500);

	private static final double KIBIBYTE = 1024;

	private final int rounds;

	private final Duration warmUp;

	private final Duration round;

	CallsBenchmark(int rounds, Duration warmUp, Duration round) {
		this.rounds = rounds;
		this.warmUp = warmUp;
		this.round = round;
	}

	Findings run(String url) {
		Map<Contender, ChildJvm> clients = new EnumMap<>(Contender.class);
		try {
			CONTENDERS.forEach((contender) -> clients.put(contender,
					ChildJvm.start(CallsBenchmark.class, JVM_OPTIONS, contender.name(), url)));
			List<Row> rows = new ArrayList<>();
			for (Operation operation : Operation.values()) {
				rows.addAll(run(operation, clients));
			}
			return new Findings(
					"Calls: CPU and allocated bytes of one call, " + CONCURRENCY + " at once, median (least–most) of "
							+ this.rounds + " interleaved rounds of " + this.round.toSeconds() + " s",
					List.of("", "", "CPU µs", "× bare", "× webclient", "bytes", "× bare", "× webclient", "calls/s"),
					rows, aims(rows));
		}
		finally {
			clients.values().forEach(ChildJvm::close);
		}
	}

	private List<Row> run(Operation operation, Map<Contender, ChildJvm> clients) {
		clients.forEach((contender, client) -> {
			System.out.println("Warming up " + operation.label(contender));
			client.ask(new Round(operation, this.warmUp.toMillis()), Measured.class);
		});
		Map<Contender, List<Measured>> measured = new EnumMap<>(Contender.class);
		for (int round = 1; round <= this.rounds; round++) {
			System.out.println("Round " + round + " of " + this.rounds + " of " + operation.label());
			clients.forEach((contender, client) -> measured.computeIfAbsent(contender, (key) -> new ArrayList<>())
				.add(client.ask(new Round(operation, this.round.toMillis()), Measured.class)));
		}
		return CONTENDERS.stream().map((contender) -> row(operation, contender, measured)).toList();
	}

	private static Row row(Operation operation, Contender contender, Map<Contender, List<Measured>> measured) {
		List<Measured> own = measured.get(contender);
		List<Measured> bare = measured.get(Contender.BARE);
		List<Measured> webClient = measured
			.get(contender.name().endsWith("_OBSERVED") ? Contender.WEBCLIENT_OBSERVED : Contender.WEBCLIENT);
		return new Row(operation, contender, spread(own, Measured::cpuMicros), ratio(own, bare, Measured::cpuMicros),
				ratio(own, webClient, Measured::cpuMicros), spread(own, Measured::bytes),
				ratio(own, bare, Measured::bytes), ratio(own, webClient, Measured::bytes),
				spread(own, Measured::callsPerSecond));
	}

	private static Spread spread(List<Measured> rounds, ToDoubleFunction<Measured> figure) {
		return Spread.of(rounds.stream().mapToDouble(figure));
	}

	/**
	 * Return how many times as much it is, in the same rounds.
	 */
	private static Spread ratio(List<Measured> rounds, List<Measured> others, ToDoubleFunction<Measured> figure) {
		return Spread.of(IntStream.range(0, rounds.size())
			.mapToDouble((i) -> figure.applyAsDouble(rounds.get(i)) / figure.applyAsDouble(others.get(i))));
	}

	private static List<Aim> aims(List<Row> rows) {
		List<Aim> aims = new ArrayList<>();
		for (Operation operation : Operation.values()) {
			Row ours = find(rows, operation, Contender.HANDINGER);
			Row observed = find(rows, operation, Contender.HANDINGER_OBSERVED);
			String name = operation.label();
			Row unobserved = find(rows, operation, Contender.HANDINGER_UNOBSERVED);
			double unobservedBytes = unobserved.bytes().median() / ours.bytes().median();
			double observation = (observed.bytes().median() - ours.bytes().median()) / KIBIBYTE;
			aims.add(new Aim(name + ": CPU at most 0.90 times that of WebClient", ours.cpuToWebClient().toString(2),
					ours.cpuToWebClient().median() <= 0.9));
			aims.add(new Aim(name + ": bytes at most 1.40 times the floor", ours.bytesToBare().toString(2),
					ours.bytesToBare().median() <= 1.4));
			aims.add(new Aim(name + ": as many bytes, within 2%, with a registry in which nobody is interested",
					String.format(Locale.ROOT, "%.3f times as many", unobservedBytes), unobservedBytes <= 1.02));
			aims.add(new Aim(name + ": at most 2.5 KiB for observation, without its handlers",
					String.format(Locale.ROOT, "%.2f KiB", observation), observation <= 2.5));
		}
		return aims;
	}

	private static Row find(List<Row> rows, Operation operation, Contender contender) {
		return rows.stream()
			.filter((row) -> row.operation() == operation && row.contender() == contender)
			.findFirst()
			.orElseThrow();
	}

	/**
	 * Is a client, which makes calls for as long as it is asked to.
	 */
	public static void main(String[] arguments) throws Exception {
		ChildJvm.answer(Round.class, () -> {
			Contender.Client client = Contender.valueOf(arguments[0]).connect(arguments[1]);
			return (round) -> measure(client, round);
		});
	}

	private static Measured measure(Contender.Client client, Round round) {
		System.gc();
		call(client, round.operation(), RUN_UP.toNanos());
		long startedAt = System.nanoTime();
		long cpuBefore = cpuNanos();
		long bytesBefore = allocatedBytes();
		long calls = call(client, round.operation(), Duration.ofMillis(round.millis()).toNanos());
		double bytes = allocatedBytes() - bytesBefore;
		double cpuNanos = cpuNanos() - cpuBefore;
		double nanos = System.nanoTime() - startedAt;
		return new Measured(cpuNanos / 1000 / calls, bytes / calls, calls * 1e9 / nanos);
	}

	private static long call(Contender.Client client, Operation operation, long nanos) {
		long startedAt = System.nanoTime();
		return Flux.range(0, Integer.MAX_VALUE)
			.takeWhile((number) -> System.nanoTime() - startedAt < nanos)
			.flatMap((number) -> operation.call(client, number), CONCURRENCY, 1)
			.count()
			.blockOptional()
			.orElseThrow();
	}

	private static long cpuNanos() {
		return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
	}

	private static long allocatedBytes() {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		return LongStream.of(threads.getThreadAllocatedBytes(threads.getAllThreadIds()))
			.filter((bytes) -> bytes > 0)
			.sum();
	}

	/**
	 * A call that is measured.
	 */
	enum Operation {

		/**
		 * Read a task and its turns.
		 */
		RETRIEVE {

			@Override
			Mono<?> call(Contender.Client client, int number) {
				return client.retrieve(BenchmarkServer.ENDED_TASK + number);
			}

		},

		/**
		 * Run a task that ends at once.
		 */
		CREATE {

			@Override
			Mono<?> call(Contender.Client client, int number) {
				return client.create("What is the weather in Barcelona, and what should I wear? " + number);
			}

		};

		abstract Mono<?> call(Contender.Client client, int number);

		String label() {
			return name().toLowerCase(Locale.ROOT);
		}

		String label(Contender contender) {
			return label() + " of " + contender.label();
		}

	}

	/**
	 * What a client is asked to do.
	 *
	 * @param operation the call to make
	 * @param millis for how long
	 */
	record Round(Operation operation, long millis) {
	}

	/**
	 * What it has measured.
	 *
	 * @param cpuMicros the CPU of a call
	 * @param bytes the bytes that a call allocates
	 * @param callsPerSecond the calls in a second
	 */
	record Measured(double cpuMicros, double bytes, double callsPerSecond) {
	}

	/**
	 * What a call costs a contender.
	 *
	 * @param operation the call
	 * @param contender the contender
	 * @param cpuMicros the CPU of a call
	 * @param cpuToBare how many times that of the floor
	 * @param cpuToWebClient how many times that of WebClient
	 * @param bytes the bytes that a call allocates
	 * @param bytesToBare how many times those of the floor
	 * @param bytesToWebClient how many times those of WebClient
	 * @param callsPerSecond the calls in a second
	 */
	record Row(Operation operation, Contender contender, Spread cpuMicros, Spread cpuToBare, Spread cpuToWebClient,
			Spread bytes, Spread bytesToBare, Spread bytesToWebClient, Spread callsPerSecond) implements Findings.Row {

		@Override
		public List<String> cells() {
			return List.of(this.operation.label(), this.contender.label(), this.cpuMicros.toString(1),
					this.cpuToBare.toString(2), this.cpuToWebClient.toString(2), this.bytes.toString(0),
					this.bytesToBare.toString(2), this.bytesToWebClient.toString(2), this.callsPerSecond.toString(0));
		}

	}

}
