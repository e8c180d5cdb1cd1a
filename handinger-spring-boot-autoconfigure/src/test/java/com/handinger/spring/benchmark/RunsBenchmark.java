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

import java.time.Duration;
import java.util.List;
import java.util.Locale;

import com.handinger.spring.benchmark.BenchmarkServer.Counts;
import com.handinger.spring.benchmark.Findings.Aim;
import com.handinger.spring.benchmark.RunsInFlight.Results;
import com.handinger.spring.benchmark.RunsInFlight.Sent;
import com.handinger.spring.benchmark.RunsInFlight.Step;
import com.handinger.spring.benchmark.TasksInFlight.Memory;
import reactor.core.publisher.Mono;

/**
 * What durable runs hold and write while they are in flight. The database is the
 * PostgreSQL that the environment names, or H2 in memory.
 */
final class RunsBenchmark {

	private static final Duration WINDOW = Duration.ofSeconds(60);

	private final ChildJvm server;

	private final int runs;

	private final Duration duration;

	/**
	 * Create a new benchmark.
	 * @param server the server
	 * @param runs how many runs to submit
	 * @param duration how long the task of each takes
	 */
	RunsBenchmark(ChildJvm server, int runs, Duration duration) {
		this.server = server;
		this.runs = runs;
		this.duration = duration;
	}

	Findings run() {
		String postgresql = System.getenv("HANDINGER_TEST_POSTGRESQL_URL");
		String database = (postgresql != null) ? "PostgreSQL" : "H2 in memory";
		System.out.println("Running " + this.runs + " durable runs with " + database);
		try (ChildJvm client = ChildJvm.start(RunsInFlight.class, List.of("-Xmx1g"),
				"http://localhost:" + count(false).port(),
				(postgresql != null) ? postgresql : "jdbc:h2:mem:runs;DB_CLOSE_DELAY=-1", String.valueOf(this.runs),
				String.valueOf(this.duration.toSeconds()))) {
			Memory before = client.ask(Step.WARM_UP, Memory.class);
			count(true);
			Sent sent = client.ask(Step.SUBMIT, Sent.class);
			Memory inFlight = client.ask(Step.MEASURE, Memory.class);
			long rows = client.ask(Step.COUNT, Long.class);
			Duration window = WINDOW.compareTo(this.duration.dividedBy(3)) < 0 ? WINDOW : this.duration.dividedBy(3);
			Mono.delay(window).block();
			double rowsPerSecond = (client.ask(Step.COUNT, Long.class) - rows) * 1000.0 / window.toMillis();
			Results results = client.ask(Step.FINISH, Results.class);
			Row row = new Row(database, this.runs, results, count(false).posts(), sent,
					(inFlight.heap() - before.heap()) / 1024.0 / this.runs,
					(inFlight.rss() - before.rss()) / 1024.0 / this.runs, rowsPerSecond);
			return new Findings("Durable runs in flight: tasks of " + this.duration.toSeconds()
					+ " s. Time of 1,000 submits, each in a transaction of its own and all in one, time from the last "
					+ "submit until all were sent, rows that are written in a second while all of them run, and in all "
					+ "for a run, and time from the last end until all ends were told",
					List.of("database", "runs", "told", "POSTs", "heap KiB/run", "RSS KiB/run", "threads",
							"1,000 submits s", "in one s", "sent after s", "rows/s", "rows/run", "told after s"),
					List.of(row),
					List.of(new Aim("runs: each is sent once and told once",
							row.told() + " told, " + row.posts() + " POSTs",
							row.told() == this.runs && row.posts() == this.runs),
							new Aim("runs: at most 60 threads in all", String.valueOf(results.threads()),
									results.threads() <= 60)));
		}
	}

	private Counts count(boolean fromNowOn) {
		return this.server.ask(new BenchmarkServer.Question(fromNowOn), Counts.class);
	}

	/**
	 * What the runs have shown.
	 *
	 * @param database the database
	 * @param runs how many there were
	 * @param results what has become of them
	 * @param posts how many requests have reached the server
	 * @param sent how long it took until they were sent
	 * @param heapKibibytes the live heap of a run
	 * @param rssKibibytes the memory of the process for a run, or 0 if the system does
	 * not tell
	 * @param rowsPerSecond the rows that are written in a second while all of them run
	 */
	record Row(String database, int runs, Results results, int posts, Sent sent, double heapKibibytes,
			double rssKibibytes, double rowsPerSecond) implements Findings.Row {

		int told() {
			return this.results.told();
		}

		@Override
		public List<String> cells() {
			return List.of(this.database, String.valueOf(this.runs), String.valueOf(told()), String.valueOf(this.posts),
					number(this.heapKibibytes), number(this.rssKibibytes), String.valueOf(this.results.threads()),
					number(this.sent.singlySeconds()), number(this.sent.togetherSeconds()),
					number(this.sent.sentAfterSeconds()), number(this.rowsPerSecond),
					number((double) this.results.rows() / this.runs), number(this.results.toldAfterSeconds()));
		}

		private static String number(double value) {
			return String.format(Locale.ROOT, "%.2f", value);
		}

	}

}
