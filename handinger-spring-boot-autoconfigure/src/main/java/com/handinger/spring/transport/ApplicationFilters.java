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
 * The filters of the application as one, which tells a failure before a request was
 * passed on from one after that.
 */
final class ApplicationFilters implements ExchangeFilterFunction {

	private final List<ExchangeFilterFunction> filters;

	private ApplicationFilters(List<ExchangeFilterFunction> filters) {
		this.filters = filters;
	}

	/**
	 * Replace filters by a single one.
	 */
	static void merge(List<ExchangeFilterFunction> filters) {
		if (!filters.isEmpty()) {
			ApplicationFilters merged = new ApplicationFilters(List.copyOf(filters));
			filters.clear();
			filters.add(merged);
		}
	}

	@Override
	public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
		return Mono.defer(() -> {
			Passage passage = new Passage();
			ExchangeFunction all = passage.through(this.filters, next);
			return Mono.defer(() -> all.exchange(request))
				.switchIfEmpty(Mono.error(() -> new IllegalStateException("There is no answer")))
				.onErrorMap(passage::failure)
				.flatMap(passage::answer);
		});
	}

	/**
	 * The way of one request through the filters.
	 */
	private static final class Passage {

		private volatile @Nullable ExchangeFilterFunction firstEnded;

		private volatile boolean isOver;

		ExchangeFunction through(List<ExchangeFilterFunction> filters, ExchangeFunction next) {
			ExchangeFunction all = (request) -> Mono.defer(() -> {
				this.isOver = true;
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
			return this.isOver ? failure : new FilterException(name(), failure);
		}

		/**
		 * A filter that answers by itself may say that the service is unavailable.
		 */
		Mono<ClientResponse> answer(ClientResponse answer) {
			if (this.isOver || !isFailure(answer.statusCode().value())) {
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

}
