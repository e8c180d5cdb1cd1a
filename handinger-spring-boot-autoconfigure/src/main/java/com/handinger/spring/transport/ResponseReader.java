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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

import com.handinger.spring.http.ErrorResponse;
import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.transport.ApiJson.MalformedJsonException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.function.BodyExtractors;
import org.springframework.web.reactive.function.client.ClientResponse;

/**
 * Turns the response to a call into its value, or into an exception.
 */
final class ResponseReader {

	private static final SafeLog logger = SafeLog.of(ResponseReader.class);

	/**
	 * Maximum number of fields in one line of the log.
	 */
	private static final int MAX_NAMED = 10;

	private static final Pattern INDEX = Pattern.compile("\\d+");

	private static final int MAX_ERROR_SIZE = 64 * 1024;

	private final int maxSize;

	private final Duration readTimeout;

	private final Set<String> warned = ConcurrentHashMap.newKeySet();

	/**
	 * Create a new reader.
	 * @param maxSize the maximum size of a response, in bytes
	 * @param readTimeout the time within which the body of an error has to arrive
	 */
	ResponseReader(int maxSize, Duration readTimeout) {
		this.maxSize = maxSize;
		this.readTimeout = readTimeout;
	}

	/**
	 * Return the status of a response, or 0 if it is not one of HTTP.
	 */
	static int status(ClientResponse response) {
		try {
			return response.statusCode().value();
		}
		catch (IllegalArgumentException ex) {
			return 0;
		}
	}

	<T> Mono<T> read(ApiCall<T> call, ClientResponse response, String apiKey) {
		return new Reading<>(call, response, apiKey).read();
	}

	/**
	 * A warning is logged once for each kind of field, because polling may see the same
	 * for hours.
	 */
	private void warn(ApiCall<?> call, OddFields oddFields, boolean kept) {
		List<String> paths = oddFields.paths()
			.stream()
			.filter((path) -> !call.isRepeatable() || this.warned.add(call.name() + INDEX.matcher(path).replaceAll("")))
			.toList();
		if (!paths.isEmpty()) {
			logger.warn(call.name() + " was answered with values of another type than the API documents"
					+ ((call.taskId() != null) ? " for task " + Redaction.of(call.taskId()) : "") + ": "
					+ String.join(", ", paths.subList(0, Math.min(paths.size(), MAX_NAMED)))
					+ ((paths.size() > MAX_NAMED) ? " and " + (paths.size() - MAX_NAMED) + " more" : "")
					+ ". These fields have their defaults"
					+ (kept ? ", and rawFields() of the answer has the values" : ""));
		}
	}

	/**
	 * The reading of one response.
	 *
	 * @param <T> the type of the value
	 */
	private final class Reading<T> {

		private final ApiCall<T> call;

		private final int status;

		private final HttpHeaders headers;

		/**
		 * Buffers are released when they are added to the bytes. An operator that ignored
		 * them would hand them, released, to a discard hook of the application.
		 */
		private final Flux<DataBuffer> body;

		private final String apiKey;

		Reading(ApiCall<T> call, ClientResponse response, String apiKey) {
			this.call = call;
			this.status = status(response);
			this.headers = response.headers().asHttpHeaders();
			this.body = response.body(BodyExtractors.toDataBuffers());
			this.apiKey = apiKey;
		}

		Mono<T> read() {
			if (this.status >= 200 && this.status < 300) {
				return readValue(new ResponseBytes(ResponseReader.this.maxSize, contentLength()));
			}
			ResponseBytes bytes = new ResponseBytes(MAX_ERROR_SIZE, -1);
			// Only the status matters, so a body that is truncated, endless or silent is
			// no failure.
			return this.body.map(bytes::add)
				.takeWhile((fits) -> fits)
				.then()
				.timeout(ResponseReader.this.readTimeout)
				.onErrorComplete()
				.then(Mono.error(() -> failure(bytes)));
		}

		private long contentLength() {
			try {
				return this.headers.getContentLength();
			}
			catch (NumberFormatException ex) {
				return -1;
			}
		}

		private Mono<T> readValue(ResponseBytes bytes) {
			return this.body.map(bytes::add).doOnNext((fits) -> {
				if (!fits) {
					throw new ResponseTooLargeException();
				}
			})
				.then(ApiJson.prepare(this.call.responseType()))
				.then(Mono.fromSupplier(() -> value(bytes)))
				.onErrorMap((error) -> unusable(bytes, error));
		}

