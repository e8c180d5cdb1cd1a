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

package com.handinger.spring.test;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;

import com.handinger.spring.test.simulator.ApiVersion;
import com.handinger.spring.test.simulator.RecordedDelivery;
import com.handinger.spring.test.simulator.RecordedRequest;
import com.handinger.spring.test.simulator.RecordedTask;
import com.handinger.spring.test.simulator.Simulator;
import com.handinger.spring.test.simulator.SimulatorRule;
import com.handinger.spring.test.simulator.SimulatorStartException;
import com.handinger.spring.test.simulator.SimulatorState;
import reactor.core.scheduler.Scheduler;

import org.springframework.util.Assert;

/**
 * A simulator of the Handinger API for tests. It listens on its own port of the local
 * machine, and its tasks run, have schedules, and are delivered to webhooks.
 * <p>
 * Rules determine how tasks are answered: <pre class="code">
 * handinger.whenInput(containsString("Barcelona")).thenAnswer("Sunny.");
 * </pre> The first rule that matches a request wins. Without a rule, the simulator
 * follows the directives in the input, and answers by itself.
 * <p>
 * The simulator has its own clock, which runs at the speed of real time, and which
 * {@link #advance(Duration)} moves forward. Everything that waits in the simulator waits
 * on it, and so does the client of an application with
 * {@code @AutoConfigureHandingerSimulator}.
 * <p>
 * All methods may be called from any thread, except that those that wait must not be
 * called from a non-blocking one. State is held in memory, and lost when the simulator is
 * closed. After that, methods that change the simulator throw an
 * {@link IllegalStateException}.
 */
public final class HandingerSimulator implements AutoCloseable {

	/**
	 * An API key for the simulator, which accepts every key except
	 * {@code hdg_test_revoked}.
	 */
	public static final String API_KEY = Simulator.API_KEY;

	private final Simulator simulator;

	private HandingerSimulator(Simulator simulator) {
		this.simulator = simulator;
	}

	/**
	 * Start a simulator on a random free port, whose turns take no time.
	 * @return the simulator, which is ready for requests
	 */
	public static HandingerSimulator start() {
		return builder().start();
	}

	/**
	 * Return a builder for a simulator with other settings.
	 * @return the builder
	 */
	public static Builder builder() {
		return new Builder();
	}

	/**
	 * Return a predicate for texts that contain the given one, for use with
	 * {@link #whenInput(Predicate)}.
	 * @param text the text to look for, in this case
	 * @return the predicate
	 */
	public static Predicate<String> containsString(String text) {
		Assert.notNull(text, "'text' must not be null");
		return new ContainsString(text);
	}

	/**
	 * Return the URL of the simulator, which is the base URL of the API.
	 * @return the URL, without a trailing slash
	 */
	public String url() {
		return this.simulator.url();
	}

	/**
	 * Return the port that the simulator listens on.
	 * @return the port
	 */
	public int port() {
		return this.simulator.port();
	}

	/**
	 * Return an API key for the simulator, which accepts every key except
	 * {@code hdg_test_revoked}.
	 * @return the key
	 */
	public String apiKey() {
		return API_KEY;
	}

	/**
	 * Add a worker, unless it exists.
	 * @param id the id of the worker
	 * @throws IllegalArgumentException if the id is not valid
	 */
	public void addWorker(String id) {
		Assert.notNull(id, "'id' must not be null");
		this.simulator.addWorker(id);
	}

	/**
	 * Set the webhook of all workers that have none of their own.
	 * @param url the URL of the webhook, http or https
	 * @param token the token of its deliveries
	 */
	public void webhook(String url, String token) {
		this.simulator.webhook(url, token);
	}

	/**
	 * Start a rule for tasks by their input.
	 * @param input the condition on the input of a turn
	 * @return the rule, which takes further conditions and the answer
	 */
	public SimulatorRule whenInput(Predicate<String> input) {
		return this.simulator.addRule().andInput(input);
	}

	/**
	 * Start a rule for tasks with exactly this input.
	 * @param input the input
	 * @return the rule, which takes further conditions and the answer
	 */
	public SimulatorRule whenInput(String input) {
		return this.simulator.addRule().andInput(input);
	}

	/**
	 * Start a rule for the tasks of workers.
	 * @param workerId the condition on the id of the worker, which is empty if the
	 * request creates a worker
	 * @return the rule, which takes further conditions and the answer
	 */
	public SimulatorRule whenWorker(Predicate<String> workerId) {
		return this.simulator.addRule().andWorker(workerId);
	}

