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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

import com.handinger.spring.task.Task;
import com.handinger.spring.task.TaskStatus;
import com.handinger.spring.task.TaskTrigger;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.task.Turn;
import com.handinger.spring.worker.WorkerFile;
import org.jspecify.annotations.Nullable;

/**
 * Tasks for tests, such as the answers of a mocked {@code HandingerTasksClient}:
 * <pre class="code">
 * given(tasks.run(any())).willReturn(Mono.just(TestTasks.completed("Sunny.")));
 * </pre>
 * <p>
 * Two tasks that are made in the same way are equal. Values that should differ come
 * first, as in {@code TestTasks.withId("tsk_7").completed("Sunny.")}.
 */
public final class TestTasks {

	/**
	 * The id of a task without {@link #withId(String)}.
	 */
	public static final String ID = "tsk_test";

	/**
	 * The id of the worker of a task without {@link #withWorkerId(String)}.
	 */
	public static final String WORKER_ID = "wrk_test";

	static final Instant CREATED_AT = Instant.parse("2026-01-01T12:00:00Z");

	static final Duration DURATION = Duration.ofSeconds(1);

	static final long CREDITS = 2;

	private TestTasks() {
	}

	/**
	 * Return a task that has completed.
	 * @param outputText the output of its last turn
	 * @return the task
	 */
	public static TaskWithTurns completed(String outputText) {
		return new Builder().completed(outputText);
	}

	/**
	 * Return a task that has ended in error. The API shows no reason, and the output
	 * until then.
	 * @param outputText the output of its last turn until then
	 * @return the task
	 */
	public static TaskWithTurns failed(String outputText) {
		return new Builder().failed(outputText);
	}

	/**
	 * Return a task that was aborted.
	 * @return the task
	 */
	public static TaskWithTurns aborted() {
		return new Builder().aborted();
	}

	/**
	 * Return a task that is running.
	 * @return the task
	 */
	public static TaskWithTurns running() {
		return new Builder().running();
	}

	/**
	 * Start a task with an id.
	 * @param id the id of the task
	 * @return a builder for the rest of it
	 */
	public static Builder withId(String id) {
		return new Builder().withId(id);
	}

	/**
	 * Start a task of a worker.
	 * @param workerId the id of the worker
	 * @return a builder for the rest of it
	 */
	public static Builder withWorkerId(String workerId) {
		return new Builder().withWorkerId(workerId);
	}

	/**
	 * Start a task with a title.
	 * @param title the title
	 * @return a builder for the rest of it
	 */
	public static Builder withTitle(String title) {
		return new Builder().withTitle(title);
	}

	/**
	 * Start a task with an input.
	 * @param input the input of the last turn
	 * @return a builder for the rest of it
	 */
	public static Builder withInput(String input) {
		return new Builder().withInput(input);
	}

	/**
	 * Start a task with structured output.
	 * @param structuredOutput the structured output of the last turn: a map, or an object
	 * such as a record, which is converted like the application's type is by
	 * {@link TaskWithTurns#structuredOutput(Class)}
	 * @return a builder for the rest of it
	 * @throws IllegalArgumentException if it is not a JSON object
	 */
	public static Builder withStructuredOutput(Object structuredOutput) {
		return new Builder().withStructuredOutput(structuredOutput);
	}

	/**
	 * Start a task with files.
	 * @param files the files of the last turn
	 * @return a builder for the rest of it
	 */
	public static Builder withFiles(WorkerFile... files) {
		return new Builder().withFiles(files);
	}

	/**
	 * Start a task with a number of credits.
	 * @param credits the credits that the last turn used
	 * @return a builder for the rest of it
	 */
	public static Builder withCredits(long credits) {
		return new Builder().withCredits(credits);
	}

	/**
	 * Start a task with a duration.
	 * @param duration the duration of the last turn
	 * @return a builder for the rest of it
	 */
	public static Builder withDuration(Duration duration) {
		return new Builder().withDuration(duration);
	}

