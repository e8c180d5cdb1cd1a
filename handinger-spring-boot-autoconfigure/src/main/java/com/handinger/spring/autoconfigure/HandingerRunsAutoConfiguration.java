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

import javax.sql.DataSource;

import com.github.kagkarlsson.scheduler.Scheduler;
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
import org.springframework.boot.jdbc.init.PropertiesBasedDataSourceScriptDatabaseInitializer;
import org.springframework.boot.sql.autoconfigure.init.OnDatabaseInitializationCondition;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.io.ResourceLoader;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.TransactionAwareDataSourceProxy;

/**
 * Auto-configuration for durable runs, which are stored in the database of the
 * application.
 */
@AutoConfiguration(after = { HandingerAutoConfiguration.class, HandingerWebhookAutoConfiguration.class },
		afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnClass({ Scheduler.class, JdbcTemplate.class, PropertiesBasedDataSourceScriptDatabaseInitializer.class })
@ConditionalOnBean(HandingerConnectionDetails.class)
@ConditionalOnSingleCandidate(DataSource.class)
@ConditionalOnBooleanProperty(name = "handinger.runs.enabled", matchIfMissing = true)
@EnableConfigurationProperties(HandingerRunsJdbcProperties.class)
public final class HandingerRunsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(HandingerRuns.class)
	@DependsOnDatabaseInitialization
	DefaultHandingerRuns handingerRuns(HandingerProperties properties, HandingerRunsJdbcProperties jdbc,
			DataSource dataSource, ObjectProvider<HandingerTasksClient> tasks, TaskWaiters waiters, ListenerCalls calls,
			ResourceLoader resources, ObjectProvider<RunMeters> meters) {
		Integer maxConnections = properties.maxConnections();
		return new DefaultHandingerRuns(properties.runs(),
				new DefaultHandingerRuns.Database(target(dataSource), jdbc.getTableName()),
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

	@Bean
	@ConditionalOnMissingBean(name = "handingerRunsDatabaseInitializer")
	@Conditional(OnRunsInitializationCondition.class)
	PropertiesBasedDataSourceScriptDatabaseInitializer<HandingerRunsJdbcProperties> handingerRunsDatabaseInitializer(
			DataSource dataSource, HandingerRunsJdbcProperties jdbc) {
		return new PropertiesBasedDataSourceScriptDatabaseInitializer<>(dataSource, jdbc);
	}

	static class OnRunsInitializationCondition extends OnDatabaseInitializationCondition {

		OnRunsInitializationCondition() {
			super("Durable runs of Handinger", "handinger.runs.jdbc.initialize-schema");
		}

	}

}
