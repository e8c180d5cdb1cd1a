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

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The simulator's own answers: a small set of Markdown texts, chosen by the input.
 */
final class ExampleAnswers {

	private static final int MOST_CHARACTERS = 2000;

	private static final List<Example> EXAMPLES = List
		.of(new Example("weather|forecast|temperature|rain|sunny|umbrella", """
				**Sunny, 24 °C.** A light breeze from the sea in the afternoon. No rain is expected.

				| Time | Sky | °C |
				|---|---|---|
				| Morning | Clear | 19 |
				| Afternoon | Sunny | 24 |
				| Evening | A few clouds | 21 |
				"""), new Example("hotels?|flights?|travel|trip|price|prices|cheap|cheapest|buy|offers?", """
				I compared three offers. **Casa Mar** has the best price:

				| Offer | Price | Rating |
				|---|---|---|
				| Casa Mar | 95 € | 8.7 |
				| Sol y Luna | 120 € | 9.1 |
				| Gran Centro | 180 € | 9.3 |

				Prices were checked today and include taxes.
				"""), new Example("summari[sz]e|summary|tl;?dr|key points", """
				## Summary

				- Revenue grew by 12 % compared with last year.
				- Support requests fell by a third after the new release.
				- **Next step:** agree on the budget by the end of the month.
				"""), new Example("translate|translation", """
				> Gràcies pel vostre missatge. Us respondrem demà.

				The tone is polite, as in the original.
				"""), new Example("code|function|java|kotlin|python|sql|regex", """
				This does it:

				```java
				List<String> names = people.stream().map(Person::name).sorted().toList();
				```

				It keeps the original list as it is.
				"""), new Example("e-?mails?|letter|reply|draft|write", """
				**Subject: Our meeting on Thursday**

				Hello Marta,

				thank you for your message. Thursday at 10:00 suits us well. I have attached the agenda.

				Kind regards
				"""), new Example("list|compare|find|search|research|who|which", """
				I found three that match:

				1. **Nordwind Software**, Hamburg: 120 employees, founded in 2011
				2. **Llum Digital**, Barcelona: 45 employees, founded in 2018
				3. **Atelier Nuage**, Lyon: 30 employees, founded in 2020

				The first one is the closest match.
				"""), new Example("hello|hi|hey|good morning", """
				Hello! What can I do for you today?
				"""));

	private static final List<String> OTHERS = List.of("""
			Done. I checked the result twice:

			- Everything that you asked for is included.
			- Nothing else was changed.
			""", """
			Here is the result:

			1. I collected the information from three independent sources.
			2. Two of them agree, and the third one is out of date.
			3. The answer is **yes**, from the first of next month.
			""", """
			**In short:** it works, and takes about two days.

			A more detailed plan would need the number of people and the date.
			""");

	private ExampleAnswers() {
	}

	/**
	 * Return the answer to an input, which is the same each time.
	 */
	static String to(String input) {
		String start = input.substring(0, Math.min(input.length(), MOST_CHARACTERS));
		String words = start.toLowerCase(Locale.ROOT);
		return EXAMPLES.stream()
			.filter((example) -> example.topic().matcher(words).find())
			.findFirst()
			.map(Example::answer)
			.orElseGet(() -> OTHERS.get(Math.floorMod(start.hashCode(), OTHERS.size())))
			.strip();
	}

	/**
	 * An answer to inputs about a topic.
	 *
	 * @param topic the words of the topic
	 * @param answer the answer
	 */
	private record Example(Pattern topic, String answer) {

		Example(String words, String answer) {
			this(Pattern.compile("\\b(" + words + ")\\b"), answer);
		}

	}

}
