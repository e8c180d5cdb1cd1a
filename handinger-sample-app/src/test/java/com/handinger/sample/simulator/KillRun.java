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

package com.handinger.sample.simulator;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import com.handinger.sample.simulator.SimulatorClient.Answer;
import com.handinger.spring.test.HandingerSimulator;
import tools.jackson.databind.JsonNode;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Kills instances of the sample while tasks are delivered to them, and determines the
 * outcomes of the tasks.
 */
final class KillRun implements AutoCloseable {

	private static final int DELIVERIES = 500;

	private static final int KILLS = 5;

	private static final Duration BETWEEN_TASKS = Duration.ofMillis(25);

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();

	private final List<KillableProcess> instances = new CopyOnWriteArrayList<>();

	private final Map<String, Integer> tasks = new TreeMap<>();

	private final KillableSample.Claims claims;

	private final String databaseUrl;

	private final Path directory;

	private final SimulatorClient simulator;

	private final String simulatorUrl;

	private final long seed;

	private final Random random;

	private final String workerId;

	private final JdbcTemplate database;

	private final DeliveryForwarder forwarder;

	private int started;

	KillRun(KillableSample.Claims claims, String databaseUrl, String simulatorUrl, long seed, Path directory) {
		this.claims = claims;
		this.databaseUrl = databaseUrl;
		this.directory = directory;
		this.simulatorUrl = simulatorUrl;
		this.simulator = new SimulatorClient(simulatorUrl);
		this.seed = seed;
		this.random = new Random(seed);
		this.workerId = "wrk_" + UUID.randomUUID();
		this.database = new JdbcTemplate(new DriverManagerDataSource(databaseUrl));
		this.forwarder = new DeliveryForwarder(
				() -> this.instances.get(this.random.nextInt(this.instances.size())).port());
	}

	/**
	 * Kill one of so many instances five times, and wait until all is settled.
	 */
	Outcome run(int instances) throws IOException {
		createTables();
		this.simulator.setWebhook(this.workerId, this.forwarder.url());
		for (int i = 0; i < instances; i++) {
			this.instances.add(startInstance());
		}
		List<Boolean> plan = plan();
		for (int kill = 0; kill < KILLS; kill++) {
			await().atMost(PATIENCE).until(() -> this.instances.stream().anyMatch(KillableProcess::isReady));
			runAndKill(plan.subList(plan.size() * kill / KILLS, plan.size() * (kill + 1) / KILLS));
		}
		await().atMost(PATIENCE).until(() -> this.instances.stream().allMatch(KillableProcess::isReady));
		awaitSettled();
		return outcome();
	}

	private void createTables() {
		for (String table : List.of("INT_METADATA_STORE", "EFFECT")) {
			this.database.execute("DROP TABLE IF EXISTS " + table);
		}
		this.database.execute("CREATE TABLE INT_METADATA_STORE (METADATA_KEY VARCHAR(255) NOT NULL, "
				+ "METADATA_VALUE VARCHAR(4000), REGION VARCHAR(100) NOT NULL, PRIMARY KEY (METADATA_KEY, REGION))");
		this.database.execute("CREATE TABLE EFFECT (TASK_ID VARCHAR(200) NOT NULL, TURN INT NOT NULL, "
				+ "EFFECT_AT BIGINT NOT NULL)");
	}

	private KillableProcess startInstance() throws IOException {
		return KillableProcess.start(this.directory, KillableSample.class,
				List.of(this.claims.name(), "--server.port=0", "--handinger.base-url=" + this.simulatorUrl,
						"--handinger.api-key=" + HandingerSimulator.API_KEY, "--handinger.webhook.timeout=2s",
						"--handinger.webhook.registration.url=" + this.forwarder.url(),
						"--handinger.webhook.registration.worker-ids=" + this.workerId,
						"--handinger.webhook.reconciliation.interval=500ms",
						"--management.endpoints.web.exposure.include=metrics", "--handinger.runs.enabled=false",
						"--killable.url=" + this.databaseUrl, "--killable.seed=" + (this.seed + this.started++)));
	}

