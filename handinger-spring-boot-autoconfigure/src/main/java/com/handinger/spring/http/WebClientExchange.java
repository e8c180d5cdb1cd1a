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
package com.handinger.spring.http;

import java.net.URI;
import java.util.function.Consumer;
import java.util.function.Function;

import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.BodyInserter;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Sends requests through a {@link WebClient}, with everything that the application has
 * given it.
 */
final class WebClientExchange implements HttpExchange {

	/**
	 * Where {@link WebClient} looks for the template of a URI that it did not expand.
	 */
	private static final String URI_TEMPLATE_ATTRIBUTE = WebClient.class.getName() + ".uriTemplate";

	private final WebClient webClient;

	WebClientExchange(WebClient webClient) {
		this.webClient = webClient.mutate().filters(ApplicationFilters::merge).build();
	}

	@Override
	public <T> Mono<T> exchange(ApiCall<T> call, URI uri, Consumer<HttpHeaders> headers,
			BodyInserter<?, ? super ClientHttpRequest> body, Function<HttpResponse, Mono<T>> reader) {
		return this.webClient.method(call.method())
			.uri(uri)
			.attribute(URI_TEMPLATE_ATTRIBUTE, call.uriTemplate())
			.headers(headers)
			.body(body)
			.exchangeToMono((response) -> reader.apply(HttpResponse.of(response::statusCode,
					response.headers().asHttpHeaders(), response.body(BodyExtractors.toDataBuffers()))))
			.onErrorMap(FilterException.class, (failure) -> Failures.notSent(call, failure));
	}

}
