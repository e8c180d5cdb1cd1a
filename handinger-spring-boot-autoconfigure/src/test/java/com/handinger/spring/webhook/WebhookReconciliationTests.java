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

import reactor.test.scheduler.VirtualTimeScheduler;
import org.awaitility.Awaitility;
import com.handinger.spring.http.RateLimitedException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.task.Task;
import com.handinger.spring.task.TaskStatus;
import com.handinger.spring.task.TaskTrigger;
import com.handinger.spring.task.TaskWithTurns;
import com.handinger.spring.webhook.Claims.Transactions;
import com.handinger.spring.webhook.TaskFinishedEvent.Source;
import com.handinger.spring.worker.HandingerWorkersClient;
import com.handinger.spring.worker.WebhookExecution;
import com.handinger.spring.worker.WebhookExecution.RequestStatus;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.util.unit.DataSize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyString;
import static org.mockito.BDDMockito.given;
import static org.mockito.BDDMockito.then;
import static org.mockito.BDDMockito.willAnswer;
import static org.mockito.Mockito.atLeast;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;

/**
 * What was missed is found in Handinger's list of executions.
 */
@ExtendWith(OutputCaptureExtension.class)
class WebhookReconciliationTests {

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

	private static final String URL = "https://example.com/handinger/webhook";

	private final HandingerWorkersClient workers = mock(HandingerWorkersClient.class);

	private final Set<String> running = ConcurrentHashMap.newKeySet();

	private final Set<String> unknown = ConcurrentHashMap.newKeySet();

	private final Set<String> failing = ConcurrentHashMap.newKeySet();

	private final Set<String> lookedUp = ConcurrentHashMap.newKeySet();

	private final AtomicInteger lookUps = new AtomicInteger();

	private final List<TaskFinishedEvent> events = new CopyOnWriteArrayList<>();

	private final Map<String, Instant> marks = new ConcurrentHashMap<>();

	private final MeterRegistry meters = new SimpleMeterRegistry();

	private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

	private volatile List<String> workerIds = List.of("wrk_1");

	private volatile long turns = 1;

	private volatile boolean outage;

	private volatile Instant now = NOW;

	private WebhookReconciliation reconciliation(boolean lasting) {
		Clock clock = mock(Clock.class);
		given(clock.instant()).willAnswer((call) -> this.now);
		given(clock.millis()).willAnswer((call) -> this.now.toEpochMilli());
		given(clock.getZone()).willReturn(ZoneOffset.UTC);
		WebhookSettings settings = new WebhookSettings(true, "/handinger/webhook", List.of(), DataSize.ofBytes(1000),
				Duration.ofSeconds(10), 0, new WebhookSettings.Registration(URL, this.workerIds, false),
				new WebhookSettings.Reconciliation(true, Duration.ofMinutes(1), Duration.ofHours(24)));
		Claims memory = new MemoryClaims(Transactions.NONE, clock);
		Claims claims = mock(Claims.class);
		given(claims.once(anyString(), any()))
			.willAnswer((call) -> memory.once(call.getArgument(0), call.getArgument(1)));
		given(claims.isDurable()).willReturn(lasting);
		given(claims.checkpoint(anyString())).willAnswer((call) -> this.marks.get(call.getArgument(0)));
		willAnswer((call) -> this.marks.put(call.getArgument(0), call.getArgument(1))).given(claims)
			.checkpoint(anyString(), any());
		ListenerCalls calls = new ListenerCalls(claims, Schedulers.boundedElastic(),
				(event) -> hear((TaskFinishedEvent) event));
		Deliveries deliveries = new Deliveries(this::lookUp, (task) -> {
		}, Duration.ofSeconds(10), clock);
		WebhookReconciliation reconciliation = new WebhookReconciliation(settings, this.workers,
				(missed) -> deliveries.lookUp(missed, calls::claim), claims, Schedulers.boundedElastic(), clock);
		reconciliation.register(new WebhookMeters(this.meters));
		return reconciliation;
	}

	private void hear(TaskFinishedEvent event) {
		if (this.failing.contains(event.taskId())) {
			throw new IllegalStateException("This is just a test");
		}
		this.events.add(event);
	}

	private Mono<TaskWithTurns> lookUp(String taskId) {
		return Mono.defer(() -> {
			this.lookUps.incrementAndGet();
			this.lookedUp.add(taskId);
			if (this.outage) {
				return Mono.error(new HandingerConnectionException("No connection", null, taskId, false));
			}
			if (this.unreadable.contains(taskId)) {
				return Mono.error(new HandingerException("The body is no JSON", null, taskId));
			}
			if (this.unknown.contains(taskId)) {
				return Mono.error(mock(NotFoundException.class));
			}
			TaskStatus status = this.running.contains(taskId) ? TaskStatus.RUNNING : TaskStatus.COMPLETED;
			return Mono.just(new TaskWithTurns(new Task(taskId, null, NOW, null, "org_1", status, "",
					new Task.Totals(1, 1, this.turns), TaskTrigger.API, "", "wrk_1"), List.of()));
		});
	}