	/**
	 * Start a task that was created at a time.
	 * @param createdAt the time, in UTC
	 * @return a builder for the rest of it
	 */
	public static Builder withCreatedAt(Instant createdAt) {
		return new Builder().withCreatedAt(createdAt);
	}

	/**
	 * Start a task that was started by something other than an API call.
	 * @param triggeredBy the trigger
	 * @return a builder for the rest of it
	 */
	public static Builder withTrigger(TaskTrigger triggeredBy) {
		return new Builder().withTrigger(triggeredBy);
	}

	/**
	 * Start a task that has an earlier turn, so that its last one is a follow-up.
	 * @param input the input of the earlier turn
	 * @param outputText the output of the earlier turn
	 * @return a builder for the rest of it
	 */
	public static Builder withEarlierTurn(String input, String outputText) {
		return new Builder().withEarlierTurn(input, outputText);
	}

	/**
	 * A builder for a task. Builders do not change: each method returns another one.
	 */
	public static final class Builder {

		private String id = ID;

		private String workerId = WORKER_ID;

		private String title = "Test";

		private String input = "Test";

		private @Nullable Map<String, @Nullable Object> structuredOutput;

		private List<WorkerFile> files = List.of();

		private long credits = CREDITS;

		private Duration duration = DURATION;

		private Instant createdAt = CREATED_AT;

		private TaskTrigger triggeredBy = TaskTrigger.API;

		private List<EarlierTurn> earlierTurns = List.of();

		private Builder() {
		}

		private Builder with(Consumer<Builder> change) {
			Builder copy = new Builder();
			copy.id = this.id;
			copy.workerId = this.workerId;
			copy.title = this.title;
			copy.input = this.input;
			copy.structuredOutput = this.structuredOutput;
			copy.files = this.files;
			copy.credits = this.credits;
			copy.duration = this.duration;
			copy.createdAt = this.createdAt;
			copy.triggeredBy = this.triggeredBy;
			copy.earlierTurns = this.earlierTurns;
			change.accept(copy);
			return copy;
		}

		/**
		 * Set the id of the task.
		 * @param id the id
		 * @return a builder with that id
		 */
		public Builder withId(String id) {
			return with((copy) -> copy.id = id);
		}

		/**
		 * Set the worker of the task.
		 * @param workerId the id of the worker
		 * @return a builder with that worker
		 */
		public Builder withWorkerId(String workerId) {
			return with((copy) -> copy.workerId = workerId);
		}

		/**
		 * Set the title of the task.
		 * @param title the title
		 * @return a builder with that title
		 */
		public Builder withTitle(String title) {
			return with((copy) -> copy.title = title);
		}

		/**
		 * Set the input of the last turn.
		 * @param input the input
		 * @return a builder with that input
		 */
		public Builder withInput(String input) {
			return with((copy) -> copy.input = input);
		}

		/**
		 * Set the structured output of the last turn.
		 * @param structuredOutput a map, or an object such as a record
		 * @return a builder with that output
		 * @throws IllegalArgumentException if it is not a JSON object
		 */
		public Builder withStructuredOutput(Object structuredOutput) {
			Map<String, @Nullable Object> output = StructuredOutput.of(structuredOutput);
			return with((copy) -> copy.structuredOutput = output);
		}

		/**
		 * Set the files of the last turn.
		 * @param files the files
		 * @return a builder with those files
		 */
		public Builder withFiles(WorkerFile... files) {
			return with((copy) -> copy.files = List.of(files));
		}

		/**
		 * Set the credits that the last turn used.
		 * @param credits the credits
		 * @return a builder with those credits
		 */
		public Builder withCredits(long credits) {
			return with((copy) -> copy.credits = credits);
		}

		/**
		 * Set the duration of the last turn.
		 * @param duration the duration
		 * @return a builder with that duration
		 */
		public Builder withDuration(Duration duration) {
			return with((copy) -> copy.duration = duration);
		}

