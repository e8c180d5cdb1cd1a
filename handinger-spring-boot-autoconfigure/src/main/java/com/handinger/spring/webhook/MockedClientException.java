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

import java.util.Objects;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A client has returned {@code null} or an empty {@code Mono}, as a mock in a test does.
 */
final class MockedClientException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	private MockedClientException(String call) {
		super(call + " returned null or nothing, as a mock without an answer does");
	}

	/**
	 * Make a call on subscription.
	 * @param call the name of the call
	 * @param client makes the call
	 */
	static <T> Mono<T> one(String call, Supplier<? extends @Nullable Mono<T>> client) {
		return Mono.defer(() -> Objects.requireNonNullElse(client.get(), Mono.<T>empty()))
			.switchIfEmpty(Mono.error(() -> new MockedClientException(call)));
	}

	/**
	 * Make a call on subscription.
	 * @param call the name of the call
	 * @param client makes the call
	 */
	static <T> Flux<T> many(String call, Supplier<? extends @Nullable Flux<T>> client) {
		return Flux
			.defer(() -> Objects.requireNonNullElse(client.get(), Flux.error(() -> new MockedClientException(call))));
	}

}