	private static WebhookExecution execution(String id, Duration age, RequestStatus status, @Nullable String taskId) {
		return new WebhookExecution(id, NOW.minus(age), 10, null, status, 503, taskId, null, URL, "wrk_1");
	}

	private static WebhookExecution failed(String id, int minutes, @Nullable String taskId) {
		return execution(id, Duration.ofMinutes(minutes), RequestStatus.ERROR, taskId);
	}

	private static WebhookExecution succeeded(String id, int minutes, String taskId) {
		return execution(id, Duration.ofMinutes(minutes), RequestStatus.SUCCESS, taskId);
	}

	private void givenExecutions(WebhookExecution... executions) {
		given(this.workers.webhookExecutions("wrk_1")).willReturn(Flux.fromArray(executions));
	}

	private static void pass(WebhookReconciliation reconciliation) {
		StepVerifier.create(reconciliation.pass()).expectComplete().verify(PATIENCE);
	}

	private List<String> heard() {
		return this.events.stream().map(TaskFinishedEvent::taskId).toList();
	}

	private double gauge(String name) {
		return this.meters.get("handinger.webhook.reconciliation." + name).gauge().value();
	}

	@Test
	void deliveryThatHasFailedIsMadeUpForOnce() {
		givenExecutions(failed("whx_2", 1, "tsk_1"), failed("whx_1", 2, "tsk_1"));
		WebhookReconciliation reconciliation = reconciliation(false);
		pass(reconciliation);
		pass(reconciliation);
		assertThat(heard()).containsExactly("tsk_1");
		assertThat(this.events.get(0).source()).isEqualTo(Source.RECONCILIATION);
		assertThat(this.lookUps).hasValue(1);
		assertThat(this.marks.get("wrk_1")).isEqualTo(NOW.minus(Duration.ofMinutes(1)));
	}

	@Test
	void laterSuccessCountsIfTheClaimsOutliveARestart() {
		givenExecutions(succeeded("whx_2", 1, "tsk_1"), failed("whx_1", 2, "tsk_1"));
		pass(reconciliation(true));
		assertThat(this.lookedUp).isEmpty();
		pass(reconciliation(false));
		assertThat(this.lookedUp).containsExactly("tsk_1");
	}

	@Test
	void failureAfterASuccessIsMadeUpFor() {
		givenExecutions(failed("whx_2", 1, "tsk_1"), succeeded("whx_1", 2, "tsk_1"));
		pass(reconciliation(true));
		assertThat(heard()).containsExactly("tsk_1");
	}

	@Test
	void markIsTheOldestThatIsStillOpen() {
		givenExecutions(failed("whx_3", 1, "tsk_3"), failed("whx_2", 5, "tsk_running"), failed("whx_1", 9, "tsk_1"));
		this.running.add("tsk_running");
		WebhookReconciliation reconciliation = reconciliation(true);
		pass(reconciliation);
		assertThat(heard()).containsExactlyInAnyOrder("tsk_3", "tsk_1");
		assertThat(this.marks.get("wrk_1")).isEqualTo(NOW.minus(Duration.ofMinutes(5)));
		assertThat(gauge("backlog")).isEqualTo(1);
		this.running.clear();
		pass(reconciliation);
		assertThat(heard()).hasSize(3).contains("tsk_running");
		assertThat(this.marks.get("wrk_1")).isEqualTo(NOW.minus(Duration.ofMinutes(1)));
		assertThat(gauge("backlog")).isZero();
	}

	@Test
	void executionsBeforeTheMarkAreReadForTenMinutes() {
		this.marks.put("wrk_1", NOW.minus(Duration.ofMinutes(30)));
		List<String> read = new ArrayList<>();
		given(this.workers.webhookExecutions("wrk_1")).willReturn(
				Flux.just(failed("whx_3", 1, "tsk_3"), failed("whx_2", 39, "tsk_2"), failed("whx_1", 41, "tsk_1"),
						failed("whx_0", 42, "tsk_0"))
					.doOnNext((execution) -> read.add(execution.id())));
		pass(reconciliation(true));
		assertThat(heard()).containsExactlyInAnyOrder("tsk_3", "tsk_2");
		assertThat(read).containsExactly("whx_3", "whx_2", "whx_1");
	}

