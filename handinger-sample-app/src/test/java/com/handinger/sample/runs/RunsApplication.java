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

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import javax.sql.DataSource;

import com.handinger.spring.autoconfigure.HandingerAutoConfiguration;
import com.handinger.spring.autoconfigure.HandingerRunsAutoConfiguration;
import com.handinger.spring.autoconfigure.HandingerWebClientCustomizer;
import com.handinger.spring.autoconfigure.HandingerWebhookAutoConfiguration;
import com.handinger.spring.run.DurableRun;
import com.handinger.spring.run.HandingerRuns;
import com.handinger.spring.run.TaskRunRefusedEvent;
import com.handinger.spring.run.TaskRunUnknownEvent;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.webhook.TaskFinishedEvent;
import com.zaxxer.hikari.HikariDataSource;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.codec.autoconfigure.CodecsAutoConfiguration;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceTransactionManagerAutoConfiguration;
import org.springframework.boot.transaction.autoconfigure.TransactionAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.integration.jdbc.metadata.JdbcMetadataStore;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * An application with durable runs, which does what it is told on its standard input, one
 * {@link Command} a line, and answers on its standard output. It is not a component, so
 * that no other test finds it.
 */
@ImportAutoConfiguration({ SslAutoConfiguration.class, JacksonAutoConfiguration.class, CodecsAutoConfiguration.class,
		HttpClientAutoConfiguration.class, ReactiveHttpClientAutoConfiguration.class, WebClientAutoConfiguration.class,
		DataSourceTransactionManagerAutoConfiguration.class, TransactionAutoConfiguration.class,
		HandingerAutoConfiguration.class, HandingerWebhookAutoConfiguration.class,
		HandingerRunsAutoConfiguration.class })
class RunsApplication {

	private static final JsonMapper JSON = JsonMapper.shared();

	private static final List<String> TABLES = List.of(
			"INT_METADATA_STORE (METADATA_KEY VARCHAR(255) NOT NULL, METADATA_VALUE VARCHAR(4000), "
					+ "REGION VARCHAR(100) NOT NULL, PRIMARY KEY (METADATA_KEY, REGION))",
			"RUN_ORDER (RUN_KEY VARCHAR(100) NOT NULL, TASK_ID VARCHAR(200) NOT NULL)",
			"RUN_TOLD (RUN_KEY VARCHAR(100) NOT NULL, TASK_ID VARCHAR(200) NOT NULL, KIND VARCHAR(20) NOT NULL)");

	private static final PrintStream ANSWERS = new PrintStream(new FileOutputStream(FileDescriptor.out), true,
			StandardCharsets.UTF_8);

	private final ExecutorService executor = Executors.newFixedThreadPool(4);

	/**
	 * Start the application, and run commands until there are no more.
	 * @param arguments the arguments of the command line
	 */
	public static void main(String[] arguments) throws IOException {
		// Whatever else is printed must not get between the answers.
		System.setOut(System.err);
		SpringApplication application = new SpringApplication(RunsApplication.class);
		application.setWebApplicationType(WebApplicationType.NONE);
		ConfigurableApplicationContext context = application.run(arguments);
		Environment environment = context.getEnvironment();
		answer(new Answer(Answer.Kind.READY, null, null));
		Moment moment = environment.getProperty("killable.moment", Moment.class);
		if (moment != null) {
			Moment.haltAt(moment, environment.getRequiredProperty("killable.count", Integer.class));
		}
		context.getBean(RunsApplication.class)
			.obey(context.getBean(HandingerRuns.class), JdbcClient.create(context.getBean(DataSource.class)),
					new TransactionTemplate(context.getBean(PlatformTransactionManager.class)));
		Runtime.getRuntime().halt(0);
	}

	private static void answer(Answer answer) {
		ANSWERS.println(JSON.writeValueAsString(answer));
	}

	private void obey(HandingerRuns runs, JdbcClient jdbc, TransactionTemplate transactions) throws IOException {
		BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
		@Nullable String line;
		while ((line = commands.readLine()) != null) {
			Command command = JSON.readValue(line, Command.class);
			this.executor.execute(() -> {
				if (command.key() != null) {
					submit(command, command.key(), runs, jdbc, transactions);
				}
				else {
					tellStates(runs, jdbc);
				}
			});
		}
	}

	private void submit(Command command, String key, HandingerRuns runs, JdbcClient jdbc,
			TransactionTemplate transactions) {
		transactions.executeWithoutResult((status) -> {
			DurableRun run = runs.submit(key, CreateTask.of(key + " " + command.input()).withTaskId(command.taskId()));
			jdbc.sql("INSERT INTO RUN_ORDER (RUN_KEY, TASK_ID) VALUES (?, ?)").params(key, run.taskId()).update();
			if (command.rollback()) {
				status.setRollbackOnly();
			}
		});
		if (!command.rollback()) {
			answer(new Answer(Answer.Kind.SUBMITTED, key, null));
		}
	}

