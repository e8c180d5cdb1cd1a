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
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
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
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.util.unit.DataSize;
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
		return new Reading<>(call, response, apiKey).read(response);
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

		private final String apiKey;

		private final Body body;

		Reading(ApiCall<T> call, ClientResponse response, String apiKey) {
			this.call = call;
			this.status = status(response);
			this.headers = response.headers().asHttpHeaders();
			this.apiKey = apiKey;
			this.body = new Body((this.status / 100 == 2) ? ResponseReader.this.maxSize : MAX_ERROR_SIZE);
		}

		Mono<T> read(ClientResponse response) {
			// Buffers are released when they are added. An operator that ignored them
			// would hand them, released, to a discard hook of the application. A
			// publisher that an extractor returned would be described for a stack trace,
			// which costs a kilobyte.
			Mono<Void> received = response.body((message, context) -> new Buffers(message.getBody()))
				.flux()
				.map(this.body::add)
				.takeWhile((fits) -> fits)
				.then();
			if (this.status / 100 == 2) {
				return received.then(ApiJson.prepare(this.call.responseType()))
					.then(Mono.fromSupplier(this::value))
					.onErrorMap(this::unusable);
			}
			// Only the status matters, so a body that is truncated, endless or silent is
			// no failure.
			return received.timeout(ResponseReader.this.readTimeout).onErrorComplete().then(Mono.error(this::failure));
		}

		/**
		 * A response with a secret has no optional fields: without the URL of a webhook
		 * it would say that there is no webhook.
		 */
		private T value() {
			if (this.body.isTooLarge) {
				throw new MalformedJsonException("it is larger than handinger.max-response-size ("
						+ DataSize.ofBytes(ResponseReader.this.maxSize) + ")", false);
			}
			OddFields oddFields = new OddFields();
			T value = this.body.as(this.call.responseType(), oddFields);
			if (!oddFields.paths().isEmpty()) {
				if (this.call.answersSecret()) {
					throw new MalformedJsonException(
							"'" + oddFields.paths().iterator().next() + "' is not what it should be", false);
				}
				warn(this.call, oddFields, value instanceof RawFields);
			}
			return value;
		}

		private HandingerException failure() {
			if (this.status >= 400) {
				String requestId = this.headers.getFirst("x-request-id");
				return HandingerApiException.of(new ErrorResponse(this.call.method(), this.call.uriTemplate(),
						this.status, redacted(errorSentence()),
						redacted((requestId != null) ? requestId : this.headers.getFirst("cf-ray")),
						RetryAfter.of(this.headers, Clock.systemUTC()), (this.status != 404) ? taskMayRun() : ""),
						this.call.taskId());
			}
			String problem = (this.status < 300)
					? "a status that is none: check handinger.base-url" + andDoNotSendAgain()
					: this.status + redirect() + ", which is not followed so that the API key goes nowhere else: "
							+ "set handinger.base-url to the address of the API itself";
			return new UnexpectedResponseException(this.call.name() + " was answered with " + problem + taskMayRun(),
					null, this.call.taskId(), this.status, contentType(), "");
		}

		private @Nullable String errorSentence() {
			try {
				Object error = this.body.as(Map.class, new OddFields()).get("error");
				return ((error instanceof Map<?, ?> details) ? details.get("message")
						: error) instanceof String sentence && !sentence.isBlank() ? sentence : null;
			}
			catch (MalformedJsonException ex) {
				return null;
			}
		}

		private String redirect() {
			try {
				URI target = this.headers.getLocation();
				if (target == null || target.getHost() == null) {
					return "";
				}
				String scheme = (target.getScheme() != null) ? target.getScheme() + "://" : "";
				return ", a redirect to " + redacted(scheme + target.getHost());
			}
			catch (IllegalArgumentException ex) {
				return "";
			}
		}

		private UnexpectedResponseException unusable(Throwable error) {
			MalformedJsonException malformed = (error instanceof MalformedJsonException json) ? json
					: new MalformedJsonException(
							(error instanceof TimeoutException) ? "it timed out" : "it was truncated", true);
			String contentType = contentType();
			String start = Redaction.of(this.body.start(), this.apiKey, this.call.redacted());
			// The page of a proxy helps. Anything else may be the output of a task.
			boolean isPage = start.startsWith("<");
			String message = this.call.name() + " was answered with " + this.status + " and "
					+ ((contentType != null) ? "a body of type " + contentType : "a body of no type")
					+ " that can't be used, since " + malformed.getMessage()
					+ (isPage ? " (it starts with \"" + start + "\")" : "") + ": " + advice(malformed.isTruncated())
					+ taskMayRun();
			return new UnexpectedResponseException(message, (error instanceof IOException) ? error : null,
					this.call.taskId(), this.status, contentType, (this.call.answersSecret() && !isPage) ? "" : start,
					malformed.isTruncated());
		}

		private String advice(boolean truncated) {
			if (!truncated && !this.body.isTooLarge) {
				return "check handinger.base-url" + andDoNotSendAgain();
			}
			return (this.body.isTooLarge ? "raise handinger.max-response-size, then " : "")
					+ (this.call.isRepeatable() ? "call again" : Failures.doNotSendAgain(this.call));
		}

		private String andDoNotSendAgain() {
			return this.call.isRepeatable() ? "" : ", and " + Failures.doNotSendAgain(this.call);
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
	 * The body of a response as it arrives.
	 *
	 * @param flux its parts, each of which has to be released
	 */
	private record Buffers(Flux<DataBuffer> flux) {
	}

	/**
	 * The body of a response up to a limit. If it is too large, an exception can show its
	 * start.
	 */
	static final class Body {

		private final int limit;

		private byte[] bytes = {};

		private int length;

		private boolean isTooLarge;

		/**
		 * Create a new, empty body.
		 * @param limit the maximum number of bytes
		 */
		Body(int limit) {
			this.limit = limit;
		}

		/**
		 * Add a part of the body and release it.
		 * @return whether it was within the limit
		 */
		boolean add(DataBuffer buffer) {
			try {
				int count = Math.min(buffer.readableByteCount(), this.limit - this.length);
				this.isTooLarge |= count < buffer.readableByteCount();
				if (this.length + count > this.bytes.length) {
					this.bytes = Arrays.copyOf(this.bytes,
							(int) Math.min(this.limit, Math.max(this.length + count, 2L * this.bytes.length)));
				}
				buffer.read(this.bytes, this.length, count);
				this.length += count;
				return !this.isTooLarge;
			}
			finally {
				DataBufferUtils.release(buffer);
			}
		}

		<T> T as(Class<T> type, OddFields oddFields) {
			return ApiJson.read(this.bytes, this.length, type, oddFields);
		}

		/**
		 * Return the start of the body as text.
		 */
		String start() {
			return new String(this.bytes, 0, Math.min(this.length, 4 * Redaction.MAX_LENGTH), StandardCharsets.UTF_8);
		}

	}

}
