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
package com.handinger.sample;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

import com.handinger.spring.run.HandingerRuns;
import com.handinger.spring.run.RunState;
import com.handinger.spring.run.TaskRunRefusedEvent;
import com.handinger.spring.run.TaskRunUnknownEvent;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.webhook.TaskFinishedEvent;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Runs tasks that outlive the sample. Each is a row in the database, which is stored and
 * submitted in one transaction, and ends with the event of its run.
 */
@Component
@Profile("durable")
final class DurableRuns implements TaskRuns {

	private final JdbcClient jdbc;

	private final TransactionTemplate transactions;

	private final HandingerRuns runs;

	private final TaskList tasks;

	private final Arrivals arrivals;

	private final Uploads uploads;

	private final Executor executor;

	DurableRuns(JdbcClient jdbc, TransactionTemplate transactions, HandingerRuns runs, TaskList tasks,
			Arrivals arrivals, Uploads uploads, AsyncTaskExecutor applicationTaskExecutor) {
		this.jdbc = jdbc;
		this.transactions = transactions;
		this.runs = runs;
		this.tasks = tasks;
		this.arrivals = arrivals;
		this.uploads = uploads;
		this.executor = applicationTaskExecutor;
		showStoredTasks();
	}

	private void showStoredTasks() {
		this.jdbc
			.sql("SELECT * FROM (SELECT * FROM STARTED_TASK ORDER BY STARTED_AT DESC FETCH FIRST " + TaskList.MOST
					+ " ROWS ONLY) NEWEST ORDER BY STARTED_AT")
			.query((row) -> {
				StartedTask task = task(row);
				this.tasks.add(task);
				String way = row.getString("WAY");
				if (way != null && task.endedAt() != null) {
					this.arrivals.add(task.taskId(),
							new Arrival(row.getLong("TURN"), Arrival.Way.valueOf(way), task.endedAt()));
				}
			});
	}

	@Override
	public Mono<Void> start(StartedTask task, CreateTask request) {
		return call(() -> this.transactions.execute((status) -> {
			this.jdbc
				.sql("INSERT INTO STARTED_TASK (RUN_KEY, TASK_ID, TITLE, STARTED_AT, STATE) VALUES (?, ?, ?, ?, ?)")
				.params(task.key(), task.taskId(), task.title(), time(task.startedAt()), task.state().name())
				.update();
			this.runs.submit(task.key(), request);
			// Before the commit, after which the task may end at any time.
			this.tasks.add(task);
			return task;
		})).doOnError((ex) -> this.uploads.discard(task.key())).then();
	}

	@Override
	public Mono<Boolean> isSent(StartedTask task) {
		return call(() -> this.runs.find(task.key()).filter((run) -> run.state() == RunState.REQUESTED).isEmpty());
	}

	/**
	 * Call the database away from the event loops. The thread is not interrupted if the
	 * caller leaves, because that makes H2 close its file.
	 */
	private <T> Mono<T> call(Supplier<T> work) {
		return Mono.fromFuture(() -> CompletableFuture.supplyAsync(work, this.executor));
	}

	// The listeners are called in the transaction that claims the end of the run.

	@EventListener
	void on(TaskFinishedEvent event) {
		String key = event.runKey();
		if (key != null) {
			Arrival arrival = Arrival.of(event);
			this.jdbc.sql("UPDATE STARTED_TASK SET TURN = ?, WAY = ? WHERE RUN_KEY = ?")
				.params(arrival.turn(), arrival.by().name(), key)
				.update();
			end(key, (task) -> task.ended(event.status(), arrival.at()));
		}
	}

	@EventListener
	void on(TaskRunRefusedEvent event) {
		end(event.key(), (task) -> task.failed("Handinger has refused the task with the status " + event.status()));
	}

	@EventListener
	void on(TaskRunUnknownEvent event) {
		end(event.key(), (task) -> task.failed("It is unknown whether the task has reached Handinger: "
				+ "look for it there before you start it again"));
	}

	private void end(String key, UnaryOperator<StartedTask> change) {
		this.jdbc.sql("SELECT * FROM STARTED_TASK WHERE RUN_KEY = ?")
			.param(key)
			.query((row, number) -> change.apply(task(row)))
			.optional()
			.ifPresent((task) -> {
				this.jdbc.sql("UPDATE STARTED_TASK SET STATE = ?, ERROR = ?, ENDED_AT = ? WHERE RUN_KEY = ?")
					.params(task.state().name(), task.error(), time(task.endedAt()), key)
					.update();
				this.tasks.update(task);
				this.uploads.discard(key);
			});
	}

	private static StartedTask task(ResultSet row) throws SQLException {
		return new StartedTask(row.getString("RUN_KEY"), row.getString("TASK_ID"), row.getString("TITLE"),
				Objects.requireNonNull(instant(row, "STARTED_AT")), instant(row, "ENDED_AT"),
				StartedTask.State.valueOf(row.getString("STATE")), row.getString("ERROR"));
	}

	private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
		OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
		return (time != null) ? time.toInstant() : null;
	}

	private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
		return (instant != null) ? instant.atOffset(ZoneOffset.UTC) : null;
	}

}
