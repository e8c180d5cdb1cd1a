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

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

import com.handinger.spring.webhook.Claims.Claim;
import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

/**
 * Claims a finished turn and calls the listeners, one call per key at a time.
 *
 * @see Claims
 */
final class ListenerCalls {

	private final Claims claims;

	private final Scheduler scheduler;

	private final Map<String, Mono<Claim>> inProgress = new ConcurrentHashMap<>();

	ListenerCalls(Claims claims, Scheduler scheduler) {
		this.claims = claims;
		this.scheduler = scheduler;
	}

	/**
	 * Claim a turn and call its listeners, unless they were called before. A delivery of
	 * a turn whose listeners are being called waits for that call without a thread. A
	 * cancellation does not stop a call.
	 */
	Mono<Claim> claim(String key, Runnable listeners) {
		return Mono.deferContextual((context) -> {
			Observation observation = context.getOrDefault(ObservationThreadLocalAccessor.KEY, Observation.NOOP);
			// The key is free before the result is seen, or a retry would join a call
			// that is over.
			Mono<Claim> mine = Mono
				.<Claim>create((sink) -> schedule(() -> observation.scoped(() -> claim(key, listeners, sink)), sink))
				.doOnTerminate(() -> this.inProgress.remove(key))
				.cache();
			Mono<Claim> first = this.inProgress.putIfAbsent(key, mine);
			return (first != null) ? first.map((claim) -> (claim == Claim.DONE) ? Claim.JOINED : claim) : mine;
		});
	}

	private void schedule(Runnable call, MonoSink<Claim> sink) {
		try {
			this.scheduler.schedule(call);
		}
		catch (RejectedExecutionException ex) {
			sink.success(Claim.OVERLOADED);
		}
	}

	/**
	 * Reactor would not pass on every {@code Error}, and the key would stay in progress.
	 */
	private void claim(String key, Runnable listeners, MonoSink<Claim> sink) {
		try {
			sink.success(this.claims.once(key, listeners));
		}
		catch (Throwable ex) {
			sink.error(ex);
		}
	}

}