	@Test
	void whatIsTooOldIsCountedAndWarnedOfOnce(CapturedOutput output) {
		this.marks.put("wrk_1", NOW.minus(Duration.ofHours(30)));
		givenExecutions(failed("whx_2", 1, "tsk_2"), failed("whx_old", 25 * 60, "tsk_1"));
		WebhookReconciliation reconciliation = reconciliation(true);
		pass(reconciliation);
		pass(reconciliation);
		assertThat(heard()).containsExactly("tsk_2");
		assertThat(gauge("abandoned")).isEqualTo(1);
		assertThat(output).containsOnlyOnce("whx_old");
	}

	@Test
	void executionWithoutATaskIsCountedAndWarnedOf(CapturedOutput output) {
		givenExecutions(failed("whx_none", 1, null), failed("whx_1", 2, "tsk_1"));
		pass(reconciliation(false));
		assertThat(heard()).containsExactly("tsk_1");
		assertThat(gauge("unresolvable")).isEqualTo(1);
		assertThat(output).containsOnlyOnce("whx_none");
	}

	@Test
	void executionsOfAnotherUrlAreNotOurs() {
		WebhookExecution other = new WebhookExecution("whx_1", NOW, 10, null, RequestStatus.ERROR, 500, "tsk_1", null,
				"https://other.example/hook", "wrk_1");
		givenExecutions(other);
		pass(reconciliation(false));
		assertThat(this.lookedUp).isEmpty();
	}

	@Test
	void taskThatIsGoneIsGivenUpOnce(CapturedOutput output) {
		this.unknown.add("tsk_gone");
		givenExecutions(failed("whx_gone", 1, "tsk_gone"));
		WebhookReconciliation reconciliation = reconciliation(false);
		pass(reconciliation);
		pass(reconciliation);
		assertThat(output).containsOnlyOnce("whx_gone");
		assertThat(this.lookUps).hasValue(1);
	}

	@Test
	void listenerThatFailsIsCalledAgainByTheNextPass() {
		this.failing.add("tsk_1");
		givenExecutions(failed("whx_1", 1, "tsk_1"));
		WebhookReconciliation reconciliation = reconciliation(false);
		pass(reconciliation);
		assertThat(gauge("backlog")).isEqualTo(1);
		this.failing.clear();
		pass(reconciliation);
		assertThat(heard()).containsExactly("tsk_1");
	}

	@Test
	void outageEndsThePassAndLeavesTheMark() {
		this.outage = true;
		givenExecutions(IntStream.rangeClosed(1, 100)
			.mapToObj((i) -> failed("whx_" + i, i, "tsk_" + i))
			.toArray(WebhookExecution[]::new));
		WebhookReconciliation reconciliation = reconciliation(false);
		StepVerifier.create(reconciliation.pass()).expectError().verify(PATIENCE);
		assertThat(this.marks.get("wrk_1")).isNull();
		assertThat(this.lookUps).hasValueLessThanOrEqualTo(16);
		this.outage = false;
		pass(reconciliation);
		assertThat(heard()).hasSize(100);
	}

	@Test
	void taskThatCanNotBeReadDoesNotKeepTheOthers() {
		this.unreadable.add("tsk_odd");
		givenExecutions(failed("whx_1", 1, "tsk_1"), failed("whx_odd", 2, "tsk_odd"));
		pass(reconciliation(false));
		assertThat(heard()).containsExactly("tsk_1");
		assertThat(gauge("backlog")).isEqualTo(1);
	}

	@Test
	void workerThatCanNotBeReadDoesNotKeepTheOthers() {
		this.workerIds = List.of("wrk_gone", "wrk_1");
		given(this.workers.webhookExecutions("wrk_gone")).willReturn(Flux.error(mock(NotFoundException.class)));
		givenExecutions(failed("whx_1", 1, "tsk_1"));
		StepVerifier.create(reconciliation(false).pass()).expectError().verify(PATIENCE);
		assertThat(heard()).containsExactly("tsk_1");
	}

