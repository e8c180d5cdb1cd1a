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

package com.handinger.sample;

import java.time.Duration;

import com.handinger.spring.http.BadRequestException;
import com.handinger.spring.http.ConflictException;
import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.http.PermissionDeniedException;
import com.handinger.spring.http.RateLimitedException;
import com.handinger.spring.http.UnprocessableContentException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.reactive.result.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Answers failures with problem details (RFC 9457) that carry the message of the
 * exception.
 */
@RestControllerAdvice
final class Problems extends ResponseEntityExceptionHandler {

	@ExceptionHandler
	ResponseEntity<Object> handle(HandingerException ex) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(status(ex), String.valueOf(ex.getMessage()));
		if (ex.taskId() != null) {
			problem.setProperty("taskId", ex.taskId());
		}
		HttpHeaders headers = new HttpHeaders();
		if (ex instanceof RateLimitedException limited && limited.retryAfter() != null) {
			headers.set(HttpHeaders.RETRY_AFTER, seconds(limited.retryAfter()));
		}
		return answer(problem, headers, status(ex));
	}

	/**
	 * Set the media type, so that a client that does not accept it gets the problem, too.
	 */
	private static ResponseEntity<Object> answer(@Nullable Object problem, @Nullable HttpHeaders headers,
			HttpStatusCode status) {
		return ResponseEntity.status(status)
			.headers(headers)
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.body(problem);
	}

	private static ResponseEntity<Object> answer(HttpStatus status, String sentence) {
		return answer(ProblemDetail.forStatusAndDetail(status, sentence), null, status);
	}

	private static HttpStatus status(HandingerException ex) {
		if (ex instanceof BadRequestException) {
			return HttpStatus.BAD_REQUEST;
		}
		if (ex instanceof PermissionDeniedException) {
			return HttpStatus.FORBIDDEN;
		}
		if (ex instanceof NotFoundException) {
			return HttpStatus.NOT_FOUND;
		}
		if (ex instanceof ConflictException) {
			return HttpStatus.CONFLICT;
		}
		if (ex instanceof UnprocessableContentException) {
			return HttpStatus.UNPROCESSABLE_CONTENT;
		}
		if (ex instanceof RateLimitedException) {
			return HttpStatus.TOO_MANY_REQUESTS;
		}
		if (ex instanceof HandingerConnectionException) {
			return HttpStatus.SERVICE_UNAVAILABLE;
		}
		return (ex instanceof OutcomeUnknownException) ? HttpStatus.GATEWAY_TIMEOUT : HttpStatus.BAD_GATEWAY;
	}

	private static String seconds(Duration duration) {
		return String.valueOf(duration.plusMillis(999).toSeconds());
	}

	@ExceptionHandler
	ResponseEntity<Object> handle(IllegalArgumentException ex) {
		return answer(HttpStatus.BAD_REQUEST, String.valueOf(ex.getMessage()));
	}

	@Override
	protected Mono<ResponseEntity<Object>> handleExceptionInternal(Exception ex, @Nullable Object body,
			@Nullable HttpHeaders headers, HttpStatusCode status, ServerWebExchange exchange) {
		String sentence = sentence(status);
		Object problem = (sentence != null) ? ProblemDetail.forStatusAndDetail(status, sentence) : body;
		return super.handleExceptionInternal(ex, problem, headers, status, exchange);
	}

	private static @Nullable String sentence(HttpStatusCode status) {
		return switch (status.value()) {
			case 400 -> "The body must be a JSON object of strings such as {\"input\": \"Say hello\"}, "
					+ "and optionally \"budget\", \"workerId\" and \"taskId\"";
			case 406 -> "The response is JSON: send the header 'Accept: application/json', or no Accept header";
			case 413 -> "The body is too large: the limit is spring.http.codecs.max-in-memory-size";
			case 415 -> "The body must be JSON, with the header 'Content-Type: application/json'";
			default -> null;
		};
	}

	@Override
	protected Mono<ResponseEntity<Object>> createResponseEntity(@Nullable Object body, @Nullable HttpHeaders headers,
			HttpStatusCode status, ServerWebExchange exchange) {
		return Mono.just(answer(body, headers, status));
	}

	@ExceptionHandler
	Mono<ResponseEntity<Object>> handle(Exception ex) {
		if (DisconnectedClientHelper.isClientDisconnectedException(ex)) {
			return Mono.empty();
		}
		this.logger.error("A request failed", ex);
		return Mono.just(answer(HttpStatus.INTERNAL_SERVER_ERROR, "Something went wrong in the sample: see its log"));
	}

}
