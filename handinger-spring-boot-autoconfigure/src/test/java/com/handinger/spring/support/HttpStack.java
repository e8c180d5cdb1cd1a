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

import java.util.stream.Stream;

import reactor.netty.resources.LoopResources;

import org.springframework.boot.http.client.reactive.ClientHttpConnectorBuilder;

/**
 * The HTTP libraries that the client is tested with.
 */
public enum HttpStack {

	/**
	 * Reactor Netty with Linux' own transport.
	 */
	REACTOR_EPOLL {

		@Override
		public ClientHttpConnectorBuilder<?> connectorBuilder() {
			return reactor(true);
		}

	},

	/**
	 * Reactor Netty with Java's transport.
	 */
	REACTOR_NIO {

		@Override
		public ClientHttpConnectorBuilder<?> connectorBuilder() {
			return reactor(false);
		}

	},

	/**
	 * The JDK's own client.
	 */
	JDK {

		@Override
		public ClientHttpConnectorBuilder<?> connectorBuilder() {
			return ClientHttpConnectorBuilder.jdk();
		}

	};

	private static final LoopResources LOOPS = LoopResources.create("test-client", 2, true);

	/**
	 * Return one for each library, for tests to which its transport makes no difference.
	 */
	public static Stream<HttpStack> libraries() {
		return Stream.of(REACTOR_EPOLL, JDK);
	}

	public abstract ClientHttpConnectorBuilder<?> connectorBuilder();

	private static ClientHttpConnectorBuilder<?> reactor(boolean preferNative) {
		return ClientHttpConnectorBuilder.reactor()
			.withHttpClientCustomizer((client) -> client.runOn(LOOPS, preferNative));
	}

}
