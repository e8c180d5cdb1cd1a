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

package com.handinger.spring.worker;

import java.net.URI;

import com.handinger.spring.transport.BaseUrl;
import com.handinger.spring.transport.Redaction;
import org.jspecify.annotations.Nullable;

import org.springframework.util.Assert;

/**
 * Webhook of a worker: the URL to which Handinger delivers finished tasks, and the token
 * that authenticates the deliveries.
 * <p>
 * {@link #toString()} omits the token, and the user info and query of the URL.
 *
 * @param token the token in the header {@code X-Handinger-Token} of each delivery, or
 * {@code null} if there is no webhook
 * @param url the URL, or {@code null} if there is no webhook
 */
public record Webhook(@Nullable String token, @Nullable String url) {

	private static final int MAX_URL = 2048;

	/**
	 * Check a URL to set.
	 * @throws IllegalArgumentException if it is invalid; the message omits it, since it
	 * may contain a secret
	 */
	static void checkUrl(@Nullable String url) {
		Assert.hasText(url, "'url' must not be empty: to remove the webhook, call deleteWebhook");
		TextLimits.check(url, "url", MAX_URL);
		URI uri = BaseUrl.parse(url);
		Assert.isTrue(uri != null && uri.isAbsolute(),
				"'url' must be an absolute URL, as in https://example.com/handinger/webhook");
	}

	@Override
	public String toString() {
		return "Webhook[token=" + ((this.token != null) ? Redaction.MASK : null) + ", url="
				+ ((this.url != null) ? BaseUrl.printable(this.url) : null) + "]";
	}

}
