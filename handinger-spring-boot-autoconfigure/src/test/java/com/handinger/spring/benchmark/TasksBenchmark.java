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

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

import com.handinger.spring.benchmark.BenchmarkServer.Counts;
import com.handinger.spring.benchmark.Findings.Aim;
import com.handinger.spring.benchmark.TasksInFlight.Call;
import com.handinger.spring.benchmark.TasksInFlight.Look;
import com.handinger.spring.benchmark.TasksInFlight.Memory;
import com.handinger.spring.benchmark.TasksInFlight.Results;
import com.handinger.spring.benchmark.TasksInFlight.Step;
import com.handinger.spring.support.ServerKeys;
import reactor.core.publisher.Flux;

import org.springframework.util.StringUtils;

/**
 * What tasks hold while they are in flight, and how long after its end a result arrives.
 * Each run has a JVM of its own.
 */
final class TasksBenchmark {

	/**
	 * Where results are to arrive about as early as with a tuned WebClient, which reads
	 * the task after the answer to be told what a run tells.
	 */
	private static final List<Race> RACES = List.of(new Race(Call.CREATE, false), new Race(Call.CREATE, true),
			new Race(Call.RUN, false));

	private final ChildJvm server;

	private final Path trustStore;

	private final List<Integer> tasks;

	private final Duration duration;

	private final int rounds;

	/**
	 * Create a new benchmark.
	 * @param server the server
	 * @param trustStore what to trust it by
	 * @param tasks how many tasks to run at once
	 * @param duration how long a task takes
	 * @param rounds how often to compare how late the results of the most tasks arrive
	 */
	TasksBenchmark(ChildJvm server, Path trustStore, List<Integer> tasks, Duration duration, int rounds) {
		this.server = server;
		this.trustStore = trustStore;
		this.tasks = tasks;
		this.duration = duration;
		this.rounds = rounds;
	}

	Findings run() {
		int most = this.tasks.stream().mapToInt(Integer::intValue).max().orElseThrow();
		List<Run> runs = new ArrayList<>();
		runs.add(new Run(Contender.BARE, Call.CREATE, false, most));
		runs.add(new Run(Contender.WEBCLIENT, Call.CREATE, false, most));
		for (int round = 0; round < this.rounds; round++) {
			for (Race race : RACES) {
				runs.add(new Run(Contender.WEBCLIENT_TUNED, race.call(), race.tls(), most));
				runs.add(ours(race.call(), race.tls(), most));
			}
		}
		runs.add(ours(Call.RUN, true, most));
		runs.add(ours(Call.CREATE, true, 2 * most));
		this.tasks.stream()
			.filter((tasks) -> tasks < most)
			.forEach((tasks) -> runs.addAll(List.of(ours(Call.CREATE, false, tasks), ours(Call.CREATE, true, tasks))));
		List<Row> rows = runs.stream().map(this::run).toList();
		long seconds = this.duration.toSeconds();
		return new Findings("Tasks in flight: " + seconds + " s each, started at 2,000 a second. Median and 99th "
				+ "percentile of the time from the end of a task to its result (late), and of what that took beyond "
				+ seconds + " s (overdue), and median of the time that a short call takes before and while they run",
				List.of("", "", "", "tasks", "failures", "connections", "heap KiB/task", "RSS KiB/task", "threads",
						"late ms", "overdue ms", "short call ms", "first failure"),
				rows, aims(rows, most));
	}

	private static Run ours(Call call, boolean tls, int tasks) {
		return new Run(Contender.HANDINGER, call, tls, tasks);
	}

	private Row run(Run run) {
		System.out.println("Running " + run.tasks() + " tasks with " + run.label());
		Counts ports = count(false);
		List<String> options = List.of("-Xmx1g", "-Djavax.net.ssl.trustStore=" + this.trustStore,
				"-Djavax.net.ssl.trustStorePassword=" + ServerKeys.PASSWORD);
		try (ChildJvm client = ChildJvm.start(TasksInFlight.class, options, run.contender().name(),
				run.tls() ? "https://localhost:" + ports.tlsPort() : "http://localhost:" + ports.port(),
				run.call().name(), String.valueOf(run.tasks()), String.valueOf(this.duration.toSeconds()))) {
			client.ask(Step.WARM_UP, Memory.class);
			Look lookBefore = client.ask(Step.LOOK, Look.class);
			count(true);
			Memory before = client.ask(Step.START, Memory.class);
			awaitPosts(run.tasks());
			Memory inFlight = client.ask(Step.MEASURE, Memory.class);
			Look look = client.ask(Step.LOOK, Look.class);
			Results results = client.ask(Step.FINISH, Results.class);
			return new Row(run, results, count(false).mostConnections(),
					(inFlight.heap() - before.heap()) / 1024.0 / run.tasks(),
					(inFlight.rss() - before.rss()) / 1024.0 / run.tasks(), lookBefore.millis(), look.millis());
		}
	}

	private Counts count(boolean fromNowOn) {
		return this.server.ask(new BenchmarkServer.Question(fromNowOn), Counts.class);
	}

