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

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Limits the number of deliveries in flight, and lets them finish at shutdown.
 */
final class Admission {

	/**
	 * Polling a task takes memory, but no thread.
	 */
	private static final int MAX_ACTIVE = 1_000;

	private static final Runnable NOTHING = () -> {
	};

	private final AtomicInteger active = new AtomicInteger();

	private final AtomicReference<@Nullable Runnable> onIdle = new AtomicReference<>();

	/**
	 * Do a piece of work if it is admitted.
	 * @param work the work
	 * @param refusal the result if it is not
	 */
	<T> Mono<T> admit(Supplier<Mono<T>> work, T refusal) {
		return Mono.defer(() -> {
			// Counted before the check, so that a shutdown does not miss it.
			boolean admitted = this.active.incrementAndGet() <= MAX_ACTIVE && !isClosed();
			return (admitted ? work.get() : Mono.just(refusal)).doFinally((signal) -> {
				this.active.decrementAndGet();
				signalIdle();
			});
		});
	}

	boolean isClosed() {
		return this.onIdle.get() != null;
	}

	/**
	 * Admit no more work.
	 * @param onIdle called once when the work in flight is done
	 */
	void close(Runnable onIdle) {
		this.onIdle.set(onIdle);
		signalIdle();
	}

	/**
	 * Admit work again.
	 */
	void open() {
		this.onIdle.set(null);
	}

	private void signalIdle() {
		Runnable onIdle = this.onIdle.get();
		if (onIdle != null && this.active.get() == 0 && this.onIdle.compareAndSet(onIdle, NOTHING)) {
			onIdle.run();
		}
	}

}
