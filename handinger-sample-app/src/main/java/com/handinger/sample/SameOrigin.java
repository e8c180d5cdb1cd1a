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

import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.stereotype.Component;
import org.springframework.web.reactive.function.server.HandlerStrategies;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.reactive.result.view.ViewResolver;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Rejects cross-origin requests of browsers: a form on another site could start tasks
 * here, which cost credits. Clients other than browsers send none of these headers.
 */
@Component
final class SameOrigin implements WebFilter {

	private static final Set<HttpMethod> SAFE = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

	private static final ServerResponse.Context RESPONSES = new ServerResponse.Context() {

		private final HandlerStrategies strategies = HandlerStrategies.withDefaults();

		@Override
		public List<HttpMessageWriter<?>> messageWriters() {
			return this.strategies.messageWriters();
		}

		@Override
		public List<ViewResolver> viewResolvers() {
			return this.strategies.viewResolvers();
		}

	};

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		return isAllowed(exchange) ? chain.filter(exchange) : refuse(exchange);
	}

	/**
	 * Write the response here, because errors of a filter do not reach {@link Problems}.
	 */
	private static Mono<Void> refuse(ServerWebExchange exchange) {
		return ServerResponse.status(HttpStatus.FORBIDDEN)
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.bodyValue(ProblemDetail.forStatusAndDetail(HttpStatus.FORBIDDEN,
					"Pages of other sites cannot use this sample: open the sample's own page, at the address that "
							+ "the browser shows"))
			.flatMap((response) -> response.writeTo(exchange, RESPONSES));
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
