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

import java.net.URI;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;

import io.micrometer.observation.ObservationRegistry;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.BodyInserter;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Sends requests through a {@link WebClient}, with everything that the application has
 * given it.
 */
final class WebClientExchange implements Exchange {

	/**
	 * Where {@link WebClient} looks for the template of a URI that it did not expand.
	 */
	private static final String URI_TEMPLATE_ATTRIBUTE = WebClient.class.getName() + ".uriTemplate";

	private static final String BEGUN_ATTRIBUTE = WebClientExchange.class.getName() + ".begun";

	private final WebClient webClient;

	private final WebClient unobserved;

	private final PluggedInCode code;

	WebClientExchange(WebClient webClient, PluggedInCode code) {
		this.webClient = webClient.mutate().filters((filters) -> {
			ApplicationFilters.merge(filters);
			filters.add(0, WebClientExchange::begin);
		}).build();
		this.unobserved = this.webClient.mutate().observationRegistry(ObservationRegistry.NOOP).build();
		this.code = code;
	}

	private static Mono<ClientResponse> begin(ClientRequest request, ExchangeFunction next) {
		request.attribute(BEGUN_ATTRIBUTE).ifPresent((begun) -> ((AtomicBoolean) begun).set(true));
		return next.exchange(request);
	}

	@Override
	public <T> Mono<T> exchange(ApiCall<T> call, URI uri, Consumer<HttpHeaders> headers,
			BodyInserter<?, ? super ClientHttpRequest> body, Function<HttpResponse, Mono<T>> reader) {
		AtomicBoolean begun = new AtomicBoolean();
		return exchange(this.webClient, begun, call, uri, headers, body, reader).onErrorResume((error) -> !begun.get(),
				(error) -> {
					// It has failed before all filters, where nothing is called but
					// handlers.
					this.code.report("The observation of a request", error);
					return exchange(this.unobserved, begun, call, uri, headers, body, reader);
				});
	}

	private static <T> Mono<T> exchange(WebClient webClient, AtomicBoolean begun, ApiCall<T> call, URI uri,
			Consumer<HttpHeaders> headers, BodyInserter<?, ? super ClientHttpRequest> body,
			Function<HttpResponse, Mono<T>> reader) {
		return webClient.method(call.method())
			.uri(uri)
			.attribute(URI_TEMPLATE_ATTRIBUTE, call.uriTemplate())
			.attribute(BEGUN_ATTRIBUTE, begun)
			.headers(headers)
			.body(body)
			.exchangeToMono((response) -> reader.apply(HttpResponse.of(response::statusCode,
					response.headers().asHttpHeaders(), response.body(BodyExtractors.toDataBuffers()))))
			.onErrorMap(FilterException.class, (failure) -> Failures.notSent(call, failure));
	}

}
