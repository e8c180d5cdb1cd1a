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

import java.io.Serializable;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import com.handinger.spring.transport.Redaction;
import com.handinger.spring.transport.SafeLog;
import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.io.buffer.DataBufferLimitException;

/**
 * The webhook, independent of the web server: the steps of a delivery, in their order.
 */
final class WebhookController {

	private static final SafeLog logger = SafeLog.of(WebhookController.class);

	private static final String INVALID = "invalid";

	private final WebhookSettings settings;

	private final WebhookTokens tokens;

	private final Runnable onUnknownToken;

	private final Deliveries deliveries;

	private final ListenerCalls calls;

	private final WebhookMetrics metrics;

	private final Clock clock;

	private final RefusedRequests unauthorized = new RefusedRequests();

	private final RefusedRequests undecided = new RefusedRequests();

	/**
	 * Create a new controller.
	 * @param settings the settings
	 * @param tokens the accepted tokens
	 * @param onUnknownToken called if a token is not accepted; must neither block nor
	 * fail
	 * @param deliveries looks up delivered tasks
	 * @param calls claims finished turns and calls the listeners
	 * @param metrics observes and counts deliveries
	 * @param clock the clock
	 */
	WebhookController(WebhookSettings settings, WebhookTokens tokens, Runnable onUnknownToken, Deliveries deliveries,
			ListenerCalls calls, WebhookMetrics metrics, Clock clock) {
		this.settings = settings;
		this.tokens = tokens;
		this.onUnknownToken = onUnknownToken;
		this.deliveries = deliveries;
		this.calls = calls;
		this.metrics = metrics;
		this.clock = clock;
	}

	/**
	 * Receive a delivery. The response is never an error.
	 */
	Mono<WebhookResponse> receive(WebhookRequest request) {
		return Mono.<Void>fromRunnable(() -> refuse(request))
			.then(read(request))
			.map(this::identify)
			.flatMap((delivery) -> observe(request, delivery, this.deliveries.lookUp(delivery, this.calls::claim)))
			.map(WebhookResponse::of)
			.onErrorResume(WebhookController::answer);
	}

	/**
	 * Recover a missed delivery: the same steps from the look-up on.
	 */
	Mono<Outcome> recover(Delivery missed) {
		return this.deliveries.lookUp(missed, this.calls::claim);
	}

	/**
	 * Refuse a request by its head: method, token, size, encoding.
	 * @throws RefusedException if it is refused
	 */
	private void refuse(WebhookRequest request) {
		if (!request.method().equals("POST")) {
			throw refused(INVALID, 405);
		}
		if (!isAuthorized(request)) {
			this.unauthorized.add("without the right token",
					"If Handinger sent them, compare handinger.webhook.tokens with the token that Handinger shows "
							+ "for the webhook of the worker");
			this.onUnknownToken.run();
			throw refused("unauthorized", 401);
		}
		if (request.contentLength() > this.settings.maxBodySize().toBytes()) {
			throw refused("too-large", 413);
		}
		if (request.isEncoded()) {
			throw refused(INVALID, 415);
		}
	}

	private boolean isAuthorized(WebhookRequest request) {
		List<String> tokens = request.tokens();
		try {
			return tokens.size() == 1 && this.tokens.accept(tokens.get(0));
		}
		catch (RuntimeException ex) {
			this.undecided.add("that are refused",
					"The reason is that the tokens of the webhook can't be read from the connection details: "
							+ Redaction.of(String.valueOf(ex)));
			throw refused("failed", 503);
		}
	}

	private Mono<byte[]> read(WebhookRequest request) {
		return request.body().onErrorMap((failure) -> {
			if (failure instanceof DataBufferLimitException) {
				return refused("too-large", 413);
			}
			boolean isTooSlow = failure instanceof TimeoutException
					|| NestedExceptionUtils.getMostSpecificCause(failure) instanceof SocketTimeoutException;
			return refused(INVALID, isTooSlow ? 408 : 400);
		});
	}

	private Delivery identify(byte[] body) {
		Map<String, @Nullable Object> content = Delivery.read(body);
		String taskId = Delivery.findTaskId(content);
		if (taskId == null) {
			logger.warn("A delivery is refused because its body is no JSON object that names a task: " + body.length
					+ " bytes, SHA-256 " + HexFormat.of().formatHex(WebhookTokens.sha256(body)));
			this.metrics.count(INVALID);
			throw new RefusedException(WebhookResponse.badRequest("The body is no JSON object that names a task"));
		}
		return Delivery.delivered(taskId, this.clock.instant(), content);
	}

