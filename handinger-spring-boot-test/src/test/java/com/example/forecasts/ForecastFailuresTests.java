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

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import com.handinger.spring.task.TaskFailedException;
import com.handinger.spring.test.AutoConfigureHandingerSimulator;
import com.handinger.spring.test.HandingerSimulator;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static com.handinger.spring.test.HandingerSimulator.containsString;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

@SpringBootTest
@AutoConfigureHandingerSimulator
class ForecastFailuresTests {

	@Autowired
	private HandingerSimulator handinger;

	@Autowired
	private Forecasts forecasts;

	@Test
	void forecastSurvivesADroppedConnection() {
		this.handinger.whenInput(containsString("Barcelona")).thenAnswer("Sunny.").thenDropConnection();
		assertThat(this.forecasts.forecast("Barcelona").block()).isEqualTo("Sunny.");
		assertThat(this.handinger.tasks()).singleElement().satisfies((task) -> assertThat(task.posts()).isEqualTo(1));
	}

	@Test
	void forecastThatTakesAnHourTakesNoTime() {
		this.handinger.whenInput(containsString("Barcelona")).thenAnswer("Sunny.").after(Duration.ofHours(1));
		CompletableFuture<String> forecast = this.forecasts.forecast("Barcelona").toFuture();
		this.handinger.advance(Duration.ofHours(1));
		assertThat(forecast).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("Sunny.");
	}

	@Test
	void forecastWaitsForAsLongAsHandingerAsks() {
		this.handinger.whenInput(containsString("Barcelona"))
			.thenReject(429, Duration.ofMinutes(10))
			.thenAnswer("Sunny.");
		CompletableFuture<String> forecast = this.forecasts.forecast("Barcelona").toFuture();
		this.handinger.advance(Duration.ofMinutes(15));
		assertThat(forecast).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("Sunny.");
	}

	@Test
	void forecastFailsWithItsTask() {
		this.handinger.whenInput(containsString("Atlantis")).thenFail("There is no such city.");
		assertThatExceptionOfType(TaskFailedException.class)
			.isThrownBy(() -> this.forecasts.forecast("Atlantis").block())
			.satisfies((ex) -> assertThat(ex.task().outputText()).isEqualTo("There is no such city."));
	}

	@Test
	void degreesAreTheStructuredOutput() {
		this.handinger.whenInput(containsString("Barcelona")).thenAnswer(new Forecast("Barcelona", 24));
		assertThat(this.forecasts.degrees("Barcelona").block()).isEqualTo(new Forecast("Barcelona", 24));
	}

}
