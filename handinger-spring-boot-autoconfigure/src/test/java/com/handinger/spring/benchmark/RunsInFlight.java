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

package com.handinger.spring.benchmark;

import java.lang.management.ManagementFactory;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;

import javax.sql.DataSource;

import com.handinger.spring.autoconfigure.HandingerWebClientCustomizer;
import com.handinger.spring.benchmark.TasksInFlight.Memory;
import com.handinger.spring.run.HandingerRuns;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.webhook.TaskFinishedEvent;
import com.zaxxer.hikari.HikariDataSource;
import reactor.core.publisher.Flux;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.EventListener;
import org.springframework.http.HttpMethod;
import org.springframework.integration.jdbc.metadata.JdbcMetadataStore;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DelegatingDataSource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * A JVM that holds durable runs.
 */
final class RunsInFlight {

	private static final int THOUSAND = 1000;

	private static final int WARM_UP_RUNS = 300;

	private static final Duration PATIENCE = Duration.ofMinutes(10);

	private final HandingerRuns handingerRuns;

	private final TransactionTemplate transactions;

	private final Counter counter;

	private final int runs;

	private final int seconds;

	private int submitted;

	private RunsInFlight(ApplicationContext context, int runs, int seconds) {
		this.handingerRuns = context.getBean(HandingerRuns.class);
		this.transactions = new TransactionTemplate(context.getBean(PlatformTransactionManager.class));
		this.counter = context.getBean(Counter.class);
		this.runs = runs;
		this.seconds = seconds;
	}

	private Object take(Step step) {
		return switch (step) {
			case WARM_UP -> warmUp();
			case SUBMIT -> submit();
			case MEASURE -> Memory.measure();
			case COUNT -> this.counter.rows.get();
			case FINISH -> finish();
		};
	}

	private Memory warmUp() {
		for (int run = 0; run < WARM_UP_RUNS; run++) {
			submitOne("warm-up-" + run, 0);
		}
		await(() -> this.counter.told.size() == WARM_UP_RUNS);
		this.counter.told.clear();
		this.counter.rows.set(0);
		this.counter.posts.set(0);
		ManagementFactory.getThreadMXBean().resetPeakThreadCount();
		return Memory.measure();
	}

	/**
	 * Submit the first thousand one by one, and the others in thousands.
	 */
	private Sent submit() {
		int first = Math.min(THOUSAND, this.runs / 2);
		double singly = seconds(() -> {
			while (this.submitted < first) {
				submitOne("run-" + this.submitted++, this.seconds);
			}
		});
		double together = seconds(() -> submitTogether(Math.min(this.runs, this.submitted + first)));
		while (this.submitted < this.runs) {
			submitTogether(Math.min(this.runs, this.submitted + THOUSAND));
		}
		double sentAfter = seconds(() -> await(() -> this.counter.posts.get() >= this.runs));
		return new Sent(singly, together, sentAfter);
	}

	private void submitTogether(int end) {
		this.transactions.executeWithoutResult((status) -> {
			while (this.submitted < end) {
				submitOne("run-" + this.submitted++, this.seconds);
			}
		});
	}

	private void submitOne(String key, int seconds) {
		this.transactions.executeWithoutResult((status) -> this.handingerRuns.submit(key,
				CreateTask.of("[delay=" + seconds + "s] What is the weather in Barcelona?")));
	}

	private Results finish() {
		await(() -> this.counter.ends.get() >= this.runs);
		double toldAfter = seconds(() -> await(() -> this.counter.told.size() >= this.runs));
		return new Results(this.counter.told.size(), this.counter.rows.get(), toldAfter,
				ManagementFactory.getThreadMXBean().getPeakThreadCount());
	}

	private static double seconds(Runnable step) {
		long start = System.nanoTime();
		step.run();
		return (System.nanoTime() - start) / 1e9;
	}

	private static void await(BooleanSupplier condition) {
		Flux.interval(Duration.ofMillis(20))
			.onBackpressureDrop()
			.takeUntil((tick) -> condition.getAsBoolean())
			.take(PATIENCE)
			.blockLast();
	}

