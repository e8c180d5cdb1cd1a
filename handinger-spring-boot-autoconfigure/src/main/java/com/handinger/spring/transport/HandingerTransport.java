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

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.RateLimitedException;
import com.handinger.spring.http.ServerErrorException;
import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.transport.RequestBody.Writer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.WebClientRequestException;

/**
 * Sends calls of the API, and decides which of them may be sent again.
 * <p>
 * Calls that may be repeated are repeated after a failure of the connection, a timeout, a
 * 408, a 429 and every 5xx. Calls that create or run something are repeated only if the
 * request never reached Handinger or was rejected with a 429: {@link OneTimeCall} never
 * sends such a request again while the first may have been carried out.
 */
public final class HandingerTransport implements DisposableBean {

	private static final SafeLog logger = SafeLog.of(HandingerTransport.class);

	/**
	 * Reactor's key for the hook of a single sequence.
	 */
	private static final String ON_ERROR_DROPPED = "reactor.onErrorDropped.local";

	private static final Consumer<Throwable> LOG_LATE_FAILURE = (error) -> logger
		.debug(() -> "A failure came after the end of its call or delivery: " + error.getClass().getName());

	private final HttpConnections connections;

	private final Endpoint endpoint;

	private final Backoff backoff;

	private final ResponseReader responseReader;

	private final String userAgent;

	private final Scheduler clock;

	private final List<Runnable> closeListeners = new CopyOnWriteArrayList<>();

	private volatile @Nullable LastResponse lastResponse;

	private volatile boolean closed;

	/**
	 * Create a new transport.
	 * @param connections the connections that calls use
	 * @param endpoint the base URL and the API key
	 * @param backoff how often a call is made
	 * @param maxResponseSize the maximum size of a response, in bytes
	 * @param readTimeout the time within which the body of an error has to arrive
	 * @param userAgent the {@code User-Agent} header
	 * @param clock the timer of the waits between the attempts of a call
	 */
	public HandingerTransport(HttpConnections connections, Endpoint endpoint, Backoff backoff, int maxResponseSize,
			Duration readTimeout, String userAgent, Scheduler clock) {
		this.connections = connections;
		this.endpoint = endpoint;
		this.backoff = backoff;
		this.responseReader = new ResponseReader(maxResponseSize, readTimeout);
		this.userAgent = userAgent;
		this.clock = clock;
	}

	/**
	 * Make a call that may be repeated, with the attempts that {@link Backoff} allows.
	 * @param <T> the type of the answer
	 * @param call the call
	 * @return the answer, or a {@link HandingerException}
	 */
	public <T> Mono<T> send(ApiCall<T> call) {
		return this.backoff.retry(attempt(call), call.name(), HandingerTransport::isTransient, this.clock);
	}

	/**
	 * Make a single attempt of a call that polls a running task. The caller makes the
	 * next one.
	 * @param <T> the type of the answer
	 * @param call the call
	 * @return the answer, or a {@link HandingerException}
	 */
	public <T> Mono<T> poll(ApiCall<T> call) {
		return attempt(call.polling()).onErrorMap((error) -> !(error instanceof HandingerException),
				(error) -> Failures.noAnswer(call, error, false));
	}

	private <T> Mono<T> attempt(ApiCall<T> call) {
		return Mono.defer(() -> {
			AtomicBoolean connected = new AtomicBoolean();
			return exchange(call, (body) -> (request) -> {
				connected.set(true);
				return body.write(request);
			}).onErrorMap(HandingerTransport::isNoAnswer, (error) -> {
				Throwable cause = cause(error);
				return Failures.noAnswer(call, cause, this.connections.isReactorNetty()
						? !connected.get() || Failures.isUnprocessed(cause) : Failures.isConnectFailure(cause, false));
			});
		});
	}