	/**
	 * Return for each task whether it is delivered twice.
	 */
	private List<Boolean> plan() {
		List<Boolean> plan = new ArrayList<>();
		for (int deliveries = 0; deliveries < DELIVERIES; deliveries += plan.get(plan.size() - 1) ? 2 : 1) {
			plan.add(this.random.nextBoolean());
		}
		return plan;
	}

	private void runAndKill(List<Boolean> plan) throws IOException {
		List<CompletableFuture<Answer>> answers = new ArrayList<>();
		for (int i = 0; i < plan.size(); i++) {
			boolean twice = plan.get(i);
			String taskId = "tsk_" + UUID.randomUUID();
			this.tasks.put(taskId, twice ? 2 : 1);
			answers.add(
					after(BETWEEN_TASKS.multipliedBy(i), () -> runTask(taskId, twice)).thenCompose((answer) -> answer));
		}
		int victim = this.random.nextInt(this.instances.size());
		long moment = this.random.nextLong(BETWEEN_TASKS.multipliedBy(plan.size()).toMillis());
		after(Duration.ofMillis(moment), () -> kill(victim)).join();
		this.instances.set(victim, startInstance());
		answers.forEach((answer) -> assertThat(answer.join().status()).isEqualTo(200));
	}

	private <T> CompletableFuture<T> after(Duration time, Supplier<T> step) {
		return CompletableFuture.supplyAsync(step,
				(task) -> this.scheduler.schedule(task, time.toMillis(), TimeUnit.MILLISECONDS));
	}

	private CompletableFuture<Answer> runTask(String taskId, boolean twice) {
		return this.simulator.createAsync(Map.of("taskId", taskId, "workerId", this.workerId, "input",
				twice ? "[delay=50ms] [webhook=twice]" : "[delay=50ms]"));
	}

	private boolean kill(int victim) {
		this.instances.get(victim).close();
		return true;
	}

	/**
	 * Wait until all attempts to deliver are listed, and nothing of them is left to do.
	 */
	private void awaitSettled() {
		int deliveries = this.tasks.values().stream().mapToInt(Integer::intValue).sum();
		await().atMost(PATIENCE)
			.until(() -> this.simulator.executions(this.workerId).path("totalCount").intValue() == deliveries);
		awaitIdle();
	}

	/**
	 * Wait until no instance has anything left to do in a pass that has begun after this
	 * call.
	 */
	void awaitIdle() {
		this.instances.forEach((instance) -> awaitPass(instance, awaitPass(instance, Instant.now())));
	}

	/**
	 * Wait for the end of a pass that leaves nothing, later than another, and return a
	 * time after it and before the next.
	 */
	static Instant awaitPass(KillableProcess instance, Instant last) {
		Map<String, Instant> ends = new HashMap<>();
		await().atMost(PATIENCE).ignoreExceptions().until(() -> {
			Instant before = Instant.now();
			long age = (long) (instance.reconciliation("age") * 1000);
			ends.put("latest", Instant.now().minusMillis(age).plusMillis(1));
			return before.minusMillis(age).isAfter(last) && instance.reconciliation("backlog") == 0;
		});
		return ends.get("latest");
	}

	/**
	 * Run a further turn of some tasks, one of which is not delivered.
	 * @return their ids
	 */
	List<String> runFurtherTurns() {
		List<String> taskIds = this.tasks.keySet().stream().limit(3).toList();
		for (String taskId : taskIds) {
			String input = taskId.equals(taskIds.get(0)) ? "[delay=0s] [webhook=lost]" : "[delay=0s]";
			assertThat(this.simulator.create(Map.of("taskId", taskId, "input", input)).status()).isEqualTo(200);
		}
		await().atMost(PATIENCE).until(() -> effects(2).keySet().containsAll(taskIds));
		return taskIds;
	}

