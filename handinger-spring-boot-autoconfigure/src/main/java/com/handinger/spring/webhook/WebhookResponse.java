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

import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * The response to a request to the webhook.
 *
 * @param status the HTTP status
 * @param headers the headers
 * @param body the body, which is empty except for a problem detail
 */
record WebhookResponse(int status, Map<String, String> headers, byte[] body) implements Serializable {

	static final String CONNECTION = "Connection";

	private static final byte[] EMPTY = {};

	static WebhookResponse of(Outcome outcome) {
		Map<String, String> headers = (outcome.status() == 503) ? Map.of("Retry-After", "5") : Map.of();
		return new WebhookResponse(outcome.status(), headers, EMPTY);
	}

	/**
	 * Create the response to a request whose body is not read to its end.
	 */
	static WebhookResponse closing(int status) {
		return new WebhookResponse(status,
				(status == 405) ? Map.of(CONNECTION, "close", "Allow", "POST") : Map.of(CONNECTION, "close"), EMPTY);
	}

	/**
	 * Create a 400. The detail must not repeat the request. The connection is closed,
	 * because the rest of the body may follow.
	 */
	static WebhookResponse badRequest(String detail) {
		String problem = "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,\"detail\":\"" + detail
				+ "\"}";
		return new WebhookResponse(400, Map.of("Content-Type", "application/problem+json", CONNECTION, "close"),
				problem.getBytes(StandardCharsets.UTF_8));
	}

	@Override
	public String toString() {
		return "WebhookResponse[status=" + this.status + "]";
	}

}
