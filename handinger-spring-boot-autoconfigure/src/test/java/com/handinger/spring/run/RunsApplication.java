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

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;

import javax.sql.DataSource;

import com.handinger.spring.support.EnableBareAutoConfiguration;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.webhook.TaskFinishedEvent;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.integration.jdbc.metadata.JdbcMetadataStore;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An application with durable runs, which notes each event in its database.
 */
final class RunsApplication implements AutoCloseable {

	static final Duration PATIENCE = Duration.ofSeconds(30);

	private final ConfigurableApplicationContext context;

	private RunsApplication(ConfigurableApplicationContext context) {
		this.context = context;
	}

	static RunsApplication start(TestDatabase.Instance database, TasksServer handinger, String... properties) {
		return start(database, handinger, Application.class, properties);
	}

	static RunsApplication start(TestDatabase.Instance database, TasksServer handinger, Class<?> configuration,
			String... properties) {
		database.jdbc()
			.execute("create table if not exists INT_METADATA_STORE (METADATA_KEY varchar(255) not null, "
					+ "METADATA_VALUE varchar(4000), REGION varchar(100) not null, primary key (METADATA_KEY, REGION))");
		database.jdbc().execute("create table if not exists notes (note varchar(200) not null)");
		SpringApplication application = new SpringApplication(configuration);
		application.addInitializers((context) -> ((GenericApplicationContext) context).registerBean(
				TestDatabase.Instance.class, () -> database, (definition) -> definition.setDestroyMethodName("")));
		application.setDefaultProperties(Map.ofEntries(Map.entry("handinger.api-key", "key"),
				Map.entry("handinger.base-url", handinger.url()), Map.entry("handinger.webhook.enabled", "false"),
				Map.entry("handinger.await.initial-interval", "50ms"),
				Map.entry("handinger.await.max-interval", "200ms"), Map.entry("handinger.await.not-found-grace", "1s"),
				Map.entry("handinger.runs.polling-interval", "50ms"),
				Map.entry("handinger.runs.visit-interval", "500ms"),
				Map.entry("handinger.runs.jdbc.initialize-schema", "always"),
				Map.entry("handinger.retry.initial-backoff", "10ms"),
				Map.entry("spring.main.web-application-type", "none"), Map.entry("spring.main.banner-mode", "off"),
				Map.entry("test.auto-commit", "true")));
		return new RunsApplication(
				application.run(Stream.of(properties).map((property) -> "--" + property).toArray(String[]::new)));
	}

	ConfigurableApplicationContext context() {
		return this.context;
	}

	HandingerRuns runs() {
		return this.context.getBean(HandingerRuns.class);
	}

	JdbcTemplate jdbc() {
		return this.context.getBean(JdbcTemplate.class);
	}

	TransactionTemplate transaction() {
		return new TransactionTemplate(this.context.getBean(PlatformTransactionManager.class));
	}

	Events events() {
		return this.context.getBean(Events.class);
	}

	/**
	 * Return what the listeners have noted in transactions that were committed.
	 */
	List<String> notes() {
		return jdbc().queryForList("select note from notes", String.class);
	}

	void awaitState(String key, RunState state) {
		Awaitility.await()
			.atMost(PATIENCE)
			.until(() -> runs().find(key).map(DurableRun::state).orElse(null), (found) -> found == state);
	}

	void awaitNotes(String... notes) {
		Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(notes()).containsExactlyInAnyOrder(notes));
	}

	@Override
	public void close() {
		this.context.close();
	}

	/**
	 * The listeners of the application.
	 */
	static final class Events {

		private final JdbcTemplate jdbc;

		private final List<TaskFinishedEvent> finished = new CopyOnWriteArrayList<>();

		private volatile @Nullable Consumer<Object> before;

		Events(JdbcTemplate jdbc) {
			this.jdbc = jdbc;
		}

		/**
		 * Set what else happens in each call of a listener, after its note is written.
		 */
		void before(Consumer<Object> before) {
			this.before = before;
		}

		List<TaskFinishedEvent> finished() {
			return this.finished;
		}

		@EventListener
		void onFinished(TaskFinishedEvent event) {
			note("finished " + event.runKey(), event);
			this.finished.add(event);
		}

		@EventListener
		void onUnknown(TaskRunUnknownEvent event) {
			note("unknown " + event.key(), event);
		}

		@EventListener
		void onRefused(TaskRunRefusedEvent event) {
			note("refused " + event.key() + " " + event.status(), event);
		}

		private void note(String note, Object event) {
			this.jdbc.update("insert into notes (note) values (?)", note);
			Consumer<Object> before = this.before;
			if (before != null) {
				before.accept(event);
			}
		}

	}

	/**
	 * An application with claims in its database.
	 */
	@Configuration(proxyBeanMethods = false)
	@EnableBareAutoConfiguration
	static class Application {

		@Bean
		DataSource dataSource(TestDatabase.Instance database, @Value("${test.auto-commit}") boolean autoCommit) {
			return database.pool(autoCommit);
		}

		@Bean
		JdbcMetadataStore metadataStore(DataSource dataSource) {
			return new JdbcMetadataStore(dataSource);
		}

		@Bean
		Events events(DataSource dataSource) {
			return new Events(new JdbcTemplate(dataSource));
		}

	}

}
