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

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;

import com.handinger.spring.transport.SafeLog;
import com.handinger.spring.transport.Scheduling;
import com.handinger.spring.webhook.WebhookController.WebhookRequest;
import com.handinger.spring.webhook.WebhookController.WebhookResponse;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.web.context.request.async.StandardServletAsyncWebRequest;
import org.springframework.web.filter.ServerHttpObservationFilter;
import org.springframework.web.util.UriUtils;

/**
 * The webhook in a servlet web application, before Spring Security and before anything
 * that reads a body. The body is read on the thread of the container, and the response
 * needs no thread until it is there. For internal use only.
 */
public final class DeliveryFilter implements Filter {

	private static final SafeLog logger = SafeLog.of(DeliveryFilter.class);

	/**
	 * Spellings of the context path that Tomcat accepts.
	 */
	private static final Pattern UNTIDY = Pattern.compile(";|//|/\\.{1,2}(/|$)");

	private static final int BUFFER_SIZE = 4096;

	private static final String ANSWER = DeliveryFilter.class.getName() + ".ANSWER";

	private final WebhookLifecycle webhook;

	private final WebhookSettings settings;

	private final String servletPath;

	/**
	 * Create a new filter.
	 * @param webhook the webhook
	 * @param servletPath the path of Spring MVC, below the context path
	 */
	public DeliveryFilter(WebhookLifecycle webhook, String servletPath) {
		this.webhook = webhook;
		this.settings = webhook.settings();
		this.servletPath = servletPath;
	}

	/**
	 * Tomcat drops the answer to a body that can't be read, and calls the error page of
	 * the application, which Spring Security guards: then answer again.
	 */
	@Override
	public void doFilter(ServletRequest servletRequest, ServletResponse servletResponse, FilterChain chain)
			throws IOException, ServletException {
		HttpServletRequest request = (HttpServletRequest) servletRequest;
		HttpServletResponse response = (HttpServletResponse) servletResponse;
		boolean isError = request.getDispatcherType() == DispatcherType.ERROR;
		WebhookController controller = (!isError && isForWebhook(original(request))) ? this.webhook.controller() : null;
		if (controller != null) {
			receive(controller, request, response);
		}
		else if (isError && request.getAttribute(ANSWER) instanceof WebhookResponse answer) {
			write(answer, request, response, null);
		}
		else {
			chain.doFilter(request, response);
		}
	}

	/**
	 * Return the request of the container. Filters may have wrapped it: Spring's filter
	 * for forwarded headers changes the path, and normalizes the part after the prefix.
	 */
	private static HttpServletRequest original(HttpServletRequest request) {
		HttpServletRequest original = request;
		while (original instanceof HttpServletRequestWrapper wrapper) {
			original = (HttpServletRequest) wrapper.getRequest();
		}
		return original;
	}

	/**
	 * The path is compared as it was sent, because servers differ in how they normalize
	 * it. The path of the application before it may be encoded or not.
	 */
	private boolean isForWebhook(HttpServletRequest request) {
		String uri = request.getRequestURI();
		String path = this.settings.path();
		if (!uri.endsWith(path)) {
			return false;
		}
		String prefix = decode(uri.substring(0, uri.length() - path.length()));
		return prefix.equals(decode(request.getContextPath()) + this.servletPath) && !UNTIDY.matcher(prefix).find();
	}

	private static String decode(String path) {
		return UriUtils.decode(path, StandardCharsets.UTF_8);
	}

	private void receive(WebhookController controller, HttpServletRequest request, HttpServletResponse response) {
		ServerHttpObservationFilter.findObservationContext(request)
			.ifPresent((context) -> context.setPathPattern(this.servletPath + this.settings.path()));
		AsyncContext context = startAsync(request, response);
		CompletableFuture<WebhookResponse> answer = controller
			.receive(new WebhookRequest(request.getMethod(), (name) -> Collections.list(request.getHeaders(name)),
					request.getContentLengthLong(), Mono.fromCallable(() -> read(request))))
			.toFuture()
			.exceptionally(DeliveryFilter::failed);
		if (context == null || isMocked(original(request))) {
			AwaitedListenerFactory.await(Mono.fromFuture(answer), "A delivery");
		}
		// Otherwise it may come from an event loop, and writing it may block.
		Executor writer = answer.isDone() ? Runnable::run : (write) -> Scheduling.blocking(() -> {
			write.run();
			return null;
		}).toFuture();
		answer.thenAcceptAsync((it) -> write(it, request, response, context), writer);
	}