	/**
	 * Return how many effects the listener had at the end of a turn, by task.
	 */
	Map<String, Integer> effects(int turn) {
		Map<String, Integer> effects = new TreeMap<>();
		this.database.query("SELECT TASK_ID, COUNT(*) FROM EFFECT WHERE TURN = ? GROUP BY TASK_ID", (row) -> {
			effects.put(row.getString(1), row.getInt(2));
		}, turn);
		return effects;
	}

	private Outcome outcome() {
		Map<String, Integer> effects = effects(1);
		List<JsonNode> executions = executions();
		assertThat(executions).extracting((execution) -> execution.path("taskId").stringValue())
			.containsAll(this.tasks.keySet());
		List<String> lost = this.tasks.keySet().stream().filter((task) -> !effects.containsKey(task)).toList();
		List<String> doubled = effects.keySet().stream().filter((task) -> effects.get(task) > 1).toList();
		List<JsonNode> successes = executions.stream()
			.filter((execution) -> execution.path("requestStatus").stringValue().equals("success"))
			.toList();
		return new Outcome(this.tasks.size(), executions.size(), successes.size(), lost, doubled, unfounded(successes),
				claims("D %"), claims("P %"));
	}

	private List<JsonNode> executions() {
		List<JsonNode> executions = new ArrayList<>();
		String path = "/api/workers/" + this.workerId + "/webhook/executions?page=";
		JsonNode page;
		int number = 1;
		do {
			page = this.simulator.get(path + number++).json();
			page.path("logs").forEach(executions::add);
		}
		while (!page.path("logs").isEmpty());
		return executions;
	}

	/**
	 * Return the tasks that were answered with a success before there was an effect.
	 */
	private List<String> unfounded(List<JsonNode> successes) {
		Map<String, Long> first = new HashMap<>();
		this.database.query("SELECT TASK_ID, MIN(EFFECT_AT) FROM EFFECT GROUP BY TASK_ID", (row) -> {
			first.put(row.getString(1), row.getLong(2));
		});
		return successes.stream().filter((success) -> {
			long end = Instant.parse(success.path("createdAt").stringValue()).toEpochMilli()
					+ success.path("durationMs").longValue();
			// Both of these are rounded down to milliseconds.
			return first.getOrDefault(success.path("taskId").stringValue(), Long.MAX_VALUE) > end + 2;
		}).map((success) -> success.path("taskId").stringValue()).toList();
	}

	private int claims(String value) {
		Integer count = this.database.queryForObject("SELECT COUNT(*) FROM INT_METADATA_STORE "
				+ "WHERE METADATA_KEY LIKE 'handinger:task:%' AND METADATA_VALUE LIKE ?", Integer.class, value);
		return (count != null) ? count : 0;
	}

	@Override
	public void close() {
		this.instances.forEach(KillableProcess::close);
		this.forwarder.close();
		this.scheduler.shutdownNow();
	}

	/**
	 * What has become of the tasks.
	 *
	 * @param tasks how many there were
	 * @param deliveries how many attempts were made to deliver their ends
	 * @param successes how many of those were answered with a success
	 * @param lost those whose end the listener has not heard of
	 * @param doubled those whose end it has heard of more than once
	 * @param unfounded those whose delivery was answered with a success too early
	 * @param done how many claims are done
	 * @param inProgress how many are not
	 */
	record Outcome(int tasks, int deliveries, int successes, List<String> lost, List<String> doubled,
			List<String> unfounded, int done, int inProgress) {

		@Override
		public String toString() {
			return this.tasks + " tasks, " + this.deliveries + " deliveries (" + this.successes
					+ " answered with 204), " + this.lost.size() + " lost, " + this.doubled.size() + " doubled, "
					+ this.done + " claims done and " + this.inProgress + " in progress";
		}

	}

}
