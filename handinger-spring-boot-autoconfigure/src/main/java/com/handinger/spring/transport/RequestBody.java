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

import java.util.function.Function;
import java.util.function.Supplier;

import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferFactory;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.client.reactive.ClientHttpRequest;

/**
 * The body of a request.
 */
public final class RequestBody {

	private static final RequestBody EMPTY = new RequestBody(Mono.just(ClientHttpRequest::setComplete), true);

	private final Mono<Writer> writer;

	private final boolean repeatable;

	private RequestBody(Mono<Writer> writer, boolean repeatable) {
		this.writer = writer;
		this.repeatable = repeatable;
	}

	/**
	 * Return an empty body.
	 * @return the body
	 */
	public static RequestBody empty() {
		return EMPTY;
	}

	/**
	 * Create a body of JSON.
	 * @param value supplies the value to write
	 * @return the body
	 */
	public static RequestBody json(Supplier<?> value) {
		return new RequestBody(Mono.fromSupplier(() -> {
			byte[] json = ApiJson.write(value.get());
			return writer(MediaType.APPLICATION_JSON, json.length,
					(buffers) -> Mono.fromSupplier(() -> buffers.wrap(json)));
		}), true);
	}

	/**
	 * Create a body that is streamed.
	 * @param content the content; an error of this {@code Mono} is signalled unchanged,
	 * and nothing is sent
	 * @param repeatable whether the content can be written again if the request was not
	 * carried out
	 * @return the body
	 */
	public static RequestBody stream(Mono<Content> content, boolean repeatable) {
		return new RequestBody(
				content.map((streamed) -> writer(streamed.type(), streamed.length(), (buffers) -> streamed.data())),
				repeatable);
	}

	/**
	 * The first name is in lower case, because {@link HttpHeaders} copies others to
	 * compare them. The second is not, because with Apache HttpComponents Spring would
	 * send it twice.
	 */
	private static Writer writer(MediaType type, long length, Function<DataBufferFactory, Publisher<DataBuffer>> data) {
		return (request) -> {
			request.getHeaders().set("content-type", type.toString());
			if (length >= 0) {
				request.getHeaders().setContentLength(length);
			}
			return request.writeWith(data.apply(request.bufferFactory()));
		};
	}

	/**
	 * Return the writer of this body. An invalid body fails here, before there is a
	 * connection.
	 */
	Mono<Writer> writer() {
		return this.writer;
	}

	/**
	 * Return whether the body can be written again if the request was not carried out.
	 */
	boolean isRepeatable() {
		return this.repeatable;
	}

	/**
	 * Writes a body with its headers.
	 */
	@FunctionalInterface
	interface Writer {

		Mono<Void> write(ClientHttpRequest request);

	}

	/**
	 * The content of a body.
	 *
	 * @param type the media type
	 * @param length the number of bytes, or a negative number if it is unknown
	 * @param data the bytes
	 */
	public record Content(MediaType type, long length, Flux<DataBuffer> data) {

		@Override
		public String toString() {
			return "Content[type=" + this.type + ", length=" + this.length + "]";
		}

	}

}
