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

package com.handinger.spring.netty;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.netty.resolver.AddressResolverGroup;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.resources.LoopResources;
import reactor.netty.tcp.TcpResources;
import reactor.netty.transport.NameResolverProvider;

import org.springframework.http.client.ReactorResourceFactory;

/**
 * Event loops for the connections to Handinger, which end with this application. Reactor
 * Netty's global ones are shared by all applications of a JVM, and end with the first.
 */
final class ReactorNettyLoops {

	private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(5);

	private static final NameResolverProvider DEFAULT_NAMES = NameResolverProvider.builder().build();

	private final ReactorResourceFactory resources = new ReactorResourceFactory();

	/**
	 * By the provider of the names. Reactor Netty would keep them forever.
	 */
	private final Map<NameResolverProvider, AddressResolverGroup<?>> resolvers = new ConcurrentHashMap<>();

	/**
	 * Create new loops, whose threads start with the first connections.
	 * @param shutdownQuietPeriod how long the loops wait for further work when they end
	 */
	ReactorNettyLoops(Duration shutdownQuietPeriod) {
		this.resources.setUseGlobalResources(false);
		this.resources.setLoopResourcesSupplier(() -> LoopResources.create("handinger"));
		this.resources.setShutdownQuietPeriod(shutdownQuietPeriod);
		this.resources.setShutdownTimeout(shutdownQuietPeriod.plus(SHUTDOWN_TIMEOUT));
		this.resources.afterPropertiesSet();
	}

	/**
	 * Return a client that has these loops in place of the global ones. Loops that the
	 * application has given to the client stay, and so does a resolver.
	 */
	HttpClient applyTo(HttpClient client) {
		HttpClientConfig config = client.configuration();
		if (!(config.loopResources() instanceof TcpResources)) {
			return client;
		}
		NameResolverProvider names = (config.getNameResolverProvider() == null && config.resolver() == null)
				? DEFAULT_NAMES : config.getNameResolverProvider();
		boolean preferNative = config.isPreferNative();
		LoopResources loops = this.resources.getLoopResources();
		HttpClient own = client.runOn(loops, preferNative);
		return (names == null) ? own : own
			.resolver(this.resolvers.computeIfAbsent(names, (key) -> key.newNameResolverGroup(loops, preferNative)));
	}

	void dispose() {
		this.resolvers.values().forEach(AddressResolverGroup::close);
		this.resources.destroy();
	}

}
