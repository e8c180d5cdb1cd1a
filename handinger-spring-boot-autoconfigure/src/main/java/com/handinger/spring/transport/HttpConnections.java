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

import java.util.function.Function;
import java.util.function.Supplier;

import io.micrometer.observation.ObservationRegistry;

import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.client.ClientRequestObservationConvention;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The connections that calls use. Calls that wait for a task and the polling of running
 * tasks use separate connections, so that other calls are never queued behind them.
 */
public final class HttpConnections {

	private final Exchange shortCalls;

	private final Exchange polls;

	private final Exchange taskCalls;

	private final boolean isReactorNetty;

	private final PluggedInCode code = new PluggedInCode();

	/**
	 * Create new connections.
	 * @param webClient supplies builders with what the application has set
	 * @param connectors the connectors
	 * @param observations where requests are observed, which may be
	 * {@link ObservationRegistry#NOOP}
	 * @param convention how requests are observed
	 */
	public HttpConnections(Supplier<WebClient.Builder> webClient, Connectors connectors,
			ObservationRegistry observations, ClientRequestObservationConvention convention) {
		Function<ClientHttpConnector, Exchange> exchange = (connector) -> new Exchange(webClient.get(), connector,
				observations, convention, this.code);
		this.shortCalls = exchange.apply(connectors.shortCalls());
		this.polls = exchange.apply(connectors.polls());
		this.taskCalls = exchange.apply(connectors.taskCalls());
		this.isReactorNetty = connectors.isReactorNetty();
	}

	/**
	 * Return the connections for a call.
	 */
	Exchange exchange(ApiCall<?> call) {
		if (call.polls()) {
			return this.polls;
		}
		return call.waitsForTask() ? this.taskCalls : this.shortCalls;
	}

	boolean isReactorNetty() {
		return this.isReactorNetty;
	}

	PluggedInCode code() {
		return this.code;
	}

	/**
	 * The connectors to Handinger.
	 *
	 * @param shortCalls the connector of calls that are answered at once
	 * @param polls the connector of the polling of running tasks
	 * @param taskCalls the connector of calls that are answered when a task has ended
	 * @param isReactorNetty whether Reactor Netty is used: it takes the body of a request
	 * only when it is connected, and its timeouts cover the body of the response
	 */
	public record Connectors(ClientHttpConnector shortCalls, ClientHttpConnector polls, ClientHttpConnector taskCalls,
			boolean isReactorNetty) {
	}

}
