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

package com.example.forecasts;

import com.handinger.spring.test.AutoConfigureHandingerSimulator;
import com.handinger.spring.test.HandingerSimulator;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

import static com.handinger.spring.test.HandingerSimulator.containsString;
import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
@AutoConfigureHandingerSimulator
class ArchiveTests {

	@Autowired
	private HandingerSimulator handinger;

	@Autowired
	private Forecasts forecasts;

	@Autowired
	private Archive archive;

	@Test
	void finishedForecastIsArchived() {
		this.handinger.whenInput(containsString("Barcelona")).thenAnswer("Sunny.");
		this.forecasts.forecast("Barcelona").block();
		this.handinger.awaitDeliveries(1);
		String taskId = this.handinger.tasks().get(0).id();
		assertThat(this.archive.text(taskId)).isEqualTo("Sunny.");
	}

	@Test
	void forecastIsArchivedOnceHoweverOftenItIsDelivered() {
		this.handinger.whenInput(containsString("Barcelona")).thenAnswer("Sunny.").loseWebhook();
		this.forecasts.forecast("Barcelona").block();
		String taskId = this.handinger.tasks().get(0).id();
		assertThat(this.archive.text(taskId)).isEmpty();
		assertThat(this.handinger.deliverForged(taskId).responseStatus()).isEqualTo(401);
		assertThat(this.handinger.deliver(taskId).responseStatus()).isEqualTo(204);
		assertThat(this.handinger.deliver(taskId).responseStatus()).isEqualTo(204);
		assertThat(this.archive.text(taskId)).isEqualTo("Sunny.");
	}

}