	/**
	 * Make a call that creates or runs something. However often the result is subscribed
	 * to, there is at most one request that may have been carried out, and all
	 * subscribers get its outcome.
	 * @param <T> the type of the answer
	 * @param call the call
	 * @return the answer, or a {@link HandingerException}
	 */
	public <T> Mono<T> sendOnce(ApiCall<T> call) {
		return sendOnce(call, (answer) -> {
		});
	}

	/**
	 * Make a call that creates or runs something. However often the result is subscribed
	 * to, there is at most one request that may have been carried out, and all
	 * subscribers get its outcome.
	 * @param <T> the type of the answer
	 * @param call the call
	 * @param onAnswer called once with the response; it must neither block nor fail
	 * @return the answer, or a {@link HandingerException}
	 */
	public <T> Mono<T> sendOnce(ApiCall<T> call, Consumer<T> onAnswer) {
		OneTimeCall<T> once = prepare(call, () -> {
		});
		return new SingleFlight<>(once.send().doOnNext(onAnswer), once::isFinal, once::abandoned).mono();
	}

	/**
	 * Prepare a call that creates or runs something, for a caller that goes on if its
	 * outcome is unknown.
	 * @param <T> the type of the answer
	 * @param call the call
	 * @param onSend called on any thread when the request is sent; it must neither block
	 * nor fail
	 * @return the call
	 */
	public <T> OneTimeCall<T> prepare(ApiCall<T> call, Runnable onSend) {
		return new OneTimeCall<>(call, new Gate(onSend), this.backoff, this.connections.isReactorNetty(),
				(guard) -> exchange(call, (body) -> unlessClosed(guard.apply(body))), this.clock);
	}

	/**
	 * Return whether a failure is transient, so that a call that may be repeated should
	 * be: there was no response, a truncated one, a 408, a 429 or a 5xx.
	 * @param failure the failure
	 * @return whether it is transient
	 */
	public static boolean isTransient(Throwable failure) {
		return failure instanceof HandingerConnectionException || failure instanceof RateLimitedException
				|| failure instanceof ServerErrorException
				|| (failure instanceof UnexpectedResponseException unexpected && unexpected.isTruncated());
	}

	private <T> Mono<T> exchange(ApiCall<T> call, UnaryOperator<Writer> guard) {
		if (this.closed) {
			return Mono.error(Failures.closed(call));
		}
		URI uri;
		String apiKey;
		try {
			uri = this.endpoint.baseUrl().resolve(call.path());
			apiKey = this.endpoint.apiKey();
		}
		catch (RuntimeException ex) {
			return Mono.error(Failures.noAccess(call, ex));
		}
		long start = System.nanoTime();
		return caught(call.body()
			.writer()
			.flatMap((body) -> this.connections.exchange(call)
				.send(call, uri, (headers) -> addHeaders(headers, apiKey), guard.apply(body)))
			.flatMap((response) -> {
				note(call, response, start);
				return this.responseReader.read(call, response, apiKey);
			})
			.switchIfEmpty(Mono.error(NoResponseException::new))).contextWrite(HandingerTransport::expectLateFailures);
	}

	/**
	 * The names are in lower case, because {@link HttpHeaders} copies others to compare
	 * them.
	 */
	private void addHeaders(HttpHeaders headers, String apiKey) {
		headers.set("authorization", "Bearer " + apiKey);
		headers.set("accept", MediaType.APPLICATION_JSON_VALUE);
		headers.set("user-agent", this.userAgent);
	}

	/**
	 * Signal what a subscription throws. Reactor does not if a hook of a scheduler fails,
	 * or if a class that a filter uses can't be linked.
	 */
	private static <T> Mono<T> caught(Mono<T> call) {
		return Mono.fromDirect((subscriber) -> {
			try {
				call.subscribe(subscriber);
			}
			catch (Throwable ex) {
				Operators.error(subscriber, ex);
			}
		});
	}

	/**
	 * A queued request may get a connection during shutdown.
	 */
	private Writer unlessClosed(Writer body) {
		return (request) -> Mono
			.defer(() -> this.closed ? Mono.error(new IOException("the application ends")) : body.write(request));
	}

