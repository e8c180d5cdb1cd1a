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

import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

import org.springframework.http.client.reactive.ClientHttpResponse;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientRequestObservationContext;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeStrategies;

/**
 * What is observed of a call. What costs something is only made when somebody looks.
 */
final class ObservedCall extends ClientRequestObservationContext {

	private static final ExchangeStrategies STRATEGIES = ExchangeStrategies.withDefaults();

	private volatile @Nullable ClientHttpResponse answer;

	private volatile boolean aborted;

	ObservedCall(ClientRequest.Builder request, String uriTemplate) {
		super(request);
		setUriTemplate(uriTemplate);
	}

	/**
	 * Return the status of the answer, or 0 if there is none.
	 */
	int status() {
		ClientHttpResponse answer = this.answer;
		return (answer != null) ? answer.getStatusCode().value() : 0;
	}

	@Override
	public @Nullable ClientResponse getResponse() {
		ClientHttpResponse answer = this.answer;
		return (answer != null) ? ClientResponse.create(answer.getStatusCode(), STRATEGIES)
			.headers((headers) -> headers.addAll(answer.getHeaders()))
			.build() : null;
	}

	@Override
	public boolean isAborted() {
		return this.aborted;
	}

	/**
	 * Return a call whose observation ends as it does. A {@code tap} would open scopes,
	 * and so call the application's handlers between the signals.
	 * @param observation the observation, which is started and never fails
	 * @param call the call
	 */
	Mono<ClientHttpResponse> observe(Observation observation, Mono<ClientHttpResponse> call) {
		return call.doOnNext((answer) -> this.answer = answer).doOnError(observation::error).doFinally((signal) -> {
			this.aborted = signal == SignalType.CANCEL && this.answer == null;
			observation.stop();
		}).contextWrite((context) -> context.put(ObservationThreadLocalAccessor.KEY, observation));
	}

}
