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
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.support.TasksServer.Exchange;
import com.handinger.spring.worker.Budget;
import com.handinger.spring.worker.Worker;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.GlobalObservationConvention;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.test.StepVerifier;
import reactor.util.context.Context;

import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.WebClientObservationAutoConfiguration;
import org.springframework.web.reactive.function.client.ClientRequest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the application's observations and meters see of a run.
 */
class RunObservationTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final CreateTask TASK = CreateTask.of("x").withBudget(Budget.LOW).withTaskId("tsk_mine");

	private static final String[] LATE_LOOK_UPS = { "handinger.await.initial-interval=20s",
			"handinger.await.max-interval=20s" };

	private final ObservationRegistry observations = ObservationRegistry.create();

	private final MeterRegistry meters = new SimpleMeterRegistry();

	private final List<Observation.Context> stopped = new CopyOnWriteArrayList<>();

	@BeforeEach
	void observe() {
		this.observations.observationConfig().observationHandler(new RecordingHandler());
	}

	private ApplicationContextRunner application(TasksServer server, String... properties) {
		return TasksClient
			.application(HttpStack.REACTOR_EPOLL, server.url(), "handinger.await.initial-interval=50ms",
					"handinger.await.max-interval=100ms")
			.withPropertyValues(properties)
			.withConfiguration(AutoConfigurations.of(WebClientObservationAutoConfiguration.class,
					ObservationAutoConfiguration.class))
			.withBean("testRegistry", ObservationRegistry.class, () -> this.observations)
			.withBean(MeterRegistry.class, () -> this.meters);
	}

	private Observation.Context run(TasksServer server, CreateTask task, String... properties) {
		application(server, properties)
			.run((context) -> StepVerifier.create(context.getBean(HandingerTasksClient.class).run(task).materialize())
				.expectNextCount(1)
				.expectComplete()
				.verify(PATIENCE));
		return observed();
	}

	private Observation.Context observed() {
		return this.stopped.stream()
			.filter((context) -> context instanceof TaskObservationContext)
			.findFirst()
			.orElseThrow();
	}

	private static List<String> lowCardinality(Observation.Context context) {
		return context.getLowCardinalityKeyValues().stream().map((tag) -> tag.getKey() + "=" + tag.getValue()).toList();
	}

	@Test
	void answeredRunIsObserved() {
		try (TasksServer server = TasksServer.start()) {
			Observation.Context observed = run(server, TASK, LATE_LOOK_UPS);
			assertThat(observed.getName()).isEqualTo("handinger.task");
			assertThat(lowCardinality(observed)).containsExactlyInAnyOrder("budget=low", "status=completed",
					"outcome=answered");
			assertThat(observed.getHighCardinalityKeyValues())
				.containsExactlyInAnyOrder(KeyValue.of("task.id", "tsk_mine"), KeyValue.of("worker.id", "wrk_1"));
		}
	}

	@Test
	void runThatLostItsConnectionIsRecovered() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().reset())) {
			assertThat(lowCardinality(run(server, TASK.withBudget(null)))).containsExactlyInAnyOrder("budget=none",
					"status=completed", "outcome=recovered");
		}
	}

	@Test
	void runIsObservedToItsEndWhenItsResultComes() {
		try (TasksServer server = TasksServer.start()) {
			application(server).run((context) -> {
				HandingerTasksClient client = context.getBean(HandingerTasksClient.class);
				for (int i = 0; i < 20; i++) {
					AtomicBoolean observed = new AtomicBoolean();
					this.stopped.clear();
					client.run(TASK.withTaskId("tsk_" + i))
						.doOnNext((task) -> observed
							.set(this.stopped.stream().anyMatch(TaskObservationContext.class::isInstance)))
						.block(PATIENCE);
					assertThat(observed).isTrue();
				}
			});
		}
	}

	@Test
	void requestsOfARunAreObservedBeforeTheRunIs() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run())) {
			run(server, TASK);
			assertThat(this.stopped).hasSizeGreaterThan(2).last().isInstanceOf(TaskObservationContext.class);
		}
	}

	@ParameterizedTest
	@CsvSource({ "error", "aborted" })
	void badEndIsAFailure(String status) {
		try (TasksServer server = TasksServer.start().endStatus(status)) {
			Observation.Context observed = run(server, TASK);
			assertThat(lowCardinality(observed)).containsExactlyInAnyOrder("budget=low", "status=" + status,
					"outcome=failed");
			assertThat(observed.getError()).isInstanceOf(TaskFailedException.class);
		}
	}

	@Test
	void unknownOutcomeIsAFailure() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.connection().reset())) {
			Observation.Context observed = run(server, TASK, "handinger.await.not-found-grace=200ms");
			assertThat(lowCardinality(observed)).containsExactlyInAnyOrder("budget=low", "status=none",
					"outcome=failed");
			assertThat(observed.getHighCardinalityKeyValues()).contains(KeyValue.of("task.id", "tsk_mine"),
					KeyValue.of("worker.id", "none"));
		}
	}

	@Test
	void runThatNobodyWaitsForIsNoFailure() {
		try (TasksServer server = TasksServer.start(Exchange::run).runTime(Duration.ofHours(1))) {
			application(server)
				.run((context) -> StepVerifier.create(context.getBean(HandingerTasksClient.class).run(TASK))
					.then(() -> await().atMost(PATIENCE).until(() -> server.posts() == 1))
					.thenCancel()
					.verify(PATIENCE));
			await().atMost(PATIENCE)
				.until(() -> this.stopped.stream().anyMatch((context) -> context instanceof TaskObservationContext));
			assertThat(lowCardinality(observed())).contains("outcome=unknown", "status=none");
			assertThat(observed().getError()).isNull();
		}
	}

	@ParameterizedTest
	@CsvSource({ "200, completed, ", "200, error, TaskFailedException", "401, , AuthenticationException" })
	void endIsKeptForTheNextSubscriberIfTheFirstLeavesMeanwhile(int status, String end, String failure) {
		AtomicReference<Disposable> first = new AtomicReference<>();
		this.observations.observationConfig().observationHandler(new StopHandler(() -> first.get().dispose()));
		List<Signal<TaskWithTurns>> signals = new CopyOnWriteArrayList<>();
		try (TasksServer server = TasksServer.start((exchange) -> {
			if (status == 200) {
				exchange.answer();
			}
			else {
				exchange.connection().json(status, Json.error("No."));
			}
		}).endStatus(end)) {
			application(server).run((context) -> {
				Mono<Signal<TaskWithTurns>> run = context.getBean(HandingerTasksClient.class).run(TASK).materialize();
				first.set(Disposables.swap());
				((Disposable.Swap) first.get()).update(run.subscribe(signals::add));
				await().atMost(PATIENCE).until(() -> !this.stopped.isEmpty() && first.get().isDisposed());
				StepVerifier.create(run.timeout(Duration.ofSeconds(20))).assertNext((signal) -> {
					if (failure != null) {
						assertThat(signal.getThrowable()).extracting((ex) -> ex.getClass().getSimpleName())
							.isEqualTo(failure);
					}
					else {
						assertThat(signal.get().task().status()).isEqualTo(TaskStatus.COMPLETED);
					}
				}).expectComplete().verify(PATIENCE);
			});
			assertThat(server.posts()).isEqualTo(1);
		}
		assertThat(signals).isEmpty();
		assertThat(this.stopped).filteredOn(TaskObservationContext.class::isInstance).hasSize(1);
	}

	@Test
	void requestsAreChildrenOfTheRunAndTheRunOfTheCaller() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().reset())) {
			Observation caller = Observation.start("caller", this.observations);
			application(server).run((context) -> StepVerifier
				.create(context.getBean(HandingerTasksClient.class)
					.run(CreateTask.of("x"))
					.contextWrite(Context.of("micrometer.observation", caller)))
				.expectNextCount(1)
				.expectComplete()
				.verify(PATIENCE));
			assertThat(observed().getParentObservation()).isSameAs(caller);
			List<Observation.Context> requests = this.stopped.stream()
				.filter((context) -> "http.client.requests".equals(context.getName()))
				.toList();
			assertThat(requests).hasSizeGreaterThan(1)
				.allSatisfy((request) -> assertThat(String.valueOf(request.getParentObservation()))
					.contains("handinger.task"));
		}
	}

	@Test
	void contextOfTheSubscriberReachesEveryRequest() {
		List<String> seen = new CopyOnWriteArrayList<>();
		WebClientCustomizer customizer = (builder) -> builder
			.filter((request, next) -> Mono.deferContextual((context) -> {
				seen.add(request.method() + " " + context.getOrDefault("user", "nobody"));
				return next.exchange(ClientRequest.from(request).build());
			}));
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().reset())) {
			application(server).withBean("filter", WebClientCustomizer.class, () -> customizer).run((context) -> {
				HandingerTasksClient client = context.getBean(HandingerTasksClient.class);
				StepVerifier.create(client.run(TASK).contextWrite(Context.of("user", "me")))
					.expectNextCount(1)
					.expectComplete()
					.verify(PATIENCE);
				StepVerifier.create(client.await("tsk_mine").contextWrite(Context.of("user", "me")))
					.expectNextCount(1)
					.expectComplete()
					.verify(PATIENCE);
			});
		}
		assertThat(seen).contains("POST me", "GET me").doesNotContain("POST nobody", "GET nobody");
	}

	@Test
	void conventionOfTheApplicationWins() {
		this.observations.observationConfig().observationConvention(new RenamingConvention());
		try (TasksServer server = TasksServer.start()) {
			assertThat(run(server, TASK).getName()).isEqualTo("my.task");
		}
	}

	@Test
	void finishedRunIsCounted() {
		try (TasksServer server = TasksServer.start()) {
			run(server, TASK);
		}
		assertThat(this.meters.get("handinger.task.credits")
			.tags("budget", "low", "status", "completed")
			.summary()
			.totalAmount()).isEqualTo(2);
		assertThat(this.meters.get("handinger.task.input.tokens").summary().totalAmount()).isEqualTo(12);
		assertThat(this.meters.get("handinger.task.output.tokens").summary().totalAmount()).isEqualTo(3);
		assertThat(this.meters.get("handinger.task.duration").timer().totalTime(TimeUnit.MILLISECONDS)).isEqualTo(4200);
	}

	@Test
	void followUpCountsItsOwnTurnAlone() {
		try (TasksServer server = TasksServer.start().withTask("tsk_mine", 2)) {
			run(server, TASK);
		}
		assertThat(this.meters.get("handinger.task.credits").summary().totalAmount()).isEqualTo(2);
		assertThat(this.meters.get("handinger.task.input.tokens").summary().totalAmount()).isEqualTo(12);
	}

	@Test
	void badEndIsCountedSinceItHasUsedCredits() {
		try (TasksServer server = TasksServer.start().endStatus("error")) {
			run(server, TASK);
		}
		assertThat(this.meters.get("handinger.task.credits").tags("status", "error").summary().count()).isEqualTo(1);
	}

	@Test
	void registryThatRefusesAMeterCostsNoResult() {
		this.meters.config().meterFilter(new MeterFilter() {

			@Override
			public Meter.Id map(Meter.Id id) {
				if (id.getName().startsWith("handinger.task.")) {
					throw new IllegalArgumentException("not here");
				}
				return id;
			}

		});
		try (TasksServer server = TasksServer.start()) {
			assertThat(lowCardinality(run(server, TASK, LATE_LOOK_UPS))).contains("outcome=answered");
		}
	}

	private void create(TasksServer server) {
		application(server).run((context) -> {
			Mono<Worker> create = context.getBean(HandingerTasksClient.class).create(TASK);
			StepVerifier.create(Mono.zip(create, create).then(create))
				.expectNextCount(1)
				.expectComplete()
				.verify(PATIENCE);
		});
	}

	@Test
	void createIsCountedOnceByItsAnswer() {
		try (TasksServer server = TasksServer.start()) {
			create(server);
		}
		DistributionSummary credits = this.meters.get("handinger.task.credits")
			.tags("budget", "low", "status", "completed")
			.summary();
		assertThat(credits.count()).isEqualTo(1);
		assertThat(credits.totalAmount()).isPositive();
		assertThat(this.meters.find("handinger.task.input.tokens").summary()).isNull();
	}

	@ParameterizedTest
	@ValueSource(
			strings = { "{\"id\":\"wrk_1\"}", "{\"id\":\"wrk_1\",\"usage\":null}", "{\"id\":\"wrk_1\",\"usage\":{}}" })
	void answerWithoutCreditsCountsNone(String answer) {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.connection().json(200, answer),
				(exchange) -> exchange.connection().json(404, Json.error("No such task.")))) {
			create(server);
			run(server, TASK, "handinger.await.not-found-grace=100ms");
		}
		assertThat(this.meters.find("handinger.task.credits").summary()).isNull();
		assertThat(this.meters.find("handinger.task.duration").timer()).isNull();
	}

	@Test
	void createThatFailsIsNotCounted() {
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().reset())) {
			application(server)
				.run((context) -> StepVerifier.create(context.getBean(HandingerTasksClient.class).create(TASK))
					.expectError(OutcomeUnknownException.class)
					.verify(PATIENCE));
		}
		assertThat(this.meters.find("handinger.task.credits").summary()).isNull();
	}

	@Test
	@ExtendWith(OutputCaptureExtension.class)
	void recoveredRunTellsOfItselfAtDebugAndOfNoTroubleAtWarn(CapturedOutput output) {
		Logger logger = (Logger) LoggerFactory.getLogger("com.handinger");
		logger.setLevel(Level.DEBUG);
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().reset())) {
			run(server, TASK);
		}
		finally {
			logger.setLevel(null);
		}
		assertThat(output.toString().lines().filter((line) -> line.contains("com.handinger.")))
			.anySatisfy((line) -> assertThat(line).contains("DEBUG", "connection lost, polling tsk_mine"))
			.anySatisfy((line) -> assertThat(line).contains("DEBUG", "recovered tsk_mine"))
			.noneMatch((line) -> line.contains("WARN"));
	}

	@Test
	void manySubscribersAreOneRun() {
		try (TasksServer server = TasksServer.start()) {
			application(server).run((context) -> {
				Mono<TaskWithTurns> run = context.getBean(HandingerTasksClient.class).run(TASK);
				StepVerifier.create(Mono.zip(run, run).then(run)).expectNextCount(1).expectComplete().verify(PATIENCE);
			});
		}
		assertThat(this.stopped).filteredOn((context) -> context instanceof TaskObservationContext).hasSize(1);
		assertThat(this.meters.get("handinger.task.credits").summary().count()).isEqualTo(1);
	}

	/**
	 * Another name.
	 */
	private static final class RenamingConvention implements GlobalObservationConvention<TaskObservationContext> {

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof TaskObservationContext;
		}

		@Override
		public String getName() {
			return "my.task";
		}

	}

	/**
	 * Does something as soon as a run ends.
	 */
	private record StopHandler(Runnable onStop) implements ObservationHandler<Observation.Context> {

		@Override
		public void onStop(Observation.Context context) {
			this.onStop.run();
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return context instanceof TaskObservationContext;
		}

	}

	/**
	 * Remembers what was observed.
	 */
	private final class RecordingHandler implements ObservationHandler<Observation.Context> {

		@Override
		public void onStop(Observation.Context context) {
			RunObservationTests.this.stopped.add(context);
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

	}

}
