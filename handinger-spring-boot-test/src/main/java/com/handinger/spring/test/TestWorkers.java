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
import java.util.Map;
import java.util.function.Consumer;

import com.handinger.spring.worker.Worker;
import com.handinger.spring.worker.WorkerFile;
import com.handinger.spring.worker.WorkerStatus;
import org.jspecify.annotations.Nullable;

/**
 * Workers for tests, such as the answers of a mocked {@code HandingerTasksClient}:
 * <pre class="code">
 * given(tasks.create(any())).willReturn(Mono.just(TestWorkers.answered("Sunny.")));
 * </pre>
 * <p>
 * Two workers that are made in the same way are equal. Values that should differ come
 * first, as in {@code TestWorkers.withCredits(7).answered("Sunny.")}.
 */
public final class TestWorkers {

	private TestWorkers() {
	}

	/**
	 * Return a worker whose task has completed.
	 * @param outputText the output of the task
	 * @return the worker
	 */
	public static Worker answered(String outputText) {
		return new Builder().answered(outputText);
	}

	/**
	 * Start a worker with an id.
	 * @param id the id of the worker
	 * @return a builder for the rest of it
	 */
	public static Builder withId(String id) {
		return new Builder().withId(id);
	}

	/**
	 * Start a worker with the id of its task.
	 * @param taskId the id of the task
	 * @return a builder for the rest of it
	 */
	public static Builder withTaskId(String taskId) {
		return new Builder().withTaskId(taskId);
	}

	/**
	 * Start a worker with structured output.
	 * @param structuredOutput the structured output of the task: a map, or an object such
	 * as a record, which is converted like the application's type is by
	 * {@link Worker#structuredOutput(Class)}
	 * @return a builder for the rest of it
	 * @throws IllegalArgumentException if it is not a JSON object
	 */
	public static Builder withStructuredOutput(Object structuredOutput) {
		return new Builder().withStructuredOutput(structuredOutput);
	}

	/**
	 * Start a worker with files.
	 * @param files the files that it published
	 * @return a builder for the rest of it
	 */
	public static Builder withFiles(WorkerFile... files) {
		return new Builder().withFiles(files);
	}

	/**
	 * Start a worker with sources.
	 * @param sources the sources of the output
	 * @return a builder for the rest of it
	 */
	public static Builder withSources(Worker.Source... sources) {
		return new Builder().withSources(sources);
	}

	/**
	 * Start a worker with a number of credits.
	 * @param credits the credits that the task used
	 * @return a builder for the rest of it
	 */
	public static Builder withCredits(long credits) {
		return new Builder().withCredits(credits);
	}

	/**
	 * Start a worker with the duration of its task.
	 * @param duration the duration
	 * @return a builder for the rest of it
	 */
	public static Builder withDuration(Duration duration) {
		return new Builder().withDuration(duration);
	}

	/**
	 * Start a worker that was created at a time.
	 * @param createdAt the time, in UTC
	 * @return a builder for the rest of it
	 */
	public static Builder withCreatedAt(Instant createdAt) {
		return new Builder().withCreatedAt(createdAt);
	}

	/**
	 * A builder for a worker. Builders do not change: each method returns another one.
	 */
	public static final class Builder {

		private String id = TestTasks.WORKER_ID;

		private String taskId = TestTasks.ID;

		private @Nullable Map<String, @Nullable Object> structuredOutput;

		private List<WorkerFile> files = List.of();

		private List<Worker.Source> sources = List.of();

		private long credits = TestTasks.CREDITS;

		private Duration duration = TestTasks.DURATION;

		private Instant createdAt = TestTasks.CREATED_AT;

		private Builder() {
		}

		private Builder with(Consumer<Builder> change) {
			Builder copy = new Builder();
			copy.id = this.id;
			copy.taskId = this.taskId;
			copy.structuredOutput = this.structuredOutput;
			copy.files = this.files;
			copy.sources = this.sources;
			copy.credits = this.credits;
			copy.duration = this.duration;
			copy.createdAt = this.createdAt;
			change.accept(copy);
			return copy;
		}

		/**
		 * Set the id of the worker.
		 * @param id the id
		 * @return a builder with that id
		 */
		public Builder withId(String id) {
			return with((copy) -> copy.id = id);
		}

		/**
		 * Set the id of the task.
		 * @param taskId the id
		 * @return a builder with that id
		 */
		public Builder withTaskId(String taskId) {
			return with((copy) -> copy.taskId = taskId);
		}

		/**
		 * Set the structured output of the task.
		 * @param structuredOutput a map, or an object such as a record
		 * @return a builder with that output
		 * @throws IllegalArgumentException if it is not a JSON object
		 */
		public Builder withStructuredOutput(Object structuredOutput) {
			Map<String, @Nullable Object> output = StructuredOutput.of(structuredOutput);
			return with((copy) -> copy.structuredOutput = output);
		}

		/**
		 * Set the files that the worker published.
		 * @param files the files
		 * @return a builder with those files
		 */
		public Builder withFiles(WorkerFile... files) {
			return with((copy) -> copy.files = List.of(files));
		}

		/**
		 * Set the sources of the output.
		 * @param sources the sources
		 * @return a builder with those sources
		 */
		public Builder withSources(Worker.Source... sources) {
			return with((copy) -> copy.sources = List.of(sources));
		}

		/**
		 * Set the credits that the task used.
		 * @param credits the credits
		 * @return a builder with those credits
		 */
		public Builder withCredits(long credits) {
			return with((copy) -> copy.credits = credits);
		}

		/**
		 * Set the duration of the task.
		 * @param duration the duration
		 * @return a builder with that duration
		 */
		public Builder withDuration(Duration duration) {
			return with((copy) -> copy.duration = duration);
		}

		/**
		 * Set the time when the worker was created.
		 * @param createdAt the time, in UTC
		 * @return a builder with that time
		 */
		public Builder withCreatedAt(Instant createdAt) {
			return with((copy) -> copy.createdAt = createdAt);
		}

		/**
		 * Return a worker whose task has completed.
		 * @param outputText the output of the task
		 * @return the worker
		 */
		public Worker answered(String outputText) {
			Worker.Output output = new Worker.Output("msg_test", List.of(new Worker.Content(outputText, "output_text")),
					"assistant", "completed", "message");
			return new Worker(this.id, this.createdAt, null, this.files, null, List.of(), Map.of("taskId", this.taskId),
					"worker", List.of(output), outputText, false, this.sources, WorkerStatus.COMPLETED,
					this.structuredOutput, "https://handinger.com/worker/" + this.id,
					new Worker.Usage(this.credits, this.duration.toMillis()));
		}

	}

}
