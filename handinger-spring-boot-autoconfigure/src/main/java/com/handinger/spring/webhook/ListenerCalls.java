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

import java.time.Clock;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

import com.handinger.spring.transport.PluggedInCode;
import com.handinger.spring.transport.PluggedInCode.GuardedObservation;
import com.handinger.spring.webhook.Claims.Claim;
import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.ContextView;

/**
 * Claims a finished turn and calls the listeners, one call per key at a time.
 *
 * @see Claims
 */
final class ListenerCalls {

	private final Claims claims;

	private final Consumer<TaskFinishedEvent> listeners;

	private final Scheduler scheduler;

	private final Clock clock;

	private final PluggedInCode code = new PluggedInCode();

	private final Map<String, Mono<Claim>> inProgress = new ConcurrentHashMap<>();

	ListenerCalls(Claims claims, Consumer<TaskFinishedEvent> listeners, Scheduler scheduler, Clock clock) {
		this.claims = claims;
		this.listeners = listeners;
		this.scheduler = scheduler;
		this.clock = clock;
	}

	/**
	 * Call the listeners, unless they were called before. A delivery of a turn whose
	 * listeners are being called waits for that call without a thread. A cancellation
	 * does not stop a call.
	 */
	Mono<Claim> call(TaskFinishedEvent event) {
		return Mono.deferContextual((context) -> {
			GuardedObservation observation = observation(context);
			// The key is free before the result is seen, or a retry would join a call
			// that
			// is over.
			Mono<Claim> mine = Mono
				.<Claim>create(
						(sink) -> this.scheduler.schedule(() -> observation.scoped(() -> claimAndPublish(event, sink))))
				.doOnTerminate(() -> this.inProgress.remove(event.key()))
				.cache();
			Mono<Claim> first = this.inProgress.putIfAbsent(event.key(), mine);
			return (first != null) ? first.map(this::join) : mine;
		});
	}

	private GuardedObservation observation(ContextView context) {
		return this.code.observe(() -> context.getOrDefault(ObservationThreadLocalAccessor.KEY, Observation.NOOP));
	}

	private void claimAndPublish(TaskFinishedEvent event, MonoSink<Claim> sink) {
		try {
			sink.success(this.claims.once(event.key(), () -> publish(event)));
		}
		catch (Throwable ex) {
			sink.error(ex);
		}
	}

	private void publish(TaskFinishedEvent event) {
		try {
			this.listeners.accept(event);
		}
		catch (Throwable ex) {
			throw new ListenerFailedException(ex);
		}
	}

	private Claim join(Claim claim) {
		return (claim.outcome() == Outcome.ACCEPTED) ? Claim.doneBefore(this.clock.instant()) : claim;
	}

	/**
	 * A listener has failed.
	 */
	static final class ListenerFailedException extends RuntimeException {

		private static final long serialVersionUID = 1L;

		ListenerFailedException(Throwable cause) {
			super(cause);
		}

	}

}
