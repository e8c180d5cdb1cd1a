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
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebInputException;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import org.springframework.web.util.DisconnectedClientHelper;

/**
 * Answers failures as problem details (RFC 9457) that carry the sentence of the
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
		return answer(problem, headers);
	}

	/**
	 * With its media type set, a problem is told to a client that accepts none, or whose
	 * header can't be read.
	 */
	private static ResponseEntity<Object> answer(ProblemDetail problem, HttpHeaders headers) {
		return ResponseEntity.status(problem.getStatus())
			.headers(headers)
			.contentType(MediaType.APPLICATION_PROBLEM_JSON)
			.body(problem);
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
		return answer(ProblemDetail.forStatusAndDetail(HttpStatus.BAD_REQUEST, String.valueOf(ex.getMessage())),
				HttpHeaders.EMPTY);
	}

	@Override
	protected Mono<ResponseEntity<Object>> handleNotAcceptableStatusException(NotAcceptableStatusException ex,
			HttpHeaders headers, HttpStatusCode status, ServerWebExchange exchange) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(status,
				"The answer is JSON: send the header 'Accept: application/json', or none");
		return handleExceptionInternal(ex, problem, headers, status, exchange);
	}

	@Override
	protected Mono<ResponseEntity<Object>> createResponseEntity(@Nullable Object body, @Nullable HttpHeaders headers,
			HttpStatusCode status, ServerWebExchange exchange) {
		HttpHeaders all = new HttpHeaders();
		if (headers != null) {
			all.putAll(headers);
		}
		all.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
		return super.createResponseEntity(body, all, status, exchange);
	}

	@Override
	protected Mono<ResponseEntity<Object>> handleUnsupportedMediaTypeStatusException(
			UnsupportedMediaTypeStatusException ex, HttpHeaders headers, HttpStatusCode status,
			ServerWebExchange exchange) {
		return handleExceptionInternal(ex, unsupportedMediaType(), headers, status, exchange);
	}

	private static ProblemDetail unsupportedMediaType() {
		return ProblemDetail.forStatusAndDetail(HttpStatus.UNSUPPORTED_MEDIA_TYPE,
				"The body has to be JSON, with the header 'Content-Type: application/json'");
	}

	@Override
	protected Mono<ResponseEntity<Object>> handleResponseStatusException(ResponseStatusException ex,
			HttpHeaders headers, HttpStatusCode status, ServerWebExchange exchange) {
		ProblemDetail problem = switch (status.value()) {
			case 413 -> ProblemDetail.forStatusAndDetail(status,
					"The body is too large: spring.http.codecs.max-in-memory-size is the most that is read");
			// A form is refused so, since WebFlux reads it elsewhere.
			case 415 -> unsupportedMediaType();
			default -> ex.getBody();
		};
		return handleExceptionInternal(ex, problem, headers, status, exchange);
	}

	@Override
	protected Mono<ResponseEntity<Object>> handleServerWebInputException(ServerWebInputException ex,
			HttpHeaders headers, HttpStatusCode status, ServerWebExchange exchange) {
		ProblemDetail problem = ProblemDetail.forStatusAndDetail(status,
				"The body has to be a JSON object of strings such as {\"input\": \"Say hello\"}, "
						+ "with \"budget\", \"workerId\" and \"taskId\" if need be");
		return handleExceptionInternal(ex, problem, headers, status, exchange);
	}

	@ExceptionHandler
	Mono<ResponseEntity<Object>> handle(Exception ex) {
		if (DisconnectedClientHelper.isClientDisconnectedException(ex)) {
			return Mono.empty();
		}
		this.logger.error("A request failed", ex);
		return Mono.just(answer(ProblemDetail.forStatusAndDetail(HttpStatus.INTERNAL_SERVER_ERROR,
				"Something went wrong in the sample: its log says what"), HttpHeaders.EMPTY));
	}

}
