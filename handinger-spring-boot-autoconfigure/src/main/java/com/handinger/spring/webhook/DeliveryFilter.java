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
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.ServerHttpObservationFilter;

/**
 * The webhook in a servlet web application. It stands before Spring Security, and before
 * anything that reads a body.
 */
final class DeliveryFilter implements Filter {

	private final String path;

	private final WebhookTokens tokens;

	private final Supplier<WebhookController> controller;

	/**
	 * Create a new filter.
	 * @param path the path of the webhook, below the context path
	 * @param tokens the tokens that open the webhook
	 * @param controller gives the webhook, if there is one
	 */
	DeliveryFilter(String path, WebhookTokens tokens, Supplier<WebhookController> controller) {
		this.path = path;
		this.tokens = tokens;
		this.controller = controller;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (request instanceof HttpServletRequest httpRequest && response instanceof HttpServletResponse httpResponse
				&& isForWebhook(httpRequest) && this.tokens.areExpected()) {
			receive(httpRequest, httpResponse);
		}
		else {
			chain.doFilter(request, response);
		}
	}

	/**
	 * The path is compared as it was sent: what servers make of other spellings differs.
	 */
	private boolean isForWebhook(HttpServletRequest request) {
		String contextPath = request.getContextPath();
		String path = request.getRequestURI();
		return path.equals(contextPath + this.path)
				&& contextPath.chars().noneMatch((character) -> character == '%' || character == ';');
	}

	private void receive(HttpServletRequest request, HttpServletResponse response) throws IOException {
		ServerHttpObservationFilter.findObservationContext(request)
			.ifPresent((context) -> context.setPathPattern(this.path));
		WebhookController controller = this.controller.get();
		WebhookRequest head = head(request);
		WebhookResponse refusal = controller.refuse(head);
		AsyncContext context = request.startAsync(request, response);
		context.setTimeout(0);
		if (refusal != null) {
			// Tomcat would keep its thread waiting for the body, were this not
			// asynchronous.
			try {
				ServletExchange.write(request, response, refusal);
			}
			finally {
				ServletExchange.complete(context);
			}
		}
		else {
			request.getInputStream().setReadListener(new ServletExchange(controller, head, context));
		}
	}

	private static WebhookRequest head(HttpServletRequest request) {
		return new WebhookRequest(request.getMethod(), headers(request, WebhookRequest.TOKEN_HEADER),
				request.getContentLengthLong(), headers(request, HttpHeaders.CONTENT_ENCODING),
				WebhookRequest.trace(request::getHeader));
	}

	private static List<String> headers(HttpServletRequest request, String name) {
		return Collections.list(request.getHeaders(name));
	}

}
