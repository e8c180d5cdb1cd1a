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
import java.util.List;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;

/**
 * The filters of the application as one, which distinguishes failures before and after
 * the request was passed on.
 */
final class ApplicationFilters implements ExchangeFilterFunction {

	private final List<ExchangeFilterFunction> filters;

	ApplicationFilters(List<ExchangeFilterFunction> filters) {
		this.filters = filters;
	}

	@Override
	public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
		return this.filters.isEmpty() ? next.exchange(request) : Mono.defer(() -> {
			Passage passage = new Passage();
			ExchangeFunction all = passage.through(this.filters, next);
			return Mono.defer(() -> all.exchange(request))
				.switchIfEmpty(Mono.error(() -> new IllegalStateException("There is no answer")))
				.onErrorMap(passage::failure)
				.flatMap(passage::answer);
		});
	}

	/**
	 * The passage of one request through the filters.
	 */
	private static final class Passage {

		private volatile @Nullable ExchangeFilterFunction firstEnded;

		private volatile boolean isPassedOn;

		ExchangeFunction through(List<ExchangeFilterFunction> filters, ExchangeFunction next) {
			ExchangeFunction all = (request) -> Mono.defer(() -> {
				this.isPassedOn = true;
				return next.exchange(request);
			});
			for (int i = filters.size() - 1; i >= 0; i--) {
				ExchangeFilterFunction filter = filters.get(i);
				ExchangeFunction rest = all;
				all = (request) -> through(filter, request, rest);
			}
			return all;
		}

		private Mono<ClientResponse> through(ExchangeFilterFunction filter, ClientRequest request,
				ExchangeFunction rest) {
			try {
				return filter.filter(request, rest).doOnTerminate(() -> ended(filter));
			}
			catch (RuntimeException | Error ex) {
				ended(filter);
				throw ex;
			}
		}

		private void ended(ExchangeFilterFunction filter) {
			if (this.firstEnded == null) {
				this.firstEnded = filter;
			}
		}

		Throwable failure(Throwable failure) {
			return this.isPassedOn ? failure : new FilterException(name(), failure);
		}

		/**
		 * A filter may respond by itself, for example that no instance is available.
		 */
		Mono<ClientResponse> answer(ClientResponse answer) {
			if (this.isPassedOn || !isFailure(answer.statusCode().value())) {
				return Mono.just(answer);
			}
			IOException failure = new IOException("it answered " + answer.statusCode().value());
			return answer.releaseBody().then(Mono.error(() -> new FilterException(name(), failure)));
		}

		private static boolean isFailure(int status) {
			return status == 408 || status >= 500;
		}

		private String name() {
			ExchangeFilterFunction filter = this.firstEnded;
			return (filter != null) ? filter.getClass().getName().replaceFirst("\\$\\$Lambda.*", "") : "";
		}

	}

	/**
	 * A filter failed before it passed the request on.
	 */
	static final class FilterException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		private final String filter;

		private FilterException(String filter, Throwable cause) {
			super(filter, cause);
			this.filter = filter;
		}

		/**
		 * Return the class name of the filter.
		 */
		String filter() {
			return this.filter;
		}

	}

}
