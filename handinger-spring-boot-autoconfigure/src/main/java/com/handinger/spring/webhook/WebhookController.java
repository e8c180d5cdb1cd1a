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

import java.time.Clock;
import java.time.Duration;
import java.util.Map;

import com.handinger.spring.transport.PluggedInCode;
import com.handinger.spring.transport.SafeLog;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * The webhook, whatever web server it is behind. What comes is checked in this order:
 * method, token, size, encoding, body.
 */
final class WebhookController {

	private static final SafeLog logger = SafeLog.of(WebhookController.class);

	private static final String UNAUTHORIZED = "unauthorized";

	private static final String INVALID = "invalid";

	private static final String TOO_LARGE = "too-large";

	private static final String FAILED = "failed";

	private static final int RETRY_AFTER_SECONDS = 5;

	private final WebhookSettings settings;

	private final WebhookTokens tokens;

	private final Runnable onUnknownToken;

	private final Deliveries deliveries;

	private final ObservationRegistry observations;

	private final @Nullable WebhookMeters meters;

	private final Clock clock;

	private final PluggedInCode code = new PluggedInCode();

	private final RefusedRequests refused = new RefusedRequests();

	private final RefusedRequests unreadable = new RefusedRequests();

	/**
	 * Create a new controller.
	 * @param settings what the application has set
	 * @param tokens the tokens that open it
	 * @param onUnknownToken what to do when a token is not among them; it must neither
	 * block nor fail
	 * @param deliveries sees to what is delivered
	 * @param observations where deliveries are observed
	 * @param meters what counts them, or {@code null} if nothing does
	 * @param clock tells the time
	 */
	WebhookController(WebhookSettings settings, WebhookTokens tokens, Runnable onUnknownToken, Deliveries deliveries,
			ObservationRegistry observations, @Nullable WebhookMeters meters, Clock clock) {
		this.settings = settings;
		this.tokens = tokens;
		this.onUnknownToken = onUnknownToken;
		this.deliveries = deliveries;
		this.observations = observations;
		this.meters = meters;
		this.clock = clock;
	}

	int maxBodySize() {
		return this.settings.maxBodySize();
	}

	/**
	 * Return how long a body may take to arrive.
	 */
	Duration bodyTimeout() {
		return this.settings.timeout();
	}

	/**
	 * Return why a request is refused before its body is read, or {@code null} if it is
	 * not.
	 */
	@Nullable WebhookResponse refuse(WebhookRequest request) {
		if (!request.method().equals("POST")) {
			count(INVALID);
			return WebhookResponse.closing(405).with("Allow", "POST");
		}
		try {
			if (request.tokens().size() != 1 || !this.tokens.accept(request.tokens().get(0))) {
				count(UNAUTHORIZED);
				this.refused.addUnauthorized();
				this.onUnknownToken.run();
				return WebhookResponse.closing(401);
			}
		}
		catch (UnreadableTokensException ex) {
			count(FAILED);
			this.unreadable.addUnreadable(ex);
			return WebhookResponse.closing(503);
		}
		if (request.contentLength() > this.settings.maxBodySize()) {
			return tooLarge();
		}
		if (!request.contentEncodings().stream().allMatch((encoding) -> encoding.trim().equalsIgnoreCase("identity"))) {
			count(INVALID);
			return WebhookResponse.closing(415);
		}
		return null;
	}

	/**
	 * Return the answer to a body that is larger than allowed.
	 */
	WebhookResponse tooLarge() {
		count(TOO_LARGE);
		return WebhookResponse.closing(413);
	}

	/**
	 * Return the answer to a body that does not come to its end in time.
	 */
	WebhookResponse tooSlow() {
		count(INVALID);
		return WebhookResponse.closing(408);
	}

	/**
	 * Return the answer to a body that can't be read.
	 */
	WebhookResponse unreadable() {
		count(INVALID);
		return WebhookResponse.closing(400);
	}

	/**
	 * Take a delivery. Whoever waits for the answer may cancel; the work goes on.
	 */
	Mono<WebhookResponse> receive(WebhookRequest request, byte[] body) {
		return Mono.defer(() -> {
			Map<String, @Nullable Object> content = DeliveryBody.read(body);
			String taskId = (content != null) ? DeliveryBody.taskId(content) : null;
			if (content == null || taskId == null) {
				count(INVALID);
				logger.warn("A delivery is refused, since its body "
						+ ((content == null) ? "is no JSON object" : "names no task") + ": " + body.length
						+ " bytes, SHA-256 " + Sha256.hex(body));
				return Mono.just(WebhookResponse
					.badRequest((content == null) ? "The body is no JSON object" : "The body names no task"));
			}
			return receive(request, Delivery.delivered(taskId, this.clock.instant(), content));
		});
	}

	private Mono<WebhookResponse> receive(WebhookRequest request, Delivery delivery) {
		long start = System.nanoTime();
		WebhookObservation observation = WebhookObservation.start(this.observations, request.trace(), this.code);
		observation.taskId(delivery.taskId());
		Mono<Outcome> work = this.deliveries.process(delivery)
			.contextWrite(Context.of(ObservationThreadLocalAccessor.KEY, observation.observation()));
		Mono<WebhookResponse> answer = Mono.fromFuture(work.toFuture(), true)
			.timeout(this.settings.timeout(), Mono.fromSupplier(() -> late(delivery)))
			.map((outcome) -> {
				count(outcome.tag());
				if (this.meters != null) {
					this.meters.record(outcome, Duration.ofNanos(System.nanoTime() - start));
				}
				observation.stop(outcome.tag());
				return response(outcome);
			});
		return Mono.fromFuture(answer.toFuture(), true);
	}

	private Outcome late(Delivery delivery) {
		logger.warn("The end of the task " + delivery.taskId() + " is not handled within handinger.webhook.timeout ("
				+ this.settings.timeout().toMillis() + " ms), so the delivery is answered with 503; the work goes on");
		return Outcome.TIMED_OUT;
	}

	private static WebhookResponse response(Outcome outcome) {
		WebhookResponse response = WebhookResponse.of(outcome.status());
		return (outcome.status() == 503) ? response.with("Retry-After", String.valueOf(RETRY_AFTER_SECONDS)) : response;
	}

	private void count(String outcome) {
		if (this.meters != null) {
			this.meters.count(outcome);
		}
	}

}
