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

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Makes up numbers that fit a JSON Schema.
 */
final class ExampleNumbers {

	private static final Map<String, String> BY_NAME = Map.ofEntries(Map.entry("temperature", "24"),
			Map.entry("degrees", "24"), Map.entry("price", "95"), Map.entry("cost", "95"), Map.entry("amount", "95"),
			Map.entry("total", "190"), Map.entry("year", "2026"), Map.entry("month", "12"), Map.entry("day", "1"),
			Map.entry("hour", "9"), Map.entry("age", "34"), Map.entry("percent", "80"), Map.entry("percentage", "80"),
			Map.entry("confidence", "0.9"), Map.entry("probability", "0.1"), Map.entry("rating", "4.5"),
			Map.entry("score", "0.8"), Map.entry("latitude", "41.39"), Map.entry("longitude", "2.17"));

	private static final BigDecimal USUAL = BigDecimal.valueOf(3);

	private static final BigDecimal TWO = BigDecimal.valueOf(2);

	private ExampleNumbers() {
	}

	static Object integer(JsonNode schema, String name, int variant) {
		BigDecimal step = multiple(schema, BigDecimal.ONE);
		if (step.stripTrailingZeros().scale() > 0) {
			step = BigDecimal.ONE.multiply(step.movePointRight(step.stripTrailingZeros().scale()));
		}
		BigInteger integer = fitting(schema, name, step, variant).toBigInteger();
		return (integer.bitLength() < Long.SIZE) ? (Object) integer.longValue() : integer;
	}

	static BigDecimal number(JsonNode schema, String name, int variant) {
		BigDecimal step = multiple(schema, null);
		if (step != null) {
			return fitting(schema, name, step, variant);
		}
		BigDecimal number = fitting(schema, name, BigDecimal.ONE, variant);
		return fits(schema, number) ? number : between(schema);
	}

	private static BigDecimal multiple(JsonNode schema, @Nullable BigDecimal other) {
		JsonNode multiple = schema.path("multipleOf");
		return (isUsual(multiple) && multiple.decimalValue().signum() > 0) ? multiple.decimalValue() : other;
	}

	/**
	 * Return a number that is usual for a name if it fits, or a multiple of the step
	 * within the bounds.
	 */
	private static BigDecimal fitting(JsonNode schema, String name, BigDecimal step, int variant) {
		BigDecimal usual = new BigDecimal(BY_NAME.getOrDefault(ExampleTexts.lastWord(name), USUAL.toPlainString()));
		BigDecimal offset = step.multiply(BigDecimal.valueOf(variant));
		BigDecimal low = bound(schema, "minimum", "exclusiveMinimum");
		BigDecimal high = bound(schema, "maximum", "exclusiveMaximum");
		return Stream
			.of(usual, roundUp(usual, step), (low != null) ? roundUp(low, step) : null,
					(low != null) ? roundUp(low, step).add(step) : null, (high != null) ? roundDown(high, step) : null,
					(high != null) ? roundDown(high, step).subtract(step) : null)
			.filter(Objects::nonNull)
			.flatMap((number) -> List.of(number.add(offset), number.subtract(offset), number).stream())
			.filter((number) -> fits(schema, number) && isMultiple(number, schema, step))
			.findFirst()
			.orElse(usual);
	}

	private static boolean isMultiple(BigDecimal number, JsonNode schema, BigDecimal step) {
		boolean any = schema.path("type").asString("").equals("number") && !schema.has("multipleOf");
		return any || number.remainder(step).signum() == 0;
	}

	private static boolean fits(JsonNode schema, BigDecimal number) {
		return isAtLeast(number, schema.path("minimum"), 0) && isAtLeast(number, schema.path("exclusiveMinimum"), 1)
				&& isAtMost(number, schema.path("maximum"), 0) && isAtMost(number, schema.path("exclusiveMaximum"), -1);
	}

	private static boolean isAtLeast(BigDecimal number, JsonNode bound, int comparison) {
		return !isUsual(bound) || number.compareTo(bound.decimalValue()) >= comparison;
	}

	private static boolean isAtMost(BigDecimal number, JsonNode bound, int comparison) {
		return !isUsual(bound) || number.compareTo(bound.decimalValue()) <= comparison;
	}

	private static @Nullable BigDecimal bound(JsonNode schema, String... keywords) {
		return Stream.of(keywords)
			.map(schema::path)
			.filter(ExampleNumbers::isUsual)
			.map(JsonNode::decimalValue)
			.findFirst()
			.orElse(null);
	}

	/**
	 * Return whether a number is one to calculate with: not one such as 1e999, which is
	 * infinite for Jackson.
	 */
	private static boolean isUsual(JsonNode number) {
		return number.isNumber() && !(number.isDouble() && !Double.isFinite(number.doubleValue()));
	}

	/**
	 * Return the number in the middle of bounds that are close to each other.
	 */
	private static BigDecimal between(JsonNode schema) {
		BigDecimal low = bound(schema, "exclusiveMinimum", "minimum");
		BigDecimal high = bound(schema, "exclusiveMaximum", "maximum");
		return (low != null && high != null) ? low.add(high).divide(TWO) : USUAL;
	}

	private static BigDecimal roundUp(BigDecimal number, BigDecimal step) {
		return number.divide(step, 0, RoundingMode.CEILING).multiply(step);
	}

	private static BigDecimal roundDown(BigDecimal number, BigDecimal step) {
		return number.divide(step, 0, RoundingMode.FLOOR).multiply(step);
	}

}
