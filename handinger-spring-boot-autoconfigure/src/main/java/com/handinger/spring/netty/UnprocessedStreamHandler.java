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
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2FrameCodec;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;

/**
 * Reports a request that the server guarantees not to have processed: it has refused the
 * stream, or sent a GOAWAY with a lower last stream (RFC 9113, 8.7).
 */
@Sharable
final class UnprocessedStreamHandler extends ChannelInboundHandlerAdapter {

	static final String NAME = "handinger.unprocessedStreamHandler";

	static final UnprocessedStreamHandler INSTANCE = new UnprocessedStreamHandler();

	private UnprocessedStreamHandler() {
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof Http2ResetFrame reset && reset.errorCode() == Http2Error.REFUSED_STREAM.code()) {
			context.fireExceptionCaught(new UnprocessedRequestException("the server refused the stream"));
		}
		context.fireUserEventTriggered(event);
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		if (isBeyondGoodbye(context.channel())) {
			context.fireExceptionCaught(new UnprocessedRequestException("the server said goodbye before the stream"));
		}
		context.fireChannelInactive();
	}

	private static boolean isBeyondGoodbye(Channel channel) {
		if (channel instanceof Http2StreamChannel stream && stream.stream() != null) {
			Http2FrameCodec codec = stream.parent().pipeline().get(Http2FrameCodec.class);
			Http2Connection connection = (codec != null) ? codec.connection() : null;
			return connection != null && connection.goAwayReceived()
					&& stream.stream().id() > connection.local().lastStreamKnownByPeer();
		}
		return false;
	}

}
