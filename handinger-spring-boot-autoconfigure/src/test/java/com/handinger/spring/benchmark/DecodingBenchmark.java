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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

import com.handinger.spring.benchmark.Findings.Aim;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.transport.DecodedJson;
import com.handinger.spring.worker.Worker;
import com.sun.management.ThreadMXBean;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * CPU and allocated bytes of decoding one answer, beside Jackson with plain records whose
 * dates are texts. Both take turns in one JVM.
 */
final class DecodingBenchmark {

	private static final List<String> JVM_OPTIONS = List.of("-Xms512m", "-Xmx512m");

	private static final JsonMapper JSON = JsonMapper.builder()
		.disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
		.build();

	private static final int WARM_UP_ROUNDS = 10;

	private final int rounds;

	private final int decodings;

	DecodingBenchmark(int rounds, int decodings) {
		this.rounds = rounds;
		this.decodings = decodings;
	}

	Findings run() {
		List<Row> rows = new ArrayList<>();
		for (Answer answer : Answer.values()) {
			System.out.println("Decoding " + answer.label());
			try (ChildJvm jvm = ChildJvm.start(DecodingBenchmark.class, JVM_OPTIONS, answer.name())) {
				List<Measured> plain = new ArrayList<>();
				List<Measured> ours = new ArrayList<>();
				for (int round = 0; round < WARM_UP_ROUNDS + this.rounds; round++) {
					Measured plainRound = jvm.ask(new Round(false, this.decodings), Measured.class);
					Measured ourRound = jvm.ask(new Round(true, this.decodings), Measured.class);
					if (round >= WARM_UP_ROUNDS) {
						plain.add(plainRound);
						ours.add(ourRound);
					}
				}
				rows.add(Row.of(answer.label(), "plain records", plain, plain));
				rows.add(Row.of(answer.label(), "handinger", ours, plain));
			}
		}
		return new Findings(
				"Decoding: CPU and allocated bytes of one answer, median (least–most) of " + this.rounds
						+ " interleaved rounds of " + this.decodings + " decodings",
				List.of("", "", "CPU µs", "× plain records", "bytes", "× plain records"), rows,
				rows.stream().filter((row) -> !row.isPlain()).flatMap((row) -> row.aims().stream()).toList());
	}

	/**
	 * Is a JVM that decodes.
	 */
	public static void main(String[] arguments) throws Exception {
		ChildJvm.answer(Round.class, () -> {
			Answer answer = Answer.valueOf(arguments[0]);
			return (round) -> measure(round.ours() ? answer.ours() : answer.plain(), answer.json(), round.decodings());
		});
	}

	private static Measured measure(Function<byte[], Object> decoder, byte[] json, int decodings) {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long bytesBefore = threads.getCurrentThreadAllocatedBytes();
		long cpuBefore = threads.getCurrentThreadCpuTime();
		long used = 0;
		for (int i = 0; i < decodings; i++) {
			used += decoder.apply(json).getClass().hashCode();
		}
		double cpuNanos = threads.getCurrentThreadCpuTime() - cpuBefore;
		double bytes = threads.getCurrentThreadAllocatedBytes() - bytesBefore;
		if (used == 0) {
			throw new IllegalStateException("Nothing was decoded");
		}
		return new Measured(cpuNanos / 1000 / decodings, bytes / decodings);
	}

	/**
	 * What is decoded.
	 */
	enum Answer {

		/**
		 * A task with one turn.
		 */
		TASK_WITH_TURNS {

			@Override
			byte[] json() {
				return BenchmarkServer.taskWithOneTurn().getBytes(StandardCharsets.UTF_8);
			}

			@Override
			Function<byte[], Object> ours() {
				return (json) -> DecodedJson.read(json, TaskWithTurns.class);
			}

			@Override
			Function<byte[], Object> plain() {
				return (json) -> JSON.readValue(json, PlainTask.class);
			}

		},

		/**
		 * A worker that has answered.
		 */
		WORKER {

			@Override
			byte[] json() {
				return BenchmarkServer.worker().getBytes(StandardCharsets.UTF_8);
			}

			@Override
			Function<byte[], Object> ours() {
				return (json) -> DecodedJson.read(json, Worker.class);
			}

			@Override
			Function<byte[], Object> plain() {
				return (json) -> JSON.readValue(json, PlainWorker.class);
			}

		};

		abstract byte[] json();

		abstract Function<byte[], Object> ours();

		abstract Function<byte[], Object> plain();

		String label() {
			return (this == TASK_WITH_TURNS) ? "TaskWithTurns" : "Worker";
		}

	}

	/**
	 * What the JVM is asked to do.
	 *
	 * @param ours whether to decode as this library does
	 * @param decodings how often
	 */
	record Round(boolean ours, int decodings) {
	}

	/**
	 * What it has measured.
	 *
	 * @param cpuMicros the CPU of a decoding
	 * @param bytes the bytes that a decoding allocates
	 */
	record Measured(double cpuMicros, double bytes) {
	}

	/**
	 * What a decoding costs.
	 *
	 * @param answer what is decoded
	 * @param decoder by what
	 * @param cpuMicros the CPU of a decoding
	 * @param cpuToPlain how many times that of plain records
	 * @param bytes the bytes that a decoding allocates
	 * @param bytesToPlain how many times those of plain records
	 */
	record Row(String answer, String decoder, Spread cpuMicros, Spread cpuToPlain, Spread bytes,
			Spread bytesToPlain) implements Findings.Row {

		private static final double LIMIT = 1.5;

		static Row of(String answer, String decoder, List<Measured> rounds, List<Measured> plain) {
			return new Row(answer, decoder, spread(rounds, Measured::cpuMicros),
					ratio(rounds, plain, Measured::cpuMicros), spread(rounds, Measured::bytes),
					ratio(rounds, plain, Measured::bytes));
		}

		private static Spread spread(List<Measured> rounds, ToDoubleFunction<Measured> figure) {
			return Spread.of(rounds.stream().mapToDouble(figure));
		}

		private static Spread ratio(List<Measured> rounds, List<Measured> plain, ToDoubleFunction<Measured> figure) {
			return Spread.of(IntStream.range(0, rounds.size())
				.mapToDouble((i) -> figure.applyAsDouble(rounds.get(i)) / figure.applyAsDouble(plain.get(i))));
		}

		boolean isPlain() {
			return this.decoder.equals("plain records");
		}

		List<Aim> aims() {
			return List.of(
					new Aim(this.answer + ": CPU at most 1.5 times that of plain records", this.cpuToPlain.toString(2),
							this.cpuToPlain.median() <= LIMIT),
					new Aim(this.answer + ": bytes at most 1.5 times those of plain records",
							this.bytesToPlain.toString(2), this.bytesToPlain.median() <= LIMIT));
		}

		@Override
		public List<String> cells() {
			return List.of(this.answer, this.decoder, this.cpuMicros.toString(1), this.cpuToPlain.toString(2),
					this.bytes.toString(0), this.bytesToPlain.toString(2));
		}

	}

}
