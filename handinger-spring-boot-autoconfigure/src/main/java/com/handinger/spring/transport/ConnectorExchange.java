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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.ContextView;

import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.reactive.function.BodyInserter;
import org.springframework.web.reactive.function.client.ClientHttpObservationDocumentation;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientRequestObservationConvention;
import org.springframework.web.reactive.function.client.DefaultClientRequestObservationConvention;
import org.springframework.web.reactive.function.client.ExchangeStrategies;
import org.springframework.web.reactive.function.client.WebClientRequestException;

/**
 * Sends requests straight through a connector, which spares a short call most of what a
 * {@link org.springframework.web.reactive.function.client.WebClient} costs, and observes
 * them as that does.
 */
final class ConnectorExchange implements Exchange {

	private static final ExchangeStrategies STRATEGIES = ExchangeStrategies.withDefaults();

	private static final BodyInserter.Context BODY_CONTEXT = new BodyInserter.Context() {

		@Override
		public List<HttpMessageWriter<?>> messageWriters() {
			return STRATEGIES.messageWriters();
		}

		@Override
		public Optional<ServerHttpRequest> serverRequest() {
			return Optional.empty();
		}

		@Override
		public Map<String, Object> hints() {
			return Map.of();
		}

	};

	private final ClientHttpConnector connector;

	private final ObservationRegistry observations;

	private final ClientRequestObservationConvention convention;

	private final PluggedInCode code;

	ConnectorExchange(ClientHttpConnector connector, ObservationRegistry observations,
			ClientRequestObservationConvention convention, PluggedInCode code) {
		this.connector = connector;
		this.code = code;
		this.observations = observations;
		this.convention = (convention.getClass() == DefaultClientRequestObservationConvention.class)
				? new ObservedCallConvention(convention.getName()) : convention;
	}

	@Override
	public <T> Mono<T> exchange(ApiCall<T> call, URI uri, Consumer<HttpHeaders> headers,
			BodyInserter<?, ? super ClientHttpRequest> body, Function<HttpResponse, Mono<T>> reader) {
		Mono<ClientHttpResponse> response = this.observations.isNoop() ? connect(call, uri, headers, body)
				: Mono.deferContextual((context) -> observe(call, uri, headers, body, context));
		return response.flatMap((answer) -> reader
			.apply(HttpResponse.of(answer::getStatusCode, answer.getHeaders(), answer.getBody())));
	}

	private Mono<ClientHttpResponse> connect(ApiCall<?> call, URI uri, Consumer<HttpHeaders> headers,
			BodyInserter<?, ? super ClientHttpRequest> body) {
		return this.connector.connect(call.method(), uri, (request) -> {
			headers.accept(request.getHeaders());
			return body.insert(request, BODY_CONTEXT);
		}).onErrorMap((error) -> new WebClientRequestException(error, call.method(), uri, HttpHeaders.EMPTY));
	}

	private Mono<ClientHttpResponse> observe(ApiCall<?> call, URI uri, Consumer<HttpHeaders> headers,
			BodyInserter<?, ? super ClientHttpRequest> body, ContextView parent) {
		ClientRequest.Builder request = ClientRequest.create(call.method(), uri);
		ObservedCall observed = new ObservedCall(request, call.uriTemplate());
		Observation observation = this.code
			.observe(this.observations,
					() -> ClientHttpObservationDocumentation.HTTP_REACTIVE_CLIENT_EXCHANGES
						.observation(this.convention, this.convention, () -> observed, this.observations)
						.parentObservation(
								parent.<@Nullable Observation>getOrDefault(ObservationThreadLocalAccessor.KEY, null)))
			.start();
		if (observation.isNoop()) {
			return connect(call, uri, headers, body);
		}
		return observed.observe(observation, Mono.defer(() -> connect(call, uri, (all) -> {
			// What a tracer has put there when the observation started.
			request.headers(all::addAll);
			headers.accept(all);
		}, body)));
	}

}
