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
package com.handinger.spring.test.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

class SimulatorClockTests {

	private static final Duration HOUR = Duration.ofHours(1);

	private final SimulatorClock clock = new SimulatorClock();

	private final Instant start = SimulatorClock.now(this.clock);

	private final List<String> steps = Collections.synchronizedList(new ArrayList<>());

	@AfterEach
	void stop() {
		this.clock.dispose();
	}

	/**
	 * Record the hour in which a step has run.
	 */
	private Runnable step(String name) {
		return () -> this.steps
			.add(name + " " + Duration.between(this.start, SimulatorClock.now(this.clock)).toHours());
	}

	private Disposable event(String name, long hours) {
		return this.clock.events().schedule(step(name), hours, TimeUnit.HOURS);
	}

	private Disposable timer(String name, long hours) {
		return this.clock.schedule(step(name), hours, TimeUnit.HOURS);
	}

	@Test
	void clockRunsWithRealTime() {
		assertThat(this.start).isCloseTo(Instant.now(), within(10, ChronoUnit.SECONDS));
		assertThat(Mono.delay(Duration.ofMillis(50), this.clock).toFuture()).succeedsWithin(Duration.ofSeconds(10));
	}

	@Test
	void stepsRunInOrderAndAtTheirOwnTime() {
		event("c", 3);
		timer("a", 1);
		event("b", 2);
		timer("d", 5);
		this.clock.advance(HOUR.multipliedBy(4));
		assertThat(this.steps).containsExactly("a 1", "b 2", "c 3");
	}

	@Test
	void stepThatAStepSchedulesRunsInTheSameMove() {
		this.clock.events().schedule(() -> event("second", 1), 1, TimeUnit.HOURS);
		this.clock.advance(HOUR.multipliedBy(3));
		assertThat(this.steps).containsExactly("second 2");
	}

	@Test
	void cancelledStepDoesNotRun() {
		event("a", 1).dispose();
		event("b", 2);
		this.clock.advance(HOUR.multipliedBy(3));
		assertThat(this.steps).containsExactly("b 2");
	}

	@Test
	void stepThatFailsDoesNotStopTheClock() {
		this.clock.events().schedule(() -> {
			throw new IllegalStateException("fails");
		}, 1, TimeUnit.HOURS);
		event("b", 2);
		this.clock.advance(HOUR.multipliedBy(3));
		assertThat(this.steps).containsExactly("b 2");
	}

	@Test
	void periodicStepsRunUntilTheyAreDisposedOf() {
		Disposable periodic = this.clock.schedulePeriodically(step("tick"), 1, 1, TimeUnit.HOURS);
		event("end", 3);
		this.clock.advance(HOUR.multipliedBy(3).plusMinutes(1));
		assertThat(this.steps).containsExactlyInAnyOrder("tick 1", "tick 2", "tick 3", "end 3");
		periodic.dispose();
		event("later", 2);
		this.clock.advance(HOUR.multipliedBy(2).plusMinutes(1));
		assertThat(this.steps).hasSize(5).last().asString().startsWith("later");
	}

	@Test
	void intervalsOfReactorRunOnTheClock() {
		CompletableFuture<List<Long>> ticks = Flux.interval(HOUR, this.clock).take(3).collectList().toFuture();
		event("end", 4);
		this.clock.advance(HOUR.multipliedBy(4).plusMinutes(1));
		assertThat(ticks).isCompletedWithValue(List.of(0L, 1L, 2L));
	}

	@Test
	void stepsOfAWorkerAreCancelledWithIt() {
		Scheduler.Worker worker = this.clock.createWorker();
		worker.schedule(step("a"), 1, TimeUnit.HOURS);
		worker.dispose();
		event("b", 2);
		this.clock.advance(HOUR.multipliedBy(3));
		assertThat(this.steps).containsExactly("b 2");
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> worker.schedule(step("c")));
	}

	@Test
	void stepAtTheEndOfTimeIsNotDue() {
		this.clock.events().schedule(step("never"), Long.MAX_VALUE, TimeUnit.DAYS);
		event("a", 1);
		this.clock.advance(Duration.ofDays(36_500));
		assertThat(this.steps).containsExactly("a 1");
	}

	@Test
	void eventThatIsScheduledWhileTheClockWaitsIsNotMissed() {
		CompletableFuture.runAsync(() -> event("a", 1));
		this.clock.advance(HOUR.plusMinutes(1));
		assertThat(this.steps).containsExactly("a 1");
	}

	@Test
	@Timeout(10)
	void clockMovesInShortStepsToWhatIsDueLater() {
		event("a", 10);
		for (int i = 0; i < 10; i++) {
			assertThat(this.steps).isEmpty();
			this.clock.advance(HOUR);
		}
		assertThat(this.steps).containsExactly("a 10");
	}

	@Test
	void clockWaitsForADeliveryInFlight() {
		event("a", 1);
		this.clock.deliveryStarted();
		CompletableFuture<Void> move = CompletableFuture.runAsync(() -> this.clock.advance(HOUR.plusMinutes(1)));
		event("b", 0);
		while (this.steps.isEmpty()) {
			Thread.onSpinWait();
		}
		assertThat(this.steps).containsExactly("b 0");
		this.clock.deliveryEnded();
		move.join();
		assertThat(this.steps).containsExactly("b 0", "a 1");
	}

	@Test
	void resetDropsWhatARunningEventAdds() {
		CompletableFuture<Void> running = new CompletableFuture<>();
		CompletableFuture<Void> end = new CompletableFuture<>();
		this.clock.events().schedule(() -> {
			running.complete(null);
			end.join();
			event("a", 1);
		});
		running.join();
		end.completeAsync(() -> null, CompletableFuture.delayedExecutor(50, TimeUnit.MILLISECONDS));
		this.clock.reset();
		event("b", 2);
		this.clock.advance(HOUR.multipliedBy(3));
		assertThat(this.steps).containsExactly("b 2");
	}

	@Test
	void stoppedClockRunsNothing() {
		this.clock.dispose();
		assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(() -> event("a", 1));
		this.clock.advance(HOUR);
		assertThat(this.clock.isDisposed()).isTrue();
	}

}