		/**
		 * Set the time when the task was created.
		 * @param createdAt the time, in UTC
		 * @return a builder with that time
		 */
		public Builder withCreatedAt(Instant createdAt) {
			return with((copy) -> copy.createdAt = createdAt);
		}

		/**
		 * Set the trigger that started the task.
		 * @param triggeredBy the trigger
		 * @return a builder with that trigger
		 */
		public Builder withTrigger(TaskTrigger triggeredBy) {
			return with((copy) -> copy.triggeredBy = triggeredBy);
		}

		/**
		 * Add an earlier turn, after those that were added before.
		 * @param input the input of the earlier turn
		 * @param outputText the output of the earlier turn
		 * @return a builder with that turn
		 */
		public Builder withEarlierTurn(String input, String outputText) {
			List<EarlierTurn> turns = new ArrayList<>(this.earlierTurns);
			turns.add(new EarlierTurn(input, outputText));
			return with((copy) -> copy.earlierTurns = turns);
		}

		/**
		 * Return a task that has completed.
		 * @param outputText the output of its last turn
		 * @return the task
		 */
		public TaskWithTurns completed(String outputText) {
			return build(TaskStatus.COMPLETED, "completed", outputText);
		}

		/**
		 * Return a task that has ended in error.
		 * @param outputText the output of its last turn until then
		 * @return the task
		 */
		public TaskWithTurns failed(String outputText) {
			return build(TaskStatus.ERROR, "error", outputText);
		}

		/**
		 * Return a task that was aborted.
		 * @return the task
		 */
		public TaskWithTurns aborted() {
			return build(TaskStatus.ABORTED, "aborted", "");
		}

		/**
		 * Return a task that is running. Its last turn has no output yet.
		 * @return the task
		 */
		public TaskWithTurns running() {
			return build(TaskStatus.RUNNING, "running", "");
		}

		private TaskWithTurns build(TaskStatus status, String turnStatus, String outputText) {
			boolean running = status == TaskStatus.RUNNING;
			List<Turn> turns = new ArrayList<>();
			for (EarlierTurn earlier : this.earlierTurns) {
				Instant start = start(turns);
				turns.add(turn(turns.size(), start.plus(DURATION), CREDITS, DURATION, List.of(), earlier.input(),
						earlier.outputText(), start, "completed", null));
			}
			Instant start = start(turns);
			Instant end = running ? null : start.plus(this.duration);
			turns.add(running
					? turn(turns.size(), null, 0, Duration.ZERO, List.of(), this.input, "", start, turnStatus, null)
					: turn(turns.size(), end, this.credits, this.duration, this.files, this.input, outputText, start,
							turnStatus, this.structuredOutput));
			return new TaskWithTurns(new Task(this.id, end, this.createdAt, null, "org_test", status, this.title,
					totals(turns), this.triggeredBy,
					"https://handinger.com/worker/" + this.workerId + "/task/" + this.id, this.workerId), turns);
		}

		private Instant start(List<Turn> turns) {
			return this.createdAt.plus(DURATION.multipliedBy(turns.size()));
		}

		private Turn turn(int seq, @Nullable Instant completedAt, long credits, Duration duration,
				List<WorkerFile> files, String input, String outputText, Instant startedAt, String status,
				@Nullable Map<String, @Nullable Object> structuredOutput) {
			return new Turn(this.id.replaceFirst("^tsk_", "trn_") + "_" + seq, completedAt, credits,
					duration.toMillis(), files, input, 0, outputText, 0, "assistant", seq, startedAt, status,
					structuredOutput, this.id);
		}

		private static Task.Totals totals(List<Turn> turns) {
			return new Task.Totals(turns.stream().mapToLong(Turn::credits).sum(),
					turns.stream().mapToLong(Turn::durationMs).sum(), turns.size());
		}

	}

	/**
	 * A turn that has completed before the last one.
	 *
	 * @param input the input
	 * @param outputText the output
	 */
	private record EarlierTurn(String input, String outputText) {
	}

}
