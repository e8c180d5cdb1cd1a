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

import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

import com.handinger.spring.http.HandingerException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

/**
 * Reads and writes the JSON of the API. The JSON settings of the application do not
 * apply.
 */
final class ApiJson {

	/**
	 * The size of a response is limited already.
	 */
	private static final JsonFactory FACTORY = JsonFactory.builder()
		.streamReadConstraints(StreamReadConstraints.builder()
			.maxStringLength(Integer.MAX_VALUE)
			.maxNameLength(Integer.MAX_VALUE)
			.build())
		.build();

	private static final JsonMapper MAPPER = JsonMapper.builder(FACTORY)
		.enable(EnumFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE, EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
		.disable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
		.addModule(new SimpleModule().setDeserializerModifier(new LenientDeserializer.Modifier()))
		.build();

	private static final Map<Class<?>, ObjectReader> READERS = new ConcurrentHashMap<>();

	/**
	 * Shared by calls that are made at once, which would take a thread each.
	 */
	private static final Map<Class<?>, Mono<Void>> PREPARATIONS = new ConcurrentHashMap<>();

	static {
		// Error responses are read on the thread on which they arrive.
		reader(Map.class);
	}

	/**
	 * For types of the application, without leniency. A mapper keeps every class that it
	 * has seen, and must not keep the class loader of an application that was restarted
	 * by DevTools.
	 */
	private static volatile WeakReference<JsonMapper> strictMapper = new WeakReference<>(null);

	private static final List<String> LITERALS = List.of("true", "false", "null");

	private static final int MAX_UNFINISHED = 4;

	private ApiJson() {
	}

	static byte[] write(Object value) {
		return MAPPER.writeValueAsBytes(value);
	}

	/**
	 * Create the reader of a type, once and outside of event loops, because Jackson takes
	 * a lock for it. It never fails: if it can't be created here, {@link #read} tries
	 * again.
	 */
	static Mono<Void> prepare(Class<?> type) {
		return READERS.containsKey(type) ? Mono.empty() : PREPARATIONS.computeIfAbsent(type,
				(key) -> Scheduling.blocking(() -> reader(key)).onErrorComplete().then().cache());
	}

	/**
	 * {@code computeIfAbsent} may wait for the reader of another type.
	 */
	private static ObjectReader reader(Class<?> type) {
		ObjectReader known = READERS.get(type);
		return (known != null) ? known : READERS.computeIfAbsent(type, MAPPER::readerFor);
	}

	/**
	 * Read a value from the start of a buffer.
	 * @param oddFields collects the fields that are not of the documented type
	 * @throws MalformedJsonException if there is no value of that type
	 */
	static <T> T read(byte[] buffer, int length, Class<T> type, OddFields oddFields) {
		ObjectReader reader = reader(type);
		try (JsonParser parser = reader.createParser(buffer, 0, length)) {
			oddFields.observe(parser);
			if (parser.nextToken() == null) {
				throw new MalformedJsonException("the body is empty", true);
			}
			T value = reader.readValue(parser);
			if (value == null) {
				throw new MalformedJsonException("the body is null", false);
			}
			return oddFields.keptBy(value);
		}
		catch (JacksonException ex) {
			if (isTruncated(ex, buffer, length)) {
				throw new MalformedJsonException("the body ends in the middle", true);
			}
			throw new MalformedJsonException(reason(ex), false);
		}
	}

	/**
	 * Convert the structured output of a worker or a turn into a type of the application.
	 * @throws HandingerException if it does not fit the type; the message names the field
	 */
	static <T> T convert(Map<String, ? extends @Nullable Object> output, Class<T> type, String owner,
			@Nullable String taskId) {
		try {
			return strictMapper().convertValue(output, type);
		}
		catch (JacksonException ex) {
			throw new HandingerException("The structured output of " + owner + " can't be read as " + type.getName()
					+ ", since " + reason(ex) + ": make the type fit the output schema of the worker", null, taskId);
		}
	}

	/**
	 * Convert a value of the application into maps, lists and scalars.
	 */
	static @Nullable Object toPlain(Object value) {
		return strictMapper().convertValue(value, Object.class);
	}

	private static JsonMapper strictMapper() {
		JsonMapper mapper = strictMapper.get();
		if (mapper == null) {
			mapper = JsonMapper.builder(FACTORY).build();
			strictMapper = new WeakReference<>(mapper);
		}
		return mapper;
	}

	/**
	 * Return whether JSON is invalid only because the rest is missing. Jackson has an
	 * exception for that, but does not throw it after a comma or within a literal.
	 */
	private static boolean isTruncated(JacksonException ex, byte[] buffer, int length) {
		if (ex instanceof UnexpectedEndOfInputException) {
			return true;
		}
		TokenStreamLocation location = (ex instanceof StreamReadException) ? ex.getLocation() : null;
		long start = (location != null) ? location.getByteOffset() : -1;
		if (start < 0 || start > length || length - start > MAX_UNFINISHED) {
			return false;
		}
		String rest = new String(buffer, (int) start, (int) (length - start), StandardCharsets.ISO_8859_1);
		return LITERALS.stream().anyMatch((literal) -> literal.startsWith(rest)) || rest.equals(".");
	}

	/**
	 * Jackson's message may quote the value, which may be the output of a task.
	 */
	private static String reason(JacksonException ex) {
		String path = path(ex);
		for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
			if (cause instanceof ImmutableJson.MissingFieldException missing) {
				return "'" + (path.isEmpty() ? "" : path + ".") + missing.field() + "' is missing";
			}
			if (cause instanceof StreamConstraintsException) {
				return "it nests deeper than 500 levels or has a number of more than 1000 digits";
			}
		}
		return (!path.isEmpty()) ? "'" + path + "' is not what it should be"
				: "the body is not the JSON that was expected";
	}

	/**
	 * Return the path of the field that could not be read. Names within an object of any
	 * shape are left out, because they may be the output of a task.
	 */
	private static String path(JacksonException ex) {
		String path = ex.getPath()
			.stream()
			.takeWhile((reference) -> !(reference.from() instanceof Map))
			.map((reference) -> (reference.getPropertyName() != null) ? "." + reference.getPropertyName()
					: "[" + reference.getIndex() + "]")
			.collect(Collectors.joining());
		return path.startsWith(".") ? path.substring(1) : path;
	}

	/**
	 * A response is not the expected JSON. The message says where, and quotes nothing.
	 */
	static final class MalformedJsonException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		private final boolean truncated;

		MalformedJsonException(String message, boolean truncated) {
			super(message);
			this.truncated = truncated;
		}

		/**
		 * Return whether the response ended too early, so that calling again may help.
		 */
		boolean isTruncated() {
			return this.truncated;
		}

	}

}
