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

import io.micrometer.observation.ObservationRegistry;

import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.client.ClientRequestObservationConvention;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The connections that calls go through. Calls that wait for a task have connections of
 * their own, and so have the look-ups of tasks that run, so that the others never queue
 * behind them.
 */
public final class HttpConnections {

	private final Exchange shortCalls;

	private final Exchange lookUps;

	private final Exchange taskCalls;

	private final boolean isReactorNetty;

	private final PluggedInCode code;

	private HttpConnections(Exchange shortCalls, Exchange lookUps, Exchange taskCalls, boolean isReactorNetty,
			PluggedInCode code) {
		this.code = code;
		this.shortCalls = shortCalls;
		this.lookUps = lookUps;
		this.taskCalls = taskCalls;
		this.isReactorNetty = isReactorNetty;
	}

	/**
	 * Use web clients.
	 * @param shortCalls for the calls that are answered at once
	 * @param lookUps for the look-ups of tasks that run
	 * @param taskCalls for the calls that are answered when a task is at an end
	 * @param isReactorNetty whether Reactor Netty is below: it takes the body of a
	 * request when it is connected and not before, and its time-outs cover the body of
	 * the answer
	 * @return the connections
	 */
	public static HttpConnections of(WebClient shortCalls, WebClient lookUps, WebClient taskCalls,
			boolean isReactorNetty) {
		PluggedInCode code = new PluggedInCode();
		return new HttpConnections(new WebClientExchange(shortCalls, code), new WebClientExchange(lookUps, code),
				new WebClientExchange(taskCalls, code), isReactorNetty, code);
	}

	/**
	 * Use connectors, which cost less.
	 * @param shortCalls for the calls that are answered at once
	 * @param lookUps for the look-ups of tasks that run
	 * @param taskCalls for the calls that are answered when a task is at an end
	 * @param isReactorNetty whether Reactor Netty is below: it takes the body of a
	 * request when it is connected and not before, and its time-outs cover the body of
	 * the answer
	 * @param observations where requests are observed, which may be
	 * {@link ObservationRegistry#NOOP}
	 * @param convention how requests are observed
	 * @return the connections
	 */
	public static HttpConnections of(ClientHttpConnector shortCalls, ClientHttpConnector lookUps,
			ClientHttpConnector taskCalls, boolean isReactorNetty, ObservationRegistry observations,
			ClientRequestObservationConvention convention) {
		PluggedInCode code = new PluggedInCode();
		return new HttpConnections(new ConnectorExchange(shortCalls, observations, convention, code),
				new ConnectorExchange(lookUps, observations, convention, code),
				new ConnectorExchange(taskCalls, observations, convention, code), isReactorNetty, code);
	}

	Exchange shortCalls() {
		return this.shortCalls;
	}

	Exchange lookUps() {
		return this.lookUps;
	}

	Exchange taskCalls() {
		return this.taskCalls;
	}

	boolean isReactorNetty() {
		return this.isReactorNetty;
	}

	PluggedInCode code() {
		return this.code;
	}

}
