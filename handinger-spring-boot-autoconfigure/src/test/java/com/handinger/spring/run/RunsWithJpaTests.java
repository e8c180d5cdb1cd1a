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

import java.util.concurrent.atomic.AtomicInteger;

import javax.sql.DataSource;

import com.handinger.spring.support.TasksServer;
import com.handinger.spring.task.CreateTask;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.PersistenceContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.persistenceunit.PersistenceManagedTypes;
import org.springframework.orm.jpa.vendor.HibernateJpaVendorAdapter;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Durable runs in the transactions of JPA: the entity and the run are committed together,
 * or not at all.
 */
class RunsWithJpaTests {

	private static final CreateTask TASK = CreateTask.of("Greet the customer.").withWorkerId("wrk_1");

	private static final String DATABASES = "com.handinger.spring.run.TestDatabase#available";

	@ParameterizedTest
	@MethodSource(DATABASES)
	void entityAndRunAreCommittedTogether(TestDatabase kind) {
		try (TestDatabase.Instance database = kind.open();
				TasksServer handinger = TasksServer.start();
				RunsApplication application = RunsApplication.start(database, handinger, JpaApplication.class)) {
			Orders orders = application.context().getBean(Orders.class);
			assertThatIllegalStateException().isThrownBy(() -> orders.place("order-1", true));
			orders.place("order-2", false);
			application.awaitNotes("finished order-2");
			assertThat(application.runs().find("order-1")).isEmpty();
			assertThat(application.jdbc().queryForList("select id from CustomerOrder", String.class))
				.containsExactly("order-2");
			assertThat(handinger.posts()).isOne();
		}
	}

	@ParameterizedTest
	@MethodSource(DATABASES)
	void listenerThatFailsLeavesNoEntity(TestDatabase kind) {
		try (TestDatabase.Instance database = kind.open();
				TasksServer handinger = TasksServer.start();
				RunsApplication application = RunsApplication.start(database, handinger, JpaApplication.class)) {
			Orders orders = application.context().getBean(Orders.class);
			AtomicInteger calls = new AtomicInteger();
			application.events().before((event) -> {
				orders.save("answer-" + calls.incrementAndGet());
				if (calls.get() < 3) {
					throw new IllegalStateException("This is just a test");
				}
			});
			application.runs().submit("order-1", TASK);
			application.awaitState("order-1", RunState.DONE);
			assertThat(application.jdbc().queryForList("select id from CustomerOrder", String.class))
				.containsExactly("answer-3");
			assertThat(application.notes()).containsExactly("finished order-1");
		}
	}

	@Entity(name = "CustomerOrder")
	static class CustomerOrder {

		@Id
		private String id;

		protected CustomerOrder() {
			this("");
		}

		CustomerOrder(String id) {
			this.id = id;
		}

	}

	static class Orders {

		private final HandingerRuns runs;

		@PersistenceContext
		private EntityManager entities;

		Orders(HandingerRuns runs) {
			this.runs = runs;
		}

		@Transactional
		void place(String id, boolean failing) {
			this.entities.persist(new CustomerOrder(id));
			this.runs.submit(id, TASK);
			if (failing) {
				throw new IllegalStateException("This is just a test");
			}
		}

		@Transactional
		void save(String id) {
			this.entities.persist(new CustomerOrder(id));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableTransactionManagement
	@Import(RunsApplication.Application.class)
	static class JpaApplication {

		@Bean
		LocalContainerEntityManagerFactoryBean entityManagerFactory(DataSource dataSource) {
			LocalContainerEntityManagerFactoryBean entities = new LocalContainerEntityManagerFactoryBean();
			entities.setDataSource(dataSource);
			entities.setManagedTypes(PersistenceManagedTypes.of(CustomerOrder.class.getName()));
			HibernateJpaVendorAdapter hibernate = new HibernateJpaVendorAdapter();
			hibernate.setGenerateDdl(true);
			entities.setJpaVendorAdapter(hibernate);
			return entities;
		}

		@Bean
		JpaTransactionManager transactionManager(EntityManagerFactory entities) {
			return new JpaTransactionManager(entities);
		}

		@Bean
		Orders orders(HandingerRuns runs) {
			return new Orders(runs);
		}

	}

}
