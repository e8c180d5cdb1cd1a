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

import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

import org.springframework.http.HttpMethod;
import org.springframework.mock.http.client.reactive.MockClientHttpRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.Mockito.mock;

/**
 * One request passes a gate, whoever wants to send it.
 */
class GateTests {

	private final AtomicInteger sent = new AtomicInteger();

	private final Gate gate = new Gate(this.sent::incrementAndGet);

	private static Mono<Void> send(Gate.Pass pass) {
		return pass.guard((request) -> Mono.empty()).write(new MockClientHttpRequest(HttpMethod.POST, "/api/tasks"));
	}

	@Test
	void requestPasses() {
		StepVerifier.create(send(this.gate.newPass())).verifyComplete();
		assertThat(this.gate.isPassed()).isTrue();
		assertThat(this.sent).hasValue(1);
	}

	@Test
	void samePassIsGoodForOneRequest() {
		Mono<Void> request = send(this.gate.newPass());
		StepVerifier.create(request).verifyComplete();
		StepVerifier.create(request).verifyError(IllegalStateException.class);
		assertThat(this.sent).hasValue(1);
	}

	@Test
	void otherPassIsGoodAfterTheFirstWasGivenBack() {
		Gate.Pass first = this.gate.newPass();
		StepVerifier.create(send(first)).verifyComplete();
		StepVerifier.create(send(this.gate.newPass())).verifyError(IllegalStateException.class);
		first.giveBack();
		StepVerifier.create(send(this.gate.newPass())).verifyComplete();
		assertThat(this.sent).hasValue(2);
	}

	@Test
	void requestThatNobodyWaitsForIsNotSent() {
		Gate.Pass pass = this.gate.newPass();
		pass.revoke();
		StepVerifier.create(send(pass)).verifyError(IllegalStateException.class);
		assertThat(this.gate.isPassed()).isFalse();
		assertThat(this.sent).hasValue(0);
	}

}
