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

import org.jspecify.annotations.Nullable;

/**
 * The head of a request to the webhook.
 *
 * @param method the HTTP method
 * @param tokens the values of {@code X-Handinger-Token}
 * @param contentLength the length of the body in bytes, or a negative number if it is not
 * told
 * @param contentEncodings the values of {@code Content-Encoding}
 * @param trace the headers that continue a trace
 */
record WebhookRequest(String method, List<String> tokens, long contentLength, List<String> contentEncodings,
		Map<String, String> trace) {

	static final String TOKEN_HEADER = "X-Handinger-Token";

	/**
	 * The headers that continue a trace. Baggage from outside is not taken.
	 */
	private static final List<String> TRACE_HEADERS = List.of("traceparent", "tracestate");

	/**
	 * Return the headers that continue a trace.
	 * @param header gives the value of a header, or {@code null} if it is not there
	 */
	static Map<String, String> trace(Function<String, @Nullable String> header) {
		Map<String, String> trace = new HashMap<>();
		for (String name : TRACE_HEADERS) {
			String value = header.apply(name);
			if (value != null) {
				trace.put(name, value);
			}
		}
		return trace;
	}

	@Override
	public String toString() {
		return "WebhookRequest[method=" + this.method + ", contentLength=" + this.contentLength + "]";
	}

}
