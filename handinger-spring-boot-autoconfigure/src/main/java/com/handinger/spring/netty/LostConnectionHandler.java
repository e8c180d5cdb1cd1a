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
import java.util.function.Predicate;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * Tells a call that its connection is lost before it has an answer. Reactor Netty would
 * tell it, too, and log a warning with a stack trace, although the call is made again or
 * its task is polled.
 */
@Sharable
final class LostConnectionHandler extends ChannelInboundHandlerAdapter {

	static final String NAME = "handinger.lostConnectionHandler";

	static final LostConnectionHandler INSTANCE = new LostConnectionHandler();

	private static final AttributeKey<@Nullable Predicate<Throwable>> CALL = AttributeKey.valueOf("handinger.call");

	private LostConnectionHandler() {
	}

	/**
	 * Set who is told of the loss of a connection.
	 * @param channel the connection
	 * @param call takes the failure, and returns whether it was waiting for an answer, or
	 * {@code null} if nobody waits
	 */
	static void set(Channel channel, @Nullable Predicate<Throwable> call) {
		channel.attr(CALL).set(call);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (isTold(context.channel(), cause)) {
			context.close();
		}
		else {
			context.fireExceptionCaught(cause);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		isTold(context.channel(), new IOException("Connection closed before the response"));
		context.fireChannelInactive();
	}

	private static boolean isTold(Channel channel, Throwable cause) {
		Predicate<Throwable> call = channel.attr(CALL).get();
		return call != null && call.test(cause);
	}

}
