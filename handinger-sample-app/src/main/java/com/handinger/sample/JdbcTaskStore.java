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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import com.handinger.spring.task.Task;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.task.Turn;
import com.handinger.spring.worker.Worker;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.annotation.Profile;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Stores tasks in the database. Database calls run on dedicated threads that are never
 * interrupted, because H2 closes its file when a thread is interrupted.
 */
@Component
@Profile("durable")
final class JdbcTaskStore implements TaskStore, DisposableBean {

	private static final int THREADS = 8;

	private static final int LONGEST_SHUTDOWN_SECONDS = 10;

	/**
	 * Maximum number of arrivals and of sources that are read, for all tasks together.
	 */
	private static final int MOST_OF_TASKS = 4 * StartedTasks.MOST;

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private final ThreadPoolTaskExecutor threads = new ThreadPoolTaskExecutor();

	private final JdbcClient jdbc;

	private final TransactionTemplate transactions;

	private final TransactionTemplate attempts;

	JdbcTaskStore(JdbcClient jdbc, PlatformTransactionManager transactionManager) {
		this.jdbc = jdbc;
		this.transactions = new TransactionTemplate(transactionManager);
		this.attempts = new TransactionTemplate(transactionManager);
		this.attempts.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
		this.threads.setCorePoolSize(THREADS);
		this.threads.setThreadNamePrefix("task-store-");
		this.threads.setWaitForTasksToCompleteOnShutdown(true);
		this.threads.setAwaitTerminationSeconds(LONGEST_SHUTDOWN_SECONDS);
		this.threads.initialize();
	}

	@Override
	public Mono<Void> add(StartedTask task, long turnsBefore) {
		return write(() -> this.jdbc
			.sql("INSERT INTO STARTED_TASK (TASK_ID, STARTED_AT, TITLE, STATE, TURNS_BEFORE) VALUES (?, ?, ?, ?, ?)")
			.params(task.taskId(), time(task.startedAt()), task.title(), task.state().wireName(), turnsBefore)
			.update());
	}

	@Override
	public Mono<Void> remove(StartedTask task) {
		return write(() -> this.jdbc.sql("DELETE FROM STARTED_TASK WHERE TASK_ID = ? AND STARTED_AT = ?")
			.params(task.taskId(), time(task.startedAt()))
			.update());
	}

	@Override
	public Mono<Void> end(TaskEnd end) {
		StartedTask task = end.task();
		return write(() -> {
			if (end.found() != null) {
				addResults(end.found());
			}
			if (end.arrival() != null) {
				addArrival(task.taskId(), end.arrival());
			}
			String error = task.error();
			Instant endedAt = task.endedAt();
			this.jdbc
				.sql("UPDATE STARTED_TASK SET STATE = :state, ERROR = :error, ENDED_AT = :endedAt "
						+ "WHERE TASK_ID = :taskId AND STARTED_AT = :startedAt")
				.param("state", task.state().wireName())
				.param("error", (error != null) ? text(error) : null)
				.param("endedAt", (endedAt != null) ? time(endedAt) : null)
				.param("taskId", task.taskId())
				.param("startedAt", time(task.startedAt()))
				.update();
		});
	}

	@Override
	public Mono<Void> addSources(String taskId, List<Worker.Source> sources) {
		return write(() -> sources
			.forEach((source) -> this.jdbc.sql("INSERT INTO ANSWER_SOURCE (TASK_ID, SOURCE_JSON) VALUES (?, ?)")
				.params(taskId, MAPPER.writeValueAsString(source))
				.update()));
	}

	@Override
	public void deliver(String taskId, @Nullable TaskWithTurns found, Arrival arrival) {
		this.transactions.executeWithoutResult((status) -> {
			if (found != null) {
				addResults(found);
			}
			addArrival(taskId, arrival);
		});
	}

	/**
	 * Store the result of each turn that is not stored yet. The same end can arrive from
	 * several sources at the same time.
	 */
	private void addResults(TaskWithTurns found) {
		List<Turn> turns = found.turns();
		int ended = found.hasEnded() ? turns.size() : turns.size() - 1;
		String taskId = found.task().id();
		List<Long> kept = this.jdbc.sql("SELECT TURN FROM TURN_RESULT WHERE TASK_ID = ?")
			.param(taskId)
			.query(Long.class)
			.list();
		for (int i = 0; i < ended; i++) {
			if (!kept.contains(i + 1L)) {
				addResult(found.task(), i + 1L, turns.get(i));
			}
		}
	}

