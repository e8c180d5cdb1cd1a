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

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.util.Map;

import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Responses in JSON, independent of the application's settings.
 */
final class Answers {

	private static final JsonMapper MAPPER = JsonMapper.builder()
		.addModule(new SimpleModule().addSerializer(Instant.class, new TimestampSerializer()))
		.build();

	private Answers() {
	}

	static byte[] json(Object value) {
		return MAPPER.writeValueAsBytes(value);
	}

	static Mono<ServerResponse> ok(Object value) {
		return json(200, Map.of(), value);
	}

	static Mono<ServerResponse> error(ApiError error) {
		return json(error.status(), error.headers(), Map.of("error", error.sentence()));
	}

	/**
	 * Respond with any status, and with a message if the status allows a body.
	 */
	static Mono<ServerResponse> status(int status) {
		if (status == 204 || status == 205 || status == 304) {
			return ServerResponse.status(HttpStatusCode.valueOf(status)).build();
		}
		return json(status, Map.of(), Map.of("error", "The simulator was asked to respond with " + status + "."));
	}

	static Mono<ServerResponse> worker(Conversation conversation) {
		WorkerBody body = WorkerBody.of(conversation);
		return ServerResponse.ok()
			.contentType(MediaType.APPLICATION_JSON)
			.contentLength(body.length())
			.body((message, context) -> message.writeWith(Flux.defer(() -> body.buffers(message.bufferFactory()))));
	}

	static Mono<ServerResponse> csv(byte[] csv) {
		return bytes(200, Map.of("Content-Disposition", "attachment"), MediaType.parseMediaType("text/csv"), csv);
	}

	/**
	 * Respond with a file that a browser does not show.
	 */
	static Mono<ServerResponse> file(UploadedFiles.Content content) {
		ContentDisposition.Builder disposition = ContentDisposition.attachment();
		if (content.file().filename() != null) {
			disposition.filename(content.file().filename(), StandardCharsets.UTF_8);
		}
		return bytes(200, Map.of(HttpHeaders.CONTENT_DISPOSITION, disposition.build().toString()),
				MediaType.parseMediaType(content.file().mediaType()), content.bytes());
	}

	private static Mono<ServerResponse> json(int status, Map<String, String> headers, Object value) {
		return bytes(status, headers, MediaType.APPLICATION_JSON, json(value));
	}

	private static Mono<ServerResponse> bytes(int status, Map<String, String> headers, MediaType type, byte[] bytes) {
		return ServerResponse.status(HttpStatusCode.valueOf(status))
			.headers((all) -> headers.forEach(all::set))
			.contentType(type)
			.contentLength(bytes.length)
			.body((message, context) -> message
				.writeWith(Mono.<DataBuffer>fromSupplier(() -> message.bufferFactory().wrap(bytes))));
	}

	static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * Writes timestamps with exactly three decimals, as the API does.
	 */
	private static final class TimestampSerializer extends ValueSerializer<Instant> {

		private static final DateTimeFormatter FORMATTER = new DateTimeFormatterBuilder().appendInstant(3)
			.toFormatter();

		@Override
		public void serialize(Instant value, JsonGenerator generator, SerializationContext context) {
			generator.writeString(FORMATTER.format(value));
		}

	}

}
