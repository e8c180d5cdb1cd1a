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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

import com.handinger.spring.autoconfigure.HandingerConnectionDetails;
import com.handinger.spring.autoconfigure.HandingerWebClientCustomizer;
import com.handinger.spring.http.AuthenticationException;
import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.transport.PluggedInCode;
import com.handinger.spring.support.BrokenLog;
import com.handinger.spring.support.HttpStack;
import com.handinger.spring.support.Json;
import com.handinger.spring.support.TasksClient;
import com.handinger.spring.support.TasksServer;
import com.handinger.spring.support.TasksServer.Exchange;
import io.micrometer.common.KeyValues;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.GlobalObservationConvention;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.webclient.autoconfigure.WebClientObservationAutoConfiguration;
import org.springframework.util.StringUtils;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * Whatever the application plugs in, a run ends with its result or with the error that is
 * documented, and after one POST.
 */
@ExtendWith(OutputCaptureExtension.class)
class PluggedInCodeTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final String TEST_FAILURE = "This is just a test";

	private static final String SHORT_GRACE = "handinger.await.not-found-grace=300ms";

	private static final String HOOK = "test";

	private static final CreateTask TASK = CreateTask.of("x");

	private final ObservationRegistry observations = ObservationRegistry.create();

	private final MeterRegistry meters = new SimpleMeterRegistry();

	@AfterEach
	void removeHook() {
		Schedulers.resetOnScheduleHook(HOOK);
	}

	private ApplicationContextRunner application(TasksServer server) {
		return TasksClient
			.application(HttpStack.REACTOR_EPOLL, server.url(), "handinger.await.initial-interval=50ms",
					"handinger.await.max-interval=100ms", "handinger.await.not-found-grace=10m")
			.withConfiguration(AutoConfigurations.of(WebClientObservationAutoConfiguration.class,
					ObservationAutoConfiguration.class))
			.withBean("testObservations", ObservationRegistry.class, () -> this.observations)
			.withBean("testMeters", MeterRegistry.class, () -> this.meters);
	}

	private static ApplicationContextRunner withFilter(ApplicationContextRunner application,
			ExchangeFilterFunction filter) {
		return application.withBean(HandingerWebClientCustomizer.class, () -> (builder) -> builder.filter(filter));
	}

	private static void with(ApplicationContextRunner application, Consumer<HandingerTasksClient> test) {
		application.run((context) -> test.accept(context.getBean(HandingerTasksClient.class)));
	}

	private static TaskStatus status(Mono<TaskWithTurns> run) {
		TaskWithTurns result = run.block(PATIENCE);
		assertThat(result).isNotNull();
		return result.task().status();
	}

	private static Throwable failure(Mono<?> run) {
		return catchThrowable(() -> run.block(PATIENCE));
	}

	private static void assertWarnings(CapturedOutput output, int count) {
		assertThat(output.toString().lines().filter((line) -> line.contains("failed in code of this application")))
			.hasSize(count);
		assertThat(StringUtils.countOccurrencesOf(output.toString(), TEST_FAILURE)).isEqualTo(count);
	}

	@ParameterizedTest
	@MethodSource("brokenObservations")
	void brokenObservationCostsNoAnsweredRun(Place place, Supplier<Throwable> failure, CapturedOutput output) {
		place.breakDown(this.observations, failure);
		try (TasksServer server = TasksServer.start()) {
			with(application(server), (client) -> assertThat(status(client.run(TASK))).isEqualTo(TaskStatus.COMPLETED));
			assertThat(server.posts()).isEqualTo(1);
		}
		assertThat(StringUtils.countOccurrencesOf(output.toString(), TEST_FAILURE)).isLessThanOrEqualTo(1);
	}

	static Stream<Arguments> brokenObservations() {
		List<Supplier<Throwable>> failures = List.of(() -> new IllegalStateException(TEST_FAILURE),
				() -> new AssertionError(TEST_FAILURE), () -> new NoSuchMethodError(TEST_FAILURE));
		return Stream.of(Place.values())
			.flatMap((place) -> failures.stream().map((failure) -> Arguments.of(place, failure)));
	}

	@Tag("slow")
	@ParameterizedTest
	@EnumSource
	void brokenObservationCostsNoRecoveredRun(Place place) {
		place.breakDown(this.observations, () -> new IllegalStateException(TEST_FAILURE));
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().reset())) {
			with(application(server), (client) -> assertThat(status(client.run(TASK))).isEqualTo(TaskStatus.COMPLETED));
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Tag("slow")
	@ParameterizedTest
	@EnumSource
	void brokenObservationChangesNoError(Place place) {
		place.breakDown(this.observations, () -> new IllegalStateException(TEST_FAILURE));
		try (TasksServer server = TasksServer.start().endStatus("error")) {
			with(application(server),
					(client) -> assertThat(failure(client.run(TASK))).isInstanceOf(TaskFailedException.class));
		}
		try (TasksServer server = TasksServer.start((exchange) -> exchange.connection().json(401, Json.error("No.")))) {
			with(application(server), (client) -> {
				assertThat(failure(client.run(TASK))).isInstanceOf(AuthenticationException.class);
				assertThat(failure(client.create(TASK))).isInstanceOf(AuthenticationException.class);
			});
		}
		try (TasksServer server = TasksServer.start((exchange) -> exchange.connection().reset())) {
			with(application(server).withPropertyValues(SHORT_GRACE),
					(client) -> assertThat(failure(client.run(TASK))).isInstanceOf(OutcomeUnknownException.class));
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Tag("slow")
	@ParameterizedTest
	@EnumSource
	void brokenObservationOfAWebClientCostsNoResult(Place place) {
		place.breakDown(this.observations, () -> new IllegalStateException(TEST_FAILURE));
		try (TasksServer server = TasksServer.start()) {
			with(withFilter(application(server), (request, next) -> next.exchange(request)), (client) -> {
				assertThat(status(client.run(TASK))).isEqualTo(TaskStatus.COMPLETED);
				assertThat(client.create(TASK).block(PATIENCE)).isNotNull();
			});
			assertThat(server.posts()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@EnumSource
	void brokenObservationCostsNoCreate(Place place) {
		place.breakDown(this.observations, () -> new IllegalStateException(TEST_FAILURE));
		try (TasksServer server = TasksServer.start()) {
			with(application(server), (client) -> assertThat(client.create(TASK).block(PATIENCE)).isNotNull());
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	/**
	 * As Reactor does with automatic context propagation.
	 */
	@Test
	void scopeThatIsOpenedFromTheContextCostsNoResult() {
		Place.SCOPE.breakDown(this.observations, () -> new IllegalStateException(TEST_FAILURE));
		ExchangeFilterFunction filter = (request, next) -> Mono.deferContextual((context) -> {
			Observation observation = context.get(ObservationThreadLocalAccessor.KEY);
			observation.openScope();
			return next.exchange(request).doFinally((signal) -> this.observations.setCurrentObservationScope(null));
		});
		try (TasksServer server = TasksServer.start()) {
			with(withFilter(application(server), filter),
					(client) -> assertThat(status(client.run(TASK))).isEqualTo(TaskStatus.COMPLETED));
			assertThat(server.posts()).isEqualTo(1);
		}
		this.observations.setCurrentObservationScope(null);
	}

	@Test
	void brokenHandlerIsLoggedOnceForManyRuns(CapturedOutput output) {
		Place.STOP.breakDown(this.observations, () -> new IllegalStateException(TEST_FAILURE));
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().reset())) {
			with(application(server), (client) -> {
				for (int i = 0; i < 10; i++) {
					status(client.run(TASK));
				}
			});
		}
		assertWarnings(output, 1);
	}

	@Test
	void brokenHandlerLeavesNoScopeBehind() {
		Place.SCOPE.breakDown(this.observations, () -> new IllegalStateException(TEST_FAILURE));
		Observation observation = new PluggedInCode()
			.observe(() -> Observation.createNotStarted("test", this.observations))
			.start();
		AtomicBoolean called = new AtomicBoolean();
		observation.scoped(() -> called.set(this.observations.getCurrentObservation() != null));
		assertThat(called).isTrue();
		assertThat(this.observations.getCurrentObservation()).isNull();
		assertThat(this.observations.getCurrentObservationScope()).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "handinger.", "handinger.task", "handinger.task.credits", "http.client.requests" })
	void brokenMeterFilterCostsNoResult(String prefix, CapturedOutput output) {
		this.observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(this.meters));
		this.meters.config().meterFilter(new MeterFilter() {

			@Override
			public Meter.Id map(Meter.Id id) {
				if (id.getName().startsWith(prefix)) {
					throw new IllegalStateException(TEST_FAILURE);
				}
				return id;
			}

		});
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().reset())) {
			with(application(server), (client) -> assertThat(status(client.run(TASK))).isEqualTo(TaskStatus.COMPLETED));
			assertThat(server.posts()).isEqualTo(1);
		}
		assertThat(output).contains(TEST_FAILURE);
		assertWarnings(output, prefix.equals("handinger.") ? 2 : 1);
	}

	@Test
	void meterThatIsRefusedCostsNoOther() {
		this.meters.config().meterFilter(new MeterFilter() {

			@Override
			public Meter.Id map(Meter.Id id) {
				if (id.getName().equals("handinger.task.credits")) {
					throw new AssertionError(TEST_FAILURE);
				}
				return id;
			}

		});
		try (TasksServer server = TasksServer.start()) {
			with(application(server), (client) -> status(client.run(TASK)));
		}
		assertThat(this.meters.get("handinger.task.duration").timer().totalTime(TimeUnit.MILLISECONDS)).isPositive();
	}

	@Test
	void closedRegistryCostsNoResult() {
		this.observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(this.meters));
		this.meters.close();
		try (TasksServer server = TasksServer.start()) {
			with(application(server), (client) -> assertThat(status(client.run(TASK))).isEqualTo(TaskStatus.COMPLETED));
		}
	}

	@ParameterizedTest
	@EnumSource
	void filterThatFailsEachLookUpCostsNoAnswer(BrokenFilter filter) {
		try (TasksServer server = TasksServer.start()) {
			with(withFilter(application(server).withPropertyValues(SHORT_GRACE),
					(request, next) -> request.method().name().equals("GET") ? filter.filter.filter(request, next)
							: next.exchange(request)),
					(client) -> assertThat(status(client.run(TASK))).isEqualTo(TaskStatus.COMPLETED));
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@EnumSource
	void filterThatFailsSomeLookUpsCostsNoRecovery(BrokenFilter filter) {
		AtomicBoolean broken = new AtomicBoolean(true);
		try (TasksServer server = TasksServer.start((exchange) -> exchange.run().reset())) {
			with(withFilter(application(server),
					(request, next) -> (request.method().name().equals("GET") && broken.getAndSet(false))
							? filter.filter.filter(request, next) : next.exchange(request)),
					(client) -> assertThat(status(client.run(TASK))).isEqualTo(TaskStatus.COMPLETED));
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RESPONSE")
	void filterThatSendsNothingEndsTheRun(BrokenFilter filter) {
		try (TasksServer server = TasksServer.start()) {
			with(withFilter(application(server), filter.filter), (client) -> {
				assertThat(failure(client.run(TASK))).isNotNull().isNotInstanceOf(OutcomeUnknownException.class);
				assertThat(failure(client.create(TASK))).isNotNull().isNotInstanceOf(OutcomeUnknownException.class);
			});
			assertThat(server.posts()).isZero();
		}
	}

	@Test
	void filterThatLosesTheResponseOfThePostCostsNoResult() {
		try (TasksServer server = TasksServer.start()) {
			with(withFilter(application(server),
					(request, next) -> request.method().name().equals("POST")
							? BrokenFilter.RESPONSE.filter.filter(request, next) : next.exchange(request)),
					(client) -> assertThat(status(client.run(TASK))).isEqualTo(TaskStatus.COMPLETED));
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@Test
	void filterThatSwallowsTheResponseOfThePostCostsNoResult() {
		try (TasksServer server = TasksServer.start()) {
			with(withFilter(application(server),
					(request, next) -> request.method().name().equals("POST")
							? next.exchange(request).flatMap((response) -> response.releaseBody().then(Mono.empty()))
							: next.exchange(request)),
					(client) -> {
						assertThat(status(client.run(TASK))).isEqualTo(TaskStatus.COMPLETED);
						assertThat(failure(client.create(TASK))).isInstanceOf(OutcomeUnknownException.class);
					});
			assertThat(server.posts()).isEqualTo(2);
		}
	}

	@Test
	void connectionDetailsThatFailDuringARunCostNoResult() {
		AtomicBoolean broken = new AtomicBoolean();
		try (TasksServer server = TasksServer.start((exchange) -> {
			broken.set(true);
			exchange.run().reset();
		})) {
			with(application(server).withBean(HandingerConnectionDetails.class, () -> new HandingerConnectionDetails() {

				@Override
				public String getBaseUrl() {
					return server.url();
				}

				@Override
				public String getApiKey() {
					if (broken.getAndSet(false)) {
						throw new AssertionError(TEST_FAILURE);
					}
					return TasksClient.API_KEY;
				}

			}), (client) -> assertThat(status(client.run(TASK))).isEqualTo(TaskStatus.COMPLETED));
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void hookOfTheSchedulersThatFailsCostsNoResult(boolean answered) {
		AtomicInteger failures = new AtomicInteger();
		Schedulers.onScheduleHook(HOOK, (task) -> {
			failures.incrementAndGet();
			throw new IllegalStateException(TEST_FAILURE);
		});
		try (TasksServer server = answered ? TasksServer.start()
				: TasksServer.start((exchange) -> exchange.run().reset())) {
			with(application(server), (client) -> assertThat(status(client.run(TASK))).isEqualTo(TaskStatus.COMPLETED));
			assertThat(server.posts()).isEqualTo(1);
		}
		assertThat(failures).hasPositiveValue();
	}

	@ParameterizedTest
	@ValueSource(strings = { "TURBO_FILTER", "APPENDER" })
	void brokenLogCostsNoResult(String kind) {
		try (BrokenLog log = BrokenLog.start(kind);
				TasksServer server = TasksServer.start((exchange) -> exchange.run().reset(), (exchange) -> {
					if (exchange.number() < 3) {
						exchange.connection().json(200, Json.task("tsk_other", "completed", 1));
					}
					else {
						exchange.answer();
					}
				})) {
			with(application(server), (client) -> {
				log.breakDown();
				assertThat(status(client.run(TASK))).isEqualTo(TaskStatus.COMPLETED);
			});
			assertThat(server.posts()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TURBO_FILTER", "APPENDER" })
	void brokenLogCostsNoAnswerWithAnOddField(String kind) {
		String answer = Json.WORKER.replaceFirst("\\{", "{\"structured_output\":[],");
		try (BrokenLog log = BrokenLog.start(kind);
				TasksServer server = TasksServer.start((exchange) -> exchange.connection().json(200, answer))) {
			with(application(server), (client) -> {
				log.breakDown();
				assertThat(client.create(TASK).block(PATIENCE).rawFields()).containsKey("structured_output");
			});
		}
	}

	@Test
	void cancellationThatFailsCostsNoResult() {
		try (TasksServer server = TasksServer.start(Exchange::run)) {
			with(withFilter(application(server),
					(request, next) -> next.exchange(request).doOnCancel(PluggedInCodeTests::fail)),
					(client) -> assertThat(status(client.run(TASK))).isEqualTo(TaskStatus.COMPLETED));
		}
	}

	private static void fail() {
		throw new IllegalStateException(TEST_FAILURE);
	}

	/**
	 * Where an observation calls code of the application.
	 */
	enum Place {

		START, STOP, ERROR, SCOPE, SUPPORTS, PREDICATE, FILTER, NAME, CONTEXTUAL_NAME, LOW_CARDINALITY,
		HIGH_CARDINALITY;

		void breakDown(ObservationRegistry registry, Supplier<Throwable> failure) {
			switch (this) {
				case START, STOP, ERROR, SCOPE, SUPPORTS ->
					registry.observationConfig().observationHandler(new BrokenHandler(this, failure));
				case PREDICATE -> registry.observationConfig().observationPredicate((name, context) -> raise(failure));
				case FILTER -> registry.observationConfig().observationFilter((context) -> raise(failure));
				default -> registry.observationConfig().observationConvention(new BrokenConvention(this, failure));
			}
			if (this == FILTER || this == PREDICATE || ordinal() >= NAME.ordinal()) {
				// Without a handler nothing is observed.
				registry.observationConfig().observationHandler((context) -> true);
			}
		}

		@SuppressWarnings("unchecked")
		private static <T, E extends Throwable> T raise(Supplier<Throwable> failure) throws E {
			throw (E) failure.get();
		}

	}

	/**
	 * Fails when it is called in one place.
	 */
	private static final class BrokenHandler implements ObservationHandler<Observation.Context> {

		private final Place place;

		private final Supplier<Throwable> failure;

		BrokenHandler(Place place, Supplier<Throwable> failure) {
			this.place = place;
			this.failure = failure;
		}

		private void at(Place... places) {
			if (List.of(places).contains(this.place)) {
				Place.raise(this.failure);
			}
		}

		@Override
		public void onStart(Observation.Context context) {
			at(Place.START);
		}

		@Override
		public void onError(Observation.Context context) {
			at(Place.ERROR);
		}

		@Override
		public void onScopeOpened(Observation.Context context) {
			at(Place.SCOPE);
		}

		@Override
		public void onScopeClosed(Observation.Context context) {
			at(Place.SCOPE);
		}

		@Override
		public void onStop(Observation.Context context) {
			at(Place.STOP);
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			at(Place.SUPPORTS);
			return true;
		}

	}

	/**
	 * Fails when it is asked for one thing.
	 */
	private static final class BrokenConvention implements GlobalObservationConvention<Observation.Context> {

		private final Place place;

		private final Supplier<Throwable> failure;

		BrokenConvention(Place place, Supplier<Throwable> failure) {
			this.place = place;
			this.failure = failure;
		}

		private <T> T at(Place place, T otherwise) {
			return (this.place == place) ? Place.raise(this.failure) : otherwise;
		}

		@Override
		public boolean supportsContext(Observation.Context context) {
			return true;
		}

		@Override
		public @Nullable String getName() {
			return at(Place.NAME, "test");
		}

		@Override
		public @Nullable String getContextualName(Observation.Context context) {
			return at(Place.CONTEXTUAL_NAME, "test");
		}

		@Override
		public KeyValues getLowCardinalityKeyValues(Observation.Context context) {
			return at(Place.LOW_CARDINALITY, KeyValues.empty());
		}

		@Override
		public KeyValues getHighCardinalityKeyValues(Observation.Context context) {
			return at(Place.HIGH_CARDINALITY, KeyValues.empty());
		}

	}

	/**
	 * How a filter of a {@code WebClient} fails.
	 */
	enum BrokenFilter {

		THROWS((request, next) -> {
			throw new IllegalStateException(TEST_FAILURE);
		}),

		SIGNALS((request, next) -> Mono.error(new AssertionError(TEST_FAILURE))),

		EMPTY((request, next) -> Mono.empty()),

		RESPONSE((request, next) -> next.exchange(request)
			.flatMap((response) -> response.releaseBody().then(Mono.error(new IllegalStateException(TEST_FAILURE)))));

		private final ExchangeFilterFunction filter;

		BrokenFilter(ExchangeFilterFunction filter) {
			this.filter = filter;
		}

	}

}
