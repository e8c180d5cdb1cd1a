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

import reactor.core.scheduler.Schedulers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import com.handinger.spring.http.ErrorResponse;
import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.support.Tasks;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.test.publisher.TestPublisher;
import reactor.test.publisher.TestPublisher.Violation;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.util.context.Context;

import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class LookUpsTests {

	private static final Polling POLICY = new Polling(Duration.ofSeconds(2), Duration.ofSeconds(30),
			Duration.ofSeconds(60), Schedulers.parallel());

	private final List<Long> times = new ArrayList<>();

	private final Recorder recorder = new Recorder();

	private VirtualTimeScheduler time;

	@BeforeEach
	void virtualTime() {
		this.time = VirtualTimeScheduler.getOrSet();
	}

	@AfterEach
	void realTime() {
		VirtualTimeScheduler.reset();
	}

	private LookUps lookUps(Mono<TaskWithTurns> lookUp) {
		return new LookUps(lookUp.doOnSubscribe((subscription) -> this.times.add(this.time.now(TimeUnit.MILLISECONDS))),
				POLICY, this.recorder, Context.of("key", "value"));
	}

	private List<Long> waits() {
		return IntStream.range(1, this.times.size())
			.mapToObj((i) -> this.times.get(i) - this.times.get(i - 1))
			.toList();
	}

	@Test
	void firstLookUpComesAfterTheInitialInterval() {
		lookUps(Mono.just(Tasks.task("tsk_1", TaskStatus.RUNNING))).startLater();
		this.time.advanceTimeBy(Duration.ofMillis(1999));
		assertThat(this.times).isEmpty();
		this.time.advanceTimeBy(Duration.ofMillis(1));
		assertThat(this.times).hasSize(1);
	}

	@Test
	void intervalsGrowToTheLongest() {
		lookUps(Mono.just(Tasks.task("tsk_1", TaskStatus.RUNNING))).startLater();
		this.time.advanceTimeBy(Duration.ofHours(1));
		List<Long> waits = waits();
		assertThat(waits.get(0)).isBetween(2000L, 4000L);
		assertThat(waits.get(1)).isBetween(4000L, 8000L);
		assertThat(waits.get(2)).isBetween(8000L, 16000L);
		assertThat(waits.subList(3, waits.size())).hasSizeGreaterThan(100)
			.allSatisfy((wait) -> assertThat(wait).isBetween(15_000L, 30_000L));
	}

	@Test
	void lookUpAtOnceStartsWithTheShortestInterval() {
		lookUps(Mono.just(Tasks.task("tsk_1", TaskStatus.RUNNING))).startNow();
		assertThat(this.times).hasSize(1);
		this.time.advanceTimeBy(Duration.ofSeconds(2));
		assertThat(waits()).hasSize(1).first().satisfies((wait) -> assertThat(wait).isBetween(1000L, 2000L));
	}

	@Test
	void waitThatTheServerAsksForIsKept() {
		lookUps(Mono.error(rateLimited(Duration.ofMinutes(5)))).startNow();
		this.time.advanceTimeBy(Duration.ofMinutes(12));
		assertThat(waits()).hasSize(2).allSatisfy((wait) -> assertThat(wait).isBetween(300_000L, 330_000L));
	}

	private static HandingerApiException rateLimited(@Nullable Duration retryAfter) {
		return HandingerApiException.of(new ErrorResponse(HttpMethod.GET, "/", 429, null, null, retryAfter), null);
	}

	@Test
	void thereIsNoFurtherLookUpWhenTheObserverHasSeenEnough() {
		this.recorder.goOn = false;
		lookUps(Mono.just(Tasks.task("tsk_1", TaskStatus.RUNNING))).startNow();
		lookUps(Mono.error(rateLimited(null))).startNow();
		this.time.advanceTimeBy(Duration.ofHours(1));
		assertThat(this.times).hasSize(2);
	}

	@Test
	void failureThatIsNotHandingersIsTheLastLookUp() {
		lookUps(Mono.error(new IllegalStateException("odd"))).startNow();
		this.time.advanceTimeBy(Duration.ofHours(1));
		assertThat(this.times).hasSize(1);
		assertThat(this.recorder.errors).singleElement().isInstanceOf(IllegalStateException.class);
	}

	@Test
	void lookUpThatFailsWhenItIsCancelledIsFollowedByTheNext() {
		LookUps lookUps = lookUps(new FailingCancellation());
		lookUps.startNow();
		assertThatIllegalStateException().isThrownBy(lookUps::startNow);
		assertThat(this.times).hasSize(2);
	}

	@Test
	void nothingIsLeftAfterDisposal() {
		LookUps lookUps = lookUps(Mono.just(Tasks.task("tsk_1", TaskStatus.RUNNING)));
		lookUps.startLater();
		assertThat(this.time.getScheduledTaskCount()).isEqualTo(1);
		lookUps.dispose();
		this.time.advanceTimeBy(Duration.ofHours(1));
		lookUps.startNow();
		assertThat(this.times).isEmpty();
		assertThat(lookUps.isDisposed()).isTrue();
	}

	@Test
	void lookUpThatIsUnderWayIsCancelledByTheNextStart() {
		List<String> events = new ArrayList<>();
		Mono<TaskWithTurns> silent = Mono.<TaskWithTurns>never().doOnCancel(() -> events.add("cancelled"));
		LookUps lookUps = lookUps(silent);
		lookUps.startNow();
		lookUps.startNow();
		assertThat(events).containsExactly("cancelled");
		lookUps.pause();
		assertThat(events).containsExactly("cancelled", "cancelled");
		this.time.advanceTimeBy(Duration.ofHours(1));
		assertThat(this.times).hasSize(2);
	}

	@Test
	void failureThatComesWhenNobodyWaitsIsNotLoggedAsAnError() {
		List<Throwable> dropped = new ArrayList<>();
		Hooks.onErrorDropped(dropped::add);
		try {
			TestPublisher<TaskWithTurns> lookUp = TestPublisher.createNoncompliant(Violation.CLEANUP_ON_TERMINATE);
			LookUps lookUps = lookUps(Mono.fromDirect(lookUp.flux()));
			lookUps.startNow();
			lookUps.dispose();
			lookUp.error(rateLimited(null));
			assertThat(dropped).isEmpty();
		}
		finally {
			Hooks.resetOnErrorDropped();
		}
	}

	@Test
	void startDuringALookUpReplacesTheNextOne() {
		List<LookUps> all = new ArrayList<>();
		this.recorder.onState = () -> {
			if (this.times.size() == 1) {
				all.get(0).startLater();
			}
		};
		all.add(lookUps(Mono.just(Tasks.task("tsk_1", TaskStatus.RUNNING))));
		all.get(0).startNow();
		this.time.advanceTimeBy(Duration.ofMillis(1999));
		assertThat(this.times).hasSize(1);
		this.time.advanceTimeBy(Duration.ofMillis(1));
		assertThat(this.times).hasSize(2);
	}

	@Test
	void contextReachesEachLookUp() {
		List<String> values = new ArrayList<>();
		lookUps(Mono.deferContextual((context) -> {
			values.add(context.get("key"));
			return Mono.just(Tasks.task("tsk_1", TaskStatus.RUNNING));
		})).startNow();
		this.time.advanceTimeBy(Duration.ofSeconds(2));
		assertThat(values).containsExactly("value", "value");
	}

	/**
	 * Writes down what it is told.
	 */
	private static final class Recorder implements LookUps.Observer {

		private final List<Throwable> errors = new ArrayList<>();

		private boolean goOn = true;

		private Runnable onState = () -> {
		};

		@Override
		public boolean onState(TaskWithTurns state) {
			this.onState.run();
			return this.goOn;
		}

		@Override
		public boolean onFailure(HandingerException failure) {
			return this.goOn;
		}

		@Override
		public void onError(Throwable error) {
			this.errors.add(error);
		}

	}

	private static final class FailingCancellation extends Mono<TaskWithTurns> {

		@Override
		public void subscribe(CoreSubscriber<? super TaskWithTurns> subscriber) {
			subscriber.onSubscribe(new Subscription() {

				@Override
				public void request(long count) {
				}

				@Override
				public void cancel() {
					throw new IllegalStateException("odd");
				}

			});
		}

	}

}
