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

import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import com.handinger.spring.transport.RequestBody.Writer;
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
import org.springframework.http.HttpMethod;
import org.springframework.http.codec.HttpMessageReader;
import org.springframework.http.codec.HttpMessageWriter;
import org.springframework.util.CollectionUtils;
import org.springframework.util.MultiValueMap;
import org.springframework.util.ObjectUtils;
import org.springframework.web.reactive.function.BodyInserter;
import org.springframework.web.reactive.function.client.ClientHttpObservationDocumentation;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientRequestObservationContext;
import org.springframework.web.reactive.function.client.ClientRequestObservationConvention;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.ExchangeFunctions;
import org.springframework.web.reactive.function.client.ExchangeStrategies;
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

	private static final String DEFAULTS_ATTRIBUTE = Exchange.class.getName() + ".defaults";

	/**
	 * Attributes of the request that captures the defaults. No other has them.
	 */
	private static final Set<String> OWN_ATTRIBUTES = Set.of(DEFAULTS_ATTRIBUTE, ClientRequest.LOG_ID_ATTRIBUTE);

	private final WebClient webClient;

	/**
	 * The filters of the application, the innermost first.
	 */
	private final List<ExchangeFilterFunction> filters = new ArrayList<>();

	/**
	 * Sends requests, unless the builder has an exchange function.
	 */
	private final @Nullable ExchangeFunction network;

	/**
	 * The defaults of the builder, which are captured with the first request. If it has a
	 * {@code defaultRequest}, which may set others for each request, they are captured
	 * with each.
	 */
	private volatile @Nullable Defaults defaults;

	private final boolean hasSameDefaults;

	private final ObservationRegistry observations;

	private final ClientRequestObservationConvention convention;

	private final PluggedInCode code;

	/**
	 * Create a new exchange.
	 * @param webClient a builder that is used for nothing else
	 * @param connector the connector, unless the builder has an exchange function
	 * @param observations where requests are observed
	 * @param convention how requests are observed
	 * @param code the guard of observations
	 */
	Exchange(WebClient.Builder webClient, ClientHttpConnector connector, ObservationRegistry observations,
			ClientRequestObservationConvention convention, PluggedInCode code) {
		AtomicReference<@Nullable ExchangeFunction> network = new AtomicReference<>();
		FirstDefaultRequest first = new FirstDefaultRequest();
		// A builder shows its defaults and its exchange function only to a filter, and
		// needs codecs only without an exchange function.
		this.webClient = webClient.observationRegistry(ObservationRegistry.NOOP)
			.clientConnector(connector)
			.codecs((codecs) -> network.set(ExchangeFunctions.create(connector,
					new Codecs(List.copyOf(codecs.getReaders()), List.copyOf(codecs.getWriters())))))
			.filters((all) -> {
				this.filters.addAll(all);
				all.clear();
				all.add(Exchange::capture);
			})
			.defaultRequest(first)
			.defaultRequest((request) -> {
			})
			.build();
		Collections.reverse(this.filters);
		this.network = network.get();
		this.observations = observations;
		this.convention = convention;
		this.code = code;
		this.hasSameDefaults = first.isFirst;
	}

	@SuppressWarnings("unchecked")
	private static Mono<ClientResponse> capture(ClientRequest request, ExchangeFunction next) {
		request.attribute(DEFAULTS_ATTRIBUTE)
			.ifPresent((defaults) -> ((AtomicReference<? super Defaults>) defaults).set(Defaults.of(request, next)));
		return Mono.never();
	}

	/**
	 * There is no lock, since an event loop may send: several first requests may capture
	 * the defaults.
	 */
	private Defaults defaults() {
		Defaults known = this.defaults;
		if (known == null) {
			known = captureDefaults();
			this.defaults = this.hasSameDefaults ? known : null;
		}
		return known;
	}

	private Defaults captureDefaults() {
		AtomicReference<Defaults> defaults = new AtomicReference<>();
		this.webClient.get()
			.uri(PLACEHOLDER)
			.attribute(DEFAULTS_ATTRIBUTE, defaults)
			.exchangeToMono(ClientResponse::releaseBody)
			.toFuture()
			.getNow(null);
		return Objects.requireNonNull(defaults.get());
	}

	/**
	 * Send a request.
	 * @param call the call
	 * @param uri the URI
	 * @param headers sets the headers
	 * @param writer writes the body
	 * @return the response, whose body has to be read or cancelled
	 */
	Mono<ClientResponse> send(ApiCall<?> call, URI uri, Consumer<HttpHeaders> headers, Writer writer) {
		Defaults defaults;
		try {
			defaults = defaults();
		}
		catch (RuntimeException ex) {
			return Mono.error(Failures.notSent(call, "default request", ex));
		}
		if (this.network != null && defaults.request() == null && this.filters.isEmpty()
				&& this.observations.isNoop()) {
			return this.network.exchange(new UnseenRequest(call, uri, headers, writer));
		}
		ClientRequest.Builder request = defaults.newRequest(call.method(), uri)
			.headers(headers)
			.attribute(URI_TEMPLATE_ATTRIBUTE, call.uriTemplate())
			.body((outgoing, context) -> writer.write(outgoing));
		ExchangeFunction network = (this.network != null) ? this.network : defaults.network();
		return this.observations.isNoop() ? filter(call, request.build(), network)
				: Mono.deferContextual((context) -> observe(call, request, network, context));
	}

	/**
	 * A {@code tap} would open scopes, and so call handlers of the application between
	 * the signals.
	 */
	private Mono<ClientResponse> observe(ApiCall<?> call, ClientRequest.Builder builder, ExchangeFunction network,
			ContextView parent) {
		ObservedRequest observed = new ObservedRequest(builder);
		observed.setUriTemplate(call.uriTemplate());
		Observation observation = this.code
			.observe(() -> ClientHttpObservationDocumentation.HTTP_REACTIVE_CLIENT_EXCHANGES
				.observation(this.convention, this.convention, () -> observed, this.observations)
				.parentObservation(
						parent.<@Nullable Observation>getOrDefault(ObservationThreadLocalAccessor.KEY, null)))
			.start();
		ClientRequest request = builder.build();
		observed.setRequest(request);
		return Mono
			.defer(() -> filter(call, request,
					(filtered) -> network.exchange(filtered).doOnNext(observed::setResponse)))
			.doOnError(observation::error)
			.doFinally((signal) -> {
				observed.aborted = signal == SignalType.CANCEL && observed.getResponse() == null;
				observation.stop();
			})
			.contextWrite((context) -> context.put(ObservationThreadLocalAccessor.KEY, observation));
	}

	private Mono<ClientResponse> filter(ApiCall<?> call, ClientRequest request, ExchangeFunction network) {
		return this.filters.isEmpty() ? network.exchange(request)
				: Mono.defer(() -> new Passage(call).exchange(request, this.filters, network));
	}

	/**
	 * The passage of one request through the filters of the application, which
	 * distinguishes failures before and after the request was passed on.
	 */
	private static final class Passage {

		private final ApiCall<?> call;

		/**
		 * The filter that was reached last. Unless the request was passed on, it is the
		 * one that did not.
		 */
		private volatile @Nullable ExchangeFilterFunction reached;

		private volatile boolean isPassedOn;

		Passage(ApiCall<?> call) {
			this.call = call;
		}

		Mono<ClientResponse> exchange(ClientRequest request, List<ExchangeFilterFunction> filters,
				ExchangeFunction network) {
			ExchangeFunction all = (passed) -> Mono.defer(() -> {
				this.isPassedOn = true;
				return network.exchange(passed);
			});
			for (ExchangeFilterFunction filter : filters) {
				ExchangeFunction rest = all;
				all = (passed) -> {
					ExchangeFilterFunction outer = this.reached;
					this.reached = filter;
					Mono<ClientResponse> response = filter.filter(passed, rest).doFirst(() -> this.reached = filter);
					// A filter may have the exchange at hand, and then fail by itself.
					this.reached = outer;
					return response;
				};
			}
			ExchangeFunction filtered = all;
			return Mono.defer(() -> filtered.exchange(request))
				.switchIfEmpty(Mono.error(() -> new IllegalStateException("There is no answer")))
				.onErrorMap((failure) -> this.isPassedOn ? failure : notSent(failure))
				.flatMap(this::answer);
		}

		/**
		 * A filter may respond by itself, for example that no instance is available.
		 */
		private Mono<ClientResponse> answer(ClientResponse answer) {
			int status = ResponseReader.status(answer);
			return (this.isPassedOn || (status < 500 && status != 408)) ? Mono.just(answer)
					: answer.releaseBody().then(Mono.error(() -> notSent(new IOException("it answered " + status))));
		}

		private Throwable notSent(Throwable failure) {
			ExchangeFilterFunction filter = this.reached;
			String name = (filter != null) ? filter.getClass().getName().replaceFirst("\\$\\$Lambda.*", "") : "";
			return Failures.notSent(this.call, "WebClient filter " + name, failure);
		}

	}

	/**
	 * The defaults that a builder sets for each request.
	 *
	 * @param request a request with its headers, cookies and attributes, or {@code null}
	 * for none: most builders set nothing, and copying it would be a large part of the
	 * cost of a short call
	 * @param network the exchange function
	 */
	private record Defaults(@Nullable ClientRequest request, ExchangeFunction network) {

		static Defaults of(ClientRequest request, ExchangeFunction network) {
			boolean isEmpty = request.headers().isEmpty() && request.cookies().isEmpty()
					&& request.httpRequest() == null && request.attributes().keySet().equals(OWN_ATTRIBUTES);
			return new Defaults(isEmpty ? null : request, network);
		}

		ClientRequest.Builder newRequest(HttpMethod method, URI uri) {
			return (this.request == null) ? ClientRequest.create(method, uri)
					: ClientRequest.from(this.request)
						.attributes((attributes) -> attributes.keySet().removeAll(OWN_ATTRIBUTES))
						.method(method)
						.url(uri);
		}

	}

	/**
	 * A request that no code of the application sees before it is sent. Its headers are
	 * set where they are sent, without the copies that Spring makes of those of others.
	 */
	private record UnseenRequest(ApiCall<?> call, URI url, Consumer<HttpHeaders> setHeaders,
			Writer writer) implements ClientRequest {

		@Override
		public HttpMethod method() {
			return this.call.method();
		}

		@Override
		public HttpHeaders headers() {
			HttpHeaders headers = new HttpHeaders();
			this.setHeaders.accept(headers);
			return headers;
		}

		@Override
		public MultiValueMap<String, String> cookies() {
			return CollectionUtils.toMultiValueMap(Map.of());
		}

		@Override
		public BodyInserter<?, ? super ClientHttpRequest> body() {
			return (request, context) -> this.writer.write(request);
		}

		@Override
		public Map<String, Object> attributes() {
			return Map.of(URI_TEMPLATE_ATTRIBUTE, this.call.uriTemplate());
		}

		@Override
		public @Nullable Consumer<ClientHttpRequest> httpRequest() {
			return null;
		}

		@Override
		public String logPrefix() {
			return "[" + ObjectUtils.getIdentityHexString(this) + "] ";
		}

		@Override
		public Mono<Void> writeTo(ClientHttpRequest request, ExchangeStrategies strategies) {
			this.setHeaders.accept(request.getHeaders());
			request.getAttributes().put(URI_TEMPLATE_ATTRIBUTE, this.call.uriTemplate());
			return this.writer.write(request);
		}

	}

	/**
	 * The codecs of a builder, as lists that are not put together again for each request.
	 */
	private record Codecs(List<HttpMessageReader<?>> messageReaders,
			List<HttpMessageWriter<?>> messageWriters) implements ExchangeStrategies {
	}

	/**
	 * Asked for what comes after it only if no other came before it.
	 */
	private static final class FirstDefaultRequest implements Consumer<WebClient.RequestHeadersSpec<?>> {

		private volatile boolean isFirst;

		@Override
		public void accept(WebClient.RequestHeadersSpec<?> request) {
		}

		@Override
		public Consumer<WebClient.RequestHeadersSpec<?>> andThen(
				Consumer<? super WebClient.RequestHeadersSpec<?>> after) {
			this.isFirst = true;
			return this;
		}

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
