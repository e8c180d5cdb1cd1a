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

import java.nio.channels.NotYetConnectedException;

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Ignores reads before a connection is established, which Netty's epoll transport
 * sometimes makes on a busy machine. The connection follows, but Reactor Netty would have
 * failed the call by then. The handler is added to a channel before it is connected, and
 * removes itself when it is.
 */
@Sharable
final class EarlyReadHandler extends ChannelInboundHandlerAdapter {

	static final EarlyReadHandler INSTANCE = new EarlyReadHandler();

	private EarlyReadHandler() {
	}

	@Override
	public void channelActive(ChannelHandlerContext context) {
		context.fireChannelActive();
		context.pipeline().remove(this);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (!(cause instanceof NotYetConnectedException) || context.channel().isActive()) {
			context.fireExceptionCaught(cause);
		}
	}

}
