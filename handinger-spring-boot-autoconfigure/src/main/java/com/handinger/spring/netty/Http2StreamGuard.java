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

import com.handinger.spring.transport.UnprocessedRequestException;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.timeout.ReadTimeoutException;

/**
 * Guards a stream of HTTP/2, and what it shares with the others of its connection.
 * <ul>
 * <li>A request is reported as unprocessed if the server guarantees that: it has refused
 * the stream, or sent a GOAWAY with a lower last stream (RFC 9113, 8.7).</li>
 * <li>The connection is closed when a stream times out and nothing has been read for the
 * others either. Otherwise the next call would use the same dead connection. A ping does
 * not show that: a proxy answers it, although the server behind it is dead.</li>
 * <li>The flow-control window of the connection is widened.</li>
 * </ul>
 */
final class Http2StreamGuard extends ConnectionGuard {

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

	private final long start = System.nanoTime();

	@Override
	public void handlerAdded(ChannelHandlerContext context) throws Http2Exception {
		Channel connection = context.channel().parent();
		Http2FrameCodec codec = connection.pipeline().get(Http2FrameCodec.class);
		if (codec != null && connection.pipeline().get(LastRead.class) == null) {
			connection.pipeline().addFirst(new LastRead());
			Http2Connection http2 = codec.connection();
			http2.local()
				.flowController()
				.incrementWindowSize(http2.connectionStream(), CONNECTION_WINDOW - Http2CodecUtil.DEFAULT_WINDOW_SIZE);
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof Http2ResetFrame reset && reset.errorCode() == Http2Error.REFUSED_STREAM.code()) {
			exceptionCaught(context, new UnprocessedRequestException("the server refused the stream"));
		}
		context.fireUserEventTriggered(event);
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		if (isBeyondGoAway((Http2StreamChannel) context.channel())) {
			exceptionCaught(context, new UnprocessedRequestException("the server excluded the stream in a GOAWAY"));
		}
		super.channelInactive(context);
	}

	private static boolean isBeyondGoAway(Http2StreamChannel channel) {
		Http2FrameCodec codec = channel.parent().pipeline().get(Http2FrameCodec.class);
		return codec != null && channel.stream() != null && codec.connection().goAwayReceived()
				&& channel.stream().id() > codec.connection().local().lastStreamKnownByPeer();
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		Channel connection = context.channel().parent();
		LastRead lastRead = connection.pipeline().get(LastRead.class);
		long now = System.nanoTime();
		if (cause instanceof ReadTimeoutException && lastRead != null
				&& now - lastRead.time >= (now - this.start) / 2) {
			connection.close();
		}
		super.exceptionCaught(context, cause);
	}

	/**
	 * Notes when something was last read from a connection.
	 */
	private static final class LastRead extends ChannelInboundHandlerAdapter {

		private volatile long time = System.nanoTime();

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			this.time = System.nanoTime();
			context.fireChannelRead(message);
		}

	}

}