	/**
	 * Neither the timeout nor a sender that hangs up stops the work, or keeps it from
	 * being counted: {@code cache()} does not pass a cancellation on.
	 */
	private Mono<Outcome> observe(WebhookRequest request, Delivery delivery, Mono<Outcome> work) {
		long start = System.nanoTime();
		Observation observation = this.metrics.start(delivery.taskId(), request.trace());
		return work.contextWrite(Context.of(ObservationThreadLocalAccessor.KEY, observation))
			.cache()
			.timeout(this.settings.timeout(), Mono.fromSupplier(() -> timedOut(delivery)))
			.doOnNext((outcome) -> this.metrics.stop(observation, outcome, Duration.ofNanos(System.nanoTime() - start)))
			.cache();
	}

	private Outcome timedOut(Delivery delivery) {
		logger.warn("The delivery of task " + delivery.taskId() + " is not handled within handinger.webhook.timeout ("
				+ this.settings.timeout().toMillis() + " ms), so it is answered with 503. The work continues");
		return Outcome.TIMED_OUT;
	}

	private RefusedException refused(String outcome, int status) {
		this.metrics.count(outcome);
		return new RefusedException(WebhookResponse.closing(status));
	}

	private static Mono<WebhookResponse> answer(Throwable failure) {
		if (failure instanceof RefusedException refused) {
			return Mono.just(refused.response);
		}
		logger.warn("A delivery has failed", failure);
		return Mono.just(WebhookResponse.closing(503));
	}

	/**
	 * A request is refused.
	 */
	private static final class RefusedException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		private final WebhookResponse response;

		RefusedException(WebhookResponse response) {
			super(null, null, false, false);
			this.response = response;
		}

	}

	/**
	 * Logs requests that are refused for one reason: one line per minute with their
	 * number.
	 */
	static final class RefusedRequests {

		private static final long INTERVAL = Duration.ofMinutes(1).toNanos();

		private final AtomicLong count = new AtomicLong();

		private final AtomicLong nextLine = new AtomicLong(System.nanoTime());

		void add(String kind, String hint) {
			this.count.incrementAndGet();
			long due = this.nextLine.get();
			long now = System.nanoTime();
			if (now - due >= 0 && this.nextLine.compareAndSet(due, now + INTERVAL)) {
				logger.warn("Requests to the webhook " + kind + " since the last line: " + this.count.getAndSet(0)
						+ ". " + hint);
			}
		}

	}

	/**
	 * A request to the webhook, independent of the web server.
	 *
	 * @param method the HTTP method
	 * @param headers returns the values of a header, which may be none
	 * @param contentLength the length of the body in bytes, or a negative number if it is
	 * not known
	 * @param body the body, which is read on subscription. Fails with a
	 * {@code DataBufferLimitException} if it is too large, and with a
	 * {@code TimeoutException} or {@code SocketTimeoutException} if it is too slow
	 */
	record WebhookRequest(String method, Function<String, List<String>> headers, long contentLength,
			Mono<byte[]> body) {

		/**
		 * Baggage from outside is ignored.
		 */
		private static final List<String> TRACE_HEADERS = List.of("traceparent", "tracestate");

		List<String> tokens() {
			return this.headers.apply("X-Handinger-Token");
		}

		boolean isEncoded() {
			return !this.headers.apply("Content-Encoding")
				.stream()
				.allMatch((encoding) -> encoding.trim().equalsIgnoreCase("identity"));
		}

		/**
		 * Return the headers that continue a trace.
		 */
		Map<String, String> trace() {
			Map<String, String> trace = new HashMap<>();
			for (String name : TRACE_HEADERS) {
				this.headers.apply(name).stream().findFirst().ifPresent((value) -> trace.put(name, value));
			}
			return trace;
		}

	}

	/**
	 * The response to a request to the webhook.
	 *
	 * @param status the HTTP status
	 * @param headers the headers
	 * @param body the body, which is empty except for a problem detail
	 */
	record WebhookResponse(int status, Map<String, String> headers, byte[] body) implements Serializable {

		static final String CONNECTION = "Connection";

		private static final byte[] EMPTY = {};

		static WebhookResponse of(Outcome outcome) {
			Map<String, String> headers = (outcome.status() == 503) ? Map.of("Retry-After", "5") : Map.of();
			return new WebhookResponse(outcome.status(), headers, EMPTY);
		}

		/**
		 * Create the response to a request whose body is not read to its end.
		 */
		static WebhookResponse closing(int status) {
			return new WebhookResponse(status,
					(status == 405) ? Map.of(CONNECTION, "close", "Allow", "POST") : Map.of(CONNECTION, "close"),
					EMPTY);
		}

		/**
		 * Create a 400. The detail must not repeat the request. The connection is closed,
		 * because the rest of the body may follow.
		 */
		static WebhookResponse badRequest(String detail) {
			String problem = "{\"type\":\"about:blank\",\"title\":\"Bad Request\",\"status\":400,\"detail\":\"" + detail
					+ "\"}";
			return new WebhookResponse(400, Map.of("Content-Type", "application/problem+json", CONNECTION, "close"),
					problem.getBytes(StandardCharsets.UTF_8));
		}

		@Override
		public String toString() {
			return "WebhookResponse[status=" + this.status + "]";
		}

	}

}
