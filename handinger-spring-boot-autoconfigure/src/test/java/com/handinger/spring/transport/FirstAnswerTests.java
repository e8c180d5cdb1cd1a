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

package com.handinger.spring.transport;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

import com.handinger.spring.support.FakeNetwork;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.client.ClientResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The first answer of a type takes work that is not for an event loop.
 */
class FirstAnswerTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	/**
	 * Reads what a thread that must not block would have to read of the classes.
	 */
	@BeforeAll
	static void loadClasses() {
		threadThatReads(AnyAnswer.class, Schedulers.immediate());
	}

	private static String threadThatReads(Class<? extends Answer> type) {
		return threadThatReads(type, Schedulers.parallel());
	}

	private static String threadThatReads(Class<? extends Answer> type, Scheduler scheduler) {
		HandingerTransport transport = FakeNetwork
			.transport((request) -> Mono.just(ClientResponse.create(HttpStatus.OK).body("{}").build()));
		Answer answer = transport.send(ApiCall.get(type, "/api/tasks")).subscribeOn(scheduler).block(PATIENCE);
		assertThat(answer).isNotNull();
		return answer.thread();
	}

	@Test
	void firstAnswerOfATypeIsReadElsewhereAndTheNextWhereItComes() {
		assertThat(threadThatReads(OneAnswer.class)).startsWith("boundedElastic");
		assertThat(threadThatReads(OneAnswer.class)).startsWith("parallel");
		assertThat(threadThatReads(OtherAnswer.class)).startsWith("boundedElastic");
	}

	@Test
	void firstAnswerIsReadWhereItComesIfNothingElseRuns() {
		Schedulers.setFactory(new NoElasticScheduler());
		try {
			assertThat(threadThatReads(LastAnswer.class)).startsWith("parallel");
		}
		finally {
			Schedulers.resetFactory();
		}
	}

	private static final class NoElasticScheduler implements Schedulers.Factory {

		@Override
		public Scheduler newBoundedElastic(int threads, int tasks, ThreadFactory threadFactory, int seconds) {
			ExecutorService ended = Executors.newSingleThreadExecutor();
			ended.shutdown();
			return Schedulers.fromExecutorService(ended);
		}

	}

	private interface Answer {

		String thread();

	}

	private record AnyAnswer(String thread) implements Answer {

		AnyAnswer {
			thread = Thread.currentThread().getName();
		}

	}

	private record OneAnswer(String thread) implements Answer {

		OneAnswer {
			thread = Thread.currentThread().getName();
		}

	}

	private record OtherAnswer(String thread) implements Answer {

		OtherAnswer {
			thread = Thread.currentThread().getName();
		}

	}

	private record LastAnswer(String thread) implements Answer {

		LastAnswer {
			thread = Thread.currentThread().getName();
		}

	}

}
