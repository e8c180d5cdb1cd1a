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
import java.util.List;
import java.util.Objects;

import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import reactor.core.scheduler.Scheduler;
import reactor.netty.ChannelBindException;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/**
 * The engine of {@link com.handinger.spring.test.HandingerSimulator}, for internal use.
 * It shares no thread with the rest of the application.
 */
public final class Simulator implements AutoCloseable {

	/**
	 * An API key for the simulator, which accepts every key except
	 * {@code hdg_test_revoked}.
	 */
	public static final String API_KEY = "hdg_test_simulator";

	private static final int BACKLOG = 16_384;

	private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(2);

	private final LoopResources loops = LoopResources.create("simulator", LoopResources.DEFAULT_IO_WORKER_COUNT, true);

	private final SimulatorClock clock = new SimulatorClock();

	private final ChannelGroup connections = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);

	private final Deliveries deliveries = new Deliveries(this.clock, this.loops);

	private final SimulatedWorkers workers = new SimulatedWorkers(this.clock);

	private final Rules rules = new Rules();

	private final Journal journal = new Journal(this.clock);

	private final SimulatedTasks tasks;

	private final UploadedFiles files = new UploadedFiles();

	private final DisposableServer server;

	private volatile boolean closed;

	private Simulator(int port, Duration turnDuration, ApiVersion apiVersion) {
		this.tasks = new SimulatedTasks(apiVersion, this.clock.events(), this.workers, this.deliveries::add, this.rules,
				turnDuration);
		this.tasks.onRejection(this.clock::expectRetry, this.clock::retried);
		try {
			this.server = HttpServer.create()
				.port(port)
				.runOn(this.loops)
				.option(ChannelOption.SO_BACKLOG, BACKLOG)
				.doOnConnection((connection) -> this.connections.add(connection.channel()))
				.handle(new SimulatorHttp(this.tasks, this.workers, this.deliveries,
						new Schedules(this.clock.events(), this.tasks), this.files, this.journal, this.clock))
				.bindNow();
		}
		catch (ChannelBindException ex) {
			release();
			throw new SimulatorStartException(port, reason(ex), ex);
		}
	}

	/**
	 * Start a simulator.
	 * @param port the port to listen on, or 0 for a random free port
	 * @param turnDuration the default duration of a turn
	 * @param apiVersion the version of the API
	 * @return the simulator
	 */
	public static Simulator start(int port, Duration turnDuration, ApiVersion apiVersion) {
		return new Simulator(port, turnDuration, apiVersion);
	}

	private static String reason(ChannelBindException ex) {
		String reason = (ex.getCause() != null) ? String.valueOf(ex.getCause().getMessage()) : "";
		return (reason.isEmpty() || reason.contains("in use")) ? "it is already in use" : reason;
	}

	/**
	 * Return the port that the simulator listens on.
	 * @return the port
	 */
	public int port() {
		return this.server.port();
	}

	/**
	 * Return the URL of the simulator, which is the base URL of the API.
	 * @return the URL
	 */
	public String url() {
		return "http://localhost:" + port();
	}

	/**
	 * Add a worker, unless it exists.
	 * @param id the id of the worker
	 */
	public void addWorker(String id) {
		checkOpen();
		try {
			this.workers.shapeOrCreate(id);
		}
		catch (ApiError ex) {
			throw new IllegalArgumentException(
					"The id of a worker has 1 to 200 letters, digits, hyphens and underscores: " + id, ex);
		}
	}

	/**
	 * Set the webhook of all workers that have none of their own.
	 * @param url the URL
	 * @param token the token
	 */
	public void webhook(String url, String token) {
		checkOpen();
		Objects.requireNonNull(token, "'token' must not be null");
		if (!WebhooksHandler.isUrl(url)) {
			throw new IllegalArgumentException(
					"The URL of a webhook is absolute, such as http://localhost:8080/handinger/webhook: " + url);
		}
		this.deliveries.setDefault(new Webhook(token, url));
	}

	/**
	 * Add a rule, which has no condition yet.
	 * @return the rule
	 */
	public SimulatorRule addRule() {
		checkOpen();
		SimulatorRule rule = new SimulatorRule(this::checkOpen);
		this.rules.add(rule);
		return rule;
	}

	/**
	 * Keep all turns running.
	 */
	public void hold() {
		checkOpen();
		this.tasks.hold();
	}

	/**
	 * Finish the running turn of a task.
	 * @param taskId the id of the task
	 */
	public void finish(String taskId) {
		checkOpen();
		this.tasks.finishNow(this.tasks.awaitTask(taskId));
	}

	/**
	 * Move the clock.
	 * @param duration how far
	 */
	public void advance(Duration duration) {
		checkOpen();
		if (duration.isNegative() || duration.isZero() || duration.compareTo(SimulatorClock.LONGEST_ADVANCE) > 0) {
			throw new IllegalArgumentException("The clock moves forward, by at most "
					+ SimulatorClock.LONGEST_ADVANCE.toDays() + " days: " + duration);
		}
		this.clock.advance(duration);
	}

	/**
	 * Return the time on the clock.
	 * @return the time
	 */
	public Instant now() {
		return SimulatorClock.now(this.clock);
	}

	/**
	 * Return the clock.
	 * @return the clock
	 */
	public Scheduler clock() {
		return this.clock;
	}

	/**
	 * Deliver the latest end of a task.
	 * @param taskId the id of the task
	 * @param forged whether to use a wrong token
	 * @return the delivery
	 */
	public RecordedDelivery deliver(String taskId, boolean forged) {
		checkOpen();
		return this.deliveries.deliver(this.tasks.latestEnd(this.tasks.awaitTask(taskId)), forged);
	}

	/**
	 * Wait until a number of tasks have arrived.
	 * @param count the number
	 */
	public void awaitTasks(int count) {
		if (!this.tasks.await(count)) {
			throw new AssertionError(
					"Expected " + count + ((count == 1) ? " task" : " tasks") + ", but " + this.tasks.count()
							+ " have reached the simulator of Handinger." + System.lineSeparator() + journal());
		}
	}

	/**
	 * Wait until a number of deliveries have ended.
	 * @param count the number
	 */
	public void awaitDeliveries(int count) {
		if (!this.deliveries.await(count)) {
			SimulatorState.DeliveryCounts counts = this.deliveries.counts();
			throw new AssertionError("Expected " + count + ((count == 1) ? " delivery" : " deliveries") + ", but "
					+ (counts.success() + counts.error()) + " have ended." + System.lineSeparator() + journal());
		}
	}

	/**
	 * Return the tasks.
	 * @return the tasks
	 */
	public List<RecordedTask> tasks() {
		return this.tasks.record();
	}

	/**
	 * Return a task.
	 * @param taskId the id of the task
	 * @return the task
	 */
	public RecordedTask task(String taskId) {
		return this.tasks.record(taskId);
	}

	/**
	 * Return the requests.
	 * @return the requests
	 */
	public List<RecordedRequest> requests() {
		return this.journal.requests();
	}

	/**
	 * Describe what has reached the simulator.
	 * @return several lines
	 */
	public String journal() {
		List<String> requests = this.journal.describe();
		StringBuilder journal = new StringBuilder("What reached the simulator of Handinger:");
		if (requests.isEmpty()) {
			journal.append(" nothing");
		}
		requests.forEach((request) -> journal.append(System.lineSeparator()).append("  ").append(request));
		return journal.toString();
	}

	/**
	 * Return the counts.
	 * @return the counts
	 */
	public SimulatorState state() {
		return this.tasks.state(this.workers.count(), this.deliveries.counts());
	}

	/**
	 * Forget everything but the port and the default webhook, and return to real time.
	 */
	public void reset() {
		if (this.closed) {
			return;
		}
		this.rules.clear();
		this.clock.reset();
		this.tasks.clear();
		// A listener should not hear of this test in the next one.
		this.clock.awaitDeliveries();
		this.deliveries.clear();
		this.workers.clear();
		this.files.clear();
		this.journal.clear();
	}

	private void checkOpen() {
		if (this.closed) {
			throw new IllegalStateException(
					"The simulator is closed: start another one with HandingerSimulator.start(),"
							+ " or use it before close().");
		}
	}

	@Override
	public synchronized void close() {
		if (this.closed) {
			return;
		}
		this.closed = true;
		this.server.disposeNow(CLOSE_TIMEOUT);
		this.connections.close();
		release();
	}

	private void release() {
		this.deliveries.dispose();
		this.clock.dispose();
		this.loops.disposeLater(Duration.ZERO, CLOSE_TIMEOUT).subscribe();
	}

}