	public static void main(String[] arguments) throws Exception {
		ChildJvm.answer(Step.class, () -> new RunsInFlight(application(arguments[0], arguments[1]),
				Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]))::take);
	}

	private static ApplicationContext application(String url, String databaseUrl) {
		return new SpringApplicationBuilder(Application.class).web(WebApplicationType.NONE)
			.bannerMode(Banner.Mode.OFF)
			.properties("handinger.base-url=" + url, "handinger.api-key=hdg_test_5ecretKey",
					"handinger.runs.jdbc.initialize-schema=always", "benchmark.database-url=" + databaseUrl)
			.run();
	}

	/**
	 * What is asked of this JVM, one after the other.
	 */
	enum Step {

		/**
		 * Run tasks that end at once, and tell the memory.
		 */
		WARM_UP,

		/**
		 * Submit the runs, and wait until they were sent.
		 */
		SUBMIT,

		/**
		 * Tell the memory.
		 */
		MEASURE,

		/**
		 * Tell how many rows were written.
		 */
		COUNT,

		/**
		 * Wait for the ends.
		 */
		FINISH

	}

	/**
	 * How long it took until the runs were sent, in seconds.
	 *
	 * @param singlySeconds a thousand submits, each in a transaction of its own
	 * @param togetherSeconds a thousand submits in one transaction
	 * @param sentAfterSeconds from the last submit until all were sent
	 */
	record Sent(double singlySeconds, double togetherSeconds, double sentAfterSeconds) {
	}

	/**
	 * What has become of the runs.
	 *
	 * @param told how many ends were told
	 * @param rows how many rows were written in all
	 * @param toldAfterSeconds from the last response until all ends were told
	 * @param threads the most threads at the same time
	 */
	record Results(int told, long rows, double toldAfterSeconds, int threads) {
	}

	/**
	 * Counts what the application does.
	 */
	static final class Counter {

		private final Set<String> told = ConcurrentHashMap.newKeySet();

		private final AtomicLong rows = new AtomicLong();

		private final AtomicInteger posts = new AtomicInteger();

		private final AtomicInteger ends = new AtomicInteger();

		@EventListener
		void on(TaskFinishedEvent event) {
			this.told.add(String.valueOf(event.runKey()));
		}

		private Connection observe(Connection connection) {
			return proxy(Connection.class, (proxy, method, arguments) -> {
				Object result = invoke(() -> method.invoke(connection, arguments));
				if (method.getName().equals("prepareStatement")
						&& String.valueOf(arguments[0]).matches("(?is)\\s*(insert|update|delete)\\b.*")) {
					return observe((PreparedStatement) result);
				}
				return result;
			});
		}

		private PreparedStatement observe(PreparedStatement statement) {
			return proxy(PreparedStatement.class, (proxy, method, arguments) -> {
				Object result = invoke(() -> method.invoke(statement, arguments));
				if (method.getName().startsWith("execute")) {
					this.rows.addAndGet(Math.max(0, statement.getUpdateCount()));
				}
				return result;
			});
		}

		private static <T> T proxy(Class<T> type, InvocationHandler handler) {
			return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, handler));
		}

		private static Object invoke(Call call) throws Throwable {
			try {
				return call.call();
			}
			catch (InvocationTargetException ex) {
				throw ex.getCause();
			}
		}

		/**
		 * A call by reflection.
		 */
		private interface Call {

			Object call() throws ReflectiveOperationException;

		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	static class Application {

		@Bean
		Counter counter() {
			return new Counter();
		}

		@Bean
		DataSource dataSource(Counter counter, @Value("${benchmark.database-url}") String url) {
			HikariDataSource dataSource = new HikariDataSource();
			dataSource.setJdbcUrl(url);
			JdbcClient jdbc = JdbcClient.create(dataSource);
			jdbc.sql("DROP TABLE IF EXISTS handinger_runs").update();
			jdbc.sql("DROP TABLE IF EXISTS INT_METADATA_STORE").update();
			jdbc.sql("CREATE TABLE INT_METADATA_STORE (METADATA_KEY VARCHAR(255) NOT NULL, "
					+ "METADATA_VALUE VARCHAR(4000), REGION VARCHAR(100) NOT NULL, PRIMARY KEY (METADATA_KEY, REGION))")
				.update();
			return new DelegatingDataSource(dataSource) {

				@Override
				public Connection getConnection() throws SQLException {
					return counter.observe(super.getConnection());
				}

			};
		}

		@Bean
		JdbcMetadataStore metadataStore(DataSource dataSource) {
			return new JdbcMetadataStore(dataSource);
		}

		@Bean
		HandingerWebClientCustomizer posts(Counter counter) {
			return (builder) -> builder.filter((request, next) -> {
				if (request.method() != HttpMethod.POST) {
					return next.exchange(request);
				}
				counter.posts.incrementAndGet();
				return next.exchange(request).doOnTerminate(counter.ends::incrementAndGet);
			});
		}

	}

}
