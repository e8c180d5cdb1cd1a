package com.example;

import com.handinger.spring.test.AutoConfigureHandingerSimulator;
import com.handinger.spring.test.HandingerSimulator;
import org.junit.jupiter.api.Test;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;

import static com.handinger.spring.test.HandingerSimulator.containsString;
import static org.assertj.core.api.Assertions.assertThat;

@SpringBootTest
@AutoConfigureHandingerSimulator
class ForecastsTests {

	@Test
	void forecastIsTheAnswer(@Autowired HandingerSimulator handinger, @Autowired Forecasts forecasts) {
		handinger.whenInput(containsString("Barcelona")).thenAnswer("Sunny.");
		assertThat(forecasts.forecast("Barcelona").block()).isEqualTo("Sunny.");
		assertThat(handinger.tasks()).singleElement().satisfies((task) -> assertThat(task.posts()).isEqualTo(1));
	}

}
