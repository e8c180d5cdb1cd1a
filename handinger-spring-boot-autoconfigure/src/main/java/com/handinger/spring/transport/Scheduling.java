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
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Schedules work, which is done even if Reactor's scheduler rejects it, for example
 * because a hook of the application fails or the scheduler was shut down.
 */
public final class Scheduling {

	private static final SafeLog logger = SafeLog.of(Scheduling.class);

	private Scheduling() {
	}

	/**
	 * Return a delay, which starts with each subscription.
	 * @param delay the delay
	 * @param scheduler the clock
	 * @return a {@code Mono} that emits a value after that time
	 */
	public static Mono<Long> delay(Duration delay, Scheduler scheduler) {
		long millis = delay.toMillis();
		return Mono.create((sink) -> schedule(sink, () -> sink.success(0L),
				(end) -> scheduler.schedule(end, millis, TimeUnit.MILLISECONDS),
				(end) -> CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS).execute(end)));
	}

	/**
	 * Return the result of a call that may block, which is made for each subscription and
	 * outside of event loops. The subscribing thread makes it if no other does, so that a
	 * shared result never stays pending.
	 * @param <T> the type of the result
	 * @param call the call
	 * @return the result, which is empty if the call returns {@code null}, or the failure
	 * of the call
	 */
	public static <T> Mono<T> blocking(Supplier<? extends @Nullable T> call) {
		return Mono.create((sink) -> schedule(sink, () -> {
			try {
				sink.success(call.get());
			}
			catch (Throwable ex) {
				sink.error(ex);
			}
		}, (task) -> Schedulers.boundedElastic().schedule(task), Runnable::run));
	}

	private static void schedule(MonoSink<?> sink, Runnable work, Function<Runnable, Disposable> scheduler,
			Consumer<Runnable> otherwise) {
		try {
			sink.onDispose(scheduler.apply(work));
		}
		catch (Throwable ex) {
			logger.debug(() -> "Reactor's scheduler rejected a task, which is done without it: " + ex);
			otherwise.accept(work);
		}
	}

}
