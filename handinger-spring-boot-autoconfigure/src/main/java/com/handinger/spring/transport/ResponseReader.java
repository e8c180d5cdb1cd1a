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
import com.handinger.spring.http.UnexpectedResponseException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.HttpHeaders;
import org.springframework.util.unit.DataSize;

/**
 * Turns a response into the answer of a call, or into the exception that fits.
 */
final class ResponseReader {

	private static final SafeLog logger = SafeLog.of(ResponseReader.class);

	/**
	 * How many fields a line of the log names.
	 */
	private static final int MOST_NAMED = 10;

	private static final Pattern INDEX = Pattern.compile("\\d+");

	private static final int MAX_ERROR_SIZE = 64 * 1024;

	private final int maxSize;

	private final Duration readTimeout;

	private final Clock clock;

	private final Set<String> warned = ConcurrentHashMap.newKeySet();

	/**
	 * Create a new reader.
	 * @param maxSize the size of the largest body that is read, in bytes
	 * @param readTimeout how long the body of an error may take
	 */
	ResponseReader(int maxSize, Duration readTimeout) {
		this.maxSize = maxSize;
		this.readTimeout = readTimeout;
		this.clock = Clock.systemUTC();
	}

	<T> Mono<T> read(ApiCall<T> call, HttpResponse response, String apiKey) {
		int status = response.status();
		if (status >= 400) {
			return readError(call, response, apiKey);
		}
		if (status < 200 || status >= 300) {
			return readBestEffort(response, new ResponseBytes(MAX_ERROR_SIZE, -1)).then(Mono.error(
					() -> (status < 300) ? invalidStatus(call, response, apiKey) : redirected(call, response, apiKey)));
		}
		return readValue(call, response, apiKey);
	}

	private <T> Mono<T> readValue(ApiCall<T> call, HttpResponse response, String apiKey) {
		ResponseBytes bytes = new ResponseBytes(this.maxSize, contentLength(response));
		Mono<T> value = Mono.fromSupplier(() -> value(call, bytes));
		return collect(response.body(), bytes).doOnNext((fits) -> {
			if (!fits) {
				throw new ResponseTooLargeException();
			}
		})
			.then(ApiJson.isPrepared(call.responseType()) ? value : ApiJson.prepare(call.responseType()).then(value))
			.onErrorMap((error) -> unexpected(call, response, bytes, apiKey, error));
	}

	/**
	 * An answer with a secret has no other field that counts: without the URL of a
	 * webhook it would say that there is none.
	 */
	private <T> T value(ApiCall<T> call, ResponseBytes bytes) {
		OddFields oddFields = new OddFields();
		T value = bytes.as(call.responseType(), oddFields);
		if (!oddFields.paths().isEmpty()) {
			if (call.answersSecret()) {
				throw new MalformedJsonException(
						"'" + oddFields.paths().iterator().next() + "' is not what it should be", false);
			}
			warn(call, oddFields, value instanceof RawFields);
		}
		return value;
	}

	/**
	 * Polling may see the same for hours.
	 */
	private void warn(ApiCall<?> call, OddFields oddFields, boolean kept) {
		List<String> paths = oddFields.paths()
			.stream()
			.filter((path) -> !call.isRepeatable() || this.warned.add(call.name() + INDEX.matcher(path).replaceAll("")))
			.toList();
		if (!paths.isEmpty()) {
			logger.warn(call.name() + " was answered with values of another type than the API documents"
					+ ((call.taskId() != null) ? " for task " + SafeText.of(call.taskId()) : "") + ": "
					+ String.join(", ", paths.subList(0, Math.min(paths.size(), MOST_NAMED)))
					+ ((paths.size() > MOST_NAMED) ? " and " + (paths.size() - MOST_NAMED) + " more" : "")
					+ ". These fields have their defaults"
					+ (kept ? ", and rawFields() of the answer has the values" : ""));
		}
	}

	private <T> Mono<T> readError(ApiCall<T> call, HttpResponse response, String apiKey) {
		ResponseBytes bytes = new ResponseBytes(MAX_ERROR_SIZE, -1);
		return readBestEffort(response, bytes).then(Mono
			.error(() -> HandingerApiException.of(errorResponse(call, response, bytes, apiKey), call.taskId())));
	}

	/**
	 * The status is what counts: a body that is cut, endless or silent adds what came.
	 */
	private Mono<Void> readBestEffort(HttpResponse response, ResponseBytes bytes) {
		return collect(response.body(), bytes).takeWhile((fits) -> fits)
			.then()
			.timeout(this.readTimeout)
			.onErrorComplete();
	}

	/**
	 * Buffers end here: an operator that ignored them would hand them, released, to
	 * whoever in the application releases what is discarded.
	 */
	private static Flux<Boolean> collect(Flux<DataBuffer> body, ResponseBytes bytes) {
		return body.map(bytes::add);
	}

