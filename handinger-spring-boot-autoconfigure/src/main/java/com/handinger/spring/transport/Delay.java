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

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A delay that ends even if Reactor's scheduler rejects it, for example because a hook of
 * the application fails or the scheduler was shut down.
 */
public final class Delay {

	private static final SafeLog logger = SafeLog.of(Delay.class);

	private Delay() {
	}

	/**
	 * Return a delay, which starts with each subscription.
	 * @param delay the delay
	 * @return a {@code Mono} that completes after that time
	 */
	public static Mono<Long> of(Duration delay) {
		return Mono.create((sink) -> schedule(sink, delay.toMillis(), Schedulers.parallel()));
	}

	/**
	 * Return a delay, which begins with each subscription.
	 * @param delay the delay
	 * @param scheduler the clock
	 * @return what ends after that time
	 */
	public static Mono<Long> of(Duration delay, Scheduler scheduler) {
		return Mono.create((sink) -> schedule(sink, delay.toMillis(), scheduler));
	}

	private static void schedule(MonoSink<Long> sink, long delay, Scheduler scheduler) {
		try {
			sink.onDispose(scheduler.schedule(() -> sink.success(0L), delay, TimeUnit.MILLISECONDS));
		}
		catch (Throwable ex) {
			logger.debug(() -> "Reactor's scheduler rejected a task, so the JDK's scheduler is used: " + ex);
			CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS).execute(() -> sink.success(0L));
		}
	}

}
