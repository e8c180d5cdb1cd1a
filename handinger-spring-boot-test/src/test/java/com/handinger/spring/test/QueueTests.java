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

import javax.sql.DataSource;

import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.dsl.MessageChannels;
import org.springframework.integration.dsl.Pollers;
import org.springframework.integration.jdbc.store.JdbcChannelMessageStore;
import org.springframework.integration.jdbc.store.channel.H2ChannelMessageStoreQueryProvider;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.GenericMessage;
import org.springframework.transaction.PlatformTransactionManager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A consumer of a queue that runs a task with a key runs it once, although the queue
 * delivers the message five times.
 */
@SpringBootTest(properties = { "spring.autoconfigure.exclude=", "spring.sql.init.mode=always",
		"spring.sql.init.schema-locations=classpath:org/springframework/integration/jdbc/schema-h2.sql",
		"spring.datasource.generate-unique-name=true" })
@AutoConfigureHandingerSimulator
class QueueTests {

	private static final int DELIVERIES = 5;

	@Test
	void messageThatIsDeliveredFiveTimesRunsItsTaskOnce(@Autowired HandingerSimulator handinger,
			@Autowired MessageChannel orders, @Autowired AtomicInteger deliveries) {
		orders.send(new GenericMessage<>("order-42"));
		await().until(() -> deliveries.get() == DELIVERIES);
		assertThat(handinger.tasks()).singleElement().satisfies((task) -> {
			assertThat(task.posts()).isEqualTo(1);
			assertThat(task.turns()).hasSize(1);
		});
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@EnableIntegration
	static class Application {

		@Bean
		JdbcChannelMessageStore messages(DataSource dataSource) {
			JdbcChannelMessageStore messages = new JdbcChannelMessageStore(dataSource);
			messages.setChannelMessageStoreQueryProvider(new H2ChannelMessageStoreQueryProvider());
			return messages;
		}

		@Bean
		MessageChannel orders(JdbcChannelMessageStore messages) {
			return MessageChannels.queue(messages, "orders").getObject();
		}

		@Bean
		AtomicInteger deliveries() {
			return new AtomicInteger();
		}

		@Bean
		IntegrationFlow flow(MessageChannel orders, HandingerTasksClient tasks, AtomicInteger deliveries,
				PlatformTransactionManager transactions) {
			return IntegrationFlow.from(orders).handle((message) -> {
				tasks.run(CreateTask.of("Check the order.").withKey((String) message.getPayload())).block();
				if (deliveries.incrementAndGet() < DELIVERIES) {
					throw new IllegalStateException("The application fails before it has noted the result");
				}
			}, (endpoint) -> endpoint.poller(Pollers.fixedDelay(10).transactional(transactions))).get();
		}

	}

}
