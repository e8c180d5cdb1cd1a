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

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.timeout.ReadTimeoutException;

/**
 * Closes a connection of HTTP/2 when a stream of it times out and nothing has been read
 * for the others either. Otherwise the next call would use the same dead connection. A
 * ping does not show that: a proxy answers it, although the server behind it is dead.
 */
final class SilentConnectionHandler extends ChannelInboundHandlerAdapter {

	static final String NAME = "handinger.silentConnectionHandler";

	private final Channel connection;

	private final LastRead lastRead;

	private final long start = System.nanoTime();

	SilentConnectionHandler(Channel connection, LastRead lastRead) {
		this.connection = connection;
		this.lastRead = lastRead;
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		long now = System.nanoTime();
		if (cause instanceof ReadTimeoutException && now - this.lastRead.time >= (now - this.start) / 2) {
			this.connection.close();
		}
		context.fireExceptionCaught(cause);
	}

	/**
	 * Notes when something was last read from a connection.
	 */
	static final class LastRead extends ChannelInboundHandlerAdapter {

		static final String NAME = "handinger.lastRead";

		private volatile long time = System.nanoTime();

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			this.time = System.nanoTime();
			context.fireChannelRead(message);
		}

	}

}
