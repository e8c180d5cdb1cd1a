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
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * Closes a connection of HTTP/1.1 on which more than a response has been received, or
 * another protocol. Otherwise the surplus would be parsed as the next response, and the
 * result of a task would be lost.
 */
final class Http11Guard extends ConnectionGuard {

	/**
	 * A decoder skips a line break between two responses, and takes anything before it
	 * for the start of a response.
	 */
	private static final byte[] LINE_BREAK = { '\r', '\n' };

	/**
	 * Whether a request has been sent whose response is incomplete.
	 */
	private volatile boolean requested;

	private volatile boolean informational;

	private volatile boolean probing;

	private volatile boolean unusable;

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (message instanceof HttpRequest) {
			if (isUnusable(context)) {
				ReferenceCountUtil.release(message);
				Exception failure = new UnprocessedRequestException("more than a response had come on the connection");
				exceptionCaught(context, failure);
				promise.tryFailure(failure);
				context.close();
				return;
			}
			this.requested = true;
		}
		context.write(message, promise);
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (this.probing || !this.requested) {
			this.unusable = true;
			ReferenceCountUtil.release(message);
			context.close();
			return;
		}
		if (message instanceof HttpResponse response) {
			this.unusable |= HttpResponseStatus.SWITCHING_PROTOCOLS.equals(response.status());
			this.informational = isInformational(response);
		}
		if (message instanceof LastHttpContent && !this.informational) {
			this.requested = false;
			// An idle connection does not keep its last call.
			this.call = null;
			// The decoder is still busy with this response.
			context.executor().execute(() -> {
				if (!this.requested && isUnusable(context)) {
					context.close();
				}
			});
		}
		super.channelRead(context, message);
	}

	private boolean isUnusable(ChannelHandlerContext context) {
		ChannelHandlerContext codec = context.pipeline().context(HttpClientCodec.class);
		if (!this.unusable && codec != null) {
			this.probing = true;
			try {
				((HttpClientCodec) codec.handler()).channelRead(codec, Unpooled.wrappedBuffer(LINE_BREAK));
			}
			catch (Exception ex) {
				this.unusable = true;
			}
			finally {
				this.probing = false;
			}
		}
		return this.unusable;
	}

}
