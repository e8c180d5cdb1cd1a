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

import java.util.regex.Pattern;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.sql.init.DatabaseInitializationMode;

/**
 * Properties for the table of durable runs. They have their own type, because an
 * application may lack a database.
 *
 * @param initializeSchema When to create the table of durable runs.
 * @param tableName Name of the table of durable runs, after the name of its schema and a
 * dot if it is in another one than the connection.
 */
@ConfigurationProperties("handinger.runs.jdbc")
public record HandingerRunsJdbcProperties(@DefaultValue("embedded") DatabaseInitializationMode initializeSchema,
		@DefaultValue(DEFAULT_TABLE_NAME) String tableName) {

	static final String DEFAULT_TABLE_NAME = "handinger_runs";

	private static final Pattern TABLE_NAME = Pattern.compile("[\\p{L}\\p{N}_.$\"`\\[\\]-]+");

	public HandingerRunsJdbcProperties {
		if (!TABLE_NAME.matcher(tableName).matches()) {
			throw new InvalidConfigurationPropertyValueException("handinger.runs.jdbc.table-name", tableName,
					"it has to be the name of a table, such as handinger_runs or app.handinger_runs");
		}
	}

}
