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

package com.handinger.sample;

import com.handinger.spring.autoconfigure.HandingerProperties;
import reactor.core.publisher.Mono;

import org.springframework.core.Ordered;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;

/**
 * Records deliveries that are refused because of their token, without their content.
 */
@Component
final class RefusedDeliveries implements WebFilter, Ordered {

	private final SeenDeliveries deliveries;

	private final HandingerProperties properties;

	RefusedDeliveries(SeenDeliveries deliveries, HandingerProperties properties) {
		this.deliveries = deliveries;
		this.properties = properties;
	}

	/**
	 * Run before the webhook.
	 */
	@Override
	public int getOrder() {
		return this.properties.webhook().filterOrder() - 1;
	}

	@Override
	public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
		Mono<Void> answered = chain.filter(exchange);
		return exchange.getRequest().getPath().value().equals(this.properties.webhook().path())
				? answered.doFinally((signal) -> note(exchange)) : answered;
	}

	private void note(ServerWebExchange exchange) {
		if (exchange.getResponse().getStatusCode() == HttpStatus.UNAUTHORIZED) {
			this.deliveries.add("refused", null);
		}
	}

}
