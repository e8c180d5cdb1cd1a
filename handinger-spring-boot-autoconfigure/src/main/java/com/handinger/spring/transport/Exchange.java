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
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.util.context.ContextView;

import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.http.client.reactive.ClientHttpRequest;
import org.springframework.web.reactive.function.BodyInserter;
import org.springframework.web.reactive.function.client.ClientHttpObservationDocumentation;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientRequestObservationContext;
import org.springframework.web.reactive.function.client.ClientRequestObservationConvention;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.ExchangeFunctions;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * Sends requests with everything that the application has set on a
 * {@link WebClient.Builder}, and observes them as a {@link WebClient} does. A
 * {@link WebClient} itself would be a large part of the cost of a short call.
 */
final class Exchange {

	/**
	 * The attribute in which a {@link WebClient} keeps the template of a URI.
	 */
	private static final String URI_TEMPLATE_ATTRIBUTE = WebClient.class.getName() + ".uriTemplate";

	private static final URI PLACEHOLDER = URI.create("http://localhost");

	private final ExchangeFunction connection;

	/**
	 * That of the builder, until it turns out to use the connector. It keeps the request
	 * of the call before.
	 */
	private volatile ExchangeFunction network;

	private final ApplicationFilters filters;

	/**
	 * A request with the defaults of the builder.
	 */
	private final ClientRequest template;

	private final ObservationRegistry observations;

	private final ClientRequestObservationConvention convention;

	private final PluggedInCode code;

	/**
	 * Create a new exchange.
	 * @param webClient a builder that is used for nothing else
	 * @param connector the connector, unless the builder has an exchange function
	 * @param observations where requests are observed
	 * @param convention how requests are observed
	 * @param code calls what the application has plugged in
	 */
	Exchange(WebClient.Builder webClient, ClientHttpConnector connector, ObservationRegistry observations,
			ClientRequestObservationConvention convention, PluggedInCode code) {
		this.connection = ExchangeFunctions.create(connector);
		List<ExchangeFilterFunction> filters = new ArrayList<>();
		AtomicReference<ClientRequest> template = new AtomicReference<>();
		AtomicReference<ExchangeFunction> network = new AtomicReference<>();
		// A builder shows its defaults and its exchange function only to a filter.
		webClient.observationRegistry(ObservationRegistry.NOOP).clientConnector((method, uri, callback) -> {
			this.network = this.connection;
			return connector.connect(method, uri, callback);
		}).filters((all) -> {
			filters.addAll(all);
			all.clear();
			all.add((request, next) -> {
				template.set(request);
				network.set(next);
				return Mono.never();
			});
		}).build().get().uri(PLACEHOLDER).exchangeToMono(ClientResponse::releaseBody).toFuture().getNow(null);
		this.network = Objects.requireNonNull(network.get());
		this.template = Objects.requireNonNull(template.get());
		this.filters = new ApplicationFilters(filters);
		this.observations = observations;
		this.convention = convention;
		this.code = code;
	}

	/**
	 * Send a request.
	 * @param call the call
	 * @param uri the URI
	 * @param headers sets the headers
	 * @param body writes the body
	 * @return the response, whose body has to be read or cancelled
	 */
	Mono<ClientResponse> send(ApiCall<?> call, URI uri, Consumer<HttpHeaders> headers,
			BodyInserter<?, ? super ClientHttpRequest> body) {
		ClientRequest.Builder request = ClientRequest.from(this.template)
			.method(call.method())
			.url(uri)
			.headers(headers)
			.attribute(URI_TEMPLATE_ATTRIBUTE, call.uriTemplate())
			.body(body);
		Mono<ClientResponse> response = this.observations.isNoop() ? this.filters.filter(request.build(), this.network)
				: Mono.deferContextual((context) -> observe(call, request, context));
		return response.onErrorMap(ApplicationFilters.FilterException.class,
				(failure) -> Failures.notSent(call, failure));
	}

	/**
	 * A {@code tap} would open scopes, and so call handlers of the application between
	 * the signals.
	 */
	private Mono<ClientResponse> observe(ApiCall<?> call, ClientRequest.Builder builder, ContextView parent) {
		ObservedRequest observed = new ObservedRequest(builder);
		observed.setUriTemplate(call.uriTemplate());
		Observation observation = this.code
			.observe(this.observations,
					() -> ClientHttpObservationDocumentation.HTTP_REACTIVE_CLIENT_EXCHANGES
						.observation(this.convention, this.convention, () -> observed, this.observations)
						.parentObservation(
								parent.<@Nullable Observation>getOrDefault(ObservationThreadLocalAccessor.KEY, null)))
			.start();
		ClientRequest request = builder.build();
		observed.setRequest(request);
		return Mono
			.defer(() -> this.filters.filter(request,
					(filtered) -> this.network.exchange(filtered).doOnNext(observed::setResponse)))
			.doOnError(observation::error)
			.doFinally((signal) -> {
				observed.aborted = signal == SignalType.CANCEL && observed.getResponse() == null;
				observation.stop();
			})
			.contextWrite((context) -> context.put(ObservationThreadLocalAccessor.KEY, observation));
	}

	/**
	 * Only a {@link WebClient} can set whether a request was aborted.
	 */
	private static final class ObservedRequest extends ClientRequestObservationContext {

		private volatile boolean aborted;

		ObservedRequest(ClientRequest.Builder request) {
			super(request);
		}

		@Override
		public boolean isAborted() {
			return this.aborted;
		}

	}

}
