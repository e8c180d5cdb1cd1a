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

package com.handinger.sample.runs;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

import com.handinger.sample.runs.RunsApplication.Command;
import com.handinger.spring.test.HandingerSimulator;
import com.handinger.spring.test.simulator.RecordedTask;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.awaitility.Awaitility.await;

/**
 * Kills or pauses the instances of an application while it submits durable runs, and
 * determines their outcomes.
 */
final class Campaign implements AutoCloseable {

	private static final Duration PATIENCE = Duration.ofMinutes(3);

	/**
	 * Longer than a request takes to arrive from a busy machine, or after a pause.
	 */
	private static final Duration GRACE = Duration.ofSeconds(10);

	private static final String BEFORE = "before";

	private static final List<String> PENDING = List.of("REQUESTED", "SENT", "MISSING");

	/**
	 * What happens to some of the requests.
	 */
	private static final List<String> TROUBLES = List.of("[drop]", "[reset]", "[http=503]", "[reject=429]",
			"[reject=400]", "[end=error]");

	private final HandingerSimulator simulator = HandingerSimulator.start();

	private final HttpClient httpClient = HttpClient.newHttpClient();

	private final List<Instance> instances = new ArrayList<>();

	private final Set<Instance> fatal = new HashSet<>();

	private final Set<String> submitted = ConcurrentHashMap.newKeySet();

	private final Path directory;

	private final String databaseUrl;

	private final Random random;

	private final List<String> options;

	private final List<String> arguments;

	private int keys;

	private int kills;

	private int halts;

	private int fenced;

	/**
	 * Create a new campaign.
	 * @param options the options of the JVMs
	 * @param directory the directory of the logs
	 * @param databaseUrl the database of the instances
	 * @param seed the seed of all random choices of this process
	 * @param arguments further arguments of each instance
	 */
	Campaign(List<String> options, Path directory, String databaseUrl, long seed, String... arguments) {
		this.options = options;
		this.directory = directory;
		this.databaseUrl = databaseUrl;
		this.random = new Random(seed);
		this.arguments = List.of(arguments);
		JdbcClient jdbc = jdbc();
		for (String table : List.of("handinger_runs", "INT_METADATA_STORE", "RUN_ORDER", "RUN_TOLD")) {
			jdbc.sql("DROP TABLE IF EXISTS " + table).update();
		}
	}

	private JdbcClient jdbc() {
		return JdbcClient.create(new DriverManagerDataSource(this.databaseUrl));
	}

	/**
	 * Submit runs, and kill one of the instances again and again, every second time at a
	 * chosen {@link Moment}.
	 * @param instances the number of instances
	 * @param runs the least number of runs
	 * @param kills the number of kills
	 * @return the outcome
	 */
	Outcome kill(int instances, int runs, int kills) throws IOException {
		start(instances);
		while (this.kills < kills) {
			int victim = awaitVictim();
			int last = this.keys + 1 + runs / kills;
			long patience = this.fatal.contains(this.instances.get(victim)) ? 10_000 : this.random.nextInt(1500);
			long start = System.nanoTime();
			while (!this.instances.get(victim).hasEnded() && millisSince(start) < patience) {
				if (this.keys < last) {
					submit();
				}
				pass(Duration.ofMillis(this.random.nextInt(80)));
			}
			this.instances.get(victim).close();
			replaceEnded(true);
		}
		return settle(runs);
	}

	/**
	 * Submit further turns, kill an instance while Handinger runs one of them, and wait
	 * until one was sent twice.
	 * @param kills the number of kills
	 * @return the turns that were sent more than once
	 */
	Set<String> killInPost(int kills) throws IOException {
		while (this.kills++ < kills) {
			try (Instance instance = start(Moment.IN_POST)) {
				instance.awaitReady();
				while (!instance.hasEnded()) {
					submitFurtherTurn(instance);
					pass(Duration.ofMillis(200));
				}
			}
		}
		this.instances.add(start((Moment) null));
		return await().atMost(PATIENCE).until(() -> doubled(turns()), (doubled) -> !doubled.isEmpty());
	}

	/**
	 * Submit runs, and pause one of two instances again and again until the other one
	 * takes it for dead.
	 * @param runs the least number of runs
	 * @param pauses the number of pauses
	 * @return the outcome
	 */
	Outcome pause(int runs, int pauses) throws IOException, InterruptedException {
		start(2);
		for (int pause = 0; pause < pauses; pause++) {
			Instance instance = this.instances.get(pause % 2);
			instance.awaitReady();
			for (int run = 0; run < 1 + runs / pauses; run++) {
				submit();
				pass(Duration.ofMillis(this.random.nextInt(60)));
			}
			instance.pause();
			pass(Duration.ofMillis(3500 + this.random.nextInt(1500)));
			instance.resume();
		}
		return settle(runs);
	}

