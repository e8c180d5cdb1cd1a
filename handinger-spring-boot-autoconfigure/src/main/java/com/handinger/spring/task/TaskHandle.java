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

package com.handinger.spring.task;

import java.io.Serializable;
import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.handinger.spring.transport.ApiCall;

import org.springframework.util.Assert;

/**
 * One run of a task: the turn that a request has added, which any process can
 * {@link HandingerTasksClient#await(TaskHandle) await}. It is text in JSON and in
 * {@link #toString()}, such as {@code tsk_01HZY31W2SZJ8MJ2FQTR3M1K9D~0}, and contains no
 * secret. With an id of Handinger's form, all its characters are allowed in the path of a
 * URL. A controller can declare it as the type of a path variable or a parameter.
 * <p>
 * Further turns that were added to the task later are not told apart: if the task runs
 * again, its end is that of its last turn.
 *
 * @param taskId the id of the task
 * @param turnsBefore the number of turns before the run, which is 0 for a new task
 */
public record TaskHandle(String taskId, long turnsBefore) implements Serializable {

	private static final Pattern TEXT = Pattern.compile("(.+)~(0|[1-9][0-9]{0,18})", Pattern.DOTALL);

	public TaskHandle {
		ApiCall.checkId(taskId, "taskId");
		Assert.isTrue(turnsBefore >= 0, "'turnsBefore' must not be negative: it is 0 for a new task");
	}

	/**
	 * Parse the text of a handle.
	 * @param text the text, as {@link #toString()} returns it
	 * @return the handle
	 * @throws IllegalArgumentException if the text is not that of a handle
	 */
	@JsonCreator(mode = JsonCreator.Mode.DELEGATING)
	public static TaskHandle parse(String text) {
		Assert.notNull(text, "'text' must not be null");
		Matcher parts = TEXT.matcher(text);
		Assert.isTrue(parts.matches() && new BigInteger(parts.group(2)).bitLength() < Long.SIZE,
				"'text' must be the id of a task, '~' and the number of turns before the run, such as tsk_01HZY31W2SZJ8MJ2FQTR3M1K9D~0");
		return new TaskHandle(parts.group(1), Long.parseLong(parts.group(2)));
	}

	/**
	 * Parse the text of a handle, as Spring converts path variables and parameters.
	 * @param text the text, as {@link #toString()} returns it
	 * @return the handle
	 * @throws IllegalArgumentException if the text is not that of a handle
	 */
	public static TaskHandle valueOf(String text) {
		return parse(text);
	}

	/**
	 * Return whether a task has ended with the turn of this run. Some servers never count
	 * the turn of a new task.
	 */
	boolean isEndedBy(TaskWithTurns state) {
		return state.isEndedAfter((this.turnsBefore == 0) ? -1 : this.turnsBefore);
	}

	/**
	 * Return this handle as text.
	 * @return the text, which {@link #parse(String)} reads
	 */
	@Override
	@JsonValue
	public String toString() {
		return this.taskId + "~" + this.turnsBefore;
	}

}
