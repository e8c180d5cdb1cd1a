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

import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;

/**
 * Makes Reactor Netty treat an informational response (102, 103) as a 100 and wait for
 * the final one. Otherwise it would take the former for the response, and the result of a
 * task would be lost.
 */
@Sharable
final class InformationalResponseHandler extends ChannelInboundHandlerAdapter {

	static final String NAME = "handinger.informationalResponseHandler";

	static final InformationalResponseHandler INSTANCE = new InformationalResponseHandler();

	private InformationalResponseHandler() {
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (message instanceof HttpResponse response && response.status().codeClass() == HttpStatusClass.INFORMATIONAL
				&& !HttpResponseStatus.SWITCHING_PROTOCOLS.equals(response.status())) {
			response.setStatus(HttpResponseStatus.CONTINUE);
		}
		context.fireChannelRead(message);
	}

}
