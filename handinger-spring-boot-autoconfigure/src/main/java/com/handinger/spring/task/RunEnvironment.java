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

package com.handinger.spring.task;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.PluggedInCode;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The environment that all runs of a client share.
 *
 * @param transport sends the requests
 * @param polling the interval of polls
 * @param clock the clock and timer
 * @param waiters ends runs whose end is known from elsewhere, such as a delivery
 * @param observations where runs are observed
 * @param meters counts finished runs, or {@code null} to count none
 * @param refusesIds whether the server takes no ids for new tasks
 */
record RunEnvironment(HandingerTransport transport, Polling polling, Scheduler clock, TaskWaiters waiters,
		ObservationRegistry observations, @Nullable TaskMeters meters, AtomicBoolean refusesIds) {

	PluggedInCode code() {
		return this.transport.code();
	}

	/**
	 * Return the current time in milliseconds.
	 */
	long now() {
		return this.clock.now(TimeUnit.MILLISECONDS);
	}

	/**
	 * Count a finished task, if there are meters.
	 */
	void count(Consumer<TaskMeters> count) {
		if (this.meters != null) {
			count.accept(this.meters);
		}
	}

	/**
	 * Return a call whose cancellation never fails, even in code of the application.
	 */
	<T> Mono<T> guarded(Mono<T> call) {
		return Mono.create((sink) -> {
			Disposable subscription = call.subscribe(sink::success, sink::error, sink::success,
					HandingerTransport.expectLateFailures(sink.contextView()));
			sink.onDispose(() -> code().run("Cancelling a poll", subscription::dispose));
		});
	}

}
