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

package com.handinger.spring;

import java.time.Duration;

import com.handinger.spring.support.BlockingCalls;
import org.junit.jupiter.api.Test;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A blocking call is found, wherever its error goes.
 */
class BlockingCallsTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static Mono<Void> sleep() {
		return Mono.<Void>fromRunnable(() -> {
			try {
				Thread.sleep(1);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}).subscribeOn(Schedulers.parallel());
	}

	@Test
	void blockingCallIsAnError() {
		StepVerifier.create(sleep()).expectError(BlockingOperationError.class).verify(PATIENCE);
		assertThat(BlockingCalls.take()).hasSize(1);
	}

	@Test
	void blockingCallWhoseErrorIsLostIsFound() {
		StepVerifier.create(sleep().onErrorComplete()).expectComplete().verify(PATIENCE);
		assertThat(BlockingCalls.take()).hasSize(1)
			.first()
			.satisfies((error) -> assertThat(error).hasMessageContaining("Thread.sleep"));
	}

}
