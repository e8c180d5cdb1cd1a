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

package com.handinger.spring.http;

import java.time.Duration;

import com.handinger.spring.support.FakeNetwork;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.http.HttpStatus;
import org.springframework.web.reactive.function.client.ClientResponse;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The first answer of a type takes work that is not for an event loop.
 */
class FirstAnswerTests {

	private static final Duration PATIENCE = Duration.ofSeconds(10);

	private static String threadThatReads(Class<? extends Answer> type) {
		HandingerTransport transport = FakeNetwork
			.transport((request) -> Mono.just(ClientResponse.create(HttpStatus.OK).body("{}").build()));
		Answer answer = transport.send(ApiCall.get(type, "/api/tasks"))
			.subscribeOn(Schedulers.parallel())
			.block(PATIENCE);
		assertThat(answer).isNotNull();
		return answer.thread();
	}

	@Test
	void firstAnswerOfATypeIsReadElsewhereAndTheNextWhereItComes() {
		assertThat(threadThatReads(OneAnswer.class)).startsWith("boundedElastic");
		assertThat(threadThatReads(OneAnswer.class)).startsWith("parallel");
		assertThat(threadThatReads(OtherAnswer.class)).startsWith("boundedElastic");
	}

	private interface Answer {

		String thread();

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

}
