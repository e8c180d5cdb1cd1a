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

package com.handinger.spring.webhook;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

import reactor.core.publisher.Mono;

/**
 * A request to the webhook, whatever the web server.
 *
 * @param method the HTTP method
 * @param headers returns the values of a header, which may be none
 * @param contentLength the length of the body in bytes, or a negative number if it is not
 * known
 * @param body the body, which is read on subscription. Fails with a
 * {@code DataBufferLimitException} if it is too large, and with a
 * {@code TimeoutException} if it is too slow
 */
record WebhookRequest(String method, Function<String, List<String>> headers, long contentLength, Mono<byte[]> body) {

	static final String TOKEN_HEADER = "X-Handinger-Token";

	/**
	 * Baggage from outside is ignored.
	 */
	private static final List<String> TRACE_HEADERS = List.of("traceparent", "tracestate");

	List<String> tokens() {
		return this.headers.apply(TOKEN_HEADER);
	}

	/**
	 * Return the headers that continue a trace.
	 */
	Map<String, String> trace() {
		Map<String, String> trace = new HashMap<>();
		for (String name : TRACE_HEADERS) {
			this.headers.apply(name).stream().findFirst().ifPresent((value) -> trace.put(name, value));
		}
		return trace;
	}

	@Override
	public String toString() {
		return "WebhookRequest[method=" + this.method + ", contentLength=" + this.contentLength + "]";
	}

}
