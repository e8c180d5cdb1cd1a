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

import java.util.Arrays;
import java.util.UUID;
import java.util.stream.Stream;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/**
 * The databases that runs are tested with: H2, and each whose URL is set in the
 * environment.
 */
enum TestDatabase {

	H2(null) {

		@Override
		String create(String name) {
			return "jdbc:h2:mem:" + name + ";DB_CLOSE_DELAY=-1";
		}

		@Override
		String drop(String name) {
			return "shutdown";
		}

	},

	POSTGRESQL("HANDINGER_TEST_POSTGRESQL_URL") {

		@Override
		String create(String name) {
			execute(serverUrl(), "create schema " + name);
			return withParameter("currentSchema=" + name);
		}

		@Override
		String drop(String name) {
			return "drop schema " + name + " cascade";
		}

	},

	MARIADB("HANDINGER_TEST_MARIADB_URL") {

		@Override
		String create(String name) {
			execute(serverUrl(), "create database " + name);
			return serverUrl().replaceFirst("(jdbc:mariadb://[^/]+/)[^?]*", "$1" + name);
		}

		@Override
		String drop(String name) {
			return "drop database " + name;
		}

	};

	private final @Nullable String variable;

	TestDatabase(@Nullable String variable) {
		this.variable = variable;
	}

	static Stream<TestDatabase> available() {
		return Arrays.stream(values())
			.filter((database) -> database.variable == null || System.getenv(database.variable) != null);
	}

	String serverUrl() {
		return String.valueOf(System.getenv(this.variable));
	}

	String withParameter(String parameter) {
		return serverUrl() + (serverUrl().contains("?") ? "&" : "?") + parameter;
	}

	/**
	 * Create an empty database, and return its URL.
	 */
	abstract String create(String name);

	abstract String drop(String name);

	private static void execute(String url, String sql) {
		new JdbcTemplate(new DriverManagerDataSource(url)).execute(sql);
	}

	/**
	 * Open an empty database, which is dropped when it is closed.
	 */
	Instance open() {
		String name = "runs_" + UUID.randomUUID().toString().replace("-", "");
		return new Instance(this, name, create(name));
	}

	/**
	 * An empty database.
	 */
	record Instance(TestDatabase database, String name, String url) implements AutoCloseable {

		JdbcTemplate jdbc() {
			return new JdbcTemplate(new DriverManagerDataSource(this.url));
		}

		/**
		 * Open a pool of connections, as an application does.
		 */
		HikariDataSource pool(boolean autoCommit) {
			HikariConfig config = new HikariConfig();
			config.setJdbcUrl(this.url);
			config.setAutoCommit(autoCommit);
			config.setMaximumPoolSize(10);
			return new HikariDataSource(config);
		}

		@Override
		public void close() {
			execute(this.url, this.database.drop(this.name));
		}

	}

}
