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
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.timeout.WriteTimeoutHandler;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;

/**
 * Handles what Reactor Netty does not on a connection of HTTP/1.1 or a stream of HTTP/2:
 * <ul>
 * <li>An informational response (102, 103) is treated as a 100, so that the final one is
 * waited for. Otherwise Reactor Netty would take the former for the response, and the
 * result of a task would be lost.</li>
 * <li>A call ends if its connection is lost before its response begins. Reactor Netty
 * would end it, too, and log a warning with a stack trace, although the call is retried
 * or its task is polled.</li>
 * </ul>
 */
abstract class ConnectionGuard extends ChannelDuplexHandler {

	/**
	 * The current call.
	 */
	volatile ReactorNettyConnector.@Nullable Call call;

	/**
	 * Guard a connection before a request is sent on it, unless it is guarded already.
	 * Reactor Netty's response timeout starts when the request has been written, which a
	 * server may delay, so writing has the same timeout.
	 */
	static void addTo(Channel channel, @Nullable Duration timeout) {
		ChannelPipeline pipeline = channel.pipeline();
		if (pipeline.get(ConnectionGuard.class) != null) {
			return;
		}
		if (timeout != null) {
			pipeline.addBefore(NettyPipeline.ReactiveBridge, null,
					new WriteTimeoutHandler(timeout.toMillis(), TimeUnit.MILLISECONDS));
		}
		pipeline.addBefore(NettyPipeline.ReactiveBridge, null,
				(channel instanceof Http2StreamChannel) ? new Http2StreamGuard() : new Http11Guard());
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (isInformational(message)) {
			((HttpResponse) message).setStatus(HttpResponseStatus.CONTINUE);
		}
		context.fireChannelRead(message);
	}

	static boolean isInformational(Object message) {
		return message instanceof HttpResponse response
				&& response.status().codeClass() == HttpStatusClass.INFORMATIONAL
				&& !HttpResponseStatus.SWITCHING_PROTOCOLS.equals(response.status());
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (endsCall(cause)) {
			context.close();
		}
		else {
			context.fireExceptionCaught(cause);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		endsCall(new IOException("Connection closed before the response"));
		context.fireChannelInactive();
	}

	private boolean endsCall(Throwable failure) {
		ReactorNettyConnector.Call call = this.call;
		return call != null && call.fail(failure);
	}

}
