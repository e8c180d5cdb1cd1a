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

package com.handinger.sample;

import java.util.Set;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Refuses what a browser sends for a page of another site: a form there could start tasks
 * here, which cost credits. What is no browser sends none of these headers.
 */
@Component
final class SameOrigin implements WebFilter {

	private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		return isAllowed(exchange) ? chain.filter(exchange)
				: Mono.error(() -> new ResponseStatusException(HttpStatus.FORBIDDEN,
						"Tasks are started from the sample's own page"));
	}

	private static boolean isAllowed(ServerWebExchange exchange) {
		if (SAFE.contains(exchange.getRequest().getMethod())) {
			return true;
		}
		HttpHeaders headers = exchange.getRequest().getHeaders();
		String site = headers.getFirst("Sec-Fetch-Site");
		return (site != null) ? site.equals("same-origin") || site.equals("none")
				: isSameOrigin(headers.getFirst(HttpHeaders.ORIGIN), headers.getFirst(HttpHeaders.HOST));
	}

	private static boolean isSameOrigin(@Nullable String origin, @Nullable String host) {
		return origin == null || origin.endsWith("//" + host);
	}

}
