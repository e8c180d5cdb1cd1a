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

import com.handinger.spring.test.AutoConfigureHandingerSimulator;
import com.handinger.spring.test.HandingerSimulator;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static com.handinger.spring.test.HandingerSimulator.containsString;
import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.NONE)
@AutoConfigureHandingerSimulator
class HeldForecastTests {

	@Test
	void forecastIsThereWhenTheTaskHasFinished(@Autowired HandingerSimulator handinger,
			@Autowired Forecasts forecasts) {
		handinger.whenInput(containsString("Barcelona")).thenAnswer("Sunny.");
		handinger.hold();
		CompletableFuture<String> forecast = forecasts.forecast("Barcelona").toFuture();
		handinger.awaitTasks(1);
		assertThat(forecast).isNotDone();
		handinger.finish(handinger.tasks().get(0).id());
		assertThat(forecast).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("Sunny.");
	}

}
