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

import java.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntSupplier;
import java.util.function.ToIntFunction;

import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.netty.http.client.Http2AllocationStrategy;
import reactor.netty.resources.ConnectionPoolMetrics;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.http.client.reactive.ClientHttpConnector;

/**
 * Connections that calls of one kind share. A call that finds no connection is queued.
 */
final class ReactorNettyPool implements ConnectionProvider.MeterRegistrar {

	/**
	 * The prefix of Reactor Netty for the pool of the streams of HTTP/2, whose
	 * connections come from the pool without it.
	 */
	private static final String STREAMS = "http2.";

	/**
	 * The maximum number of calls that share a connection. RFC 9113 recommends to servers
	 * to allow no fewer.
	 */
	private static final int MAX_STREAMS = 100;

	private static final Duration EVICTION_INTERVAL = Duration.ofSeconds(30);

	private final int maxConnections;

	private final Duration acquireTimeout;

	private final ConnectionProvider provider;

	/**
	 * By the id of the pool and the address of the server.
	 */
	private final Map<List<Object>, ConnectionPoolMetrics> metrics = new ConcurrentHashMap<>();

	/**
	 * The lengths of the queues before this pool.
	 */
	private final List<IntSupplier> queues = new CopyOnWriteArrayList<>();

	private final Disposable.Composite connectors = Disposables.composite();

	/**
	 * Create a new pool.
	 * @param name the name
	 * @param maxConnections the maximum number of connections
	 * @param maxIdleTime how long an idle connection is kept
	 * @param acquireTimeout how long a call may be queued, or {@link Duration#ZERO} for
	 * no limit
	 * @param gauges registers the gauges of the connections
	 */
	ReactorNettyPool(String name, int maxConnections, Duration maxIdleTime, Duration acquireTimeout,
			HandingerConnectors.Gauges gauges) {
		this.maxConnections = maxConnections;
		this.acquireTimeout = acquireTimeout;
		this.provider = ConnectionProvider.builder("handinger-" + name)
			.allocationStrategy(Http2AllocationStrategy.builder()
				.maxConnections(maxConnections)
				.maxConcurrentStreams(MAX_STREAMS)
				.streamBatchSize(MAX_STREAMS / 10)
				.strictConnectionReuse(true)
				.build())
			.pendingAcquireMaxCount(-1)
			.pendingAcquireTimeout(acquireTimeout)
			.maxIdleTime(maxIdleTime)
			.evictInBackground(EVICTION_INTERVAL)
			.metrics(true, () -> this)
			.build();
		gauges.register("active", name, () -> sum(ConnectionPoolMetrics::acquiredSize));
		gauges.register("idle", name, () -> sum(ConnectionPoolMetrics::idleSize));
		gauges.register("pending", name, () -> sum(ConnectionPoolMetrics::pendingAcquireSize)
				+ this.queues.stream().mapToInt(IntSupplier::getAsInt).sum());
	}

	private int sum(ToIntFunction<ConnectionPoolMetrics> value) {
		return this.metrics.values().stream().mapToInt(value).sum();
	}

	ConnectionProvider provider() {
		return this.provider;
	}

	/**
	 * Return a connector that takes no more connections of this pool than there may be,
	 * if calls may be queued without a limit.
	 * @param http11 a connector for HTTP/1.1
	 */
	ClientHttpConnector bounded(ClientHttpConnector http11) {
		if (this.maxConnections == Integer.MAX_VALUE || !this.acquireTimeout.isZero()) {
			return http11;
		}
		BoundedConnector connector = new BoundedConnector(http11, this.maxConnections);
		this.queues.add(connector::waiting);
		this.connectors.add(connector);
		return connector;
	}

	/**
	 * Return a connector that offers HTTP/2 on the connections of this pool.
	 * @param http2 a connector that offers HTTP/2
	 * @param http11 a connector for the servers that prefer HTTP/1.1
	 */
	ClientHttpConnector http2(ClientHttpConnector http2, ClientHttpConnector http11) {
		Http2Connector connector = new Http2Connector(http2, http11);
		this.queues.add(connector::waiting);
		this.connectors.add(connector);
		return connector;
	}

	@Override
	public void registerMetrics(String poolName, String id, SocketAddress remoteAddress,
			ConnectionPoolMetrics metrics) {
		if (!poolName.startsWith(STREAMS)) {
			this.metrics.put(List.of(id, remoteAddress), metrics);
		}
	}

	@Override
	public void deRegisterMetrics(String poolName, String id, SocketAddress remoteAddress) {
		if (!poolName.startsWith(STREAMS)) {
			this.metrics.remove(List.of(id, remoteAddress));
		}
	}

	void dispose() {
		// A pool that is disposed of would still serve the queued calls.
		this.connectors.dispose();
		this.provider.dispose();
	}

}
