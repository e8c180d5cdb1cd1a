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

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.deser.std.StdDeserializer;

/**
 * Reads an instant of the API: ISO 8601 text, or seconds or milliseconds since 1970,
 * whichever makes sense. What is none of these is {@code null}: an odd date is no reason
 * to lose the result of a task.
 */
final class LenientInstantDeserializer extends StdDeserializer<Instant> {

	/**
	 * As seconds this is the year 5138, as milliseconds March 1973.
	 */
	private static final BigDecimal FIRST_MILLISECONDS = BigDecimal.valueOf(100_000_000_000L);

	private static final int MOST_DIGITS = 18;

	LenientInstantDeserializer() {
		super(Instant.class);
	}

	@Override
	public @Nullable Instant deserialize(JsonParser parser, DeserializationContext context) {
		if (parser.hasToken(JsonToken.VALUE_STRING)) {
			return fromText(parser.getString());
		}
		if (parser.hasToken(JsonToken.VALUE_NUMBER_INT) || parser.hasToken(JsonToken.VALUE_NUMBER_FLOAT)) {
			return fromNumber(parser.getDecimalValue());
		}
		return null;
	}

	private static @Nullable Instant fromText(String text) {
		try {
			return DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(text.strip(), Instant::from);
		}
		catch (DateTimeException ex) {
			return null;
		}
	}

	private static @Nullable Instant fromNumber(BigDecimal number) {
		// Beyond any date; and a number such as 1e999999999 would be expanded digit by
		// digit.
		if (number.precision() - (long) number.scale() > MOST_DIGITS) {
			return null;
		}
		BigDecimal milliseconds = (number.abs().compareTo(FIRST_MILLISECONDS) < 0) ? number.scaleByPowerOfTen(3)
				: number;
		return Instant.ofEpochMilli(milliseconds.longValue());
	}

}
