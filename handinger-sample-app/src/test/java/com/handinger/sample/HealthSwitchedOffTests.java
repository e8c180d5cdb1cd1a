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

package com.handinger.sample;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.http.codec.ServerSentEvent;

/**
 * Tests for the sample without the health of Handinger.
 */
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
		properties = { "handinger.api-key=", "simulator.port=0", "management.health.handinger.enabled=false" })
class HealthSwitchedOffTests {

	@Test
	void pageReceivesEverythingElse(@Autowired EventsController events) {
		StepVerifier
			.create(events.events().map(ServerSentEvent::event).filter((name) -> !"health".equals(name)).take(2))
			.expectNext("status", "tasks")
			.expectComplete()
			.verify(Duration.ofMinutes(2));
	}

}
