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

import java.io.IOException;
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

	final ConnectionProvider provider;

	/**
	 * By the name and the id of the pool, and the address of the server.
	 */
	private final Map<List<Object>, ConnectionPoolMetrics> metrics = new ConcurrentHashMap<>();

	/**
	 * The calls that are queued before this pool.
	 */
	final List<CallQueue<?>> queues = new CopyOnWriteArrayList<>();

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
				+ this.queues.stream().mapToInt(CallQueue::size).sum());
	}

	private int sum(ToIntFunction<ConnectionPoolMetrics> value) {
		return this.metrics.values().stream().mapToInt(value).sum();
	}

	@Override
	public void registerMetrics(String poolName, String id, SocketAddress remoteAddress,
			ConnectionPoolMetrics metrics) {
		if (!poolName.startsWith(STREAMS)) {
			this.metrics.put(List.of(poolName, id, remoteAddress), metrics);
		}
	}

	@Override
	public void deRegisterMetrics(String poolName, String id, SocketAddress remoteAddress) {
		this.metrics.remove(List.of(poolName, id, remoteAddress));
	}

	void dispose() {
		// A pool that is disposed of would still serve the queued calls.
		this.queues.forEach((queue) -> queue.close(new IOException("the application ends")));
		this.provider.dispose();
	}

}
