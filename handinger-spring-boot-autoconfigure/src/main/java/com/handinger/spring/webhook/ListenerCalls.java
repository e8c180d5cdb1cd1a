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

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;

import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.transport.MisconfigurationException;
import com.handinger.spring.webhook.Claims.Claim;
import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Scheduler;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationContext;
import org.springframework.util.function.SingletonSupplier;

/**
 * Claims a finished turn and calls the listeners, one call per key at a time, whether the
 * turn comes from the webhook or from a durable run. For internal use only.
 *
 * @see Claims
 */
public final class ListenerCalls {

	private final Supplier<Claims> claims;

	private final Scheduler scheduler;

	private final Consumer<Object> publisher;

	private final BiConsumer<BooleanSupplier, Class<?>[]> check;

	private final Map<String, Mono<Claim>> inProgress = new ConcurrentHashMap<>();

	ListenerCalls(Claims claims, Scheduler scheduler, Consumer<Object> publisher) {
		this(() -> claims, scheduler, publisher, (transactional, others) -> {
		});
	}

	private ListenerCalls(Supplier<Claims> claims, Scheduler scheduler, Consumer<Object> publisher,
			BiConsumer<BooleanSupplier, Class<?>[]> check) {
		this.claims = claims;
		this.scheduler = scheduler;
		this.publisher = publisher;
		this.check = check;
	}

	/**
	 * Create calls of the listeners of an application.
	 * @param claims supplies what remembers the turns whose listeners were called: asked
	 * when it is first needed, because it may fail
	 * @param scheduler runs the listeners
	 * @param context the context of the application
	 * @param handlers the handlers of the application
	 * @param runs finds the durable run that a turn belongs to
	 * @return the calls
	 */
	public static ListenerCalls of(Supplier<Claims> claims, Scheduler scheduler, ApplicationContext context,
			ObjectProvider<TaskFinishedHandler> handlers, RunKeys runs) {
		TaskFinishedListeners listeners = new TaskFinishedListeners(context);
		return new ListenerCalls(SingletonSupplier.of(claims), scheduler, (event) -> {
			if (event instanceof TaskFinishedEvent finished) {
				listeners.publish((finished.runKey() != null) ? finished
						: finished.withRunKey(runs.runKey(finished.taskId(), finished.turnCount())), handlers);
			}
			else {
				listeners.publish(event);
			}
		}, listeners::requireSynchronous);
	}

	/**
	 * Fail if a listener works on another thread, where its work would not be in the
	 * transaction of the claim.
	 * @param others the types of the events beside {@link TaskFinishedEvent}
	 * @throws MisconfigurationException if there is such a listener
	 */
	public void requireSynchronous(Class<?>... others) {
		this.check.accept(() -> this.claims.get().areTransactional(), others);
	}

	/**
	 * Return whether claims outlive this process.
	 * @return whether they do
	 */
	public boolean areDurable() {
		return this.claims.get().isDurable();
	}

	/**
	 * Publish that a turn of a durable run has finished, unless that was published
	 * before.
	 * @param task the task as Handinger shows it
	 * @param runKey the key of the run
	 * @return whether the listeners were called, now or before, rather than that another
	 * instance is calling them, or that there is no thread; or the failure of a listener
	 */
	public Mono<Boolean> publish(TaskWithTurns task, String runKey) {
		return claim(TaskFinishedEvent.of(task, Delivery.polled(task.task().id(), Instant.now())).withRunKey(runKey))
			.map((claim) -> claim.outcome().isFinal());
	}

	/**
	 * Publish an event of a durable run, unless it was published before.
	 * @param key the key of the event
	 * @param event the event
	 * @return as that of a finished turn
	 */
	public Mono<Boolean> publish(String key, Object event) {
		return claim(key, () -> this.publisher.accept(event)).map((claim) -> claim.outcome().isFinal());
	}

	/**
	 * Claim a turn and call its listeners, unless they were called before.
	 */
	Mono<Claim> claim(TaskFinishedEvent event) {
		return claim(event.key(), () -> this.publisher.accept(event));
	}

	/**
	 * Claim a turn and call its listeners, unless they were called before. A delivery of
	 * a turn whose listeners are being called waits for that call without a thread. A
	 * cancellation does not stop a call.
	 */
	private Mono<Claim> claim(String key, Runnable listeners) {
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
			sink.success(this.claims.get().once(key, listeners));
		}
		catch (Throwable ex) {
			sink.error(ex);
		}
	}

	/**
	 * What is known of the durable runs of the application.
	 */
	@FunctionalInterface
	public interface RunKeys {

		/**
		 * Find the key of the run that a turn belongs to. May block.
		 * @param taskId the id of the task
		 * @param turnCount the number of turns that the task had when it finished
		 * @return the key, or {@code null} if the turn belongs to no run
		 */
		@Nullable String runKey(String taskId, long turnCount);

		/**
		 * Return the details of the runs that have not ended, for the health of
		 * Handinger. May block and fail.
		 * @return the details by the state of the runs
		 */
		default Map<String, Object> details() {
			return Map.of();
		}

	}

}
