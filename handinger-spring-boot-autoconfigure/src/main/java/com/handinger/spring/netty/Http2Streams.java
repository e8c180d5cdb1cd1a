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
import java.util.concurrent.TimeUnit;

import com.handinger.spring.netty.SilentConnectionHandler.LastRead;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;

/**
 * Sets up the streams of HTTP/2, which Reactor Netty does not treat as connections.
 */
final class Http2Streams {

	/**
	 * The flow-control window of a stream, in bytes.
	 */
	static final int WINDOW = 1024 * 1024;

	/**
	 * The flow-control window of a connection, in bytes. With the 64 KiB of the protocol,
	 * a large result would take longer than over HTTP/1.1, and delay all others of its
	 * connection.
	 */
	static final int CONNECTION_WINDOW = 8 * WINDOW;

	private static final String WRITE_TIMEOUT = "handinger.writeTimeout";

	private static final AttributeKey<Boolean> IS_WIDE = AttributeKey.valueOf("handinger.isWide");

	private Http2Streams() {
	}

	/**
	 * Set up a stream before its request is sent. Any other connection is left alone.
	 */
	static void setUp(Connection connection, @Nullable Duration timeout) {
		if (connection.channel() instanceof Http2StreamChannel stream) {
			connection.addHandlerLast(InformationalResponseHandler.NAME, InformationalResponseHandler.INSTANCE);
			connection.addHandlerLast(UnprocessedStreamHandler.NAME, UnprocessedStreamHandler.INSTANCE);
			connection.addHandlerLast(SilentConnectionHandler.NAME,
					new SilentConnectionHandler(stream.parent(), lastRead(stream.parent())));
			limitWrites(connection, timeout);
			connection.addHandlerLast(LostConnectionHandler.NAME, LostConnectionHandler.INSTANCE);
			widen(stream.parent());
		}
	}

	/**
	 * Reactor Netty's response timeout starts when the request has been written, which a
	 * server may delay.
	 */
	static void limitWrites(Connection connection, @Nullable Duration timeout) {
		if (timeout != null) {
			connection.addHandlerLast(WRITE_TIMEOUT,
					new WriteTimeoutHandler(timeout.toMillis(), TimeUnit.MILLISECONDS));
		}
	}

	private static LastRead lastRead(Channel channel) {
		LastRead lastRead = channel.pipeline().get(LastRead.class);
		if (lastRead == null) {
			lastRead = new LastRead();
			channel.pipeline().addFirst(LastRead.NAME, lastRead);
		}
		return lastRead;
	}

	private static void widen(Channel channel) {
		Http2FrameCodec codec = channel.pipeline().get(Http2FrameCodec.class);
		if (codec != null && channel.attr(IS_WIDE).setIfAbsent(true) == null) {
			widen(codec.connection());
		}
	}

	private static void widen(Http2Connection connection) {
		try {
			connection.local()
				.flowController()
				.incrementWindowSize(connection.connectionStream(),
						CONNECTION_WINDOW - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
		}
		catch (Http2Exception ex) {
			throw new IllegalStateException("The window of a connection can't be widened", ex);
		}
	}

}
