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
package com.example;

import com.handinger.spring.run.HandingerRuns;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.webhook.TaskFinishedEvent;

import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * An example of a durable run.
 */
@Service
class Orders {

	private final HandingerRuns runs;

	private final JdbcClient jdbc;

	Orders(HandingerRuns runs, JdbcClient jdbc) {
		this.runs = runs;
		this.jdbc = jdbc;
	}

	@Transactional
	void place(String order) {
		this.jdbc.sql("insert into orders (id) values (?)").param(order).update();
		this.runs.submit("order-" + order, CreateTask.of("Check order " + order + ".").withWorkerId("wrk_orders"));
	}

	@EventListener
	void onChecked(TaskFinishedEvent event) {
		if (event.runKey() != null) {
			this.jdbc.sql("update orders set result = ? where concat('order-', id) = ?")
				.param(event.outputText())
				.param(event.runKey())
				.update();
		}
	}

}
