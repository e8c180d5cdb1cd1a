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

package com.handinger.spring.run;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

import javax.sql.DataSource;

import com.github.kagkarlsson.scheduler.jdbc.AutodetectJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.DefaultJdbcCustomization;
import com.github.kagkarlsson.scheduler.jdbc.JdbcCustomization;
import tools.jackson.core.JacksonException;

import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.PreparedStatementSetter;
import org.springframework.jdbc.core.RowCallbackHandler;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The rows of the runs. A row is changed only if it has the version that was read and is
 * not being visited, so that no two instances, and no two threads, change it at once.
 */
final class RunStore {

	/**
	 * Runs that have not ended are due within this time. Those that have ended are due at
	 * the end of their retention.
	 */
	private static final Duration OPEN_WITHIN = Duration.ofHours(2);

	/**
	 * A row has the input of its run until that is sent.
	 */
	private static final int FETCH_SIZE = 100;

	private static final RunData.Json JSON = new RunData.Json();

	private final DataSource dataSource;

	private final String table;

	private final JdbcTemplate jdbc;

	private final TransactionTemplate transactions;

	private final JdbcCustomization dialect;

	private final String onConflict;

	/**
	 * Create a store. This connects to the database, to learn its dialect.
	 * @param dataSource the database
	 * @param table the name of the table
	 */
	RunStore(DataSource dataSource, String table) {
		this.dataSource = dataSource;
		this.table = table;
		this.jdbc = new JdbcTemplate(dataSource);
		this.transactions = new TransactionTemplate(new JdbcTransactionManager(dataSource));
		String product = String.valueOf(this.jdbc
			.execute((ConnectionCallback<String>) (connection) -> connection.getMetaData().getDatabaseProductName()));
		this.dialect = dialect(product);
		// After a failed statement, PostgreSQL takes no other in the transaction.
		this.onConflict = product.equals("PostgreSQL") ? " on conflict do nothing" : "";
	}

	/**
	 * MySQL and MariaDB have no type for a point in time. The detection does not know H2,
	 * and warns.
	 */
	private JdbcCustomization dialect(String product) {
		String name = product.toLowerCase(Locale.ROOT);
		return name.equals("h2") ? new DefaultJdbcCustomization(false)
				: new AutodetectJdbcCustomization(this.dataSource, name.contains("mysql") || name.contains("mariadb"));
	}

	JdbcCustomization dialect() {
		return this.dialect;
	}

	boolean hasTable() {
		try {
			this.jdbc.query("select version from " + this.table + " where 1 = 0", (row) -> {
			});
			return true;
		}
		catch (BadSqlGrammarException | UncategorizedSQLException ex) {
			// SQL Server's driver has a code of its own for this.
			return false;
		}
	}

	/**
	 * Do a piece of work in the transaction of this thread. JPA's has the connection of
	 * the data source as well. Without one, the work is a transaction, which also commits
	 * on connections without auto-commit.
	 */
	<T> T inTransaction(Supplier<T> work) {
		boolean isIn = TransactionSynchronizationManager.isActualTransactionActive()
				&& TransactionSynchronizationManager.hasResource(this.dataSource);
		return isIn ? work.get() : this.transactions.execute((status) -> work.get());
	}

	/**
	 * Insert a run, due now. Takes part in the transaction of this thread.
	 * @return the row that was there before, if there was one
	 */
	Optional<Row> insert(String key, RunData data) {
		Optional<Row> present = find(key);
		if (present.isPresent() || insertIfAbsent(key, data)) {
			return present;
		}
		return Optional.of(find(key).or(() -> findCommitted(key))
			.orElseThrow(() -> new IllegalStateException(
					"The run " + key + " was submitted by another transaction, and is gone: submit it again")));
	}

	/**
	 * The version is one that no earlier row of the key has had, or an instance that was
	 * paused could change this row in place of a row that was removed.
	 */
	private boolean insertIfAbsent(String key, RunData data) {
		try {
			return this.jdbc.update("insert into " + this.table
					+ " (task_data, execution_time, task_id, task_name, task_instance, picked, version)"
					+ " values (?, ?, ?, ?, ?, ?, ?)" + this.onConflict, (statement) -> {
						this.dialect.setTaskData(statement, 1, JSON.serialize(data));
						this.dialect.setInstant(statement, 2, data.since());
						statement.setString(3, data.taskId());
						statement.setString(4, RunVisits.TASK);
						statement.setString(5, key);
						statement.setBoolean(6, false);
						statement.setLong(7, data.since().toEpochMilli());
					}) == 1;
		}
		catch (DuplicateKeyException ex) {
			return false;
		}
	}