		/**
		 * A response with a secret has no optional fields: without the URL of a webhook
		 * it would say that there is no webhook.
		 */
		private T value(ResponseBytes bytes) {
			OddFields oddFields = new OddFields();
			T value = bytes.as(this.call.responseType(), oddFields);
			if (!oddFields.paths().isEmpty()) {
				if (this.call.answersSecret()) {
					throw new MalformedJsonException(
							"'" + oddFields.paths().iterator().next() + "' is not what it should be", false);
				}
				warn(this.call, oddFields, value instanceof RawFields);
			}
			return value;
		}

		private HandingerException failure(ResponseBytes bytes) {
			if (this.status >= 400) {
				return HandingerApiException.of(errorResponse(bytes), this.call.taskId());
			}
			if (this.status < 300) {
				return unexpected("a status that is none: " + checkBaseUrl());
			}
			String target = target();
			return unexpected(this.status + ((target != null) ? ", a redirect to " + redacted(target) : "")
					+ ", which is not followed so that the API key goes nowhere else: "
					+ "set handinger.base-url to the address of the API itself");
		}

		private ErrorResponse errorResponse(ResponseBytes bytes) {
			String requestId = this.headers.getFirst("x-request-id");
			return new ErrorResponse(this.call.method(), this.call.uriTemplate(), this.status,
					redacted(errorSentence(bytes)),
					redacted((requestId != null) ? requestId : this.headers.getFirst("cf-ray")),
					RetryAfter.of(this.headers, Clock.systemUTC()), (this.status != 404) ? taskMayRun() : "");
		}

		private static @Nullable String errorSentence(ResponseBytes bytes) {
			try {
				Object error = bytes.as(Map.class, new OddFields()).get("error");
				return ((error instanceof Map<?, ?> details) ? details.get("message")
						: error) instanceof String sentence && !sentence.isBlank() ? sentence : null;
			}
			catch (MalformedJsonException ex) {
				return null;
			}
		}

		private @Nullable String target() {
			try {
				URI location = this.headers.getLocation();
				return (location != null && location.getHost() != null)
						? ((location.getScheme() != null) ? location.getScheme() + "://" : "") + location.getHost()
						: null;
			}
			catch (IllegalArgumentException ex) {
				return null;
			}
		}

		private UnexpectedResponseException unexpected(String problem) {
			return new UnexpectedResponseException(this.call.name() + " was answered with " + problem + taskMayRun(),
					null, this.call.taskId(), this.status, contentType(), "");
		}

		private UnexpectedResponseException unusable(ResponseBytes bytes, Throwable error) {
			String contentType = contentType();
			String start = Redaction.of(bytes.start(), this.apiKey, this.call.redacted());
			boolean truncated = !(error instanceof ResponseTooLargeException)
					&& !(error instanceof MalformedJsonException malformed && !malformed.isTruncated());
			// The page of a proxy helps. Anything else may be the output of a task.
			boolean isPage = start.startsWith("<");
			String message = this.call.name() + " was answered with " + this.status + " and "
					+ ((contentType != null) ? "a body of type " + contentType : "a body of no type")
					+ " that can't be used, since " + problem(error)
					+ (isPage ? " (it starts with \"" + start + "\")" : "") + ": " + advice(error, truncated)
					+ taskMayRun();
			return new UnexpectedResponseException(message, (error instanceof IOException) ? error : null,
					this.call.taskId(), this.status, contentType, (this.call.answersSecret() && !isPage) ? "" : start,
					truncated);
		}

		private String problem(Throwable error) {
			if (error instanceof MalformedJsonException malformed) {
				return malformed.getMessage();
			}
			if (error instanceof ResponseTooLargeException) {
				return "it is larger than handinger.max-response-size (" + DataSize.ofBytes(ResponseReader.this.maxSize)
						+ ")";
			}
			return (error instanceof TimeoutException) ? "it fell silent" : "it was cut";
		}

		private String advice(Throwable error, boolean truncated) {
			String further = this.call.isRepeatable() ? "call again" : Failures.doNotSendAgain(this.call);
			if (error instanceof ResponseTooLargeException) {
				return "raise handinger.max-response-size, then " + further;
			}
			return truncated ? further : checkBaseUrl();
		}

		private String checkBaseUrl() {
			return "check handinger.base-url"
					+ (this.call.isRepeatable() ? "" : ", and " + Failures.doNotSendAgain(this.call));
		}

		private String taskMayRun() {
			return this.call.polls() ? Failures.taskMayRun(this.call.taskId()) : "";
		}

		private @Nullable String contentType() {
			return redacted(this.headers.getFirst(HttpHeaders.CONTENT_TYPE));
		}

		private @Nullable String redacted(@Nullable String text) {
			return (text != null) ? Redaction.of(text, this.apiKey, this.call.redacted()) : null;
		}

	}

	/**
	 * The body exceeds the maximum size. The rest of it is not read.
	 */
	private static final class ResponseTooLargeException extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

}
