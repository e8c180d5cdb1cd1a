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

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;

import javax.sql.DataSource;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.handinger.spring.autoconfigure.HandingerHealthAutoConfiguration.RunDetails;
import com.handinger.spring.run.DefaultHandingerRuns;
import com.handinger.spring.run.HandingerRuns;
import com.handinger.spring.run.RunMeters;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskWaiters;
import com.handinger.spring.webhook.ListenerCalls;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.init.DataSourceScriptDatabaseInitializer;
import org.springframework.boot.jdbc.init.PlatformPlaceholderDatabaseDriverResolver;
import org.springframework.boot.sql.init.DatabaseInitializationMode;
import org.springframework.boot.sql.init.DatabaseInitializationSettings;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * Auto-configuration for durable runs, which are stored in the database of the
 * application.
 */
@AutoConfiguration(after = { HandingerAutoConfiguration.class, HandingerWebhookAutoConfiguration.class },
		afterName = { "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration",
				"org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration",
				"org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration" })
@ConditionalOnClass({ Scheduler.class, JdbcTemplate.class, DataSourceScriptDatabaseInitializer.class })
@ConditionalOnBean(HandingerConnectionDetails.class)
@ConditionalOnSingleCandidate(DataSource.class)
@ConditionalOnBooleanProperty(name = "handinger.runs.enabled", matchIfMissing = true)
@EnableConfigurationProperties(HandingerRunsJdbcProperties.class)
public final class HandingerRunsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(HandingerRuns.class)
	@DependsOnDatabaseInitialization
	DefaultHandingerRuns handingerRuns(HandingerProperties properties, HandingerRunsJdbcProperties jdbc,
			DataSource dataSource, ObjectProvider<PlatformTransactionManager> transactionManagers,
			ObjectProvider<HandingerTasksClient> tasks, TaskWaiters waiters, ListenerCalls calls,
			ResourceLoader resources, ObjectProvider<RunMeters> meters) {
		Integer maxConnections = properties.maxConnections();
		return new DefaultHandingerRuns(properties.runs(),
				new DefaultHandingerRuns.Database(target(dataSource), transactionManagers.getIfUnique(),
						jdbc.tableName()),
				new DefaultHandingerRuns.Client(tasks::getObject, waiters, properties.await(),
						(maxConnections != null) ? maxConnections : Integer.MAX_VALUE, properties.health().cacheTime()),
				calls, resources, meters.getIfAvailable());
	}

	/**
	 * A transaction of Spring belongs to the data source behind the proxy.
	 */
	private static DataSource target(DataSource dataSource) {
		return (dataSource instanceof TransactionAwareDataSourceProxy proxy && proxy.getTargetDataSource() != null)
				? target(proxy.getTargetDataSource()) : dataSource;
	}

	/**
	 * The condition on the property may have been evaluated ahead of time.
	 */
	@Bean
	@ConditionalOnMissingBean
	RunsDatabaseInitializer handingerRunsDatabaseInitializer(DataSource dataSource, HandingerProperties properties,
			HandingerRunsJdbcProperties jdbc) {
		return new RunsDatabaseInitializer(dataSource, jdbc.tableName(),
				properties.runs().enabled() ? jdbc.initializeSchema() : DatabaseInitializationMode.NEVER);
	}

	@Bean
	RunDetails handingerRunDetails(ObjectProvider<DefaultHandingerRuns> runs) {
		return () -> {
			Map<String, Object> details = new LinkedHashMap<>();
			runs.stream()
				.flatMap((it) -> it.open().entrySet().stream())
				.forEach((open) -> details.put(open.getKey().name().toLowerCase(Locale.ROOT),
						Map.of("count", open.getValue().count(), "oldest", open.getValue().oldest().toString())));
			return details;
		};
	}

	/**
	 * Creates the table under its configured name. An index is created in the schema of
	 * its table.
	 */
	static class RunsDatabaseInitializer extends DataSourceScriptDatabaseInitializer {

		private static final String SCRIPT = "classpath:com/handinger/spring/run/schema-@@platform@@.sql";

		private static final Pattern NAME = Pattern
			.compile(HandingerRunsJdbcProperties.DEFAULT_TABLE_NAME + "(_\\w+)?");

		private final String tableName;

		private final String indexPrefix;

		RunsDatabaseInitializer(DataSource dataSource, String tableName, DatabaseInitializationMode mode) {
			super(dataSource, settings(dataSource, mode));
			this.tableName = tableName;
			this.indexPrefix = tableName.substring(tableName.lastIndexOf('.') + 1).replaceAll("[^\\p{L}\\p{N}_$]", "");
		}

		/**
		 * Not every database can create a table only if it is missing.
		 */
		private static DatabaseInitializationSettings settings(DataSource dataSource, DatabaseInitializationMode mode) {
			DatabaseInitializationSettings settings = new DatabaseInitializationSettings();
			settings.setMode(mode);
			settings.setContinueOnError(true);
			if (mode != DatabaseInitializationMode.NEVER) {
				settings
					.setSchemaLocations(new PlatformPlaceholderDatabaseDriverResolver().resolveAll(dataSource, SCRIPT));
			}
			return settings;
		}

		@Override
		protected void runScripts(Scripts scripts) {
			super.runScripts(
					new Scripts(StreamSupport.stream(scripts.spliterator(), false).map(this::withTableName).toList())
						.continueOnError(scripts.isContinueOnError()));
		}

		private Resource withTableName(Resource script) {
			try {
				return new ByteArrayResource(NAME.matcher(script.getContentAsString(StandardCharsets.UTF_8))
					.replaceAll((name) -> Matcher
						.quoteReplacement((name.group(1) != null) ? this.indexPrefix + name.group(1) : this.tableName))
					.getBytes(StandardCharsets.UTF_8));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