	@Test
	void outageOfAllWorkersIsToldOfInOneLine(CapturedOutput output) {
		this.workerIds = List.of("wrk_1", "wrk_2", "wrk_3", "wrk_4");
		given(this.workers.webhookExecutions(anyString())).willAnswer((call) -> Flux
			.error(new HandingerConnectionException("No connection for " + call.getArgument(0), null, null, false)));
		WebhookReconciliation reconciliation = reconciliation(false);
		reconciliation.start();
		Awaitility.await().atMost(PATIENCE).until(() -> output.getOut().contains("wrk_4"));
		reconciliation.stop();
		assertThat(output.getOut().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.contains("No connection for wrk_1; No connection for wrk_2", "No connection for wrk_4");
		assertThat(output).doesNotContain("ERROR").doesNotContain("onErrorDropped").doesNotContain("\tat ");
	}

	@Test
	void longestWaitThatIsAskedForCounts() {
		this.workerIds = List.of("wrk_1", "wrk_2");
		RateLimitedException failure = mock(RateLimitedException.class);
		given(failure.retryAfter()).willReturn(Duration.ofHours(2));
		given(this.workers.webhookExecutions("wrk_1")).willReturn(Flux.error(failure));
		given(this.workers.webhookExecutions("wrk_2")).willReturn(Flux.error(mock(NotFoundException.class)));
		VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
		try {
			WebhookReconciliation reconciliation = reconciliation(false);
			reconciliation.start();
			time.advanceTimeBy(Duration.ofMinutes(119));
			then(this.workers).should(times(1)).webhookExecutions("wrk_2");
			time.advanceTimeBy(Duration.ofMinutes(30));
			then(this.workers).should(times(2)).webhookExecutions("wrk_2");
			reconciliation.stop();
		}
		finally {
			VirtualTimeScheduler.reset();
		}
	}

	@Test
	void outageOfManyTasksAtOnceIsNoError(CapturedOutput output) {
		this.outage = true;
		givenExecutions(IntStream.rangeClosed(1, 8)
			.mapToObj((i) -> failed("whx_" + i, i, "tsk_" + i))
			.toArray(WebhookExecution[]::new));
		WebhookReconciliation reconciliation = reconciliation(false);
		for (int i = 0; i < 100; i++) {
			StepVerifier.create(reconciliation.pass()).expectError().verify(PATIENCE);
		}
		assertThat(output).doesNotContain("ERROR").doesNotContain("onErrorDropped");
	}

	@Test
	void clientThatReturnsNullIsToldOfOnceAndNotAskedAgain(CapturedOutput output) {
		this.workerIds = List.of("wrk_1", "wrk_2");
		WebhookReconciliation reconciliation = reconciliation(false);
		reconciliation.start();
		Awaitility.await().atMost(PATIENCE).until(() -> output.getOut().contains("a mock"));
		assertThat(output.getOut().lines().filter((line) -> line.contains("WARN"))).singleElement()
			.asString()
			.contains("HandingerWorkersClient.webhookExecutions returned null");
		assertThat(output).doesNotContain("ERROR").doesNotContain("ErrorCallback").doesNotContain("\tat ");
		then(this.workers).should(times(1)).webhookExecutions("wrk_1");
		then(this.workers).should(times(1)).webhookExecutions("wrk_2");
	}

	@Test
	void clientThatThrowsIsAskedAgain(CapturedOutput output) {
		given(this.workers.webhookExecutions("wrk_1")).willThrow(new IllegalStateException("This is just a test"));
		VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
		try {
			WebhookReconciliation reconciliation = reconciliation(false);
			reconciliation.start();
			time.advanceTimeBy(Duration.ofHours(1));
			reconciliation.stop();
			then(this.workers).should(atLeast(2)).webhookExecutions("wrk_1");
		}
		finally {
			VirtualTimeScheduler.reset();
		}
		assertThat(output).containsOnlyOnce("This is just a test").doesNotContain("ERROR");
	}

	@Test
	void dateInTheFutureDoesNotMoveTheMarkThere() {
		givenExecutions(execution("whx_1", Duration.ofDays(-3650), RequestStatus.ERROR, "tsk_1"),
				succeeded("whx_0", 5, "tsk_0"));
		pass(reconciliation(false));
		assertThat(heard()).containsExactly("tsk_1");
		assertThat(this.marks.get("wrk_1")).isBeforeOrEqualTo(NOW);
	}

	@Test
	void furtherTurnThatIsNotShownYetStaysOpen() {
		WebhookReconciliation reconciliation = reconciliation(true);
		this.now = NOW.minus(Duration.ofMinutes(2));
		givenExecutions(failed("whx_1", 3, "tsk_1"));
		pass(reconciliation);
		this.now = NOW;
		givenExecutions(failed("whx_2", 1, "tsk_1"), failed("whx_1", 3, "tsk_1"));
		pass(reconciliation);
		assertThat(gauge("backlog")).isEqualTo(1);
		this.turns = 2;
		pass(reconciliation);
		assertThat(this.events).extracting(TaskFinishedEvent::key).containsExactly("tsk_1#1", "tsk_1#2");
		assertThat(gauge("backlog")).isZero();
	}

	@Test
	void taskWithAFurtherTurnIsHeardOfAtItsNewestEnd() {
		givenExecutions(failed("whx_2", 1, "tsk_1"), failed("whx_1", 2, "tsk_1"));
		pass(reconciliation(true));
		assertThat(this.events).extracting(TaskFinishedEvent::key).containsExactly("tsk_1#1");
	}

}
