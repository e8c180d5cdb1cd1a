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

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.support.FakeNetwork;
import com.handinger.spring.support.Json;
import io.micrometer.observation.ObservationRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.core.scheduler.Scheduler;
import reactor.test.scheduler.VirtualTimeScheduler;

import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.mock.http.client.reactive.MockClientHttpRequest;
import org.springframework.util.StringUtils;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeStrategies;
import org.springframework.web.reactive.function.client.WebClientRequestException;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How long the client waits before each request, with its own defaults.
 */
class WaitingTimesTests {

	private static final URI ROOT = URI.create("http://localhost/");

	private static final CreateTask TASK = CreateTask.of("What's the weather?");

	private static final Function<ClientRequest, Mono<ClientResponse>> SILENCE = (request) -> Mono.never();

	private static final Function<ClientRequest, Mono<ClientResponse>> RESET = (request) -> Mono
		.error(() -> new WebClientRequestException(new IOException("Connection reset"), request.method(), ROOT,
				new HttpHeaders()));

	private static final Function<ClientRequest, Mono<ClientResponse>> RUNNING = show("running");

	private static final Function<ClientRequest, Mono<ClientResponse>> COMPLETED = show("completed");

	private static final Function<ClientRequest, Mono<ClientResponse>> NOT_FOUND = answer(404, "{}");

	private final List<Long> posts = new ArrayList<>();

	private final List<Long> lookUps = new ArrayList<>();

	private final AtomicReference<@Nullable Signal<TaskWithTurns>> end = new AtomicReference<>();

	private VirtualTimeScheduler time;

	private HandingerTasksClient client;

	private Function<ClientRequest, Mono<ClientResponse>> onPost = SILENCE;

	private Function<ClientRequest, Mono<ClientResponse>> onLookUp = RUNNING;

	@BeforeEach
	void virtualTime() {
		this.time = VirtualTimeScheduler.getOrSet();
		this.client = client(this.time);
	}

	private HandingerTasksClient client(Scheduler clock) {
		return new DefaultHandingerTasksClient(FakeNetwork.transport(this::exchange),
				new Polling(Duration.ofSeconds(2), Duration.ofSeconds(30), Duration.ofSeconds(60)), clock,
				ObservationRegistry.NOOP, null, new TaskWaiters());
	}

	@AfterEach
	void realTime() {
		VirtualTimeScheduler.reset();
	}

	private Mono<ClientResponse> exchange(ClientRequest request) {
		boolean isPost = request.method() == HttpMethod.POST;
		(isPost ? this.posts : this.lookUps).add(now());
		return isPost ? Mono.defer(() -> write(request)).then(Mono.defer(() -> this.onPost.apply(request)))
				: this.onLookUp.apply(request);
	}

	private static Mono<Void> write(ClientRequest request) {
		return request.writeTo(new MockClientHttpRequest(request.method(), ROOT), ExchangeStrategies.withDefaults());
	}

	private static Function<ClientRequest, Mono<ClientResponse>> answer(int status, String body, String... header) {
		return (request) -> Mono.fromSupplier(() -> ClientResponse.create(HttpStatus.valueOf(status))
			.headers((headers) -> IntStream.range(0, header.length / 2)
				.forEach((i) -> headers.set(header[2 * i], header[2 * i + 1])))
			.body(body)
			.build());
	}

	private static Function<ClientRequest, Mono<ClientResponse>> show(String status) {
		return (request) -> answer(200, Json.task(StringUtils.getFilename(request.url().getPath()), status, 1))
			.apply(request);
	}

	private long now() {
		return this.time.now(TimeUnit.MILLISECONDS);
	}

	private void start(Mono<TaskWithTurns> call) {
		call.materialize().subscribe(this.end::set);
	}

	private void pass(Duration time) {
		this.time.advanceTimeBy(time);
	}

	private static List<Long> waits(List<Long> times) {
		return IntStream.range(1, times.size()).mapToObj((i) -> times.get(i) - times.get(i - 1)).toList();
	}

	private static void assertThatIntervalsDouble(List<Long> waits) {
		long interval = 2000;
		for (long wait : waits) {
			assertThat(wait).isBetween(interval / 2, interval);
			interval = Math.min(30_000, 2 * interval);
		}
	}

	private @Nullable Throwable failure() {
		Signal<TaskWithTurns> signal = this.end.get();
		return (signal != null) ? signal.getThrowable() : null;
	}

