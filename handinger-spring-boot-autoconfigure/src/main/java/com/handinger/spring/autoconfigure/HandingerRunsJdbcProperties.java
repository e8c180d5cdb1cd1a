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

package com.handinger.spring.autoconfigure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.jdbc.init.DatabaseInitializationProperties;

/**
 * Properties for the table of durable runs. They have their own type, because an
 * application may lack a database.
 */
@ConfigurationProperties("handinger.runs.jdbc")
public final class HandingerRunsJdbcProperties extends DatabaseInitializationProperties {

	/**
	 * Name of the table of durable runs. If it is not the default, create the table
	 * yourself, or set the schema to a script that does.
	 */
	private String tableName = "handinger_runs";

	/**
	 * Return the name of the table.
	 * @return the name
	 */
	public String getTableName() {
		return this.tableName;
	}

	/**
	 * Set the name of the table.
	 * @param tableName the name
	 */
	public void setTableName(String tableName) {
		this.tableName = tableName;
	}

	/**
	 * A database for which there is no script needs a table of its own, and may not be
	 * used for runs at all.
	 */
	@Override
	public String getDefaultSchemaLocation() {
		return "optional:classpath:com/handinger/spring/run/schema-@@platform@@.sql";
	}

}
