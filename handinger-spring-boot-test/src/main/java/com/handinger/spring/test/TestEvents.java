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

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.webhook.TaskFinishedEvent;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Events for tests of listeners: <pre class="code">
 * this.listener.on(TestEvents.finished(TestTasks.completed("Sunny.")));
 * </pre>
 * <p>
 * Values that should differ come first, as in
 * {@code TestEvents.withSource(Source.RECONCILIATION).finished(task)}.
 */
public final class TestEvents {

	private TestEvents() {
	}

	/**
	 * Return the event of a delivery, which arrives when the task ends.
	 * @param task the task
	 * @return the event
	 * @throws IllegalArgumentException if the task has not ended
	 */
	public static TaskFinishedEvent finished(TaskWithTurns task) {
		return new Builder(null, TaskFinishedEvent.Source.DELIVERY, null).finished(task);
	}

	/**
	 * Start an event that arrives at a time.
	 * @param arrivedAt the time, in UTC
	 * @return a builder for the rest of it
	 */
	public static Builder withArrivedAt(Instant arrivedAt) {
		return new Builder(arrivedAt, TaskFinishedEvent.Source.DELIVERY, null);
	}

	/**
	 * Start an event from a source.
	 * @param source the source
	 * @return a builder for the rest of it
	 */
	public static Builder withSource(TaskFinishedEvent.Source source) {
		return new Builder(null, source, null);
	}

	/**
	 * Start an event with the body of its delivery.
	 * @param body the body
	 * @return a builder for the rest of it
	 */
	public static Builder withBody(Map<String, ? extends @Nullable Object> body) {
		return new Builder(null, TaskFinishedEvent.Source.DELIVERY, body);
	}

	/**
	 * A builder for an event. Builders do not change: each method returns another one.
	 */
	public static final class Builder {

		private final @Nullable Instant arrivedAt;

		private final TaskFinishedEvent.Source source;

		private final @Nullable Map<String, ? extends @Nullable Object> body;

		private Builder(@Nullable Instant arrivedAt, TaskFinishedEvent.Source source,
				@Nullable Map<String, ? extends @Nullable Object> body) {
			this.arrivedAt = arrivedAt;
			this.source = source;
			this.body = body;
		}

		/**
		 * Set the time at which the event arrives.
		 * @param arrivedAt the time, in UTC
		 * @return a builder with that time
		 */
		public Builder withArrivedAt(Instant arrivedAt) {
			return new Builder(arrivedAt, this.source, this.body);
		}

		/**
		 * Set the source of the event.
		 * @param source the source
		 * @return a builder with that source
		 */
		public Builder withSource(TaskFinishedEvent.Source source) {
			return new Builder(this.arrivedAt, source, this.body);
		}

		/**
		 * Set the body of the delivery.
		 * @param body the body
		 * @return a builder with that body
		 */
		public Builder withBody(Map<String, ? extends @Nullable Object> body) {
			return new Builder(this.arrivedAt, this.source, body);
		}

		/**
		 * Return the event of a finished task.
		 * @param task the task
		 * @return the event
		 * @throws IllegalArgumentException if the task has not ended
		 */
		public TaskFinishedEvent finished(TaskWithTurns task) {
			Assert.isTrue(task.hasEnded(), () -> "The task " + task.task().id() + " is " + task.task().status()
					+ ": an event needs one that has ended, such as TestTasks.completed(…)");
			Instant end = task.task().completedAt();
			return new TaskFinishedEvent(task.task().id(), task.turnCount(), task.task().workerId(),
					task.task().status(), arrivedAt(end), this.source, null, task, body(task));
		}

		private Instant arrivedAt(@Nullable Instant end) {
			if (this.arrivedAt != null) {
				return this.arrivedAt;
			}
			return (end != null) ? end : TestTasks.CREATED_AT;
		}

		/**
		 * A missed delivery has no body.
		 */
		private Map<String, @Nullable Object> body(TaskWithTurns task) {
			if (this.body != null) {
				return new LinkedHashMap<>(this.body);
			}
			return (this.source == TaskFinishedEvent.Source.RECONCILIATION) ? Map.of()
					: Map.of("taskId", task.task().id(), "workerId", task.task().workerId(), "status", status(task));
		}

		private static String status(TaskWithTurns task) {
			return task.task().status().name().toLowerCase(Locale.ROOT);
		}

	}

}
