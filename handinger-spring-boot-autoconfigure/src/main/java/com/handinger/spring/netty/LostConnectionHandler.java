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
import java.lang.ref.WeakReference;
import java.util.function.Predicate;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;

/**
 * Ends a call whose connection is lost before its response. Reactor Netty would do so,
 * too, and log a warning with a stack trace, although the call is retried or its task is
 * polled.
 */
@Sharable
final class LostConnectionHandler extends ChannelInboundHandlerAdapter {

	static final String NAME = "handinger.lostConnectionHandler";

	static final LostConnectionHandler INSTANCE = new LostConnectionHandler();

	/**
	 * An idle connection does not keep its last call.
	 */
	private static final AttributeKey<WeakReference<Predicate<Throwable>>> CALL = AttributeKey
		.valueOf("handinger.call");

	private LostConnectionHandler() {
	}

	/**
	 * Set the call of a connection.
	 * @param channel the connection
	 * @param call takes the failure, and returns whether it was waiting for a response
	 */
	static void set(Channel channel, Predicate<Throwable> call) {
		channel.attr(CALL).set(new WeakReference<>(call));
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (endsCall(context.channel(), cause)) {
			context.close();
		}
		else {
			context.fireExceptionCaught(cause);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		endsCall(context.channel(), new IOException("Connection closed before the response"));
		context.fireChannelInactive();
	}

	private static boolean endsCall(Channel channel, Throwable cause) {
		WeakReference<Predicate<Throwable>> reference = channel.attr(CALL).get();
		Predicate<Throwable> call = (reference != null) ? reference.get() : null;
		return call != null && call.test(cause);
	}

}