	@Test
	void firstLookUpComesTwoSecondsAfterTheRequest() {
		start(this.client.run(TASK));
		pass(Duration.ofMillis(1999));
		assertThat(this.lookUps).isEmpty();
		pass(Duration.ofMillis(1));
		assertThat(this.lookUps).hasSize(1);
	}

	@RepeatedTest(10)
	void intervalsDoubleUpToThirtySeconds() {
		start(this.client.run(TASK));
		pass(Duration.ofHours(1));
		List<Long> waits = waits(this.lookUps);
		assertThat(waits.get(0)).isBetween(2000L, 4000L);
		assertThat(waits.get(1)).isBetween(4000L, 8000L);
		assertThat(waits.get(2)).isBetween(8000L, 16_000L);
		assertThat(waits.subList(3, waits.size())).hasSizeGreaterThan(100)
			.allSatisfy((wait) -> assertThat(wait).isBetween(15_000L, 30_000L))
			.anySatisfy((wait) -> assertThat(wait).isLessThan(18_000))
			.anySatisfy((wait) -> assertThat(wait).isGreaterThan(27_000));
		assertThat(this.posts).hasSize(1);
	}

	@RepeatedTest(10)
	void lostConnectionBringsTheFirstLookUpWithinTwoSeconds() {
		this.onPost = RESET;
		start(this.client.run(TASK));
		pass(Duration.ofMinutes(5));
		assertThatIntervalsDouble(waits(Stream.concat(this.posts.stream(), this.lookUps.stream()).toList()));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void pollingThatBreaksBeforeTheAnswerEndsTheRunWithIt(boolean answered) {
		AtomicBoolean broken = new AtomicBoolean();
		Scheduler clock = (Scheduler) Proxy.newProxyInstance(getClass().getClassLoader(),
				new Class<?>[] { Scheduler.class }, (proxy, method, arguments) -> {
					if (method.getName().equals("now") && broken.getAndSet(false)) {
						throw new IllegalStateException("This is just a test");
					}
					return method.invoke(this.time, arguments);
				});
		HandingerTasksClient client = client(clock);
		this.onLookUp = (request) -> {
			broken.set(true);
			return RUNNING.apply(request);
		};
		this.onPost = (request) -> Mono.delay(Duration.ofMinutes(10))
			.then((answered ? answer(200, Json.WORKER) : RESET).apply(request));
		start(client.run(TASK));
		pass(Duration.ofMinutes(9));
		assertThat(this.lookUps).hasSize(1);
		assertThat(this.end).hasNullValue();
		pass(Duration.ofMinutes(1));
		assertThat(this.end.get()).isNotNull();
		assertThat(this.end.get().hasValue()).isEqualTo(answered);
		if (!answered) {
			assertThat(failure()).isInstanceOf(OutcomeUnknownException.class)
				.hasMessageContaining("can't be polled any more");
		}
		assertThat(this.posts).hasSize(1);
	}

	@RepeatedTest(10)
	void answerBringsALookUpAtOnceAndThenAtGrowingIntervals() {
		this.onPost = (request) -> Mono.delay(Duration.ofMinutes(10)).then(answer(200, Json.WORKER).apply(request));
		start(this.client.run(TASK));
		pass(Duration.ofMinutes(10));
		assertThat(this.lookUps.get(this.lookUps.size() - 1)).isEqualTo(Duration.ofMinutes(10).toMillis());
		this.lookUps.subList(0, this.lookUps.size() - 1).clear();
		pass(Duration.ofMinutes(5));
		assertThatIntervalsDouble(waits(this.lookUps));
	}

	@RepeatedTest(10)
	void waitLooksAtOnceAndThenAtGrowingIntervals() {
		start(this.client.await("tsk_1"));
		assertThat(this.lookUps).hasSize(1);
		pass(Duration.ofMinutes(5));
		assertThatIntervalsDouble(waits(this.lookUps));
		this.onLookUp = COMPLETED;
		pass(Duration.ofSeconds(30));
		assertThat(this.end.get()).isNotNull();
		assertThat(failure()).isNull();
	}

	@RepeatedTest(10)
	void retryAfterOfALookUpThatIsLongerThanTheIntervalIsKept() {
		this.onLookUp = answer(429, "{}", "Retry-After", "300");
		start(this.client.await("tsk_1"));
		pass(Duration.ofMinutes(30));
		assertThat(waits(this.lookUps)).hasSizeGreaterThanOrEqualTo(5)
			.allSatisfy((wait) -> assertThat(wait).isBetween(300_000L, 330_000L));
	}

	@RepeatedTest(10)
	void retryAfterOfALookUpThatIsShorterThanTheIntervalChangesNothing() {
		this.onLookUp = answer(503, "{}", "Retry-After", "0");
		start(this.client.await("tsk_1"));
		pass(Duration.ofMinutes(5));
		assertThatIntervalsDouble(waits(this.lookUps));
	}

	@RepeatedTest(10)
	void rejectedRequestIsSentAgainAfterTheTimeThatTheServerAsksForAndIsNotLookedUpMeanwhile() {
		this.onPost = answer(429, "{}", "Retry-After", "120");
		start(this.client.run(TASK));
		pass(Duration.ofMinutes(1));
		this.onPost = SILENCE;
		pass(Duration.ofMinutes(5));
		assertThat(this.posts).hasSize(2);
		assertThat(this.posts.get(1)).isBetween(120_000L, 132_000L);
		assertThat(this.lookUps.get(0)).isEqualTo(this.posts.get(1) + 2000);
	}

	@RepeatedTest(10)
	void taskThatLeavesNoTraceIsAnUnknownOutcomeAfterTheGraceAndNotBefore() {
		this.onPost = RESET;
		this.onLookUp = NOT_FOUND;
		start(this.client.run(TASK));
		pass(Duration.ofSeconds(60).minusMillis(1));
		assertThat(this.end.get()).isNull();
		pass(Duration.ofMillis(1));
		assertThat(failure()).isInstanceOf(OutcomeUnknownException.class);
		assertThat(this.lookUps.get(this.lookUps.size() - 1)).isGreaterThanOrEqualTo(60_000);
	}

	@RepeatedTest(10)
	void graceStartsAgainWithEachOutage() {
		this.onPost = RESET;
		this.onLookUp = answer(503, "{}");
		start(this.client.run(TASK));
		pass(Duration.ofHours(1));
		long lastOutage = this.lookUps.get(this.lookUps.size() - 1);
		this.onLookUp = NOT_FOUND;
		pass(Duration.ofMillis(lastOutage + 59_999 - now()));
		assertThat(this.end.get()).isNull();
		pass(Duration.ofMillis(1));
		assertThat(failure()).isInstanceOf(OutcomeUnknownException.class);
	}

	@Test
	void taskThatCanNotBeReadEndsTheRunAfterTheGraceAndNotBefore() {
		this.onPost = RESET;
		this.onLookUp = answer(200, "<html>");
		start(this.client.run(TASK));
		pass(Duration.ofSeconds(60).minusMillis(1));
		assertThat(this.end.get()).isNull();
		pass(Duration.ofSeconds(31));
		assertThat(failure()).isInstanceOf(UnexpectedResponseException.class);
	}

	@Test
	void taskMayLeaveNoTraceAsLongAsTheRequestIsUnderWay() {
		this.onPost = (request) -> Mono.delay(Duration.ofDays(1)).then(answer(200, Json.WORKER).apply(request));
		this.onLookUp = NOT_FOUND;
		start(this.client.run(TASK));
		pass(Duration.ofDays(1).minusMillis(1));
		assertThat(this.end.get()).isNull();
		this.onLookUp = COMPLETED;
		pass(Duration.ofMillis(1));
		assertThat(this.end.get()).isNotNull();
		assertThat(failure()).isNull();
	}

	@Test
	void outageOfADayIsWaitedThrough() {
		this.onPost = RESET;
		this.onLookUp = RESET;
		start(this.client.run(TASK));
		pass(Duration.ofDays(1));
		assertThat(this.end.get()).isNull();
		this.onLookUp = COMPLETED;
		pass(Duration.ofSeconds(30));
		assertThat(this.end.get()).isNotNull();
		assertThat(failure()).isNull();
		assertThat(this.posts).hasSize(1);
	}

	@Test
	void unknownIdIsAnErrorAtOnce() {
		this.onLookUp = NOT_FOUND;
		start(this.client.await("tsk_1"));
		assertThat(failure()).isInstanceOf(NotFoundException.class);
	}

	@Test
	void nothingIsScheduledAnyMoreAfterTheEnd() {
		this.onLookUp = COMPLETED;
		start(this.client.run(TASK));
		pass(Duration.ofSeconds(2));
		assertThat(this.end.get()).isNotNull();
		pass(Duration.ofHours(1));
		assertThat(this.lookUps).hasSize(1);
	}

}
