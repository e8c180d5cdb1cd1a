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

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;

/**
 * The JSON object in the body of a request, or an object within it. Invalid content
 * causes an {@link ApiError}.
 */
final class JsonBody {

	private static final int MOST_BYTES = 1024 * 1024;

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private final JsonNode object;

	private JsonBody(JsonNode object) {
		this.object = object;
	}

	static Mono<JsonBody> read(ServerRequest request) {
		MediaType contentType = request.headers().contentType().orElseThrow(ApiError::notJson);
		if (!contentType.equalsTypeAndSubtype(MediaType.APPLICATION_JSON)) {
			throw ApiError.notJson();
		}
		return BodyBytes.join(request.exchange().getRequest().getBody(), MOST_BYTES)
			.map(JsonBody::of)
			.onErrorMap(DataBufferLimitException.class, (ex) -> ApiError.tooLarge("The body is larger than 1 MB."));
	}

	static JsonBody of(byte[] bytes) {
		JsonNode body = parse(bytes);
		if (body.isMissingNode()) {
			throw ApiError.badRequest("The body is empty: send a JSON object.");
		}
		if (!body.isObject()) {
			throw ApiError.unprocessable("The body must be a JSON object.");
		}
		return new JsonBody(body);
	}

	private static JsonNode parse(byte[] bytes) {
		try {
			return MAPPER.readTree(bytes);
		}
		catch (JacksonException ex) {
			throw ApiError.badRequest("The body is not valid JSON.");
		}
	}

	boolean has(String name) {
		return this.object.has(name);
	}

	boolean hasNull(String name) {
		return this.object.path(name).isNull();
	}

	/**
	 * Return a string, or {@code null} if there is none.
	 */
	@Nullable String text(String name) {
		JsonNode value = this.object.get(name);
		if (value != null && !value.isString()) {
			throw ApiError.unprocessable("'" + name + "' must be a string.");
		}
		return (value != null) ? value.stringValue() : null;
	}

	/**
	 * Return a string with a maximum length, or {@code null} if there is none.
	 */
	@Nullable String text(String name, int mostCharacters) {
		String text = text(name);
		if (text != null && text.codePointCount(0, text.length()) > mostCharacters) {
			throw ApiError.unprocessable("'" + name + "' must not be longer than " + mostCharacters + " characters.");
		}
		return text;
	}

	String requiredText(String name) {
		String text = text(name);
		if (text == null) {
			throw missing(name);
		}
		if (text.isEmpty()) {
			throw ApiError.empty(name);
		}
		return text;
	}

	int requiredCount(String name, int most) {
		JsonNode value = required(name);
		if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < 1 || value.intValue() > most) {
			throw ApiError.unprocessable("'" + name + "' must be a whole number from 1 to " + most + ".");
		}
		return value.intValue();
	}

	/**
	 * Return an unparsed object, or {@code null} if there is none.
	 */
	@Nullable JsonNode object(String name) {
		JsonNode value = this.object.get(name);
		return (value != null) ? checkObject(name, value) : null;
	}

	JsonBody requiredObject(String name) {
		return new JsonBody(checkObject(name, required(name)));
	}

	private static JsonNode checkObject(String name, JsonNode value) {
		if (!value.isObject()) {
			throw ApiError.unprocessable("'" + name + "' must be a JSON object.");
		}
		return value;
	}

	private JsonNode required(String name) {
		JsonNode value = this.object.get(name);
		if (value == null) {
			throw missing(name);
		}
		return value;
	}

	private static ApiError missing(String name) {
		return ApiError.unprocessable("'" + name + "' is missing.");
	}

}