	/**
	 * Start a rule for the tasks of a worker.
	 * @param workerId the id of the worker
	 * @return the rule, which takes further conditions and the answer
	 */
	public SimulatorRule whenWorker(String workerId) {
		return this.simulator.addRule().andWorker(workerId);
	}

	/**
	 * Start a rule for tasks by their budget.
	 * @param budget the condition on the budget, which is {@code low}, {@code standard},
	 * {@code high} or {@code unlimited}
	 * @return the rule, which takes further conditions and the answer
	 */
	public SimulatorRule whenBudget(Predicate<String> budget) {
		return this.simulator.addRule().andBudget(budget);
	}

	/**
	 * Start a rule for tasks with a budget.
	 * @param budget the budget: {@code low}, {@code standard}, {@code high} or
	 * {@code unlimited}, in any case
	 * @return the rule, which takes further conditions and the answer
	 */
	public SimulatorRule whenBudget(String budget) {
		return this.simulator.addRule().andBudget(budget);
	}

	/**
	 * Start a rule for tasks with a budget.
	 * @param budget the budget, such as {@code Budget.HIGH}
	 * @return the rule, which takes further conditions and the answer
	 */
	public SimulatorRule whenBudget(Enum<?> budget) {
		return this.simulator.addRule().andBudget(budget);
	}

	/**
	 * Keep all turns running from now on, whatever their duration, until
	 * {@link #finish(String)} or {@link #reset()}.
	 */
	public void hold() {
		this.simulator.hold();
	}

	/**
	 * Finish the running turn of a task now, held or not, as its rule or its directives
	 * say. Waits up to two seconds for a task that has not arrived yet, or up to five for
	 * the first one. The end is then delivered to the webhook, which may take longer than
	 * this call.
	 * @param taskId the id of the task
	 * @throws IllegalArgumentException if there is no such task
	 * @throws IllegalStateException if the task has no running turn
	 */
	public void finish(String taskId) {
		this.simulator.finish(taskId);
	}

	/**
	 * Move the simulator's clock forward. Everything that becomes due on the way happens
	 * in order and at its own time: turns end, schedules run tasks, deliveries are made,
	 * and the waits of a client on this clock end.
	 * <p>
	 * First waits until something of the simulator is due within that time, so that a
	 * task that is being sent is not missed: up to two seconds of real time, or five if
	 * nothing has been sent yet, but only a quarter of a second if something is due
	 * later. Call {@link #awaitTasks(int)} first if it depends on several tasks.
	 * @param duration how far to move the clock, more than zero
	 * @throws IllegalStateException if another thread is moving the clock
	 */
	public void advance(Duration duration) {
		Assert.notNull(duration, "'duration' must not be null");
		this.simulator.advance(duration);
	}

	/**
	 * Return the time on the simulator's clock.
	 * @return the time
	 */
	public Instant now() {
		return this.simulator.now();
	}

	/**
	 * Return the simulator's clock, for what should wait in simulated time. It has one
	 * thread, which must not be blocked.
	 * @return the clock, which is disposed of when the simulator is closed
	 */
	public Scheduler clock() {
		return this.simulator.clock();
	}

	/**
	 * Deliver the latest end of a task to the webhook of its worker, whether it was
	 * delivered before or not: a second call is a duplicate, a call after
	 * {@code loseWebhook()} a late delivery. Waits for a task that has not arrived yet as
	 * {@link #finish(String)} does, and up to five seconds of simulated time for the
	 * response.
	 * @param taskId the id of the task
	 * @return the delivery with its response
	 * @throws IllegalArgumentException if there is no such task
	 * @throws IllegalStateException if no turn of the task has ended, or no webhook is
	 * set
	 */
	public RecordedDelivery deliver(String taskId) {
		return this.simulator.deliver(taskId, false);
	}

	/**
	 * Send a delivery like {@link #deliver(String)} with a token that is not the
	 * webhook's, as an attacker would. It is not recorded.
	 * @param taskId the id of the task
	 * @return the delivery with its response
	 * @throws IllegalArgumentException if there is no such task
	 * @throws IllegalStateException if no turn of the task has ended, or no webhook is
	 * set
	 */
	public RecordedDelivery deliverForged(String taskId) {
		return this.simulator.deliver(taskId, true);
	}

