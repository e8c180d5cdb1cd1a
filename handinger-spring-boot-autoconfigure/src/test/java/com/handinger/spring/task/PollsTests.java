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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.handinger.spring.http.ErrorResponse;
import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.support.FakeNetwork;
import com.handinger.spring.support.Tasks;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.reactivestreams.Subscription;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.test.publisher.TestPublisher;
import reactor.test.publisher.TestPublisher.Violation;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.util.context.Context;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpMethod;

import static org.assertj.core.api.Assertions.assertThat;

class PollsTests {

	private static final Polling POLLING = new Polling(Duration.ofSeconds(2), Duration.ofSeconds(30),
			Duration.ofSeconds(60));

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

	private Polls polls(Mono<TaskWithTurns> poll) {
		return new Polls(poll.doOnSubscribe((subscription) -> this.times.add(this.time.now(TimeUnit.MILLISECONDS))));
	}

	private List<Long> waits() {
		return IntStream.range(1, this.times.size())
			.mapToObj((i) -> this.times.get(i) - this.times.get(i - 1))
			.toList();
	}

	@Test
	void firstPollComesAfterTheInitialInterval() {
		polls(Mono.just(Tasks.task("tsk_1", TaskStatus.RUNNING))).startLater();
		this.time.advanceTimeBy(Duration.ofMillis(1999));
		assertThat(this.times).isEmpty();
		this.time.advanceTimeBy(Duration.ofMillis(1));
		assertThat(this.times).hasSize(1);
	}

	@Test
	void intervalsGrowToTheLongest() {
		polls(Mono.just(Tasks.task("tsk_1", TaskStatus.RUNNING))).startLater();
		this.time.advanceTimeBy(Duration.ofHours(1));
		List<Long> waits = waits();
		assertThat(waits.get(0)).isBetween(2000L, 4000L);
		assertThat(waits.get(1)).isBetween(4000L, 8000L);
		assertThat(waits.get(2)).isBetween(8000L, 16000L);
		assertThat(waits.subList(3, waits.size())).hasSizeGreaterThan(100)
			.allSatisfy((wait) -> assertThat(wait).isBetween(15_000L, 30_000L));
	}

	@Test
	void pollAtOnceStartsWithTheShortestInterval() {
		polls(Mono.just(Tasks.task("tsk_1", TaskStatus.RUNNING))).startNow();
		assertThat(this.times).hasSize(1);
		this.time.advanceTimeBy(Duration.ofSeconds(2));
		assertThat(waits()).hasSize(1).first().satisfies((wait) -> assertThat(wait).isBetween(1000L, 2000L));
	}

	@Test
	void waitThatTheServerAsksForIsKept() {
		polls(Mono.error(rateLimited(Duration.ofMinutes(5)))).startNow();
		this.time.advanceTimeBy(Duration.ofMinutes(12));
		assertThat(waits()).hasSize(2).allSatisfy((wait) -> assertThat(wait).isBetween(300_000L, 330_000L));
	}

	private static HandingerApiException rateLimited(@Nullable Duration retryAfter) {
		return HandingerApiException.of(new ErrorResponse(HttpMethod.GET, "/", 429, null, null, retryAfter), null);
	}