	/**
	 * Replace the instances that have ended.
	 * @param fatal whether every second new one is to end by itself
	 */
	private void replaceEnded(boolean fatal) throws IOException {
		for (int i = 0; i < this.instances.size(); i++) {
			if (this.instances.get(i).hasEnded()) {
				this.kills++;
				this.halts += this.instances.get(i).hasHalted() ? 1 : 0;
				this.fenced += this.instances.get(i).fenced();
				this.instances.set(i, start((fatal && this.kills % 2 == 1) ? anyMoment() : null));
			}
		}
	}

	private int awaitVictim() {
		await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> {
			replaceEnded(true);
			return anyReady().isPresent();
		});
		return this.instances.indexOf(anyReady().orElseThrow());
	}

	private void start(int instances) throws IOException {
		// The first one creates the tables.
		for (int i = 0; i < instances; i++) {
			this.instances.add(start((Moment) null));
			this.instances.get(i).awaitReady();
		}
	}

	private Instance start(@Nullable Moment moment) throws IOException {
		List<String> arguments = new ArrayList<>(List.of("--handinger.base-url=" + this.simulator.url(),
				"--handinger.api-key=" + HandingerSimulator.API_KEY,
				"--handinger.await.not-found-grace=" + GRACE.toSeconds() + "s", "--handinger.runs.visit-interval=2s",
				"--handinger.runs.polling-interval=500ms", "--handinger.runs.jdbc.initialize-schema=always",
				"--killable.url=" + this.databaseUrl));
		arguments.addAll(this.arguments);
		if (moment != null) {
			arguments.add("--killable.moment=" + moment);
			arguments.add("--killable.count=" + this.random.nextInt(4));
		}
		Instance instance = Instance.start(this.options, this.directory, this.submitted::add, arguments);
		if (moment != null) {
			this.fatal.add(instance);
		}
		return instance;
	}

	private Moment anyMoment() {
		return Moment.values()[this.random.nextInt(Moment.values().length)];
	}

	private static long millisSince(long start) {
		return (System.nanoTime() - start) / 1_000_000;
	}

	private static void pass(Duration time) {
		await().pollInterval(Duration.ofMillis(1)).pollDelay(time).until(() -> true);
	}

	/**
	 * Submit a run: most of them once, some of them twice at the same time, some of them
	 * as a further turn of a task, and some of them rolled back.
	 */
	private void submit() {
		Instance instance = anyReady().orElse(this.instances.get(0));
		switch (this.random.nextInt(10)) {
			case 0 -> submitFurtherTurn(instance);
			case 1 -> instance.submit(new Command("rolled-back-" + this.keys++, null, input(), true));
			case 2, 3 -> {
				Command command = new Command(nextKey(), null, input(), false);
				instance.submit(command);
				anyReady().orElse(instance).submit(command);
			}
			default -> instance.submit(new Command(nextKey(), null, input(), false));
		}
	}

	private void submitFurtherTurn(Instance instance) {
		String taskId = "tsk_" + UUID.randomUUID().toString().replace("-", "");
		HttpRequest request = HttpRequest.newBuilder(URI.create(this.simulator.url() + "/api/tasks"))
			.header("Authorization", "Bearer " + HandingerSimulator.API_KEY)
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString("{\"input\":\"" + BEFORE + "\",\"taskId\":\"" + taskId + "\"}"))
			.build();
		this.httpClient.sendAsync(request, HttpResponse.BodyHandlers.discarding()).join();
		instance.submit(new Command(nextKey(), taskId, "[delay=500ms]", false));
	}

	private Optional<Instance> anyReady() {
		List<Instance> ready = this.instances.stream().filter(Instance::isReady).toList();
		return ready.isEmpty() ? Optional.empty() : Optional.of(ready.get(this.random.nextInt(ready.size())));
	}

	private String nextKey() {
		return "run-" + this.keys++;
	}

	private String input() {
		return "[delay=" + this.random.nextInt(1500) + "ms]"
				+ ((this.random.nextInt(4) == 0) ? " " + TROUBLES.get(this.random.nextInt(TROUBLES.size())) : "");
	}

	/**
	 * Submit the runs that are missing, and wait until all runs have ended.
	 */
	private Outcome settle(int runs) throws IOException {
		Map<String, String> states = new TreeMap<>();
		await().atMost(PATIENCE).pollInterval(Duration.ofMillis(200)).until(() -> {
			replaceEnded(false);
			Instance instance = this.instances.get(0);
			instance.awaitReady();
			for (int missing = runs - this.submitted.size(); missing > 0; missing--) {
				submit();
			}
			states.putAll(instance.states());
			return this.submitted.size() >= runs && states.keySet().containsAll(this.submitted)
					&& states.values().stream().noneMatch(PENDING::contains);
		});
		this.instances.forEach((instance) -> this.fenced += instance.fenced());
		this.instances.forEach(Instance::close);
		return outcome(states);
	}

	private Outcome outcome(Map<String, String> states) {
		Set<String> wrong = new TreeSet<>();
		int posts = 0;
		for (RecordedTask task : this.simulator.tasks()) {
			int expected = task.turns().stream().mapToInt((turn) -> turn.input().contains("[reject") ? 2 : 1).sum();
			posts += task.posts();
			check(wrong, task.posts() <= expected, task + " was sent too often");
		}
		Map<String, Integer> turns = turns();
		turns.keySet()
			.forEach((key) -> check(wrong, states.containsKey(key), key + " was sent, and is not in the database"));
		Map<String, Map<String, Integer>> told = told();
		states.forEach((key, state) -> {
			check(wrong, told.getOrDefault(state, Map.of()).containsKey(key),
					key + " is " + state + ", and was not told");
			check(wrong, turns.containsKey(key) == state.equals("DONE"),
					key + " is " + state + ", and was sent " + turns.getOrDefault(key, 0) + " times");
		});
		told.forEach((kind, keys) -> keys
			.forEach((key, count) -> check(wrong, count == 1, key + " was told as " + kind + " " + count + " times")));
		Set<String> lost = new TreeSet<>(this.submitted);
		lost.removeAll(states.keySet());
		lost.forEach((key) -> wrong.add(key + " was submitted, and is not in the database"));
		jdbc().sql("SELECT RUN_KEY FROM RUN_ORDER GROUP BY RUN_KEY HAVING COUNT(DISTINCT TASK_ID) > 1")
			.query(String.class)
			.list()
			.forEach((key) -> wrong.add(key + " has two tasks"));
		return new Outcome(states.size(), this.kills, this.halts, this.fenced, posts, count(states, "DONE"),
				count(states, "UNKNOWN"), count(states, "REFUSED"), doubled(turns), wrong);
	}

	/**
	 * Return how many turns Handinger has run for each key.
	 */
	private Map<String, Integer> turns() {
		Map<String, Integer> turns = new TreeMap<>();
		for (RecordedTask task : this.simulator.tasks()) {
			task.turns().forEach((turn) -> turns.merge(turn.input().split(" ")[0], 1, Integer::sum));
		}
		turns.remove(BEFORE);
		return turns;
	}

	private static Set<String> doubled(Map<String, Integer> turns) {
		Set<String> doubled = new TreeSet<>(turns.keySet());
		doubled.removeIf((key) -> turns.get(key) == 1);
		return doubled;
	}

	private Map<String, Map<String, Integer>> told() {
		Map<String, Map<String, Integer>> told = new TreeMap<>();
		jdbc().sql("SELECT KIND, RUN_KEY, COUNT(*) FROM RUN_TOLD GROUP BY KIND, RUN_KEY").query((row) -> {
			told.computeIfAbsent(row.getString(1), (kind) -> new TreeMap<>()).put(row.getString(2), row.getInt(3));
		});
		return told;
	}

	private static void check(Set<String> wrong, boolean right, String otherwise) {
		if (!right) {
			wrong.add(otherwise);
		}
	}

	private static int count(Map<String, String> states, String state) {
		return (int) states.values().stream().filter(state::equals).count();
	}

	@Override
	public void close() {
		this.instances.forEach(Instance::close);
		this.simulator.close();
	}

	/**
	 * What has become of the runs.
	 *
	 * @param runs the number of keys in the database
	 * @param kills the number of instances that were killed
	 * @param halts the number of these that ended at a chosen moment
	 * @param fenced the runs that an instance did not send since another one has them
	 * @param posts the requests that have reached Handinger
	 * @param done the runs whose task has ended
	 * @param unknown the runs whose outcome is unknown
	 * @param refused the runs that Handinger has refused
	 * @param doubled the runs that were sent more than once
	 * @param wrong whatever else is not as promised
	 */
	record Outcome(int runs, int kills, int halts, int fenced, int posts, int done, int unknown, int refused,
			Set<String> doubled, Set<String> wrong) {
	}

}
