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
import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.std.DelegatingDeserializer;

/**
 * Reads a field of a model: one that is not of the type that the API documents is noted
 * in {@link OddFields} and gets its default, since it is no reason to lose the rest of an
 * answer. A {@code DeserializationProblemHandler} would not be asked about numbers that
 * are too large and about empty texts.
 */
final class LenientDeserializer extends DelegatingDeserializer {

	private static final Map<Class<?>, Kind> SCALARS = Map.of(String.class, Kind.TEXT, boolean.class, Kind.FLAG,
			long.class, Kind.NUMBER, Long.class, Kind.NUMBER, int.class, Kind.NUMBER, Integer.class, Kind.NUMBER,
			Instant.class, Kind.DATE);

	/**
	 * More than a long has.
	 */
	private static final int MOST_DIGITS = 20;

	private static final int LONGEST_NUMBER = 1000;

	private final JavaType type;

	private final Kind kind;

	private final @Nullable Object unknown;

	private final boolean required;

	private LenientDeserializer(ValueDeserializer<?> deserializer, JavaType type, Kind kind, @Nullable Object unknown,
			boolean required) {
		super(deserializer);
		this.type = type;
		this.kind = kind;
		this.unknown = unknown;
		this.required = required;
	}

	/**
	 * Return a deserializer that is lenient where the type is one that models have.
	 */
	static ValueDeserializer<?> of(ValueDeserializer<?> deserializer, JavaType type) {
		Kind kind = type.isRecordType() ? Kind.OBJECT : SCALARS.get(type.getRawClass());
		return (kind != null) ? new LenientDeserializer(deserializer, type, kind, null, false) : deserializer;
	}

	static ValueDeserializer<?> ofList(ValueDeserializer<?> deserializer, JavaType type) {
		return new LenientDeserializer(deserializer, type, Kind.LIST, null, false);
	}

	static ValueDeserializer<?> ofMap(ValueDeserializer<?> deserializer, JavaType type) {
		return new LenientDeserializer(deserializer, type, Kind.OBJECT, null, false);
	}

	/**
	 * Jackson would take a number for the position of a constant.
	 * @param unknown the constant for what this version does not know, if there is one
	 */
	static ValueDeserializer<?> ofEnum(ValueDeserializer<?> deserializer, JavaType type, @Nullable Object unknown) {
		return new LenientDeserializer(deserializer, type, Kind.CONSTANT, unknown, false);
	}

	@Override
	protected ValueDeserializer<?> newDelegatingInstance(ValueDeserializer<?> deserializer) {
		return new LenientDeserializer(deserializer, this.type, this.kind, this.unknown, this.required);
	}

	/**
	 * What is required has no default. The elements of a list come with its property.
	 */
	@Override
	public ValueDeserializer<?> createContextual(DeserializationContext context, @Nullable BeanProperty property) {
		ValueDeserializer<?> deserializer = context.handleSecondaryContextualization(this._delegatee, property,
				this.type);
		boolean required = property != null && property.isRequired()
				&& this.type.isTypeOrSubTypeOf(property.getType().getRawClass());
		return new LenientDeserializer(deserializer, this.type, this.kind, this.unknown, required);
	}

	@Override
	public @Nullable Object deserialize(JsonParser parser, DeserializationContext context) {
		Object value = switch (this.kind) {
			case OBJECT -> parser.isExpectedStartObjectToken() ? super.deserialize(parser, context) : null;
			case LIST -> parser.isExpectedStartArrayToken() ? super.deserialize(parser, context) : null;
			case TEXT, DATE -> parser.currentToken().isScalarValue() ? super.deserialize(parser, context) : null;
			case CONSTANT -> parser.hasToken(JsonToken.VALUE_STRING) ? super.deserialize(parser, context) : null;
			case FLAG -> flag(parser);
			case NUMBER -> number(parser);
		};
		return (value != null) ? value : odd(parser, context);
	}

	private @Nullable Object odd(JsonParser parser, DeserializationContext context) {
		OddFields oddFields = (OddFields) context.getAttribute(OddFields.class);
		if (oddFields == null || OddFields.isOutermost(parser)) {
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
			case VALUE_STRING -> flag(parser.getString().strip());
			default -> null;
		};
	}

	private static @Nullable Boolean flag(String text) {
		return text.equalsIgnoreCase("true") ? Boolean.TRUE : text.equalsIgnoreCase("false") ? Boolean.FALSE : null;
	}

	/**
	 * A fraction is cut off, wherever it comes from and however it is written.
	 */
	private @Nullable Number number(JsonParser parser) {
		Long value = switch (parser.currentToken()) {
			case VALUE_NUMBER_INT ->
				(parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) ? (Long) parser.getLongValue() : null;
			case VALUE_NUMBER_FLOAT, VALUE_STRING -> whole(parser.getString().strip());
			default -> null;
		};
		if (value == null || this.type.getRawClass() == long.class || this.type.getRawClass() == Long.class) {
			return value;
		}
		return (value.intValue() == value) ? (Integer) value.intValue() : null;
	}

	private static @Nullable Long whole(String text) {
		try {
			BigDecimal number = new BigDecimal((text.length() <= LONGEST_NUMBER) ? text : "");
			long digits = number.precision() - (long) number.scale();
			// A number such as 1e999999999 would be expanded digit by digit.
			BigInteger whole = (digits <= 0 || digits > MOST_DIGITS) ? BigInteger.ZERO : number.toBigInteger();
			return (digits <= MOST_DIGITS && whole.bitLength() < Long.SIZE) ? (Long) whole.longValue() : null;
		}
		catch (NumberFormatException ex) {
			return null;
		}
	}

	/**
	 * What a field is to be.
	 */
	private enum Kind {

		OBJECT, LIST, TEXT, CONSTANT, DATE, FLAG, NUMBER

	}

}
