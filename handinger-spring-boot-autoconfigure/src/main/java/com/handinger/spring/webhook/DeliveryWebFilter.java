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

import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.observation.ServerRequestObservationContext;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * The webhook in a reactive web application. It stands before Spring Security, and before
 * anything that reads a body.
 */
final class DeliveryWebFilter implements WebFilter, Ordered {

	private static final Log logger = LogFactory.getLog(DeliveryWebFilter.class);

	private final WebhookSettings settings;

	private final WebhookTokens tokens;

	private final Supplier<WebhookController> controller;

	/**
	 * Create a new filter.
	 * @param settings what the application has set
	 * @param tokens the tokens that open the webhook
	 * @param controller gives the webhook, if there is one
	 */
	DeliveryWebFilter(WebhookSettings settings, WebhookTokens tokens, Supplier<WebhookController> controller) {
		this.settings = settings;
		this.tokens = tokens;
		this.controller = controller;
	}

	@Override
	public int getOrder() {
		return this.settings.filterOrder();
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		ServerHttpRequest request = exchange.getRequest();
		String path = request.getPath().contextPath().value() + this.settings.path();
		if (!path.equals(request.getPath().value()) || !this.tokens.areExpected()) {
			return chain.filter(exchange);
		}
		ServerRequestObservationContext.findCurrent(exchange.getAttributes())
			.ifPresent((context) -> context.setPathPattern(this.settings.path()));
		WebhookController controller = this.controller.get();
		WebhookRequest head = head(request);
		WebhookResponse refusal = controller.refuse(head);
		return ((refusal != null) ? Mono.just(refusal) : receive(request, head, controller))
			.flatMap((response) -> answer(exchange.getResponse(), response));
	}

	private static WebhookRequest head(ServerHttpRequest request) {
		HttpHeaders headers = request.getHeaders();
		return new WebhookRequest(request.getMethod().name(), headers.getOrEmpty(WebhookRequest.TOKEN_HEADER),
				headers.getContentLength(), headers.getOrEmpty(HttpHeaders.CONTENT_ENCODING),
				WebhookRequest.trace(headers::getFirst));
	}

	private Mono<WebhookResponse> receive(ServerHttpRequest request, WebhookRequest head,
			WebhookController controller) {
		return DataBufferUtils.join(request.getBody(), this.settings.maxBodySize())
			.map(DeliveryWebFilter::bytes)
			.defaultIfEmpty(new byte[0])
			.timeout(this.settings.timeout())
			.map((body) -> controller.receive(head, body).onErrorResume(DeliveryWebFilter::fail))
			.onErrorResume(DataBufferLimitException.class, (ex) -> Mono.just(Mono.fromSupplier(controller::tooLarge)))
			.onErrorResume(TimeoutException.class, (ex) -> Mono.just(Mono.fromSupplier(controller::tooSlow)))
			.onErrorResume((failure) -> Mono.just(Mono.fromSupplier(controller::unreadable)))
			.flatMap(Function.identity());
	}

	private static Mono<WebhookResponse> fail(Throwable failure) {
		logger.warn("A delivery has failed", failure);
		return Mono.just(WebhookResponse.closing(503));
	}

	/**
	 * A sender that has hung up gets no answer, nor does one whose request the server has
	 * refused meanwhile.
	 */
	private static Mono<Void> answer(ServerHttpResponse response, WebhookResponse answer) {
		return write(response, answer).onErrorResume((failure) -> {
			logger.debug("The answer to a delivery was not taken: " + failure.getClass().getName());
			return Mono.empty();
		});
	}

	private static byte[] bytes(DataBuffer buffer) {
		byte[] bytes = new byte[buffer.readableByteCount()];
		buffer.read(bytes);
		DataBufferUtils.release(buffer);
		return bytes;
	}

	private static Mono<Void> write(ServerHttpResponse response, WebhookResponse answer) {
		response.setStatusCode(HttpStatusCode.valueOf(answer.status()));
		answer.headers().forEach(response.getHeaders()::set);
		response.getHeaders().setContentLength(answer.body().length);
		return (answer.body().length > 0)
				? response.writeWith(Mono.fromSupplier(() -> response.bufferFactory().wrap(answer.body())))
				: response.setComplete();
	}

}
