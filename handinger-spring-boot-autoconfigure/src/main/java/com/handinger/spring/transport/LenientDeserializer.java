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
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.io.NumberInput;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.ValueDeserializerModifier;
import tools.jackson.databind.deser.std.DelegatingDeserializer;
import tools.jackson.databind.type.CollectionType;
import tools.jackson.databind.type.MapType;

/**
 * Reads a field of a model. A value of another type than the API documents is recorded in
 * {@link OddFields} and replaced by the default, so that the rest of the response is not
 * lost. A {@code DeserializationProblemHandler} is not enough: Jackson does not call it
 * for numbers that are too large, enum numbers and empty strings.
 */
final class LenientDeserializer extends DelegatingDeserializer {

	private static final Map<Class<?>, Kind> SCALARS = Map.of(String.class, Kind.TEXT, boolean.class, Kind.FLAG,
			long.class, Kind.NUMBER, Long.class, Kind.NUMBER, Integer.class, Kind.NUMBER, Instant.class, Kind.DATE);

	private static final Map<String, Boolean> FLAGS = Map.of("true", true, "false", false);

	/**
	 * More digits than a long has.
	 */
	private static final int MAX_DIGITS = 20;

	private static final int MAX_NUMBER_LENGTH = 1000;

	private static final String UTC_SECONDS = "0000-00-00T00:00:00Z";

	private static final String UTC_MILLISECONDS = "0000-00-00T00:00:00.000Z";

	/**
	 * In seconds this is the year 5138, in milliseconds March 1973.
	 */
	private static final BigDecimal FIRST_MILLISECONDS = BigDecimal.valueOf(100_000_000_000L);

	private final JavaType type;

	private final Kind kind;

	private final @Nullable Object unknown;

	private final boolean required;

	/**
	 * Create a new deserializer.
	 * @param delegate the deserializer for values of the documented type
	 * @param type the documented type
	 * @param kind the kind of values that the delegate can read
	 * @param unknown the default, or {@code null} for that of the delegate
	 * @param required whether there is no default
	 */
	private LenientDeserializer(ValueDeserializer<?> delegate, JavaType type, Kind kind, @Nullable Object unknown,
			boolean required) {
		super(delegate);
		this.type = type;
		this.kind = kind;
		this.unknown = unknown;
		this.required = required;
	}

