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
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.handinger.sample.SampleApplication;
import com.handinger.spring.test.HandingerSimulator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

import static org.awaitility.Awaitility.await;

/**
 * Kills the sample with the profile {@code durable} while it starts tasks, and determines
 * their outcomes.
 */
final class DurableRun implements AutoCloseable {

	private static final int TASKS = 40;

	private static final Duration BETWEEN_TASKS = Duration.ofMillis(40);

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

	private final String workerId = "wrk_" + UUID.randomUUID();

	private final Set<String> accepted = new HashSet<>();

	private final Set<String> followedUp = new HashSet<>();

	private final Path directory;

	private final String databaseUrl;

	private final Random random;

	private final SimulatorProcess simulatorProcess;

	private final String simulatorUrl;

	private final SimulatorClient simulator;

	private final DeliveryForwarder forwarder;

	private volatile @Nullable KillableProcess sample;

	DurableRun(Path directory, String databaseUrl, long seed) throws IOException {
		this.directory = directory;
		this.databaseUrl = databaseUrl;
		this.random = new Random(seed);
		this.simulatorProcess = SimulatorProcess.start(directory, Map.of(), "--simulator.only=true",
				"--simulator.port=0");
		this.simulatorUrl = this.simulatorProcess.awaitUrl();
		this.simulator = new SimulatorClient(this.simulatorUrl);
		this.forwarder = new DeliveryForwarder(this::port);
	}

	private int port() {
		KillableProcess sample = this.sample;
		return (sample != null) ? sample.port() : 1;
	}

	/**
	 * Kill the sample so many times, start it once more, and wait until all is settled.
	 * On a busy machine, a kill may come before the first task is accepted, so there are
	 * more of them until more tasks than kills are accepted.
	 */
	Outcome run(int kills) throws IOException {
		this.simulator.setWebhook(this.workerId, this.forwarder.url());
		for (int kill = 0; kill < kills || (tooFewAccepted(kills) && kill < 3 * kills); kill++) {
			startTasksAndKill(startSample());
		}
		try (KillableProcess sample = startSample()) {
			awaitSettled(sample);
			return outcome(get("/tasks"));
		}
	}

	private KillableProcess startSample() throws IOException {
		KillableProcess sample = KillableProcess.start(this.directory, SampleApplication.class,
				List.of("--spring.profiles.active=durable", "--server.port=0",
						"--spring.datasource.url=" + this.databaseUrl, "--handinger.base-url=" + this.simulatorUrl,
						"--handinger.api-key=" + HandingerSimulator.API_KEY, "--handinger.await.not-found-grace=2s",
						"--handinger.runs.polling-interval=500ms", "--handinger.runs.visit-interval=1s",
						"--handinger.webhook.timeout=2s",
						"--handinger.webhook.registration.url=" + this.forwarder.url(),
						"--handinger.webhook.registration.worker-ids=" + this.workerId,
						"--handinger.webhook.reconciliation.interval=500ms",
						"--management.endpoints.web.exposure.include=metrics"));
		this.sample = sample;
		await().atMost(PATIENCE).until(sample::isReady);
		return sample;
	}

	/**
	 * Start tasks until the sample is killed, at any moment from the first task to some
	 * time after the last.
	 */
	private void startTasksAndKill(KillableProcess sample) {
		Iterator<String> completed = get("/tasks").valueStream()
			.filter((task) -> task.path("state").stringValue().equals("completed"))
			.map((task) -> task.path("taskId").stringValue())
			.filter((taskId) -> !this.followedUp.contains(taskId))
			.iterator();
		List<CompletableFuture<Void>> answers = new ArrayList<>();
		long moment = this.random.nextLong(BETWEEN_TASKS.multipliedBy(TASKS).toMillis());
		CompletableFuture<Void> killed = CompletableFuture.runAsync(sample::close,
				CompletableFuture.delayedExecutor(moment, TimeUnit.MILLISECONDS));
		for (int i = 0; i < TASKS && !killed.isDone(); i++) {
			answers.add(start(nextTaskId(completed), input()));
			await().pollInterval(Duration.ofMillis(5)).pollDelay(BETWEEN_TASKS).until(() -> true);
		}
		killed.join();
		answers.forEach(CompletableFuture::join);
	}

	private String nextTaskId(Iterator<String> completed) {
		if (this.random.nextInt(4) == 0 && completed.hasNext()) {
			String taskId = completed.next();
			this.followedUp.add(taskId);
			return taskId;
		}
		return "tsk_" + UUID.randomUUID();
	}

	private String input() {
		return "[delay=" + this.random.nextInt(2000) + "ms]" + ((this.random.nextInt(4) == 0) ? " [drop]" : "");
	}