	private void addResult(Task task, long number, Turn turn) {
		try {
			this.attempts.executeWithoutResult((status) -> this.jdbc
				.sql("INSERT INTO TURN_RESULT (TASK_ID, TURN, TASK_JSON, TURN_JSON) VALUES (?, ?, ?, ?)")
				.params(task.id(), number, MAPPER.writeValueAsString(task), MAPPER.writeValueAsString(turn))
				.update());
		}
		catch (DuplicateKeyException ex) {
			// Another source was faster.
		}
	}

	private void addArrival(String taskId, Arrival arrival) {
		this.jdbc.sql("INSERT INTO ARRIVAL (TASK_ID, TURN, WAY, ARRIVED_AT) VALUES (?, ?, ?, ?)")
			.params(taskId, arrival.turn(), arrival.by().wireName(), time(arrival.at()))
			.update();
	}

	@Override
	public Mono<TaskWithTurns> result(String taskId) {
		return call(() -> {
			List<TaskWithTurns> results = this.jdbc
				.sql("SELECT TASK_JSON, TURN_JSON FROM TURN_RESULT WHERE TASK_ID = ? ORDER BY TURN")
				.param(taskId)
				.query((row, number) -> new TaskWithTurns(MAPPER.readValue(row.getString(1), Task.class),
						List.of(MAPPER.readValue(row.getString(2), Turn.class))))
				.list();
			return results.isEmpty() ? null : new TaskWithTurns(results.get(results.size() - 1).task(),
					results.stream().flatMap((result) -> result.turns().stream()).toList());
		});
	}

	@Override
	public List<StartedTask> tasks() {
		return newest("STARTED_TASK ORDER BY STARTED_AT", StartedTasks.MOST, (row, number) -> task(row));
	}

	@Override
	public List<RunningTask> running() {
		return this.jdbc.sql("SELECT * FROM STARTED_TASK WHERE STATE = ? ORDER BY STARTED_AT")
			.param(StartedTask.State.RUNNING.wireName())
			.query((row, number) -> new RunningTask(task(row), row.getLong("TURNS_BEFORE")))
			.list();
	}

	@Override
	public List<TaskArrival> arrivals() {
		return newest("ARRIVAL ORDER BY ID", MOST_OF_TASKS,
				(row, number) -> new TaskArrival(row.getString("TASK_ID"), arrival(row)));
	}

	@Override
	public List<TaskSource> sources() {
		return newest("ANSWER_SOURCE ORDER BY ID", MOST_OF_TASKS,
				(row, number) -> new TaskSource(row.getString("TASK_ID"),
						MAPPER.readValue(row.getString("SOURCE_JSON"), Worker.Source.class)));
	}

	/**
	 * Read the newest rows of a table, the newest last.
	 */
	private <T> List<T> newest(String ordered, int most, RowMapper<T> mapper) {
		List<T> newest = new ArrayList<>(
				this.jdbc.sql("SELECT * FROM " + ordered + " DESC FETCH FIRST " + most + " ROWS ONLY")
					.query(mapper)
					.list());
		Collections.reverse(newest);
		return newest;
	}

	private static StartedTask task(ResultSet row) throws SQLException {
		OffsetDateTime endedAt = row.getObject("ENDED_AT", OffsetDateTime.class);
		return new StartedTask(row.getString("TASK_ID"), row.getString("TITLE"), instant(row, "STARTED_AT"),
				(endedAt != null) ? endedAt.toInstant() : null,
				StartedTask.State.valueOf(row.getString("STATE").toUpperCase(Locale.ROOT)), row.getString("ERROR"));
	}

	private static Arrival arrival(ResultSet row) throws SQLException {
		return new Arrival(row.getLong("TURN"),
				Arrival.Way.valueOf(row.getString("WAY").toUpperCase(Locale.ROOT).replace('-', '_')),
				instant(row, "ARRIVED_AT"));
	}

	private static Instant instant(ResultSet row, String column) throws SQLException {
		return row.getObject(column, OffsetDateTime.class).toInstant();
	}

	private static OffsetDateTime time(Instant instant) {
		return instant.atOffset(ZoneOffset.UTC);
	}

	/**
	 * Replace the one character that PostgreSQL does not accept.
	 */
	private static String text(String text) {
		return text.replace('\0', ' ');
	}

	private Mono<Void> write(Runnable work) {
		return call(() -> {
			this.transactions.executeWithoutResult((status) -> work.run());
			return null;
		});
	}

	private <T> Mono<T> call(Supplier<@Nullable T> work) {
		return Mono.fromFuture(() -> CompletableFuture.supplyAsync(work, this.threads), true);
	}

	/**
	 * Finish pending writes before the database is closed.
	 */
	@Override
	public void destroy() {
		this.threads.shutdown();
	}

}
