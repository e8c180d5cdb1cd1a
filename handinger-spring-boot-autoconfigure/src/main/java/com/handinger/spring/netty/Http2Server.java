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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2StreamChannel;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a server that is offered HTTP/2: the connections to it, and the calls
 * that want to enter them. Those for which there is a stream enter at once. Of the others
 * one opens a connection, and the rest waits to share it.
 *
 * @param <C> the type of a call
 */
final class Http2Server<C> {

	/**
	 * A server that is replaced may come to know HTTP/2.
	 */
	private static final Duration HTTP11_TIME = Duration.ofMinutes(10);

	private final int maxConnections;

	private final int maxStreams;

	/**
	 * How many streams each connection may have.
	 */
	private final Map<Channel, Integer> connections = new HashMap<>();

	private final AtomicInteger streams = new AtomicInteger();

	private final AtomicInteger openStreams = new AtomicInteger();

	private final Set<C> entering = new HashSet<>();

	private final Set<C> waiting = new LinkedHashSet<>();

	private final AtomicReference<@Nullable C> opener = new AtomicReference<>();

	/**
	 * How many streams the server allows, by the last connection that has told.
	 */
	private final AtomicInteger allowedStreams;

	/**
	 * Until when, by {@link System#nanoTime()}.
	 */
	private final AtomicReference<@Nullable Long> prefersHttp11Until = new AtomicReference<>();

	/**
	 * Create a new server.
	 * @param maxConnections how many connections there may be
	 * @param maxStreams how many streams a connection may have, if the server allows it
	 */
	Http2Server(int maxConnections, int maxStreams) {
		this.maxConnections = maxConnections;
		this.maxStreams = maxStreams;
		this.allowedStreams = new AtomicInteger(maxStreams);
	}

	boolean prefersHttp11() {
		Long until = this.prefersHttp11Until.get();
		return until != null && System.nanoTime() - until < 0;
	}

	synchronized int waiting() {
		return this.waiting.size();
	}

	/**
	 * Let a call enter if there is a stream for it.
	 * @return whether it may enter
	 */
	synchronized boolean enter(C call) {
		return this.waiting.isEmpty() && hasStream() && this.entering.add(call);
	}

	/**
	 * Let a call open a connection, or wait.
	 * @return whether it may enter
	 */
	synchronized boolean openOrWait(C call) {
		boolean admitted = this.waiting.isEmpty() && admit(call);
		if (!admitted) {
			this.waiting.add(call);
		}
		return admitted;
	}

	private boolean admit(C call) {
		boolean hasStream = prefersHttp11() || hasStream();
		boolean opens = !hasStream && this.opener.get() == null && this.connections.size() < this.maxConnections;
		if (opens) {
			this.opener.set(call);
		}
		return (hasStream || opens) && this.entering.add(call);
	}

	private boolean hasStream() {
		return this.openStreams.get() + this.entering.size() < this.streams.get();
	}

	/**
	 * Note that a call has a stream.
	 * @return whether the call is still wanted
	 */
	synchronized boolean entered(C call, Http2StreamChannel stream) {
		this.opener.compareAndSet(call, null);
		Channel connection = stream.parent();
		Http2FrameCodec codec = connection.pipeline().get(Http2FrameCodec.class);
		if (codec != null && connection.isActive() && !codec.connection().goAwayReceived()) {
			count(connection, codec.connection());
		}
		boolean wanted = this.entering.remove(call);
		if (wanted) {
			this.openStreams.incrementAndGet();
		}
		return wanted;
	}

	private void count(Channel connection, Http2Connection http2) {
		int allowed = http2.local().maxActiveStreams();
		// Before the server has told, there is no limit.
		int streams = (allowed != Integer.MAX_VALUE) ? Math.min(this.maxStreams, allowed) : this.allowedStreams.get();
		this.allowedStreams.set(streams);
		Integer before = this.connections.put(connection, streams);
		this.streams.addAndGet(streams - ((before != null) ? before : 0));
		if (before == null) {
			connection.closeFuture().addListener((closed) -> forget(connection));
			http2.addListener(new Http2ConnectionAdapter() {

				@Override
				public void onGoAwayReceived(int lastStreamId, long errorCode, ByteBuf debugData) {
					forget(connection);
				}

			});
		}
	}

	private synchronized void forget(Channel connection) {
		Integer streams = this.connections.remove(connection);
		this.streams.addAndGet((streams != null) ? -streams : 0);
	}

	/**
	 * Note that a stream has come to its end.
	 */
	void closed() {
		this.openStreams.decrementAndGet();
	}

	/**
	 * Note that a call does not enter, or no more.
	 */
	synchronized void leave(C call) {
		this.opener.compareAndSet(call, null);
		this.waiting.remove(call);
		this.entering.remove(call);
	}

	/**
	 * Note that a call could not enter. If it was to open a connection, those who wait
	 * for that fail with it.
	 * @return those who fail
	 */
	synchronized List<C> fail(C call) {
		boolean isOpener = this.opener.get() == call;
		leave(call);
		return isOpener ? takeAll() : List.of();
	}

	/**
	 * Note that HTTP/1.1 is to be spoken for a while, which takes a connection for each
	 * call.
	 */
	void preferHttp11() {
		this.prefersHttp11Until.set(System.nanoTime() + HTTP11_TIME.toNanos());
	}

	/**
	 * Return the calls that have waited and may enter now.
	 */
	synchronized List<C> next() {
		List<C> next = new ArrayList<>();
		Iterator<C> waiting = this.waiting.iterator();
		while (waiting.hasNext()) {
			C call = waiting.next();
			if (!admit(call)) {
				break;
			}
			waiting.remove();
			next.add(call);
		}
		return next;
	}

	/**
	 * Return the calls that wait, and wait no more.
	 */
	synchronized List<C> takeAll() {
		List<C> all = List.copyOf(this.waiting);
		this.waiting.clear();
		return all;
	}

}