	/**
	 * Wait until all tasks run, or no more will.
	 */
	private void awaitPosts(int tasks) {
		Duration patience = TasksInFlight.TICK.multipliedBy(tasks / TasksInFlight.TASKS_OF_A_TICK)
			.plus(this.duration.dividedBy(3));
		Flux.interval(Duration.ofMillis(100))
			.onBackpressureDrop()
			.takeUntil((tick) -> count(false).posts() >= tasks)
			.take(patience)
			.blockLast();
	}

	private static List<Aim> aims(List<Row> rows, int most) {
		List<Row> ours = rows.stream().filter((row) -> row.run().contender() == Contender.HANDINGER).toList();
		List<Row> tls = ours.stream().filter((row) -> row.run().tls()).toList();
		List<Aim> aims = new ArrayList<>();
		aims.add(aim("no failure", 0, ours, (row) -> row.results().failures()));
		aims.add(aim("at most 30 threads in all", 30, ours, (row) -> row.results().threads()));
		aims.add(aim("create, short calls take at most 1.2 times as long while tasks run", 1.2,
				ours.stream().filter((row) -> row.run().call() == Call.CREATE).toList(),
				(row) -> row.shortCallMillis() / row.shortCallMillisBefore()));
		aims.add(aim("at most 200 connections over TLS", 200, tls, Row::connections));
		for (Call call : Call.values()) {
			List<Row> largest = ours.stream()
				.filter((row) -> row.run().call() == call && row.run().tasks() >= most)
				.toList();
			aims.add(aim(call.label() + ", at most " + call.heapKibibytes() + " KiB of live heap a task",
					call.heapKibibytes(), largest, Row::heapKibibytes));
			aims.add(aim(call.label() + ", at most " + call.rssKibibytes() + " KiB of resident memory a task",
					call.rssKibibytes(), largest, Row::rssKibibytes));
		}
		for (Race race : RACES) {
			double tuned = late(rows, new Run(Contender.WEBCLIENT_TUNED, race.call(), race.tls(), most));
			Run run = ours(race.call(), race.tls(), most);
			double late = late(rows, run) / tuned;
			aims.add(new Aim(
					"tasks: " + run.call().label() + " " + run.protocol()
							+ ", 99th percentile at most 1.2 times as late as with a tuned WebClient",
					number(late), late <= 1.2));
		}
		return aims;
	}

	/**
	 * Return the median of the 99th percentiles of a run.
	 */
	private static double late(List<Row> rows, Run run) {
		return Spread
			.of(rows.stream()
				.filter((row) -> row.run().equals(run))
				.mapToDouble((row) -> row.results().lateMillis().p99()))
			.median();
	}

	/**
	 * Return whether all keep to a limit, and the one that is nearest to it or beyond.
	 */
	private static Aim aim(String aim, double limit, List<Row> rows, ToDoubleFunction<Row> figure) {
		Row worst = rows.stream().max(Comparator.comparingDouble(figure)).orElseThrow();
		double measured = figure.applyAsDouble(worst);
		return new Aim("tasks: " + aim, number(measured) + ", " + worst.run().tasks() + " with " + worst.run().label(),
				measured <= limit);
	}

	private static String number(double value) {
		return String.format(Locale.ROOT, (value == Math.rint(value)) ? "%.0f" : "%.2f", value);
	}

	/**
	 * A call whose results are compared.
	 *
	 * @param call how the tasks are run
	 * @param tls whether over TLS
	 */
	private record Race(Call call, boolean tls) {
	}

	/**
	 * Tasks that are run.
	 *
	 * @param contender with what
	 * @param call how
	 * @param tls whether over TLS, and with it HTTP/2 if the contender speaks that
	 * @param tasks how many
	 */
	record Run(Contender contender, Call call, boolean tls, int tasks) {

		String label() {
			return this.contender.label() + " " + this.call.label() + " " + protocol();
		}

		String protocol() {
			return this.tls ? "TLS" : "plain";
		}

	}

	/**
	 * What they have shown.
	 *
	 * @param run what was run
	 * @param results what has become of the tasks
	 * @param connections the most connections at the same time
	 * @param heapKibibytes the live heap of a task
	 * @param rssKibibytes the memory of the process for a task, or 0 if the system does
	 * not tell
	 * @param shortCallMillisBefore how long a short call takes before the tasks run
	 * @param shortCallMillis how long one takes while they run
	 */
	record Row(Run run, Results results, int connections, double heapKibibytes, double rssKibibytes,
			double shortCallMillisBefore, double shortCallMillis) implements Findings.Row {

		@Override
		public List<String> cells() {
			return List.of(this.run.contender().label(), this.run.call().label(), this.run.protocol(),
					String.valueOf(this.run.tasks()), String.valueOf(this.results.failures()),
					String.valueOf(this.connections), number(this.heapKibibytes), number(this.rssKibibytes),
					String.valueOf(this.results.threads()), this.results.lateMillis().toString(),
					this.results.overdueMillis().toString(),
					String.format(Locale.ROOT, "%.2f → %.2f", this.shortCallMillisBefore, this.shortCallMillis),
					StringUtils.truncate(this.results.failure()));
		}

	}

}