	Optional<Row> find(String key) {
		return find(key, this.jdbc);
	}

	/**
	 * A transaction may not see the row that has kept it from inserting its own.
	 */
	private Optional<Row> findCommitted(String key) {
		try (Connection connection = this.dataSource.getConnection()) {
			return find(key, new JdbcTemplate(new SingleConnectionDataSource(connection, true)));
		}
		catch (SQLException ex) {
			throw new IllegalStateException("The run " + key + " can't be read", ex);
		}
	}

	private Optional<Row> find(String key, JdbcTemplate jdbc) {
		return query(jdbc, "task_instance = ?", (statement) -> statement.setString(2, key)).stream().findFirst();
	}

	/**
	 * Return the runs of a task.
	 */
	List<Row> ofTask(String taskId) {
		return query(this.jdbc, "task_id = ?", (statement) -> statement.setString(2, taskId));
	}

	private List<Row> query(JdbcTemplate jdbc, String condition, PreparedStatementSetter parameter) {
		return jdbc.query(select(condition), (statement) -> {
			statement.setString(1, RunVisits.TASK);
			parameter.setValues(statement);
		}, (RowMapper<Row>) this::row);
	}

	private String select(String condition) {
		return "select task_instance, task_data, version from " + this.table + " where task_name = ? and " + condition;
	}

	/**
	 * Read the runs that have not ended, and those whose retention ends soon.
	 */
	void forEachOpen(Instant now, Consumer<Row> consumer) {
		JdbcTemplate jdbc = new JdbcTemplate(this.dataSource);
		jdbc.setFetchSize(FETCH_SIZE);
		// PostgreSQL reads all rows at once outside of a transaction.
		inTransaction(() -> {
			forEachOpen(now, consumer, jdbc);
			return true;
		});
	}

	private void forEachOpen(Instant now, Consumer<Row> consumer, JdbcTemplate jdbc) {
		jdbc.query(select("execution_time < ?"), (statement) -> {
			statement.setString(1, RunVisits.TASK);
			this.dialect.setInstant(statement, 2, now.plus(OPEN_WITHIN));
		}, (RowCallbackHandler) (row) -> {
			try {
				consumer.accept(row(row, 0));
			}
			catch (JacksonException ex) {
				// A later version has written this row, and knows its state.
			}
		});
	}

	private Row row(ResultSet row, int number) throws SQLException {
		return new Row(row.getString("task_instance"),
				JSON.deserialize(RunData.class, this.dialect.getTaskData(row, "task_data")), row.getLong("version"));
	}

	/**
	 * Change a row, unless it was changed meanwhile, or is being visited.
	 * @return whether it was changed
	 */
	boolean replace(Row row, RunData data, Instant due) {
		return inTransaction(() -> this.jdbc
			.update("update " + this.table + " set task_data = ?, execution_time = ?, task_id = ?, "
					+ "version = version + 1 where task_name = ? and task_instance = ? and picked = ? and version = ?",
					(statement) -> {
						this.dialect.setTaskData(statement, 1, JSON.serialize(data));
						this.dialect.setInstant(statement, 2, due);
						statement.setString(3, data.taskId());
						setRow(statement, 4, row);
					}) == 1);
	}

	/**
	 * Remove a row, unless it was changed meanwhile, or is being visited.
	 * @return whether it was removed
	 */
	boolean remove(Row row) {
		return inTransaction(() -> this.jdbc.update(
				"delete from " + this.table
						+ " where task_name = ? and task_instance = ? and picked = ? and version = ?",
				(statement) -> setRow(statement, 1, row)) == 1);
	}

	private static void setRow(PreparedStatement statement, int index, Row row) throws SQLException {
		statement.setString(index, RunVisits.TASK);
		statement.setString(index + 1, row.key());
		statement.setBoolean(index + 2, false);
		statement.setLong(index + 3, row.version());
	}

	/**
	 * A row.
	 *
	 * @param key the key of the run
	 * @param data its data
	 * @param version changes with each change of the row
	 */
	record Row(String key, RunData data, long version) {
	}

}
