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
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.util.Assert;

/**
 * A rule of the simulator: conditions on a request to run a task, and what happens to the
 * task then.
 * <p>
 * All conditions must match. Everything that a rule says accumulates, so that one rule
 * describes a whole turn: <pre class="code">
 * handinger.whenInput(containsString("report"))
 *     .thenAnswer("Done.")
 *     .after(Duration.ofHours(1))
 *     .loseWebhook();
 * </pre> A rule applies to requests that arrive after it has been written, and overrides
 * the directives in the input that it contradicts.
 */
public final class SimulatorRule {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private static final TypeReference<Map<String, Object>> OBJECT = new TypeReference<>() {
	};

	private static final int FIRST_STATUS = 200;

	private static final int FIRST_ERROR_STATUS = 400;

	private static final int LAST_STATUS = 599;

	private final Runnable checkOpen;

	private volatile Predicate<TaskRequest> condition = (request) -> false;

	private boolean conditional;

	private volatile Script script = Script.NONE;

	SimulatorRule(Runnable checkOpen) {
		this.checkOpen = checkOpen;
	}

	/**
	 * Apply this rule only to turns with such an input.
	 * @param input the condition on the input
	 * @return this rule
	 */
	public SimulatorRule andInput(Predicate<String> input) {
		Assert.notNull(input, "'input' must not be null");
		return and((request) -> input.test(request.input()));
	}

	/**
	 * Apply this rule only to turns with exactly this input.
	 * @param input the input
	 * @return this rule
	 */
	public SimulatorRule andInput(String input) {
		Assert.notNull(input, "'input' must not be null");
		return andInput(input::equals);
	}

	/**
	 * Apply this rule only to the tasks of such workers.
	 * @param workerId the condition on the id of the worker, which is empty if the
	 * request creates a worker
	 * @return this rule
	 */
	public SimulatorRule andWorker(Predicate<String> workerId) {
		Assert.notNull(workerId, "'workerId' must not be null");
		return and((request) -> workerId.test((request.workerId() != null) ? request.workerId() : ""));
	}

	/**
	 * Apply this rule only to the tasks of a worker.
	 * @param workerId the id of the worker
	 * @return this rule
	 */
	public SimulatorRule andWorker(String workerId) {
		Assert.hasText(workerId, "'workerId' must not be blank");
		return andWorker(workerId::equals);
	}

	/**
	 * Apply this rule only to turns with such a budget.
	 * @param budget the condition on the budget, which is {@code low}, {@code standard},
	 * {@code high} or {@code unlimited}
	 * @return this rule
	 */
	public SimulatorRule andBudget(Predicate<String> budget) {
		Assert.notNull(budget, "'budget' must not be null");
		return and((request) -> budget.test(request.budget().wireName()));
	}

	/**
	 * Apply this rule only to turns with a budget.
	 * @param budget the budget: {@code low}, {@code standard}, {@code high} or
	 * {@code unlimited}, in any case
	 * @return this rule
	 */
	public SimulatorRule andBudget(String budget) {
		Assert.notNull(budget, "'budget' must not be null");
		String name = budget.toLowerCase(Locale.ROOT);
		Assert.isTrue(Arrays.stream(CreditBudget.values()).map(CreditBudget::wireName).anyMatch(name::equals),
				() -> "'budget' must be low, standard, high or unlimited: " + budget);
		return andBudget(name::equals);
	}

	/**
	 * Apply this rule only to turns with a budget.
	 * @param budget the budget, such as {@code Budget.HIGH}
	 * @return this rule
	 */
	public SimulatorRule andBudget(Enum<?> budget) {
		Assert.notNull(budget, "'budget' must not be null");
		return andBudget(budget.name());
	}

	/**
	 * Complete the turn with this text.
	 * @param outputText the text of the answer
	 * @return this rule
	 */
	public SimulatorRule thenAnswer(String outputText) {
		Assert.notNull(outputText, "'outputText' must not be null");
		return then((script) -> script.withText(outputText));
	}

	/**
	 * Complete the turn with structured output. Unless the rule also has a text, the text
	 * of the answer is the same in JSON.
	 * @param structuredOutput a value that Jackson writes as a JSON object, such as a
	 * record or a map
	 * @return this rule
	 * @throws IllegalArgumentException if it is not written as a JSON object
	 */
	public SimulatorRule thenAnswer(Object structuredOutput) {
		Assert.notNull(structuredOutput, "'structuredOutput' must not be null");
		if (structuredOutput instanceof String outputText) {
			return thenAnswer(outputText);
		}
		Map<String, Object> object = toObject(structuredOutput);
		return then((script) -> script.withStructuredOutput(object));
	}

