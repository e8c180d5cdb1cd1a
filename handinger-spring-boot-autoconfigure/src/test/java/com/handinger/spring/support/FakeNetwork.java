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

package com.handinger.spring.support;

import java.time.Duration;

import com.handinger.spring.transport.BaseUrl;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.HandingerTransport.Endpoint;
import com.handinger.spring.transport.HttpConnections;
import com.handinger.spring.transport.Backoff;
import io.micrometer.observation.ObservationRegistry;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.http.client.reactive.ClientHttpConnector;
import org.springframework.web.reactive.function.client.DefaultClientRequestObservationConvention;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClient;

/**
 * The transport above a function that stands for the network.
 */
public final class FakeNetwork {

	private static final ClientHttpConnector UNUSED = (method, uri, callback) -> Mono
		.error(new AssertionError("There is a fake network"));

	private FakeNetwork() {
	}

	/**
	 * Return a transport with the retries that are preset.
	 */
	public static HandingerTransport transport(ExchangeFunction network) {
		return transport(network, Duration.ofMillis(500));
	}

	/**
	 * Return a transport that waits so long before it tries again for the first time.
	 */
	public static HandingerTransport transport(ExchangeFunction network, Duration initialBackoff) {
		return new HandingerTransport(connections(network), new Access(),
				new Backoff(3, initialBackoff, Duration.ofSeconds(8)), 1_000_000, Duration.ofSeconds(60), "test",
				Schedulers.parallel());
	}

	/**
	 * Return connections to a network.
	 */
	public static HttpConnections connections(ExchangeFunction network) {
		return new HttpConnections(() -> WebClient.builder().exchangeFunction(network),
				new HttpConnections.Connectors(UNUSED, UNUSED, UNUSED, false), ObservationRegistry.NOOP,
				new DefaultClientRequestObservationConvention());
	}

	private static final class Access implements Endpoint {

		@Override
		public BaseUrl baseUrl() {
			return BaseUrl.of("http://localhost", true);
		}

		@Override
		public String apiKey() {
			return "key";
		}

	}

}
