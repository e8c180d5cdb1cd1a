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

package com.handinger.sample.runs;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import javax.sql.DataSource;

import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * A database whose callers may end at any {@link Moment}, or are slow to write that a run
 * is sent, or write that too late. It reads what the statements do, so that durable runs
 * need nothing for these tests.
 */
final class ObservedDataSource extends DelegatingDataSource {

	private static final Pattern SENT = Pattern.compile("\"SENT\"");

	private static final Pattern TASK_ID = Pattern.compile("tsk_\\w+");

	private static final int LATE = 3000;

	private final ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor((task) -> {
		Thread thread = new Thread(task, "late");
		thread.setDaemon(true);
		return thread;
	});

	private final Set<String> sent = ConcurrentHashMap.newKeySet();

	private final Random random = new Random();

	private final DataSource dataSource;

	private final boolean sentAfterPost;

	private final int slowness;

	private final Runnable fenced;

	/**
	 * Create a new data source.
	 * @param dataSource the database
	 * @param sentAfterPost whether SENT is written after the POST
	 * @param slowness how many milliseconds it takes at most until SENT is written
	 * @param fenced called when SENT was not written since the row has another version
	 */
	ObservedDataSource(DataSource dataSource, boolean sentAfterPost, int slowness, Runnable fenced) {
		super(dataSource);
		this.dataSource = dataSource;
		this.sentAfterPost = sentAfterPost;
		this.slowness = slowness;
		this.fenced = fenced;
	}

	@Override
	public Connection getConnection() throws SQLException {
		return proxy(Connection.class, new ObservedConnection(super.getConnection()));
	}

	private static <T> T proxy(Class<T> type, InvocationHandler handler) {
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, handler));
	}

	private static @Nullable Object invoke(Object target, Method method, Object @Nullable [] arguments)
			throws Throwable {
		try {
			return method.invoke(target, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getCause();
		}
	}

	/**
	 * Return whether a statement writes for the first time in this process that a run is
	 * sent.
	 */
	private boolean isFirstSent(List<@Nullable Object> parameters) {
		for (Object parameter : parameters) {
			String text = (parameter instanceof byte[] bytes) ? new String(bytes, StandardCharsets.UTF_8)
					: String.valueOf(parameter);
			Matcher taskId = TASK_ID.matcher(text);
			if (SENT.matcher(text).find() && taskId.find()) {
				return this.sent.add(taskId.group());
			}
		}
		return false;
	}

	/**
	 * What a transaction has written.
	 */
	private enum Writes {

		NOTHING, ORDER, TOLD

	}

	/**
	 * A connection that passes the moments of its transactions.
	 */
	private final class ObservedConnection implements InvocationHandler {

		private final Connection connection;

		private Writes writes = Writes.NOTHING;

		ObservedConnection(Connection connection) {
			this.connection = connection;
		}

		@Override
		public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
			if (method.getName().equals("prepareStatement") && arguments != null) {
				String sql = String.valueOf(arguments[0]);
				PreparedStatement statement = (PreparedStatement) ObservedDataSource.invoke(this.connection, method,
						arguments);
				return proxy(PreparedStatement.class, new ObservedStatement(this, statement, sql));
			}
			boolean commit = method.getName().equals("commit");
			Writes writes = this.writes;
			if (commit && writes == Writes.ORDER) {
				Moment.IN_SUBMIT.pass();
			}
			if (commit && writes == Writes.TOLD) {
				Moment.IN_LISTENERS.pass();
			}
			Object result = ObservedDataSource.invoke(this.connection, method, arguments);
			if (commit || method.getName().equals("rollback") && arguments == null) {
				this.writes = Writes.NOTHING;
			}
			if (commit && writes == Writes.ORDER) {
				Moment.AFTER_SUBMIT.pass();
			}
			if (commit && writes == Writes.TOLD) {
				Moment.AFTER_LISTENERS.pass();
			}
			return result;
		}

		void wrote(String sql) {
			if (sql.contains("INTO RUN_ORDER")) {
				this.writes = Writes.ORDER;
			}
			if (sql.contains("INTO RUN_TOLD")) {
				this.writes = Writes.TOLD;
			}
		}

	}

	/**
	 * A statement that knows its parameters.
	 */
	private final class ObservedStatement implements InvocationHandler {

		private final ObservedConnection connection;

		private final PreparedStatement statement;

		private final String sql;

		private final Map<Object, Parameter> parameters = new HashMap<>();

		private boolean late;

		ObservedStatement(ObservedConnection connection, PreparedStatement statement, String sql) {
			this.connection = connection;
			this.statement = statement;
			this.sql = sql;
		}

		@Override
		public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
			String name = method.getName();
			if (name.startsWith("set") && arguments != null && arguments.length > 1) {
				this.parameters.put(arguments[0], new Parameter(method, arguments));
			}
			if (this.late && name.equals("getUpdateCount")) {
				return 1;
			}
			if (!name.startsWith("execute")) {
				return ObservedDataSource.invoke(this.statement, method, arguments);
			}
			this.connection.wrote(this.sql);
			boolean update = this.sql.toLowerCase(Locale.ROOT).startsWith("update");
			if (!update || !isFirstSent(this.parameters.values().stream().map(Parameter::value).toList())) {
				return ObservedDataSource.invoke(this.statement, method, arguments);
			}
			if (ObservedDataSource.this.sentAfterPost) {
				this.late = true;
				List<Parameter> parameters = new ArrayList<>(this.parameters.values());
				ObservedDataSource.this.scheduler.schedule(() -> update(this.sql, parameters), LATE,
						TimeUnit.MILLISECONDS);
				return name.equals("execute") ? (Object) Boolean.FALSE : Integer.valueOf(1);
			}
			if (ObservedDataSource.this.slowness > 0) {
				Thread.sleep(ObservedDataSource.this.random.nextInt(ObservedDataSource.this.slowness));
			}
			Moment.BEFORE_SENT.pass();
			Object result = ObservedDataSource.invoke(this.statement, method, arguments);
			if (this.statement.getUpdateCount() == 0) {
				ObservedDataSource.this.fenced.run();
			}
			else {
				Moment.AFTER_SENT.pass();
			}
			return result;
		}

		private @Nullable Void update(String sql, List<Parameter> parameters) {
			try (Connection connection = ObservedDataSource.this.dataSource.getConnection();
					PreparedStatement statement = connection.prepareStatement(sql)) {
				for (Parameter parameter : parameters) {
					parameter.method().invoke(statement, parameter.arguments());
				}
				statement.executeUpdate();
				if (!connection.getAutoCommit()) {
					connection.commit();
				}
				return null;
			}
			catch (SQLException | ReflectiveOperationException ex) {
				throw new IllegalStateException(ex);
			}
		}

	}

	/**
	 * A parameter of a statement.
	 *
	 * @param method the method that sets it
	 * @param arguments the arguments of the method
	 */
	private record Parameter(Method method, Object[] arguments) {

		@Nullable Object value() {
			return this.arguments[1];
		}

	}

}
