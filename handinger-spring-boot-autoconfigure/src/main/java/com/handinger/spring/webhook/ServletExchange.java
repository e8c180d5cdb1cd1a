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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Reads the body of a delivery and answers it, without a thread that waits. A servlet's
 * answer may block, so it is never written on an event loop.
 */
final class ServletExchange implements ReadListener {

	private static final Log logger = LogFactory.getLog(ServletExchange.class);

	private static final int BUFFER_SIZE = 4096;

	private final WebhookController controller;

	private final WebhookRequest head;

	private final AsyncContext context;

	private final ServletInputStream input;

	private final ByteArrayOutputStream body = new ByteArrayOutputStream();

	private final AtomicBoolean readToEnd = new AtomicBoolean();

	private final Disposable deadline;

	ServletExchange(WebhookController controller, WebhookRequest head, AsyncContext context) throws IOException {
		this.controller = controller;
		this.head = head;
		this.context = context;
		this.input = context.getRequest().getInputStream();
		this.deadline = Mono.delay(controller.bodyTimeout())
			.publishOn(Schedulers.boundedElastic())
			.subscribe((late) -> end(controller::tooSlow));
	}

	@Override
	public void onDataAvailable() throws IOException {
		byte[] buffer = new byte[BUFFER_SIZE];
		while (!this.readToEnd.get() && this.input.isReady()) {
			int length = this.input.read(buffer);
			if (length < 0) {
				return;
			}
			this.body.write(buffer, 0, length);
			if (this.body.size() > this.controller.maxBodySize()) {
				end(this.controller::tooLarge);
			}
		}
	}

	@Override
	public void onAllDataRead() {
		if (this.readToEnd.compareAndSet(false, true)) {
			this.deadline.dispose();
			this.controller.receive(this.head, this.body.toByteArray())
				.publishOn(Schedulers.boundedElastic())
				.subscribe(this::answer, this::fail);
		}
	}

	@Override
	public void onError(Throwable failure) {
		end(this.controller::unreadable);
	}

	private void end(Supplier<WebhookResponse> response) {
		if (this.readToEnd.compareAndSet(false, true)) {
			this.deadline.dispose();
			answer(response.get());
		}
	}

	private void fail(Throwable failure) {
		logger.warn("A delivery has failed", failure);
		answer(WebhookResponse.closing(503));
	}

	/**
	 * A sender that has hung up gets no answer.
	 */
	private void answer(WebhookResponse response) {
		try {
			write((HttpServletRequest) this.context.getRequest(), (HttpServletResponse) this.context.getResponse(),
					response);
		}
		catch (IOException | IllegalStateException ex) {
			logger.debug("The answer to a delivery was not taken: " + ex.getClass().getName());
		}
		finally {
			complete(this.context);
		}
	}

	/**
	 * A sender that has reset its stream has completed it.
	 */
	static void complete(AsyncContext context) {
		try {
			context.complete();
		}
		catch (IllegalStateException ex) {
			logger.debug("A delivery was over before its answer: " + ex.getClass().getName());
		}
	}

	/**
	 * Only HTTP/1.1 has connections that an answer can close.
	 */
	static void write(HttpServletRequest request, HttpServletResponse response, WebhookResponse answer)
			throws IOException {
		response.setStatus(answer.status());
		boolean closes = request.getProtocol().startsWith("HTTP/1");
		answer.headers().forEach((name, value) -> {
			if (closes || !name.equals(WebhookResponse.CONNECTION)) {
				response.setHeader(name, value);
			}
		});
		response.setContentLength(answer.body().length);
		response.getOutputStream().write(answer.body());
	}

}
