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

package com.handinger.spring.worker;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Schedule to create for a worker.
 * <p>
 * {@link #toString()} omits the input.
 *
 * @param input the input of each task
 * @param budget the budget of each task, or {@code null} for Handinger's default, which
 * is {@link Budget#STANDARD}
 * @param when when the tasks run
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@JsonPropertyOrder("input")
public record CreateSchedule(String input, @Nullable Budget budget, When when) {

	public CreateSchedule {
		Assert.hasLength(input, "'input' must not be empty: say what the worker has to do");
		TextLimits.check(input, "input", Integer.MAX_VALUE);
		Assert.isTrue(budget != Budget.UNKNOWN,
				"'budget' must be one that Handinger knows, or null for its own choice");
		Assert.notNull(when, "'when' must not be null: say when the worker has to do it");
	}

	/**
	 * Create a schedule.
	 * @param input the input of each task
	 * @param when when the tasks run
	 * @return the schedule
	 */
	public static CreateSchedule of(String input, When when) {
		return new CreateSchedule(input, null, when);
	}

	/**
	 * Return this schedule with a budget.
	 * @param budget the budget of each task, or {@code null} for Handinger's default
	 * @return the schedule
	 */
	public CreateSchedule withBudget(@Nullable Budget budget) {
		return new CreateSchedule(this.input, budget, this.when);
	}

	@Override
	public String toString() {
		return "CreateSchedule[budget=" + this.budget + ", when=" + this.when + "]";
	}

}
