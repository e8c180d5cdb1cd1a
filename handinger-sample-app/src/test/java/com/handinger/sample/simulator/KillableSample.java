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

package com.handinger.sample.simulator;

import java.time.Clock;
import java.util.Arrays;
import java.util.Random;

import javax.sql.DataSource;

import com.handinger.sample.SampleApplication;
import com.handinger.spring.webhook.TaskFinishedEvent;
import com.zaxxer.hikari.HikariDataSource;

import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.integration.jdbc.metadata.JdbcMetadataStore;
import org.springframework.integration.metadata.ConcurrentMetadataStore;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;

/**
 * The sample with a listener whose effects outlive it. None of the classes here is a
 * component, so that no other test finds them.
 */
public class KillableSample {

	/**
	 * Start the sample.
	 * @param args the name of a {@link Claims}, and the arguments of the command line
	 */
	public static void main(String[] args) {
		Class<?> claims = Claims.valueOf(args[0]).configuration;
		new SpringApplication(SampleApplication.class, KillableSample.class, claims)
			.run(Arrays.copyOfRange(args, 1, args.length));
	}

	@Bean
	HikariDataSource dataSource(Environment environment) {
		HikariDataSource dataSource = new HikariDataSource();
		dataSource.setJdbcUrl(environment.getRequiredProperty("killable.url"));
		return dataSource;
	}

	@Bean
	Listener listener(DataSource dataSource, Environment environment) {
		return new Listener(new JdbcTemplate(dataSource), environment.getRequiredProperty("killable.seed", Long.class));
	}

	/**
	 * What the sample remembers deliveries in.
	 */
	enum Claims {

		/**
		 * Its memory.
		 */
		MEMORY(MemoryClaims.class),

		/**
		 * A store that knows no transaction.
		 */
		LEASED(LeasedClaims.class),

		/**
		 * The database of its listener, in one transaction.
		 */
		TRANSACTIONAL(TransactionalClaims.class),

		/**
		 * A store in which a claim is final, unless its listener fails.
		 */
		NAIVE(NaiveClaims.class);

		private final Class<?> configuration;

		Claims(Class<?> configuration) {
			this.configuration = configuration;
		}

	}

	/**
	 * Without a store.
	 */
	static class MemoryClaims {

	}

	/**
	 * A store without a transaction manager.
	 */
	static class LeasedClaims {

		@Bean
		JdbcMetadataStore metadataStore(DataSource dataSource) {
			return new JdbcMetadataStore(dataSource);
		}

	}

	/**
	 * A store with a transaction manager.
	 */
	static class TransactionalClaims extends LeasedClaims {

		@Bean
		PlatformTransactionManager transactionManager(DataSource dataSource) {
			return new JdbcTransactionManager(dataSource);
		}

	}

	/**
	 * A store that is shown a lease as the end of the work.
	 */
	static class NaiveClaims {

		@Bean
		ConcurrentMetadataStore metadataStore(DataSource dataSource) {
			JdbcMetadataStore store = new JdbcMetadataStore(dataSource);
			store.afterPropertiesSet();
			return new NaiveMetadataStore(store, Clock.systemUTC());
		}

	}

	/**
	 * Notes each end of a task. It fails at every twentieth call or so, one time before
	 * its effect and another time after it.
	 */
	static class Listener {

		private static final double FAILS = 0.05;

		private static final int LONGEST_BEFORE = 100;

		private static final int LONGEST_AFTER = 20;

		private final JdbcTemplate jdbc;

		private final Random random;

		Listener(JdbcTemplate jdbc, long seed) {
			this.jdbc = jdbc;
			this.random = new Random(seed);
		}

		@EventListener
		void on(TaskFinishedEvent event) throws InterruptedException {
			double chance = this.random.nextDouble();
			work(LONGEST_BEFORE);
			if (chance < FAILS / 2) {
				throw new IllegalStateException("The listener has failed before its effect, as requested");
			}
			this.jdbc.update("INSERT INTO EFFECT (TASK_ID, TURN, EFFECT_AT) VALUES (?, ?, ?)", event.taskId(),
					event.turnCount(), System.currentTimeMillis());
			work(LONGEST_AFTER);
			if (chance < FAILS) {
				throw new IllegalStateException("The listener has failed after its effect, as requested");
			}
		}

		private void work(int longest) throws InterruptedException {
			Thread.sleep(this.random.nextInt(longest));
		}

	}

}
