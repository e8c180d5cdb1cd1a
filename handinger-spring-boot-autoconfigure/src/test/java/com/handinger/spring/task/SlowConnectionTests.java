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

package com.handinger.spring.task;

import java.time.Duration;

import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.support.TasksServer.Behaviour;
import com.handinger.spring.support.TasksServer.Exchange;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import org.springframework.context.ApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a run lives through in real time, with the default intervals.
 */
@Tag("slow")
class SlowConnectionTests {

	private static final Duration SILENCE = Duration.ofSeconds(100);

	private static final Duration PATIENCE = Duration.ofMinutes(4);

	private static TasksServer server(Behaviour onPost) {
		return TasksServer.start(onPost).runTime(SILENCE.plusSeconds(5));
	}

	private static Mono<TaskWithTurns> run(ApplicationContext context) {
		return context.getBean(HandingerTasksClient.class).run(CreateTask.of("What's the weather?"));
	}

	/**
	 * A proxy gives up after a hundred seconds, and another connection never answers and
	 * never closes.
	 */
	@Test
	void connectionsThatFallSilentCostNothing() {
		try (TasksServer proxied = server((exchange) -> {
			exchange.run();
			exchange.pause(SILENCE).json(504, "<html>");
		}); TasksServer halfOpen = server(Exchange::run)) {
			TasksClient.application(HttpStack.REACTOR_EPOLL, proxied.url())
				.run((first) -> TasksClient.application(HttpStack.REACTOR_EPOLL, halfOpen.url())
					.run((second) -> StepVerifier.create(Mono.zip(run(first), run(second))).assertNext((tasks) -> {
						assertThat(tasks.getT1().turns()).hasSize(1);
						assertThat(tasks.getT2().turns()).hasSize(1);
					}).expectComplete().verify(PATIENCE)));
			assertThat(proxied.posts()).isEqualTo(1);
			assertThat(halfOpen.posts()).isEqualTo(1);
		}
	}

}