	private CompletableFuture<Void> start(String taskId, String input) {
		HttpRequest request = HttpRequest.newBuilder(uri("/tasks"))
			.header("Content-Type", "application/json")
			.POST(HttpRequest.BodyPublishers.ofString(
					MAPPER.writeValueAsString(Map.of("taskId", taskId, "input", input, "workerId", this.workerId))))
			.build();
		return this.client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).handle((response, failure) -> {
			if (failure == null && response.statusCode() == 202) {
				accept(taskId);
			}
			return null;
		});
	}

	private synchronized boolean tooFewAccepted(int kills) {
		return this.accepted.size() <= kills;
	}

	private synchronized void accept(String taskId) {
		this.accepted.add(taskId);
	}

	private URI uri(String path) {
		return URI.create("http://localhost:" + port() + path);
	}

	private JsonNode get(String path) {
		HttpRequest request = HttpRequest.newBuilder(uri(path)).build();
		return MAPPER.readTree(this.client.sendAsync(request, HttpResponse.BodyHandlers.ofString()).join().body());
	}

	private void awaitSettled(KillableProcess sample) {
		await("end of all runs").atMost(PATIENCE).until(() -> running(get("/tasks")) == 0);
		await("end of all turns").atMost(PATIENCE).until(() -> this.simulator.state().path("running").intValue() == 0);
		await("all deliveries").atMost(PATIENCE)
			.until(() -> this.simulator.executions(this.workerId)
				.path("totalCount")
				.intValue() == this.simulator.state().path("turnsRun").intValue());
		KillRun.awaitPass(sample, KillRun.awaitPass(sample, Instant.now()));
	}

	private static long running(JsonNode listed) {
		return listed.valueStream().filter((task) -> task.path("state").stringValue().equals("running")).count();
	}

	/**
	 * The sample is killed once more: what it has shown has to be in the database.
	 */
	private Outcome outcome(JsonNode listed) {
		Map<String, String> shown = new TreeMap<>();
		listed.forEach((task) -> shown.put(task.path("taskId").stringValue(), task.path("state").stringValue()));
		KillableProcess sample = this.sample;
		if (sample != null) {
			sample.close();
		}
		return new Database(this.databaseUrl).outcome(shown, Set.copyOf(this.accepted), this.simulator.state());
	}

	@Override
	public void close() {
		KillableProcess sample = this.sample;
		if (sample != null) {
			sample.close();
		}
		this.forwarder.close();
		this.simulatorProcess.close();
	}

	/**
	 * What the sample has left behind.
	 */
	private static final class Database {

		private final JdbcClient jdbc;

		Database(String url) {
			this.jdbc = JdbcClient.create(new DriverManagerDataSource(url));
		}

		Outcome outcome(Map<String, String> shown, Set<String> accepted, JsonNode state) {
			Set<String> wrong = new HashSet<>();
			Map<String, Integer> completed = tasks("STATE = 'COMPLETED' AND WAY IS NOT NULL AND ERROR IS NULL");
			Map<String, Integer> unknown = tasks("ERROR LIKE 'It is unknown whether %'");
			int turns = 0;
			for (Map.Entry<String, JsonNode> task : state.path("tasks").properties()) {
				String id = task.getKey();
				int ran = task.getValue().path("turns").intValue();
				turns += ran;
				check(wrong, task.getValue().path("posts").intValue() == ran, id + " was sent more than once: " + task);
				check(wrong, completed.getOrDefault(id, 0) == ran,
						id + " has " + completed.get(id) + " ends of " + ran + " turns");
				check(wrong, "completed".equals(shown.get(id)) || unknown.containsKey(id), id + " is " + shown.get(id));
			}
			for (String id : accepted) {
				check(wrong, completed.containsKey(id) || unknown.containsKey(id), id + " was accepted and lost");
			}
			shown.keySet()
				.forEach((id) -> check(wrong, state.path("tasks").has(id) || unknown.containsKey(id),
						id + " is shown and was not sent"));
			check(wrong, count("SELECT COUNT(*) FROM STARTED_TASK WHERE STATE = 'RUNNING'") == 0, "A task runs still");
			check(wrong, count("SELECT COUNT(*) FROM INT_METADATA_STORE WHERE METADATA_VALUE LIKE 'P %'") == 0,
					"A claim is open");
			int runs = sum(completed) + sum(unknown);
			check(wrong, count("SELECT COUNT(*) FROM STARTED_TASK") == runs, "A run has neither ended nor is unknown");
			check(wrong, sum(completed) == turns, "There are " + sum(completed) + " ends of " + turns + " turns");
			return new Outcome(shown.size(), accepted.size(), turns, sum(unknown), wrong);
		}

		private static void check(Set<String> wrong, boolean right, String otherwise) {
			if (!right) {
				wrong.add(otherwise);
			}
		}

		/**
		 * Return how many runs of each task meet a condition.
		 */
		private Map<String, Integer> tasks(String condition) {
			Map<String, Integer> tasks = new TreeMap<>();
			this.jdbc.sql("SELECT TASK_ID, COUNT(*) FROM STARTED_TASK WHERE " + condition + " GROUP BY TASK_ID")
				.query((row) -> {
					tasks.put(row.getString(1), row.getInt(2));
				});
			return tasks;
		}

		private static int sum(Map<String, Integer> tasks) {
			return tasks.values().stream().mapToInt(Integer::intValue).sum();
		}

		private long count(String sql) {
			return this.jdbc.sql(sql).query(Long.class).single();
		}

	}

	/**
	 * What has become of the tasks.
	 *
	 * @param tasks how many are shown
	 * @param accepted how many were accepted
	 * @param turns how many turns have run
	 * @param unknown how many runs say that their outcome is unknown
	 * @param wrong what should not be
	 */
	record Outcome(int tasks, int accepted, int turns, int unknown, Set<String> wrong) {
	}

}