	private void tellStates(HandingerRuns runs, JdbcClient jdbc) {
		for (String key : jdbc.sql("SELECT DISTINCT RUN_KEY FROM RUN_ORDER").query(String.class).list()) {
			answer(new Answer(Answer.Kind.STATE, key,
					runs.find(key).map((run) -> run.state().name()).orElse("MISSING")));
		}
		answer(new Answer(Answer.Kind.STATES, null, null));
	}

	@Bean
	ObservedDataSource dataSource(Environment environment) {
		String url = environment.getRequiredProperty("killable.url");
		JdbcClient jdbc = JdbcClient.create(new DriverManagerDataSource(url));
		TABLES.forEach((table) -> jdbc.sql("CREATE TABLE IF NOT EXISTS " + table).update());
		HikariDataSource dataSource = new HikariDataSource();
		dataSource.setJdbcUrl(url);
		dataSource.setAutoCommit(environment.getProperty("killable.auto-commit", Boolean.class, true));
		return new ObservedDataSource(dataSource,
				environment.getProperty("killable.sent-after-post", Boolean.class, false),
				environment.getProperty("killable.slowness", Integer.class, 0),
				() -> answer(new Answer(Answer.Kind.FENCED, null, null)));
	}

	@Bean
	JdbcMetadataStore metadataStore(DataSource dataSource) {
		return new JdbcMetadataStore(dataSource);
	}

	@Bean
	HandingerWebClientCustomizer posts() {
		return (builder) -> builder.filter((request, next) -> {
			if (request.method() != HttpMethod.POST) {
				return next.exchange(request);
			}
			return next.exchange(request)
				.doOnSubscribe((post) -> Mono.fromRunnable(Moment.IN_POST::pass)
					.delaySubscription(Duration.ofMillis(500), Schedulers.boundedElastic())
					.subscribe());
		});
	}

	@Bean
	Listener listener(DataSource dataSource) {
		return new Listener(JdbcClient.create(dataSource));
	}

	/**
	 * Notes what it is told, in the transaction of its caller. It fails at every tenth
	 * call, one time before its effect and another time after it.
	 */
	static class Listener {

		private static final double FAILS = 0.1;

		private final Random random = new Random();

		private final JdbcClient jdbc;

		Listener(JdbcClient jdbc) {
			this.jdbc = jdbc;
		}

		@EventListener
		void on(TaskFinishedEvent event) {
			note(String.valueOf(event.runKey()), event.taskId(), "DONE");
		}

		@EventListener
		void on(TaskRunUnknownEvent event) {
			note(event.key(), event.taskId(), "UNKNOWN");
		}

		@EventListener
		void on(TaskRunRefusedEvent event) {
			note(event.key(), event.taskId(), "REFUSED");
		}

		private void note(String key, String taskId, String kind) {
			double chance = this.random.nextDouble();
			Moment.BEFORE_LISTENER.pass();
			if (chance < FAILS / 2) {
				throw new IllegalStateException("The listener has failed before its effect, as requested");
			}
			this.jdbc.sql("INSERT INTO RUN_TOLD (RUN_KEY, TASK_ID, KIND) VALUES (?, ?, ?)")
				.params(key, taskId, kind)
				.update();
			if (chance < FAILS) {
				throw new IllegalStateException("The listener has failed after its effect, as requested");
			}
		}

	}

	/**
	 * What the application is told to do: submit a run, or tell the states of all runs.
	 *
	 * @param key the key of the run, or {@code null} to tell the states
	 * @param taskId the id of the task for a further turn, or {@code null}
	 * @param input the rest of the input, which begins with the key
	 * @param rollback whether to roll the transaction back
	 */
	record Command(@Nullable String key, @Nullable String taskId, String input, boolean rollback) {
	}

	/**
	 * What the application answers.
	 *
	 * @param kind what it answers
	 * @param key the key of the run, if it is about one
	 * @param state the state of the run, if it is about that
	 */
	record Answer(Kind kind, @Nullable String key, @Nullable String state) {

		/**
		 * What it answers.
		 */
		enum Kind {

			/**
			 * It takes commands.
			 */
			READY,

			/**
			 * A transaction with a run was committed.
			 */
			SUBMITTED,

			/**
			 * A run has a state.
			 */
			STATE,

			/**
			 * The states of all runs were told.
			 */
			STATES,

			/**
			 * A run was not sent since another instance has its row.
			 */
			FENCED

		}

	}

}
