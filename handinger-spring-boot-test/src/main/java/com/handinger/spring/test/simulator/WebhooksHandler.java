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

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;

/**
 * Handles requests for the webhook of a worker.
 */
final class WebhooksHandler {

	private static final int MOST_URL = 2048;

	private static final int LAST_PORT = 65_535;

	private static final Pattern SCHEME = Pattern.compile("https?", Pattern.CASE_INSENSITIVE);

	private static final Pattern PAGE = Pattern.compile("[1-9]\\d{0,8}");

	private final SimulatedWorkers workers;

	WebhooksHandler(SimulatedWorkers workers) {
		this.workers = workers;
	}

	Mono<ServerResponse> retrieve(ServerRequest request) {
		return Answers.ok(known(request).webhook());
	}

	/**
	 * Set the URL. An unknown worker is created, so that an application that is
	 * configured with its id works with any simulator. Both https and http are accepted.
	 */
	Mono<ServerResponse> update(ServerRequest request) {
		return JsonBody.read(request).flatMap((body) -> {
			String url = url(body);
			return Answers.ok(this.workers.shapeOrCreate(WorkersHandler.workerId(request))
				.updateWebhook((webhook) -> (url != null) ? webhook.withUrl(url) : Webhook.NONE));
		});
	}

	private static @Nullable String url(JsonBody body) {
		if (body.hasNull("url")) {
			return null;
		}
		String url = body.text("url", MOST_URL);
		if (url == null) {
			throw ApiError.unprocessable("'url' is missing: send the URL, or null to remove it.");
		}
		if (!isUrl(url)) {
			throw ApiError.unprocessable("'url' must be an absolute http or https URL.");
		}
		return url;
	}

	static boolean isUrl(String url) {
		try {
			URI uri = new URI(url);
			return uri.getScheme() != null && SCHEME.matcher(uri.getScheme()).matches() && uri.getHost() != null
					&& uri.getPort() <= LAST_PORT;
		}
		catch (URISyntaxException ex) {
			return false;
		}
	}

	Mono<ServerResponse> delete(ServerRequest request) {
		return Answers.ok(known(request).updateWebhook((webhook) -> Webhook.NONE));
	}

	Mono<ServerResponse> regenerateToken(ServerRequest request) {
		return Answers.ok(known(request).updateWebhook(Webhook::withNewToken));
	}

	Mono<ServerResponse> executions(ServerRequest request) {
		String page = request.queryParam("page").orElse("1");
		if (!PAGE.matcher(page).matches()) {
			throw ApiError.unprocessable("'page' must be a whole number from 1 to 999999999.");
		}
		return Answers.ok(known(request).executions().page(Integer.parseInt(page)));
	}

	private SimulatedWorker known(ServerRequest request) {
		return this.workers.known(WorkersHandler.workerId(request));
	}

}
