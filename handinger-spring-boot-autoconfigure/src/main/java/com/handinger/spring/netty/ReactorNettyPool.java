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
import java.util.function.ToIntFunction;

import reactor.netty.http.client.Http2AllocationStrategy;
import reactor.netty.resources.ConnectionPoolMetrics;
import reactor.netty.resources.ConnectionProvider;

import org.springframework.http.client.reactive.ClientHttpConnector;

/**
 * Connections that calls of one kind share. Nothing is refused and nobody is sent away:
 * what finds no connection waits for one.
 */
final class ReactorNettyPool implements ConnectionProvider.MeterRegistrar {

	/**
	 * What Reactor Netty puts before the name of the pool that it keeps for the streams
	 * of HTTP/2, whose connections come from the pool of that name.
	 */
	private static final String STREAMS = "http2.";

	/**
	 * How many calls share a connection at most. RFC 9113 recommends to servers to allow
	 * no fewer.
	 */
	private static final int MAX_STREAMS = 100;

	private static final Duration EVICTION_INTERVAL = Duration.ofSeconds(30);

	private final int maxConnections;

	private final Duration patience;

	private final ConnectionProvider provider;

	private final Map<List<Object>, ConnectionPoolMetrics> connections = new ConcurrentHashMap<>();

	private final Map<List<Object>, ConnectionPoolMetrics> streams = new ConcurrentHashMap<>();

	/**
	 * Where calls wait before they come to this pool.
	 */
	private final List<CallQueue> queues = new CopyOnWriteArrayList<>();

	/**
	 * Create a new pool.
	 * @param name the name
	 * @param maxConnections how many connections there may be
	 * @param maxIdleTime how long a connection is kept that is not in use
	 * @param patience how long a call waits for a connection, or {@link Duration#ZERO}
	 * for as long as it takes
	 * @param gauges registers the gauges of the connections
	 */
	ReactorNettyPool(String name, int maxConnections, Duration maxIdleTime, Duration patience,
			HandingerConnectors.Gauges gauges) {
		this.maxConnections = maxConnections;
		this.patience = patience;
		this.provider = ConnectionProvider.builder("handinger-" + name)
			.allocationStrategy(Http2AllocationStrategy.builder()
				.maxConnections(maxConnections)
				.maxConcurrentStreams(MAX_STREAMS)
				.streamBatchSize(MAX_STREAMS / 10)
				.strictConnectionReuse(true)
				.build())
			.pendingAcquireMaxCount(-1)
			.pendingAcquireTimeout(patience)
			.maxIdleTime(maxIdleTime)
			.evictInBackground(EVICTION_INTERVAL)
			.metrics(true, () -> this)
			.build();
		gauges.register("active", name, this::active);
		gauges.register("idle", name, this::idle);
		gauges.register("pending", name, this::pending);
	}

	ConnectionProvider provider() {
		return this.provider;
	}

	/**
	 * Return a connector that takes no more connections of this pool than there may be,
	 * if calls may wait long for one.
	 * @param http11 a connector for HTTP/1.1
	 */
	ClientHttpConnector bounded(ClientHttpConnector http11) {
		if (this.maxConnections == Integer.MAX_VALUE || !this.patience.isZero()) {
			return http11;
		}
		BoundedConnector connector = new BoundedConnector(http11, this.maxConnections);
		this.queues.add(connector);
		return connector;
	}

	/**
	 * Return a connector that offers HTTP/2 on the connections of this pool.
	 * @param http2 a connector that offers HTTP/2
	 * @param http11 a connector for the servers that prefer HTTP/1.1
	 */
	ClientHttpConnector http2(ClientHttpConnector http2, ClientHttpConnector http11) {
		Http2Connector connector = new Http2Connector(http2, http11, this.maxConnections, MAX_STREAMS);
		this.queues.add(connector);
		return connector;
	}

	/**
	 * Return how many connections are in use.
	 */
	int active() {
		return sum(this.connections, ConnectionPoolMetrics::acquiredSize);
	}

	/**
	 * Return how many connections are kept open that are not in use.
	 */
	int idle() {
		return sum(this.connections, ConnectionPoolMetrics::idleSize);
	}

	/**
	 * Return how many calls wait for a connection.
	 */
	int pending() {
		return sum(this.connections, ConnectionPoolMetrics::pendingAcquireSize)
				+ sum(this.streams, ConnectionPoolMetrics::pendingAcquireSize)
				+ this.queues.stream().mapToInt(CallQueue::waiting).sum();
	}

	private static int sum(Map<?, ConnectionPoolMetrics> pools, ToIntFunction<ConnectionPoolMetrics> value) {
		return pools.values().stream().mapToInt(value).sum();
	}

	@Override
	public void registerMetrics(String poolName, String id, SocketAddress remoteAddress,
			ConnectionPoolMetrics metrics) {
		pools(poolName).put(List.of(id, remoteAddress), metrics);
	}

	@Override
	public void deRegisterMetrics(String poolName, String id, SocketAddress remoteAddress) {
		pools(poolName).remove(List.of(id, remoteAddress));
	}

	private Map<List<Object>, ConnectionPoolMetrics> pools(String name) {
		return name.startsWith(STREAMS) ? this.streams : this.connections;
	}

	void dispose() {
		// A pool that is disposed of would serve them still.
		this.queues.forEach(CallQueue::close);
		this.provider.dispose();
	}

}