	private static WebhookResponse failed(Throwable failure) {
		logger.warn("A delivery has failed: " + failure.getClass().getName());
		return WebhookResponse.closing(503);
	}

	/**
	 * Start asynchronous processing, unless a filter or the container does not support
	 * it. A refused request needs it, too, or Tomcat's thread would wait for the body. A
	 * broken request is completed, or Tomcat would call the error page of the
	 * application, which Spring Security guards.
	 */
	private static @Nullable AsyncContext startAsync(HttpServletRequest request, HttpServletResponse response) {
		AtomicReference<@Nullable AsyncContext> context = new AtomicReference<>();
		StandardServletAsyncWebRequest async = new StandardServletAsyncWebRequest(request, response);
		async.setTimeout(0L);
		async.addErrorHandler((failure) -> complete(context.get()));
		try {
			async.startAsync();
		}
		catch (IllegalStateException ex) {
			return null;
		}
		context.set(request.getAsyncContext());
		return context.get();
	}

	/**
	 * {@code MockMvc} looks at the response as soon as the filter returns.
	 */
	private static boolean isMocked(HttpServletRequest request) {
		return request.getClass().getName().startsWith("org.springframework.mock.");
	}

	/**
	 * Read the body with blocking reads. A slow sender has the token, so it is Handinger.
	 */
	private byte[] read(HttpServletRequest request) throws IOException, TimeoutException {
		long start = System.nanoTime();
		long limit = this.settings.maxBodySize().toBytes();
		byte[] buffer = new byte[BUFFER_SIZE];
		ByteArrayOutputStream body = new ByteArrayOutputStream();
		try {
			InputStream input = request.getInputStream();
			int length = 0;
			while (length >= 0 && body.size() <= limit) {
				if (System.nanoTime() - start > this.settings.timeout().toNanos()) {
					throw new TimeoutException("The body is too slow");
				}
				// A stream may block until it has as many bytes as it is asked for.
				length = input.read(buffer, 0, Math.max(1, Math.min(input.available(), buffer.length)));
				body.write(buffer, 0, Math.max(length, 0));
			}
		}
		catch (RuntimeException ex) {
			logger.warn("The body of a delivery cannot be read, because of a filter before the webhook: "
					+ ex.getClass().getName());
			throw ex;
		}
		if (body.size() > limit) {
			throw new DataBufferLimitException("The body is too large");
		}
		return body.toByteArray();
	}

	/**
	 * A sender that has hung up gets no answer.
	 */
	private static void write(WebhookResponse answer, HttpServletRequest request, HttpServletResponse response,
			@Nullable AsyncContext context) {
		try {
			request.setAttribute(ANSWER, answer);
			// Only in HTTP/1.1 does an answer close its connection.
			boolean closes = request.getProtocol().startsWith("HTTP/1");
			response.setStatus(answer.status());
			answer.headers().forEach((name, value) -> {
				if (closes || !name.equals(WebhookResponse.CONNECTION)) {
					response.setHeader(name, value);
				}
			});
			response.setContentLength(answer.body().length);
			response.getOutputStream().write(answer.body());
		}
		catch (IOException | RuntimeException ex) {
			logger.debug(() -> "The answer to a delivery was not written: " + ex.getClass().getName());
		}
		finally {
			complete(context);
		}
	}

	/**
	 * A sender that has reset its stream has completed it.
	 */
	private static void complete(@Nullable AsyncContext context) {
		try {
			if (context != null) {
				context.complete();
			}
		}
		catch (IllegalStateException ex) {
			logger.debug(() -> "A delivery was over before its answer: " + ex.getClass().getName());
		}
	}

}
