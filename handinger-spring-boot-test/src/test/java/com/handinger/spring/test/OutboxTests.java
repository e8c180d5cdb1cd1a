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

package com.handinger.spring.test;

import java.util.concurrent.atomic.AtomicInteger;

import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.modulith.events.ApplicationModuleListener;
import org.springframework.modulith.events.CompletedEventPublications;
import org.springframework.modulith.events.IncompleteEventPublications;
import org.springframework.transaction.support.TransactionTemplate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A listener of Spring Modulith that runs a task with a key runs it once, although its
 * event is published again after a failure.
 */
@SpringBootTest(properties = { "spring.autoconfigure.exclude=",
		"spring.modulith.events.jdbc.schema-initialization.enabled=true",
		"spring.datasource.generate-unique-name=true" })
@AutoConfigureHandingerSimulator
class OutboxTests {

	@Test
	void resubmittedEventRunsItsTaskOnce(@Autowired HandingerSimulator handinger,
			@Autowired ApplicationEventPublisher events, @Autowired TransactionTemplate transactions,
			@Autowired IncompleteEventPublications incomplete, @Autowired CompletedEventPublications completed,
			@Autowired AtomicInteger calls) {
		transactions.executeWithoutResult((status) -> events.publishEvent(new OrderPlaced("order-42")));
		await().until(() -> calls.get() == 1);
		await().untilAsserted(() -> {
			incomplete.resubmitIncompletePublications((publication) -> true);
			assertThat(completed.findAll()).hasSize(1);
		});
		assertThat(handinger.tasks()).singleElement().satisfies((task) -> {
			assertThat(task.posts()).isEqualTo(1);
			assertThat(task.turns()).hasSize(1);
		});
	}

	/**
	 * An order of the application.
	 *
	 * @param id its id
	 */
	record OrderPlaced(String id) {
	}

	/**
	 * The first call fails when the task has run.
	 */
	static class Orders {

		private final HandingerTasksClient tasks;

		private final AtomicInteger calls;

		Orders(HandingerTasksClient tasks, AtomicInteger calls) {
			this.tasks = tasks;
			this.calls = calls;
		}

		@ApplicationModuleListener
		void on(OrderPlaced order) {
			this.tasks.run(CreateTask.of("Check the order.").withKey(order.id())).block();
			if (this.calls.getAndIncrement() == 0) {
				throw new IllegalStateException("The application fails before it has noted the result");
			}
		}

	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(Orders.class)
	static class Application {

		@Bean
		AtomicInteger calls() {
			return new AtomicInteger();
		}

	}

}
