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
import java.nio.charset.StandardCharsets;

import javax.sql.DataSource;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.handinger.spring.run.DefaultHandingerRuns;
import com.handinger.spring.run.HandingerRuns;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.transport.MisconfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.BeanCreationException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.io.ClassPathResource;
import org.springframework.integration.metadata.ConcurrentMetadataStore;
import org.springframework.integration.metadata.SimpleMetadataStore;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseBuilder;
import org.springframework.jdbc.datasource.embedded.EmbeddedDatabaseType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Durable runs are there if db-scheduler and a database are, and disturb no application
 * that does not use them.
 */
class HandingerRunsAutoConfigurationTests {

	private final ApplicationContextRunner withoutDatabase = TasksClient.application()
		.withPropertyValues("handinger.api-key=hdg_test_1")
		.withConfiguration(
				AutoConfigurations.of(HandingerWebhookAutoConfiguration.class, HandingerRunsAutoConfiguration.class));

	private final ApplicationContextRunner application = this.withoutDatabase.withBean(DataSource.class,
			() -> new EmbeddedDatabaseBuilder().generateUniqueName(true).setType(EmbeddedDatabaseType.H2).build());

	@Test
	void runsAreStarted() {
		this.application.run((context) -> assertThat(context.getBean(DefaultHandingerRuns.class).isRunning()).isTrue());
	}

	@Test
	void applicationWithoutADatabaseHasNoRuns() {
		this.withoutDatabase.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(HandingerRuns.class));
	}

	@Test
	void applicationWithoutTheSchedulerHasNoRuns() {
		this.application.withClassLoader(new FilteredClassLoader(Scheduler.class))
			.run((context) -> assertThat(context).hasNotFailed().doesNotHaveBean(HandingerRuns.class));
	}

	@Test
	void databaseWithoutAScriptDoesNotKeepTheApplicationFromStarting() {
		this.application.withPropertyValues("handinger.runs.jdbc.platform=sqlite")
			.run((context) -> assertThat(context.getBean(DefaultHandingerRuns.class).isRunning()).isFalse());
	}

	@Test
	void twoMetadataStoresAreRefusedOnlyWhenARunIsSubmitted() {
		this.application.withBean("first", ConcurrentMetadataStore.class, SimpleMetadataStore::new)
			.withBean("second", ConcurrentMetadataStore.class, SimpleMetadataStore::new)
			.run((context) -> {
				HandingerRuns runs = context.getBean(HandingerRuns.class);
				assertThatExceptionOfType(BeanCreationException.class)
					.isThrownBy(() -> runs.submit("order-42", CreateTask.of("x")))
					.havingRootCause()
					.isInstanceOf(MisconfigurationException.class)
					.withMessageContaining("first, second");
			});
	}

	@Test
	void initializerOfTheApplicationReplacesOurs() {
		this.application.withBean("handingerRunsDatabaseInitializer", Object.class)
			.run((context) -> assertThat(new JdbcTemplate(context.getBean(DataSource.class))
				.queryForList("select table_name from information_schema.tables where table_name = 'HANDINGER_RUNS'"))
				.isEmpty());
	}

	@ParameterizedTest
	@ValueSource(strings = { "h2", "hsqldb", "mariadb", "mysql", "oracle", "postgresql", "sqlserver" })
	void dataOfARunIsBinaryInEachDatabase(String platform) throws IOException {
		assertThat(new ClassPathResource("schema-" + platform + ".sql", HandingerRuns.class)
			.getContentAsString(StandardCharsets.UTF_8))
			.containsPattern("task_data (varbinary\\((max|\\d+)\\)|longvarbinary|longblob|blob|bytea),");
	}

}
