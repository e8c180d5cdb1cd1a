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

package com.handinger.spring.webhook;

import java.io.IOException;

import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.SafeLog;
import com.handinger.spring.webhook.WebhookController.WebhookRequest;
import com.handinger.spring.webhook.WebhookController.WebhookResponse;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.codec.ByteArrayDecoder;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.RequestPath;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequestDecorator;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.util.ClassUtils;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * The webhook in a reactive web application, before Spring Security and before anything
 * that reads a body. For internal use only.
 */
public final class DeliveryWebFilter implements WebFilter, Ordered {

	private static final SafeLog logger = SafeLog.of(DeliveryWebFilter.class);

	private static final boolean NETTY_PRESENT = ClassUtils.isPresent("reactor.netty.http.server.HttpServerRequest",
			DeliveryWebFilter.class.getClassLoader());

	private final WebhookLifecycle webhook;

	private final WebhookSettings settings;

	private final ByteArrayDecoder decoder = new ByteArrayDecoder();

	/**
	 * Create a new filter.
	 * @param webhook the webhook
	 */
	public DeliveryWebFilter(WebhookLifecycle webhook) {
		this.webhook = webhook;
		this.settings = webhook.settings();
		this.decoder.setMaxInMemorySize((int) this.settings.maxBodySize().toBytes());
	}

	@Override
	public int getOrder() {
		return this.settings.filterOrder();
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		ServerHttpRequest request = exchange.getRequest();
		WebhookController controller = (isOfApplication(exchange) && isForWebhook(request)) ? this.webhook.controller()
				: null;
		if (controller == null) {
			return chain.filter(exchange);
		}
		ServerRequestObservationContext.findCurrent(exchange.getAttributes())
			.ifPresent((context) -> context.setPathPattern(this.settings.path()));
		return controller
			.receive(new WebhookRequest(request.getMethod().name(), request.getHeaders()::getOrEmpty,
					request.getHeaders().getContentLength(), body(request)))
			.flatMap((response) -> answer(exchange.getResponse(), response));
	}

	/**
	 * The server on the management port has the filters of the application, too.
	 */
	private boolean isOfApplication(ServerWebExchange exchange) {
		ApplicationContext context = exchange.getApplicationContext();
		return context == null || context == this.webhook.context();
	}

	/**
	 * The path is compared as it was sent, because servers differ in how they normalize
	 * it.
	 */
	private boolean isForWebhook(ServerHttpRequest request) {
		RequestPath path = request.getPath();
		return path.value().equals(path.contextPath().value() + this.settings.path())
				&& (!NETTY_PRESENT || NettyRequest.isSentTo(this.settings.path(), request));
	}

	/**
	 * Reactor Netty answers a body that it cannot decode, and then completes it. It fails
	 * the body of a broken connection once more when it is answered.
	 */
	private Mono<byte[]> body(ServerHttpRequest request) {
		return this.decoder.decodeToMono(request.getBody(), ResolvableType.forClass(byte[].class), null, null)
			.contextWrite(HandingerTransport::expectLateFailures)
			.defaultIfEmpty(new byte[0])
			.timeout(this.settings.timeout())
			.filter((body) -> !NETTY_PRESENT || !NettyRequest.isAnswered(request))
			.switchIfEmpty(Mono.error(() -> new IOException("The body cannot be decoded")));
	}

	/**
	 * A sender that has hung up gets no answer, nor does one whose request the server has
	 * refused.
	 */
	private static Mono<Void> answer(ServerHttpResponse response, WebhookResponse answer) {
		return Mono.defer(() -> {
			response.setStatusCode(HttpStatusCode.valueOf(answer.status()));
			answer.headers().forEach(response.getHeaders()::set);
			response.getHeaders().setContentLength(answer.body().length);
			return (answer.body().length > 0)
					? response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(answer.body())))
					: response.setComplete();
		}).onErrorResume((failure) -> {
			logger.debug(() -> "The answer to a delivery was not written: " + failure.getClass().getName());
			return Mono.empty();
		});
	}

	/**
	 * A request as Reactor Netty has received it. Spring merges slashes if there are
	 * forwarded headers.
	 */
	private static final class NettyRequest {

		private NettyRequest() {
		}

		static boolean isSentTo(String path, ServerHttpRequest request) {
			if (ServerHttpRequestDecorator.getNativeRequest(request) instanceof HttpServerRequest sent) {
				String sentPath = sent.uri().split("\\?", 2)[0];
				return sentPath.endsWith(path) && !sentPath.endsWith("/" + path);
			}
			return true;
		}

		static boolean isAnswered(ServerHttpRequest request) {
			return ServerHttpRequestDecorator.getNativeRequest(request) instanceof HttpServerResponse response
					&& response.hasSentHeaders();
		}

	}

}
