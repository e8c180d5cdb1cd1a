package com.example;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import com.handinger.spring.test.AutoConfigureHandingerSimulator;
import com.handinger.spring.test.HandingerSimulator;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static com.handinger.spring.test.HandingerSimulator.containsString;
import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest
@AutoConfigureHandingerSimulator
class ForecastFailuresTests {

	@Test
	void forecastSurvivesADroppedConnection(@Autowired HandingerSimulator handinger, @Autowired Forecasts forecasts) {
		handinger.whenInput(containsString("Barcelona")).thenAnswer("Sunny.").thenDropConnection();
		assertThat(forecasts.forecast("Barcelona").block()).isEqualTo("Sunny.");
		assertThat(handinger.tasks()).singleElement().satisfies((task) -> assertThat(task.posts()).isEqualTo(1));
	}

	@Test
	void forecastThatTakesAnHourTakesNoTime(@Autowired HandingerSimulator handinger, @Autowired Forecasts forecasts) {
		handinger.whenInput(containsString("Barcelona")).thenAnswer("Sunny.").after(Duration.ofHours(1));
		CompletableFuture<String> forecast = forecasts.forecast("Barcelona").toFuture();
		handinger.advance(Duration.ofHours(1));
		assertThat(forecast).succeedsWithin(Duration.ofSeconds(5)).isEqualTo("Sunny.");
	}

}