	@Override
	protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> delegate) {
		return new LenientDeserializer(delegate, this.type, this.kind, this.unknown, this.required);
	}

	/**
	 * The elements of a list are contextualized with the property of the list, which may
	 * be required when they are not.
	 */
	@Override
	public ValueDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property) {
		ValueDeserializer<?> delegate = context.handleSecondaryContextualization(this._delegatee, property, this.type);
		boolean required = property != null && property.isRequired()
				&& this.type.isTypeOrSubTypeOf(property.getType().getRawClass());
		return new LenientDeserializer(delegate, this.type, this.kind, this.unknown, required);
	}

	@Override
	public @Nullable Object deserialize(JsonParser parser, DeserializationContext context) {
		Object value = switch (this.kind) {
			case OBJECT -> parser.isExpectedStartObjectToken() ? super.deserialize(parser, context) : null;
			case LIST -> parser.isExpectedStartArrayToken() ? super.deserialize(parser, context) : null;
			case TEXT -> parser.currentToken().isScalarValue() ? super.deserialize(parser, context) : null;
			case CONSTANT -> parser.hasToken(JsonToken.VALUE_STRING) ? super.deserialize(parser, context) : null;
			case FLAG -> flag(parser);
			case NUMBER -> number(parser);
			case DATE -> date(parser);
		};
		if (value != null) {
			return ImmutableJson.fresh(value);
		}
		OddFields oddFields = OddFields.of(parser);
		if (oddFields == null) {
			return super.deserialize(parser, context);
		}
		if (this.required) {
			return context.reportInputMismatch(this, "a required field is of another type");
		}
		oddFields.add(parser, context);
		return (this.unknown != null) ? this.unknown : getNullValue(context);
	}

	private static @Nullable Boolean flag(JsonParser parser) {
		return switch (parser.currentToken()) {
			case VALUE_TRUE -> true;
			case VALUE_FALSE -> false;
			case VALUE_NUMBER_INT -> !parser.getString().equals("0");
			case VALUE_STRING -> FLAGS.get(parser.getString().strip().toLowerCase(Locale.ROOT));
			default -> null;
		};
	}

	private @Nullable Number number(JsonParser parser) {
		Long value = switch (parser.currentToken()) {
			case VALUE_NUMBER_INT ->
				(parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) ? (Long) parser.getLongValue() : null;
			case VALUE_NUMBER_FLOAT, VALUE_STRING -> whole(parser.getString().strip());
			default -> null;
		};
		if (value == null || !this.type.hasRawClass(Integer.class)) {
			return value;
		}
		return (value.intValue() == value) ? (Integer) value.intValue() : null;
	}

	private static @Nullable Long whole(String text) {
		try {
			return (text.length() <= MAX_NUMBER_LENGTH) ? whole(new BigDecimal(text)) : null;
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

	/**
	 * Return the number of digits before the decimal point. A number such as 1e999999999
	 * must not be expanded.
	 */
	private static long digits(BigDecimal number) {
		return number.precision() - (long) number.scale();
	}

	private static @Nullable Long whole(BigDecimal number) {
		long digits = digits(number);
		if (digits > MAX_DIGITS) {
			return null;
		}
		BigInteger whole = (digits <= 0) ? BigInteger.ZERO : number.toBigInteger();
		return (whole.bitLength() < Long.SIZE) ? (Long) whole.longValue() : null;
	}

	/**
	 * Read ISO 8601 text, or the seconds or milliseconds since 1970. A number in
	 * nanoseconds would be a date in the far future.
	 */
	private static @Nullable Instant date(JsonParser parser) {
		return switch (parser.currentToken()) {
			case VALUE_STRING -> date(parser.getStringCharacters(), parser.getStringOffset(), parser.getStringLength());
			case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
				if (parser.hasToken(JsonToken.VALUE_NUMBER_INT)
						&& parser.getNumberType() == JsonParser.NumberType.INT) {
					yield Instant.ofEpochSecond(parser.getIntValue());
				}
				BigDecimal number = parser.getDecimalValue();
				boolean isSeconds = number.abs().compareTo(FIRST_MILLISECONDS) < 0;
				Long milliseconds = (digits(number) <= MAX_DIGITS - 2)
						? whole(isSeconds ? number.scaleByPowerOfTen(3) : number) : null;
				yield (milliseconds != null) ? Instant.ofEpochMilli(milliseconds) : null;
			}
			default -> null;
		};
	}

	private static @Nullable Instant date(char[] text, int start, int length) {
		try {
			if (hasForm(UTC_MILLISECONDS, text, start, length)) {
				return utc(text, start, NumberInput.parseInt(text, start + 20, 3));
			}
			return hasForm(UTC_SECONDS, text, start, length) ? utc(text, start, 0)
					: DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(new String(text, start, length).strip(),
							Instant::from);
		}
		catch (DateTimeException ex) {
			return null;
		}
	}

	/**
	 * Return whether a text has the digits of a form where that has zeros, and equals it
	 * elsewhere.
	 */
	private static boolean hasForm(String form, char[] text, int start, int length) {
		boolean same = length == form.length();
		for (int i = 0; same && i < length; i++) {
			char expected = form.charAt(i);
			same = (expected == '0') ? text[start + i] >= '0' && text[start + i] <= '9' : text[start + i] == expected;
		}
		return same;
	}

	/**
	 * The API uses these forms. A {@code DateTimeFormatter} takes most of the time that
	 * it takes to read a task.
	 */
	private static Instant utc(char[] text, int start, int milliseconds) {
		return LocalDateTime
			.of(NumberInput.parseInt(text, start, 4), NumberInput.parseInt(text, start + 5, 2),
					NumberInput.parseInt(text, start + 8, 2), NumberInput.parseInt(text, start + 11, 2),
					NumberInput.parseInt(text, start + 14, 2), NumberInput.parseInt(text, start + 17, 2),
					milliseconds * 1_000_000)
			.toInstant(ZoneOffset.UTC);
	}

	/**
	 * The kind of values that a field has.
	 */
	private enum Kind {

		OBJECT, LIST, TEXT, CONSTANT, DATE, FLAG, NUMBER

	}

	/**
	 * Makes the deserializers of everything that models consist of lenient.
	 */
	static final class Modifier extends ValueDeserializerModifier {

		private static final long serialVersionUID = 1L;

		@Override
		public ValueDeserializer<?> modifyDeserializer(DeserializationConfig config,
				BeanDescription.Supplier description, ValueDeserializer<?> deserializer) {
			JavaType type = description.getType();
			Kind kind = type.isRecordType() ? Kind.OBJECT : SCALARS.get(type.getRawClass());
			return (kind != null) ? new LenientDeserializer(deserializer, type, kind, null, false) : deserializer;
		}

		@Override
		public ValueDeserializer<?> modifyCollectionDeserializer(DeserializationConfig config, CollectionType type,
				BeanDescription.Supplier description, ValueDeserializer<?> deserializer) {
			return new LenientDeserializer(deserializer, type, Kind.LIST, null, false);
		}

		@Override
		public ValueDeserializer<?> modifyMapDeserializer(DeserializationConfig config, MapType type,
				BeanDescription.Supplier description, ValueDeserializer<?> deserializer) {
			return new LenientDeserializer(deserializer, type, Kind.OBJECT, null, false);
		}

		@Override
		public ValueDeserializer<?> modifyEnumDeserializer(DeserializationConfig config, JavaType type,
				BeanDescription.Supplier description, ValueDeserializer<?> deserializer) {
			Enum<?>[] constants = (Enum<?>[]) type.getRawClass().getEnumConstants();
			Enum<?> unknown = config.getAnnotationIntrospector()
				.findDefaultEnumValue(config, description.getClassInfo(), constants);
			return new LenientDeserializer(deserializer, type, Kind.CONSTANT, unknown, false);
		}

	}

}
