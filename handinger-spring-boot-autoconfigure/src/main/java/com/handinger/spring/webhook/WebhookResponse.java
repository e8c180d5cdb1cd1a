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

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The answer to a request to the webhook.
 *
 * @param status the status
 * @param headers the headers
 * @param body the body, which is empty but for a problem detail
 */
record WebhookResponse(int status, Map<String, String> headers, byte[] body) {

	private static final byte[] EMPTY = {};

	static final String CONNECTION = "Connection";

	static WebhookResponse of(int status) {
		return new WebhookResponse(status, Map.of(), EMPTY);
	}

	/**
	 * An answer to a request whose body is not read, or not to its end.
	 */
	static WebhookResponse closing(int status) {
		return of(status).with(CONNECTION, "close");
	}

	/**
	 * A 400. Nothing of what was sent may be in the detail. What comes next on the
	 * connection may be the rest of a body that the server has not taken for one.
	 */
	static WebhookResponse badRequest(String detail) {
		String problem = "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,\"detail\":\"" + detail
				+ "\"}";
		return new WebhookResponse(400, Map.of("Content-Type", "application/problem+json", CONNECTION, "close"),
				problem.getBytes(StandardCharsets.UTF_8));
	}

	WebhookResponse with(String name, String value) {
		Map<String, String> headers = new LinkedHashMap<>(this.headers);
		headers.put(name, value);
		return new WebhookResponse(this.status, headers, this.body);
	}

	@Override
	public String toString() {
		return "WebhookResponse[status=" + this.status + "]";
	}

}
