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

package com.handinger.spring.worker;

import java.math.BigDecimal;
import java.time.Instant;

import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;

/**
 * Reads an instant from seconds or milliseconds since 1970, whichever makes sense, or
 * from an ISO 8601 text.
 */
final class EpochInstantDeserializer extends ValueDeserializer<Instant> {

	/**
	 * As seconds this is the year 5138, as milliseconds March 1973.
	 */
	private static final BigDecimal FIRST_MILLISECONDS = BigDecimal.valueOf(100_000_000_000L);

	@Override
	public Instant deserialize(JsonParser parser, DeserializationContext context) {
		if (parser.hasToken(JsonToken.VALUE_NUMBER_INT) || parser.hasToken(JsonToken.VALUE_NUMBER_FLOAT)) {
			BigDecimal number = parser.getDecimalValue();
			return instant((number.abs().compareTo(FIRST_MILLISECONDS) < 0) ? number.scaleByPowerOfTen(3) : number,
					context);
		}
		return context.readValue(parser, Instant.class);
	}

	private Instant instant(BigDecimal milliseconds, DeserializationContext context) {
		// Far beyond any date, and a number such as 1e999999999 would be expanded digit
		// by digit.
		if (milliseconds.precision() - milliseconds.scale() > 18) {
			return context.reportInputMismatch(Instant.class, "it is out of range");
		}
		return Instant.ofEpochMilli(milliseconds.longValue());
	}

}
