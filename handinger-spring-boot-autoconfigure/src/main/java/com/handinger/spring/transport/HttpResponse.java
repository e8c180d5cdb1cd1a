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

import java.util.function.Supplier;

import reactor.core.publisher.Flux;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;

/**
 * A response whose body has not been read yet.
 *
 * @param status the status, or 0 if it is none of HTTP's
 * @param headers the headers
 * @param body the body, which has to be read or cancelled
 */
record HttpResponse(int status, HttpHeaders headers, Flux<DataBuffer> body) {

	/**
	 * Create a response whose status may be one that Spring refuses to read.
	 */
	static HttpResponse of(Supplier<HttpStatusCode> status, HttpHeaders headers, Flux<DataBuffer> body) {
		try {
			return new HttpResponse(status.get().value(), headers, body);
		}
		catch (IllegalArgumentException ex) {
			return new HttpResponse(0, headers, body);
		}
	}

	@Override
	public String toString() {
		return "HttpResponse[status=" + this.status + "]";
	}

}
