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
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;

import com.handinger.spring.task.Task;
import com.handinger.spring.task.TaskStatus;
import com.handinger.spring.task.TaskTrigger;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.webhook.Claims.Transactions;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A delivery that fails leaves nothing behind.
 */
@ExtendWith(OutputCaptureExtension.class)
class DeliveriesTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private final AtomicInteger heard = new AtomicInteger();

	private ListenerCalls calls;

	private Deliveries deliveries(Function<String, @Nullable Mono<TaskWithTurns>> lookUp, Scheduler scheduler) {
		this.calls = new ListenerCalls(Claims.inMemory(Transactions.NONE), scheduler,
				(event) -> this.heard.incrementAndGet());
		return new Deliveries(lookUp::apply, (task) -> {
		}, Duration.ofSeconds(10), Clock.systemUTC());
	}

	private static Mono<TaskWithTurns> task(String taskId) {
		return Mono.just(new TaskWithTurns(new Task(taskId, null, Instant.now(), null, "org_1", TaskStatus.COMPLETED,
				"", new Task.Totals(1, 1, 1), TaskTrigger.API, "", "wrk_1"), List.of()));
	}

	private Mono<Outcome> deliver(Deliveries deliveries) {
		return deliveries.lookUp(Delivery.delivered("tsk_1", Instant.now(), Map.of()), this.calls::claim);
	}

	private static void assertIdle(Deliveries deliveries) {
		AtomicBoolean idle = new AtomicBoolean();
		deliveries.stop(() -> idle.set(true));
		assertThat(idle).isTrue();
	}

	static Stream<Function<String, @Nullable Mono<TaskWithTurns>>> lookUpsThatFail() {
		return Stream.of((taskId) -> null, (taskId) -> Mono.empty(), (taskId) -> {
			throw new IllegalStateException("This is just a test");
		}, (taskId) -> Mono.error(new IllegalStateException("This is just a test")));
	}

	@ParameterizedTest
	@MethodSource("lookUpsThatFail")
	void lookUpThatFailsIsAnsweredAndCountsNoMore(Function<String, @Nullable Mono<TaskWithTurns>> lookUp) {
		Deliveries deliveries = deliveries(lookUp, Schedulers.immediate());
		StepVerifier.create(deliver(deliveries)).expectNext(Outcome.UNREADABLE).expectComplete().verify(PATIENCE);
		assertIdle(deliveries);
	}

	@Test
	void lookUpThatShowsAnotherTaskIsRefused(CapturedOutput output) {
		Deliveries deliveries = deliveries((taskId) -> task("tsk_other"), Schedulers.immediate());
		StepVerifier.create(deliver(deliveries)).expectNext(Outcome.UNREADABLE).expectComplete().verify(PATIENCE);
		assertThat(this.heard).hasValue(0);
		assertThat(output).containsOnlyOnce("tsk_1 is not handled, because Handinger has returned another task");
		assertIdle(deliveries);
	}

	@Test
	void clientThatReturnsNullIsToldOfInOneSentence(CapturedOutput output) {
		Deliveries deliveries = deliveries((taskId) -> null, Schedulers.immediate());
		for (int i = 0; i < 3; i++) {
			StepVerifier.create(deliver(deliveries)).expectNext(Outcome.UNREADABLE).expectComplete().verify(PATIENCE);
		}
		assertThat(output).containsOnlyOnce("HandingerTasksClient.retrieve returned null")
			.doesNotContain("\tat ")
			.doesNotContain("ERROR");
	}

	@Test
	void clientThatHasNoThreadIsOverloaded(CapturedOutput output) {
		Deliveries deliveries = deliveries(
				(taskId) -> Mono.error(new RejectedExecutionException("This is just a test")), Schedulers.immediate());
		StepVerifier.create(deliver(deliveries)).expectNext(Outcome.OVERLOADED).expectComplete().verify(PATIENCE);
		assertThat(output).doesNotContain("This is just a test");
		assertIdle(deliveries);
	}

	@Test
	void schedulerThatFailsIsAnsweredAndCountsNoMore() {
		Scheduler scheduler = Schedulers.newSingle("ended");
		scheduler.dispose();
		Deliveries deliveries = deliveries(DeliveriesTests::task, scheduler);
		StepVerifier.create(deliver(deliveries)).expectNext(Outcome.OVERLOADED).expectComplete().verify(PATIENCE);
		assertIdle(deliveries);
	}

	@Test
	void observationThatFailsKeepsNoListenerFromTheEnd() {
		ObservationRegistry registry = ObservationRegistry.create();
		registry.observationConfig().observationHandler(new FailingHandler());
		Deliveries deliveries = deliveries(DeliveriesTests::task, Schedulers.immediate());
		StepVerifier
			.create(deliver(deliveries).contextWrite((context) -> context.put(ObservationThreadLocalAccessor.KEY,
					new WebhookMetrics(registry, null).start("tsk_1", Map.of()))))
			.expectNext(Outcome.ACCEPTED)
			.expectComplete()
			.verify(PATIENCE);
		assertThat(this.heard).hasValue(1);
		assertIdle(deliveries);
		// Micrometer leaves the scope open that its handler has failed to open.
		registry.setCurrentObservationScope(null);
	}

	private static final class FailingHandler implements ObservationHandler<Observation.Context> {

		@Override
		public void onScopeOpened(Observation.Context context) {
			throw new IllegalStateException("This is just a test");
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}
