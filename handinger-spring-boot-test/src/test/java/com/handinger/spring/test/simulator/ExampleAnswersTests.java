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
package com.handinger.spring.test.simulator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ExampleAnswersTests {

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "What's the weather today in Barcelona? | Sunny", "Find the cheapest HOTEL in Rome | best price",
					"Summarise the attached report | ## Summary", "Translate this into Catalan | Gràcies",
					"Draft an e-mail to Marta | Subject", "Write a Java function | ```java",
					"A regex for dates | ```java", "Which companies build robots? | Hamburg", "hello | Hello!" })
	void answerIsAboutTheTopicOfTheInput(String input, String part) {
		assertThat(ExampleAnswers.to(input)).contains(part);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "Do it", "Mach es", "this is thick" })
	void thereIsAnAnswerToAnyInput(String input) {
		assertThat(ExampleAnswers.to(input)).isNotBlank().doesNotStartWith("Hello").isEqualTo(ExampleAnswers.to(input));
	}

	@Test
	void answersToOtherInputsDiffer() {
		assertThat(ExampleAnswers.to("a")).isNotEqualTo(ExampleAnswers.to("b"));
	}

}