	private static Map<String, Object> toObject(Object value) {
		try {
			return MAPPER.readValue(MAPPER.writeValueAsString(value), OBJECT);
		}
		catch (JacksonException ex) {
			throw new IllegalArgumentException("Structured output is a JSON object: answer with a record or a map, not "
					+ value.getClass().getName(), ex);
		}
	}

	/**
	 * Fail the turn: its status is {@code error}.
	 * @param message the text of the answer
	 * @return this rule
	 */
	public SimulatorRule thenFail(String message) {
		Assert.notNull(message, "'message' must not be null");
		return then((script) -> script.withText(message).withEnd(TurnStatus.ERROR));
	}

	/**
	 * Abort the turn: its status is {@code aborted}.
	 * @return this rule
	 */
	public SimulatorRule thenAbort() {
		return then((script) -> script.withEnd(TurnStatus.ABORTED));
	}

	/**
	 * Run the turn, but close the connection instead of a response.
	 * @return this rule
	 */
	public SimulatorRule thenDropConnection() {
		return then((script) -> script.withHangUp(Directives.HangUp.CLOSE));
	}

	/**
	 * Run the turn, but respond at once with a status and without a result, as a gateway
	 * does.
	 * @param status the status from 200 to 599
	 * @return this rule
	 */
	public SimulatorRule thenRespond(int status) {
		checkStatus(status, FIRST_STATUS);
		return then((script) -> script.withAnswerStatus(status));
	}

	/**
	 * Reject every request, and run nothing. The response has no {@code Retry-After}.
	 * @param status the status from 400 to 599
	 * @return this rule
	 */
	public SimulatorRule thenReject(int status) {
		checkStatus(status, FIRST_ERROR_STATUS);
		return then((script) -> script.withRejection(new Rejection(status, null)));
	}

	/**
	 * Reject requests with {@code Retry-After} until this time has passed on the
	 * simulator's clock since the first rejection, and run nothing. The next request runs
	 * the turn. Requests are the same if they have the same task id and input or, without
	 * a task id, the same worker and input.
	 * @param status the status from 400 to 599
	 * @param retryAfter how long to reject; the header rounds it up to seconds
	 * @return this rule
	 */
	public SimulatorRule thenReject(int status, Duration retryAfter) {
		checkStatus(status, FIRST_ERROR_STATUS);
		checkNotNegative(retryAfter, "retryAfter");
		Duration wait = (retryAfter.compareTo(SimulatorClock.LONGEST_ADVANCE) < 0) ? retryAfter
				: SimulatorClock.LONGEST_ADVANCE;
		return then((script) -> script.withRejection(new Rejection(status, wait)));
	}

	/**
	 * Let the turn take this long.
	 * @param duration the duration on the simulator's clock
	 * @return this rule
	 */
	public SimulatorRule after(Duration duration) {
		checkNotNegative(duration, "duration");
		return then((script) -> script.withRunTime(duration));
	}

	/**
	 * Lose the webhook delivery: it is listed as an error, and no connection is made.
	 * @return this rule
	 */
	public SimulatorRule loseWebhook() {
		return then(Script::withLostWebhook);
	}

	/**
	 * Deliver the end of the turn to the webhook twice, at the same time.
	 * @return this rule
	 */
	public SimulatorRule deliverTwice() {
		return then(Script::withSecondDelivery);
	}

	/**
	 * Add a condition. Without one, the rule matches nothing.
	 */
	private synchronized SimulatorRule and(Predicate<TaskRequest> other) {
		this.checkOpen.run();
		this.condition = this.conditional ? this.condition.and(other) : other;
		this.conditional = true;
		return this;
	}

	private synchronized SimulatorRule then(UnaryOperator<Script> change) {
		this.checkOpen.run();
		this.script = change.apply(this.script);
		return this;
	}

	private static void checkStatus(int status, int first) {
		Assert.isTrue(status >= first && status <= LAST_STATUS,
				() -> "'status' must be from " + first + " to " + LAST_STATUS + ": " + status);
	}

	private static void checkNotNegative(Duration duration, String name) {
		Assert.notNull(duration, () -> "'" + name + "' must not be null");
		Assert.isTrue(!duration.isNegative(), () -> "'" + name + "' must not be negative: " + duration);
	}

	boolean matches(TaskRequest request) {
		return this.condition.test(request);
	}

	Script script() {
		return this.script;
	}

}
