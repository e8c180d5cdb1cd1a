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

import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * A call that may block, outside of event loops. If Reactor's scheduler rejects the task,
 * for example because a hook of the application fails, the subscribing thread makes the
 * call, so that a shared result never stays pending.
 */
public final class BlockingCall {

	private static final SafeLog logger = SafeLog.of(BlockingCall.class);

	private BlockingCall() {
	}

	/**
	 * Return the result of a call, which is made for each subscription.
	 * @param <T> the type of the result
	 * @param call the call
	 * @return the result, which is empty if the call returns {@code null}, or the failure
	 * of the call
	 */
	public static <T> Mono<T> of(Supplier<? extends @Nullable T> call) {
		return Mono.create((sink) -> {
			Runnable work = () -> {
				try {
					sink.success(call.get());
				}
				catch (Throwable ex) {
					sink.error(ex);
				}
			};
			try {
				sink.onDispose(Schedulers.boundedElastic().schedule(work));
			}
			catch (Throwable ex) {
				logger.debug(() -> "Reactor's scheduler rejected a task, so this thread makes the call: " + ex);
				work.run();
			}
		});
	}

}
