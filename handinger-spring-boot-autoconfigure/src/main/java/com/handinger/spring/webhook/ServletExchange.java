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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import com.handinger.spring.transport.SafeLog;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Reads the body of a delivery and answers it, without a thread that waits if the request
 * allows that. A servlet's answer may block, so it is never written on an event loop.
 */
final class ServletExchange implements AsyncListener {

	private static final SafeLog logger = SafeLog.of(ServletExchange.class);

	private static final int BUFFER_SIZE = 4096;

	private final WebhookController controller;

	private final WebhookRequest head;

	private final HttpServletRequest request;

	private final HttpServletResponse response;

	private final @Nullable AsyncContext context;

	private final ByteArrayOutputStream body = new ByteArrayOutputStream();

	private final AtomicBoolean readToEnd = new AtomicBoolean();

	private final CountDownLatch answered = new CountDownLatch(1);

	private final Disposable.Swap deadline = Disposables.swap();

	/**
	 * Create a new exchange.
	 * @param controller the webhook
	 * @param head the head of the request
	 * @param request the request
	 * @param response its response
	 */
	ServletExchange(WebhookController controller, WebhookRequest head, HttpServletRequest request,
			HttpServletResponse response) {
		this.controller = controller;
		this.head = head;
		this.request = request;
		this.response = response;
		this.context = startAsync(request, response);
		if (this.context != null) {
			this.context.setTimeout(0);
			this.context.addListener(this);
		}
	}

	/**
	 * Start asynchronous processing, unless a filter or the container does not support
	 * it. Tomcat would keep its thread waiting for a body that is not read.
	 */
	private static @Nullable AsyncContext startAsync(HttpServletRequest request, HttpServletResponse response) {
		try {
			return request.startAsync(request, response);
		}
		catch (IllegalStateException ex) {
			return null;
		}
	}

	/**
	 * Read the body, and answer.
	 * @param original the request of the container, which filters may have wrapped
	 */
	void receive(HttpServletRequest original) {
		try {
			ServletInputStream input = this.request.getInputStream();
			if (this.context == null) {
				readAndWait(input);
			}
			else if (!isInputOf(original, input) || !listen(input)) {
				Thread caller = Thread.currentThread();
				this.context.start(() -> {
					if (Thread.currentThread() == caller) {
						// A mock of a container has no other thread, and shows the answer
						// as soon as this one returns.
						readAndWait(input);
					}
					else {
						read(input);
					}
				});
			}
		}
		catch (IOException | RuntimeException ex) {
			unreadable(ex);
		}
	}

	/**
	 * Return whether a stream is that of the container. That of a filter may ignore its
	 * listener, or never be ready.
	 */
	private static boolean isInputOf(HttpServletRequest original, ServletInputStream input) throws IOException {
		try {
			return original.getInputStream() == input;
		}
		catch (IllegalStateException ex) {
			// The filter has read the body through the reader.
			return false;
		}
	}

	private boolean listen(ServletInputStream input) {
		try {
			input.setReadListener(new BodyListener(input));
		}
		catch (UnsupportedOperationException | IllegalStateException ex) {
			return false;
		}
		this.deadline.update(Mono.delay(this.controller.bodyTimeout())
			.publishOn(Schedulers.boundedElastic())
			.subscribe((late) -> end(this.controller::tooSlow)));
		return true;
	}

	private void readAndWait(InputStream input) {
		read(input);
		try {
			this.answered.await();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/**
	 * Read as any stream can be read.
	 */
	private void read(InputStream input) {
		long start = System.nanoTime();
		byte[] buffer = new byte[BUFFER_SIZE];
		try {
			while (!this.readToEnd.get()) {
				// A stream may block until it has as many bytes as it is asked for.
				int length = input.read(buffer, 0, Math.max(1, Math.min(input.available(), BUFFER_SIZE)));
				if (length < 0) {
					receive();
				}
				else if (System.nanoTime() - start > this.controller.bodyTimeout().toNanos()) {
					end(this.controller::tooSlow);
				}
				else {
					add(buffer, length);
				}
			}
		}
		catch (IOException ex) {
			end(this.controller::unreadable);
		}
		catch (RuntimeException ex) {
			unreadable(ex);
		}
	}

	private void add(byte[] buffer, int length) {
		this.body.write(buffer, 0, length);
		if (this.body.size() > this.controller.maxBodySize()) {
			end(this.controller::tooLarge);
		}
	}

	private void receive() {
		if (this.readToEnd.compareAndSet(false, true)) {
			this.deadline.dispose();
			this.controller.receive(this.head, this.body.toByteArray())
				.publishOn(Schedulers.boundedElastic())
				.subscribe(this::answer, this::fail);
		}
	}

	private void end(Supplier<WebhookResponse> response) {
		if (this.readToEnd.compareAndSet(false, true)) {
			this.deadline.dispose();
			answer(response.get());
		}
	}

	private void unreadable(Exception failure) {
		logger.warn("The body of a delivery can't be read, because of a filter before the webhook: "
				+ failure.getClass().getName());
		end(this.controller::unreadable);
	}

	private void fail(Throwable failure) {
		logger.warn("A delivery has failed", failure);
		answer(WebhookResponse.closing(503));
	}

	/**
	 * Answer. A sender that has hung up gets no answer.
	 */
	void answer(WebhookResponse response) {
		try {
			write(response);
		}
		catch (IOException | RuntimeException ex) {
			logger.debug(() -> "The answer to a delivery was not taken: " + ex.getClass().getName());
		}
		finally {
			complete();
			this.answered.countDown();
		}
	}

	/**
	 * Only HTTP/1.1 has connections that an answer can close.
	 */
	private void write(WebhookResponse answer) throws IOException {
		this.response.setStatus(answer.status());
		boolean closes = this.request.getProtocol().startsWith("HTTP/1");
		answer.headers().forEach((name, value) -> {
			if (closes || !name.equals(WebhookResponse.CONNECTION)) {
				this.response.setHeader(name, value);
			}
		});
		this.response.setContentLength(answer.body().length);
		this.response.getOutputStream().write(answer.body());
	}

	/**
	 * A sender that has reset its stream has completed it.
	 */
	private void complete() {
		try {
			if (this.context != null) {
				this.context.complete();
			}
		}
		catch (IllegalStateException ex) {
			logger.debug(() -> "A delivery was over before its answer: " + ex.getClass().getName());
		}
	}

	@Override
	public void onStartAsync(AsyncEvent event) {
	}

	@Override
	public void onTimeout(AsyncEvent event) {
	}

	/**
	 * Tomcat would call the error page of the application, which Spring Security guards.
	 */
	@Override
	public void onError(AsyncEvent event) {
		complete();
	}

	@Override
	public void onComplete(AsyncEvent event) {
	}

	/**
	 * Is told by the container when there is something to read.
	 */
	private final class BodyListener implements ReadListener {

		private final ServletInputStream input;

		BodyListener(ServletInputStream input) {
			this.input = input;
		}

		@Override
		public void onDataAvailable() throws IOException {
			byte[] buffer = new byte[BUFFER_SIZE];
			while (!ServletExchange.this.readToEnd.get() && this.input.isReady()) {
				int length = this.input.read(buffer);
				if (length < 0) {
					return;
				}
				add(buffer, length);
			}
		}

		@Override
		public void onAllDataRead() {
			receive();
		}

		@Override
		public void onError(Throwable failure) {
			end(ServletExchange.this.controller::unreadable);
		}

	}

}