	private ErrorResponse errorResponse(ApiCall<?> call, HttpResponse response, ResponseBytes bytes, String apiKey) {
		HttpHeaders headers = response.headers();
		String error = errorSentence(bytes);
		String requestId = headers.getFirst("x-request-id");
		requestId = (requestId != null) ? requestId : headers.getFirst("cf-ray");
		return new ErrorResponse(call.method(), call.uriTemplate(), response.status(),
				(error != null) ? SafeText.of(error, apiKey, call.unspoken()) : null,
				(requestId != null) ? SafeText.of(requestId, apiKey, call.unspoken()) : null,
				RetryAfter.of(headers, this.clock),
				(call.looksUp() && response.status() != 404) ? Failures.taskMayRun(call.taskId()) : "");
	}

	private static @Nullable String errorSentence(ResponseBytes bytes) {
		try {
			Object error = bytes.as(Map.class).get("error");
			return ((error instanceof Map<?, ?> details) ? details.get("message") : error) instanceof String sentence
					&& !sentence.isBlank() ? sentence : null;
		}
		catch (MalformedJsonException ex) {
			return null;
		}
	}

	private UnexpectedResponseException invalidStatus(ApiCall<?> call, HttpResponse response, String apiKey) {
		return new UnexpectedResponseException(
				call.name() + " was answered with a status that is none: " + advice(call) + taskMayRun(call), null,
				call.taskId(), response.status(), contentType(call, response, apiKey), "", false);
	}

	private UnexpectedResponseException redirected(ApiCall<?> call, HttpResponse response, String apiKey) {
		String target = target(response);
		return new UnexpectedResponseException(
				call.name() + " was answered with " + response.status()
						+ ((target != null) ? ", a redirect to " + SafeText.of(target, apiKey, call.unspoken()) : "")
						+ ", which is not followed so that the API key goes nowhere else: "
						+ "set handinger.base-url to the address of the API itself" + taskMayRun(call),
				null, call.taskId(), response.status(), contentType(call, response, apiKey), "", false);
	}

	private static @Nullable String target(HttpResponse response) {
		try {
			URI location = response.headers().getLocation();
			return (location != null && location.getHost() != null)
					? ((location.getScheme() != null) ? location.getScheme() + "://" : "") + location.getHost() : null;
		}
		catch (IllegalArgumentException ex) {
			return null;
		}
	}

	private UnexpectedResponseException unexpected(ApiCall<?> call, HttpResponse response, ResponseBytes bytes,
			String apiKey, Throwable error) {
		int status = response.status();
		String contentType = contentType(call, response, apiKey);
		String start = SafeText.of(bytes.start(), apiKey, call.unspoken());
		boolean cut = !(error instanceof ResponseTooLargeException)
				&& !(error instanceof MalformedJsonException malformed && !malformed.isTruncated());
		// The page of a proxy helps. Anything else may be what a task has answered.
		boolean page = start.startsWith("<");
		String body = (call.answersSecret() && !page) ? "" : start;
		String message = call.name() + " was answered with " + status + " and "
				+ ((contentType != null) ? "a body of type " + contentType : "a body of no type")
				+ " that can't be used, since " + problem(error) + (page ? " (it starts with \"" + start + "\")" : "")
				+ ": " + advice(call, error) + taskMayRun(call);
		return new UnexpectedResponseException(message, (error instanceof IOException) ? error : null, call.taskId(),
				status, contentType, body, cut);
	}

	private static String taskMayRun(ApiCall<?> call) {
		return call.looksUp() ? Failures.taskMayRun(call.taskId()) : "";
	}

	private String problem(Throwable error) {
		if (error instanceof MalformedJsonException malformed) {
			return malformed.getMessage();
		}
		if (error instanceof ResponseTooLargeException) {
			return "it is larger than handinger.max-response-size (" + DataSize.ofBytes(this.maxSize) + ")";
		}
		return (error instanceof TimeoutException) ? "it fell silent" : "it was cut";
	}

	private String advice(ApiCall<?> call, Throwable error) {
		String further = call.isRepeatable() ? "call again" : Failures.doNotSendAgain(call);
		if (error instanceof ResponseTooLargeException) {
			return "raise handinger.max-response-size, then " + further;
		}
		if (error instanceof MalformedJsonException malformed && !malformed.isTruncated()) {
			return advice(call);
		}
		return further;
	}

	private static String advice(ApiCall<?> call) {
		return "check handinger.base-url" + (call.isRepeatable() ? "" : ", and " + Failures.doNotSendAgain(call));
	}

	private static long contentLength(HttpResponse response) {
		try {
			return response.headers().getContentLength();
		}
		catch (NumberFormatException ex) {
			return -1;
		}
	}

	private static @Nullable String contentType(ApiCall<?> call, HttpResponse response, String apiKey) {
		String contentType = response.headers().getFirst(HttpHeaders.CONTENT_TYPE);
		return (contentType != null) ? SafeText.of(contentType, apiKey, call.unspoken()) : null;
	}

	/**
	 * The body is larger than allowed; the rest of it is not read.
	 */
	private static final class ResponseTooLargeException extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

}