	/**
	 * Wait until a number of tasks have arrived since the start or the last reset, up to
	 * five seconds.
	 * @param count the number of tasks
	 * @throws AssertionError if they do not arrive in time, with the requests that have
	 */
	public void awaitTasks(int count) {
		this.simulator.awaitTasks(count);
	}

	/**
	 * Wait until a number of deliveries to webhooks have been answered or have failed
	 * since the start or the last reset, up to five seconds. By then, the listeners of
	 * the application have been called.
	 * @param count the number of deliveries, not counting forged ones
	 * @throws AssertionError if they do not end in time, with the requests that have
	 * reached the simulator
	 */
	public void awaitDeliveries(int count) {
		this.simulator.awaitDeliveries(count);
	}

	/**
	 * Return the tasks that have arrived, the oldest first. This copies all of them.
	 * @return the tasks
	 */
	public List<RecordedTask> tasks() {
		return this.simulator.tasks();
	}

	/**
	 * Return a task that has arrived.
	 * @param taskId the id of the task
	 * @return the task
	 * @throws IllegalArgumentException if there is no such task
	 */
	public RecordedTask task(String taskId) {
		return this.simulator.task(taskId);
	}

	/**
	 * Return the requests that have arrived, the oldest first, at most the latest 1,000.
	 * @return the requests
	 */
	public List<RecordedRequest> requests() {
		return this.simulator.requests();
	}

	/**
	 * Return counts of what has reached the simulator, in total and by task id.
	 * @return the counts
	 */
	public SimulatorState state() {
		return this.simulator.state();
	}

	/**
	 * Forget all rules, tasks, workers and requests, and end {@link #hold()}. Requests
	 * that wait for a task lose their connection. Waits up to two seconds for deliveries
	 * that are in flight. The clock returns to real time. The port and the webhook that
	 * {@link #webhook(String, String)} has set stay. Has no effect on a closed simulator.
	 */
	public void reset() {
		this.simulator.reset();
	}

	/**
	 * Stop listening, and lose all state. Has no effect on a closed simulator.
	 */
	@Override
	public void close() {
		this.simulator.close();
	}

	@Override
	public String toString() {
		return "HandingerSimulator at " + url();
	}

	/**
	 * Describe what has reached the simulator, for people, in several lines.
	 */
	String journal() {
		return this.simulator.journal();
	}

	/**
	 * A builder for a {@link HandingerSimulator}.
	 */
	public static final class Builder {

		private static final int LAST_PORT = 65_535;

		private int port;

		private Duration turnDuration = Duration.ZERO;

		private ApiVersion apiVersion = ApiVersion.V2026_07;

		private Builder() {
		}

		/**
		 * Set the port to listen on.
		 * @param port the port, or 0 for a random free port
		 * @return this builder
		 * @throws IllegalArgumentException if the port is not from 0 to 65535
		 */
		public Builder port(int port) {
			if (port < 0 || port > LAST_PORT) {
				throw new IllegalArgumentException("The port must be from 0 to " + LAST_PORT + ": " + port);
			}
			this.port = port;
			return this;
		}

		/**
		 * Set the duration of turns without a rule or a directive about it.
		 * @param turnDuration the duration on the simulator's clock
		 * @return this builder
		 */
		public Builder turnDuration(Duration turnDuration) {
			Assert.notNull(turnDuration, "'turnDuration' must not be null");
			if (turnDuration.isNegative()) {
				throw new IllegalArgumentException("The duration of turns must not be negative: " + turnDuration);
			}
			this.turnDuration = turnDuration;
			return this;
		}

		/**
		 * Set the version of the API to simulate.
		 * @param apiVersion the version
		 * @return this builder
		 */
		public Builder apiVersion(ApiVersion apiVersion) {
			Assert.notNull(apiVersion, "'apiVersion' must not be null");
			this.apiVersion = apiVersion;
			return this;
		}

		/**
		 * Start the simulator.
		 * @return the simulator, which is ready for requests
		 * @throws SimulatorStartException if it cannot listen on its port
		 */
		public HandingerSimulator start() {
			return new HandingerSimulator(Simulator.start(this.port, this.turnDuration, this.apiVersion));
		}

	}

	/**
	 * A condition that a text contains another one.
	 *
	 * @param text the text to look for
	 */
	private record ContainsString(String text) implements Predicate<String> {

		@Override
		public boolean test(String input) {
			return input.contains(this.text);
		}

		@Override
		public String toString() {
			return "contains \"" + this.text + "\"";
		}

	}

}
