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
package com.handinger.spring.autoconfigure;

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

import io.netty.channel.Channel;
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

	private volatile boolean prefersHttp11;

	/**
	 * Create a new server.
	 * @param maxConnections how many connections there may be
	 * @param maxStreams how many streams a connection may have, if the server allows it
	 */
	Http2Server(int maxConnections, int maxStreams) {
		this.maxConnections = maxConnections;
		this.maxStreams = maxStreams;
	}

	boolean prefersHttp11() {
		return this.prefersHttp11;
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
		boolean hasStream = this.prefersHttp11 || hasStream();
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
		if (connection.isActive()) {
			Integer before = this.connections.put(connection, maxStreams(connection));
			this.streams.addAndGet(maxStreams(connection) - ((before != null) ? before : 0));
			if (before == null) {
				connection.closeFuture().addListener((closed) -> forget(connection));
			}
		}
		boolean wanted = this.entering.remove(call);
		if (wanted) {
			this.openStreams.incrementAndGet();
		}
		return wanted;
	}

	private int maxStreams(Channel connection) {
		Http2FrameCodec codec = connection.pipeline().get(Http2FrameCodec.class);
		return (codec != null) ? Math.min(this.maxStreams, codec.connection().local().maxActiveStreams()) : 0;
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
		List<C> all = isOpener ? List.copyOf(this.waiting) : List.of();
		all.forEach(this.waiting::remove);
		return all;
	}

	/**
	 * Note that HTTP/1.1 is to be spoken, which takes a connection for each call.
	 */
	void preferHttp11() {
		this.prefersHttp11 = true;
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

}