	/**
	 * The gateway timeout of a long task says nothing about Handinger.
	 */
	private void note(ApiCall<?> call, ClientResponse response, long start) {
		int status = ResponseReader.status(response);
		if (!call.waitsForTask() || status < 408) {
			this.lastResponse = new LastResponse(Instant.now(), status, Duration.ofNanos(System.nanoTime() - start),
					(status == 429) ? RetryAfter.of(response.headers().asHttpHeaders(), Clock.systemUTC()) : null);
		}
	}

	/**
	 * Return the last response of Handinger to any call.
	 * @return the response, or {@code null} if there was none yet
	 */
	public @Nullable LastResponse lastResponse() {
		return this.lastResponse;
	}

	/**
	 * Return the guard of code that the application plugs in.
	 * @return the guard
	 */
	public PluggedInCode code() {
		return this.connections.code();
	}

	/**
	 * Return the current base URL.
	 * @return the URL
	 */
	public String baseUrl() {
		return this.endpoint.baseUrl().toString();
	}

	/**
	 * Add a listener for the end of the application. Nothing more is sent by then.
	 * @param listener the listener, which must not fail
	 */
	public void onClose(Runnable listener) {
		this.closeListeners.add(listener);
	}

	@Override
	public void destroy() {
		this.closed = true;
		this.closeListeners.forEach(Runnable::run);
	}

	/**
	 * Add to a context that failures after the end of a sequence are logged at DEBUG.
	 * Reactor would log them as errors.
	 * @param context the context of a subscriber
	 * @return the context for the sequence
	 */
	public static Context expectLateFailures(ContextView context) {
		return context.hasKey(ON_ERROR_DROPPED) ? Context.of(context)
				: Context.of(context).put(ON_ERROR_DROPPED, LOG_LATE_FAILURE);
	}

	/**
	 * A filter of the application may have its own timeout.
	 */
	static boolean isNoAnswer(Throwable error) {
		return error instanceof WebClientRequestException || error instanceof TimeoutException
				|| error instanceof NoResponseException;
	}

	/**
	 * {@link WebClientRequestException} has the headers of the request, including the API
	 * key. Only its cause leaves this package.
	 */
	static Throwable cause(Throwable error) {
		return (error instanceof WebClientRequestException && error.getCause() != null) ? error.getCause() : error;
	}

	/**
	 * The base URL of the API and the API key. Both are read for every request, so that a
	 * key can be rotated without a restart.
	 */
	public interface Endpoint {

		/**
		 * Return the base URL. It must not block.
		 * @return the base URL
		 * @throws UnreadableException if it can't be read now
		 */
		BaseUrl baseUrl();

		/**
		 * Return the API key. It must not block.
		 * @return the key
		 * @throws UnreadableException if it can't be read now
		 */
		String apiKey();

		/**
		 * The application failed to supply the connection details. The next attempt may
		 * succeed.
		 */
		final class UnreadableException extends IllegalStateException {

			private static final long serialVersionUID = 1L;

			/**
			 * Create a new exception.
			 * @param source the bean that failed
			 * @param cause the failure
			 */
			public UnreadableException(String source, Throwable cause) {
				super("the connection details of Handinger can't be read from " + source + ", which has failed with "
						+ cause.getClass().getName(), cause);
			}

		}

	}

	/**
	 * The last response of Handinger to any call.
	 *
	 * @param at when the response started
	 * @param status the HTTP status
	 * @param latency the time from the request to the start of the response
	 * @param retryAfter how long Handinger asks to wait, or {@code null} if it does not
	 */
	public record LastResponse(Instant at, int status, Duration latency, @Nullable Duration retryAfter) {
	}

	/**
	 * A filter of the application dropped the response, or never sent the request.
	 */
	private static final class NoResponseException extends IOException {

		private static final long serialVersionUID = 1L;

		NoResponseException() {
			super("a filter of the application's WebClient has ended the call without a response");
		}

	}

}
