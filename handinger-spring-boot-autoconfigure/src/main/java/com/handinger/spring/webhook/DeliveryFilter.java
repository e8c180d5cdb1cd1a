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
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Pattern;

import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.web.filter.ServerHttpObservationFilter;
import org.springframework.web.util.UriUtils;

/**
 * The webhook in a servlet web application. It stands before Spring Security, and before
 * anything that reads a body.
 */
final class DeliveryFilter implements Filter {

	/**
	 * Tomcat takes such spellings of the context path for the context path.
	 */
	private static final Pattern UNTIDY = Pattern.compile(";|//|/\\.{1,2}(/|$)");

	private final String servletPath;

	private final String path;

	private final WebhookTokens tokens;

	private final Supplier<WebhookController> controller;

	/**
	 * Create a new filter.
	 * @param servletPath the path of Spring MVC, below the context path
	 * @param path the path of the webhook, below that of Spring MVC
	 * @param tokens the tokens that open the webhook
	 * @param controller gives the webhook, if there is one
	 */
	DeliveryFilter(String servletPath, String path, WebhookTokens tokens, Supplier<WebhookController> controller) {
		this.servletPath = servletPath;
		this.path = path;
		this.tokens = tokens;
		this.controller = controller;
	}

	@Override
	public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		if (request instanceof HttpServletRequest httpRequest && response instanceof HttpServletResponse httpResponse
				&& isForWebhook(original(httpRequest)) && this.tokens.areExpected()) {
			receive(httpRequest, httpResponse);
		}
		else {
			chain.doFilter(request, response);
		}
	}

	/**
	 * Return the request of the container. Filters may have wrapped it: that of Spring
	 * for the headers of a proxy shows another path, and tidies up what comes behind the
	 * proxy's prefix.
	 */
	private static HttpServletRequest original(HttpServletRequest request) {
		HttpServletRequest original = request;
		while (original instanceof HttpServletRequestWrapper wrapper) {
			original = (HttpServletRequest) wrapper.getRequest();
		}
		return original;
	}

	/**
	 * The path is compared as it was sent: what servers make of other spellings differs.
	 * Before it is the path of the application, encoded or not.
	 */
	private boolean isForWebhook(HttpServletRequest request) {
		String uri = request.getRequestURI();
		return uri.endsWith(this.path)
				&& isPathOfApplication(request, uri.substring(0, uri.length() - this.path.length()));
	}

	private boolean isPathOfApplication(HttpServletRequest request, String path) {
		String decoded = decode(path);
		return decoded.equals(decode(request.getContextPath()) + this.servletPath) && !UNTIDY.matcher(decoded).find();
	}

	private static String decode(String path) {
		return UriUtils.decode(path, StandardCharsets.UTF_8);
	}

	private void receive(HttpServletRequest request, HttpServletResponse response) {
		ServerHttpObservationFilter.findObservationContext(request)
			.ifPresent((context) -> context.setPathPattern(this.servletPath + this.path));
		WebhookController controller = this.controller.get();
		WebhookRequest head = head(request);
		WebhookResponse refusal = controller.refuse(head);
		ServletExchange exchange = new ServletExchange(controller, head, request, response);
		if (refusal != null) {
			exchange.answer(refusal);
		}
		else {
			exchange.receive(original(request));
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
