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

package com.handinger.spring.transport;

import java.util.function.Function;
import java.util.function.UnaryOperator;

import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.RateLimitedException;
import com.handinger.spring.http.ServerErrorException;
import com.handinger.spring.transport.RequestBody.Writer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * A call that creates or runs something, and is carried out at most once. Its request is
 * sent again only if the first never reached Handinger or was rejected with a 429, and
 * never after a 408, a 5xx or a lost connection.
 *
 * @param <T> the type of the answer
 */
public final class OneTimeCall<T> {

	private final ApiCall<T> call;

	private final Gate gate;

	private final boolean connectsBeforeBody;

	private final Function<UnaryOperator<Writer>, Mono<T>> exchange;

	private final Backoff backoff;

	private final Scheduler clock;

	/**
	 * Create a new call.
	 * @param call the call
	 * @param gate the gate that its request has to pass
	 * @param backoff how often to try while no request was carried out
	 * @param connectsBeforeBody whether the HTTP library requests the body of a request
	 * only when it is connected
	 * @param exchange sends a request, with a guard for its body
	 * @param clock the timer of the waits between attempts
	 */
	OneTimeCall(ApiCall<T> call, Gate gate, Backoff backoff, boolean connectsBeforeBody,
			Function<UnaryOperator<Writer>, Mono<T>> exchange, Scheduler clock) {
		this.call = call;
		this.gate = gate;
		this.connectsBeforeBody = connectsBeforeBody;
		this.exchange = exchange;
		this.backoff = backoff;
		this.clock = clock;
	}

	/**
	 * Send the request, with the attempts that {@link Backoff} allows, unless it may have
	 * been carried out already.
	 * @return the answer, or a {@link HandingerException}
	 */
	public Mono<T> send() {
		return send(Mono.just(true));
	}

	/**
	 * Send the request like {@link #send()}, if a check before each attempt allows it.
	 * @param check emits something if the request is to be sent, and is empty if not
	 * @return the answer, or a {@link HandingerException}, or nothing if the request is
	 * not to be sent
	 */
	public Mono<T> send(Mono<?> check) {
		return this.backoff.retry(check.flatMap((allowed) -> attempt(this.gate.newPass())), this.call.name(),
				this::isRepeatable, this.clock);
	}

	/**
	 * Return whether a request may have reached Handinger and been carried out.
	 * @return whether it may
	 */
	public boolean mayHaveReached() {
		return this.gate.isPassed();
	}

	/**
	 * Return whether a failure allows no further attempt.
	 */
	boolean isFinal(@Nullable Throwable error) {
		return this.gate.isPassed() || error instanceof HandingerApiException;
	}

	/**
	 * Return the outcome after the last subscriber has cancelled, or {@code null} if
	 * nothing was sent.
	 */
	@Nullable Throwable abandoned() {
		return this.gate.isPassed() ? Failures.abandoned(this.call) : null;
	}

	private Mono<T> attempt(Gate.Pass pass) {
		return this.exchange.apply(pass::guard).doOnCancel(pass::revoke).onErrorMap((error) -> outcome(pass, error));
	}

	private Throwable outcome(Gate.Pass pass, Throwable error) {
		// A filter or the HTTP library may still send the request after it has failed.
		pass.revoke();
		if (error instanceof RateLimitedException) {
			pass.giveBack();
			return error;
		}
		if (error instanceof ServerErrorException) {
			return Failures.outcomeUnknown(this.call, error);
		}
		if (error instanceof HandingerConnectionException && this.gate.isPassed()) {
			// A filter has sent the request by itself.
			return Failures.outcomeUnknown(this.call, error);
		}
		if (error instanceof HandingerException) {
			return error;
		}
		Throwable cause = HandingerTransport.cause(error);
		if (Failures.isUnprocessed(cause)
				|| (!this.connectsBeforeBody && Failures.isConnectFailure(cause, pass.isWritten()))) {
			pass.giveBack();
		}
		if (this.gate.isPassed()) {
			return Failures.outcomeUnknown(this.call, cause);
		}
		return HandingerTransport.isNoAnswer(error) ? Failures.neverReached(this.call, cause) : error;
	}

	private boolean isRepeatable(Throwable error) {
		return !this.gate.isPassed() && (error instanceof HandingerConnectionException
				|| (error instanceof RateLimitedException && this.call.body().isRepeatable()));
	}

}