	@Test
	void thereIsNoFurtherPollWhenTheObserverHasSeenEnough() {
		this.recorder.goOn = false;
		polls(Mono.just(Tasks.task("tsk_1", TaskStatus.RUNNING))).startNow();
		polls(Mono.error(rateLimited(null))).startNow();
		this.time.advanceTimeBy(Duration.ofHours(1));
		assertThat(this.times).hasSize(2);
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void failureOfAPollIsLoggedAtDebugUnlessTheTaskIsMissing(CapturedOutput output) {
		Logger logger = (Logger) LoggerFactory.getLogger(Polling.class);
		logger.setLevel(Level.DEBUG);
		try {
			for (int status : List.of(404, 503)) {
				ErrorResponse response = new ErrorResponse(HttpMethod.GET, "/", status, null, null, null);
				Polling.logged(Mono.error(HandingerApiException.of(response, null))).onErrorComplete().block();
			}
		}
		finally {
			logger.setLevel(null);
		}
		assertThat(output.toString().lines().filter((line) -> line.contains("A poll failed: "))).singleElement()
			.satisfies((line) -> assertThat(line).contains("DEBUG", "503"));
	}

	@Test
	void failureThatIsNotHandingersIsTheLastPoll() {
		polls(Mono.error(new IllegalStateException("odd"))).startNow();
		this.time.advanceTimeBy(Duration.ofHours(1));
		assertThat(this.times).hasSize(1);
		assertThat(this.recorder.errors).singleElement().isInstanceOf(IllegalStateException.class);
	}

	@Test
	void pollThatFailsWhenItIsCancelledIsFollowedByTheNext() {
		Polls polls = polls(new FailingCancellation());
		polls.startNow();
		polls.startNow();
		assertThat(this.times).hasSize(2);
	}

	@Test
	void nothingIsLeftAfterDisposal() {
		Polls polls = polls(Mono.just(Tasks.task("tsk_1", TaskStatus.RUNNING)));
		polls.startLater();
		assertThat(this.time.getScheduledTaskCount()).isEqualTo(1);
		polls.dispose();
		this.time.advanceTimeBy(Duration.ofHours(1));
		polls.startNow();
		assertThat(this.times).isEmpty();
		assertThat(polls.isDisposed()).isTrue();
	}

	@Test
	void pollThatIsUnderWayIsCancelledByTheNextStart() {
		List<String> events = new ArrayList<>();
		Mono<TaskWithTurns> silent = Mono.<TaskWithTurns>never().doOnCancel(() -> events.add("cancelled"));
		Polls polls = polls(silent);
		polls.startNow();
		polls.startNow();
		assertThat(events).containsExactly("cancelled");
		polls.pause();
		assertThat(events).containsExactly("cancelled", "cancelled");
		this.time.advanceTimeBy(Duration.ofHours(1));
		assertThat(this.times).hasSize(2);
	}

	@Test
	void failureThatComesWhenNobodyWaitsIsNotLoggedAsAnError() {
		List<Throwable> dropped = new ArrayList<>();
		Hooks.onErrorDropped(dropped::add);
		try {
			TestPublisher<TaskWithTurns> poll = TestPublisher.createNoncompliant(Violation.CLEANUP_ON_TERMINATE);
			Polls polls = polls(Mono.fromDirect(poll.flux()));
			polls.startNow();
			polls.dispose();
			poll.error(rateLimited(null));
			assertThat(dropped).isEmpty();
		}
		finally {
			Hooks.resetOnErrorDropped();
		}
	}

	@Test
	void startDuringAPollReplacesTheNextOne() {
		List<Polls> all = new ArrayList<>();
		this.recorder.onState = () -> {
			if (this.times.size() == 1) {
				all.get(0).startLater();
			}
		};
		all.add(polls(Mono.just(Tasks.task("tsk_1", TaskStatus.RUNNING))));
		all.get(0).startNow();
		this.time.advanceTimeBy(Duration.ofMillis(1999));
		assertThat(this.times).hasSize(1);
		this.time.advanceTimeBy(Duration.ofMillis(1));
		assertThat(this.times).hasSize(2);
	}

	@Test
	void contextReachesEachPoll() {
		List<String> values = new ArrayList<>();
		polls(Mono.deferContextual((context) -> {
			values.add(context.get("key"));
			return Mono.just(Tasks.task("tsk_1", TaskStatus.RUNNING));
		})).startNow();
		this.time.advanceTimeBy(Duration.ofSeconds(2));
		assertThat(values).containsExactly("value", "value");
	}

	/**
	 * Writes down what it sees.
	 */
	private static final class Recorder {

		private final List<Throwable> errors = new ArrayList<>();

		private boolean goOn = true;

		private Runnable onState = () -> {
		};

	}

	/**
	 * Polls as a run does: each start replaces the one before.
	 */
	private final class Polls {

		private final Mono<TaskWithTurns> poll;

		private final Disposable subscription;

		private FluxSink<Flux<Signal<TaskWithTurns>>> starts;

		Polls(Mono<TaskWithTurns> poll) {
			this.poll = new RunEnvironment(FakeNetwork.transport((request) -> Mono.never()), POLLING,
					PollsTests.this.time, new TaskWaiters(), ObservationRegistry.NOOP, null, new AtomicBoolean())
				.guarded(poll);
			this.subscription = Polling.latest((FluxSink<Flux<Signal<TaskWithTurns>>> starts) -> this.starts = starts)
				.subscribe((polled) -> {
				}, PollsTests.this.recorder.errors::add, null, Context.of("key", "value"));
		}

		private void start(Duration firstWait) {
			this.starts.next(
					POLLING.poll(this.poll, firstWait, Polling.UNLIMITED, PollsTests.this.time).takeWhile((polled) -> {
						if (polled.hasValue()) {
							PollsTests.this.recorder.onState.run();
						}
						return PollsTests.this.recorder.goOn;
					}));
		}

		void startNow() {
			start(Duration.ZERO);
		}

		void startLater() {
			start(POLLING.initialInterval());
		}

		void pause() {
			this.starts.next(Flux.empty());
		}

		void dispose() {
			this.subscription.dispose();
		}

		boolean isDisposed() {
			return this.subscription.isDisposed();
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
