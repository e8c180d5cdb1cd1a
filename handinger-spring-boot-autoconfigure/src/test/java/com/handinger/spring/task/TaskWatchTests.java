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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import com.handinger.spring.support.FakeNetwork;
import com.handinger.spring.support.Tasks;
import io.micrometer.observation.ObservationRegistry;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.test.scheduler.VirtualTimeScheduler;

import static org.assertj.core.api.Assertions.assertThat;

class TaskWatchTests {

	private static final TaskWithTurns PENDING = Tasks.task("tsk_1", TaskStatus.PENDING);

	private static final TaskWithTurns RUNNING = Tasks.task("tsk_1", TaskStatus.RUNNING);

	private static final TaskWithTurns COMPLETED = Tasks.task("tsk_1", TaskStatus.COMPLETED);

	private final TaskWaiters taskWaiters = new TaskWaiters();

	private final List<MonoSink<TaskWithTurns>> lookUps = new ArrayList<>();

	private final Watcher watcher = new Watcher();

	private VirtualTimeScheduler time;

	@BeforeEach
	void virtualTime() {
		this.time = VirtualTimeScheduler.getOrSet();
	}

	@AfterEach
	void realTime() {
		VirtualTimeScheduler.reset();
	}

	private Flux<TaskWithTurns> watch() {
		return DefaultHandingerTasksClient.states("tsk_1", Mono.create(this.lookUps::add),
				new RunEnvironment(FakeNetwork.transport((request) -> Mono.never()),
						new Polling(Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofSeconds(60)), this.time,
						this.taskWaiters, ObservationRegistry.NOOP, null, new AtomicBoolean()));
	}

	/**
	 * Let the look-up that is under way show a state, and the next one start.
	 */
	private void show(TaskWithTurns state) {
		this.lookUps.get(this.lookUps.size() - 1).success(state);
		this.time.advanceTimeBy(Duration.ofSeconds(30));
	}

	private void assertThatNobodyWaits() {
		int lookUps = this.lookUps.size();
		this.time.advanceTimeBy(Duration.ofHours(1));
		assertThat(this.lookUps).hasSize(lookUps);
		assertThat(this.taskWaiters).extracting("waiting", InstanceOfAssertFactories.MAP).isEmpty();
	}

	@Test
	void lookUpThatIsUnderWayShowsNothingAfterTheEnd() {
		this.watcher.onState = () -> this.lookUps.get(0).success(RUNNING);
		watch().subscribe(this.watcher);
		this.taskWaiters.publish(COMPLETED);
		assertThat(this.watcher.states).containsExactly(COMPLETED);
		assertThat(this.watcher.completed).isTrue();
		assertThatNobodyWaits();
	}

	@Test
	void slowSubscriberSeesNoStateTwiceInARow() {
		this.watcher.requested = 1;
		watch().subscribe(this.watcher);
		show(PENDING);
		show(RUNNING);
		show(PENDING);
		this.watcher.request(1);
		assertThat(this.watcher.states).containsExactly(PENDING);
		show(COMPLETED);
		assertThat(this.watcher.states).containsExactly(PENDING, COMPLETED);
		assertThat(this.watcher.completed).isTrue();
	}

	@Test
	void stateThatComesBackIsShownAgain() {
		watch().subscribe(this.watcher);
		show(PENDING);
		show(RUNNING);
		show(PENDING);
		show(COMPLETED);
		assertThat(this.watcher.states).containsExactly(PENDING, RUNNING, PENDING, COMPLETED);
	}

	@Test
	void subscriberMayCancelWhenItSeesAState() {
		this.watcher.onState = this.watcher::cancel;
		watch().subscribe(this.watcher);
		show(RUNNING);
		assertThat(this.watcher.states).containsExactly(RUNNING);
		assertThatNobodyWaits();
	}

	@Test
	void subscriberThatCancelsBeforeTheFirstLookUpLeavesNothing() {
		this.watcher.requested = -1;
		watch().subscribe(this.watcher);
		assertThat(this.lookUps).isEmpty();
		assertThatNobodyWaits();
	}

	/**
	 * Writes down what it sees.
	 */
	private static final class Watcher extends BaseSubscriber<TaskWithTurns> {

		private final List<TaskWithTurns> states = new ArrayList<>();

		private boolean completed;

		private Runnable onState = () -> {
		};

		/**
		 * How many states to request first, or a negative number to cancel.
		 */
		private long requested = Long.MAX_VALUE;

		@Override
		protected void hookOnSubscribe(Subscription subscription) {
			if (this.requested < 0) {
				subscription.cancel();
			}
			else {
				subscription.request(this.requested);
			}
		}

		@Override
		protected void hookOnNext(TaskWithTurns state) {
			this.states.add(state);
			this.onState.run();
		}

		@Override
		protected void hookOnComplete() {
			this.completed = true;
		}

	}

}
