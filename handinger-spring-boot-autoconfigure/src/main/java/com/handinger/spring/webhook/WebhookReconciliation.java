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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

import com.handinger.spring.transport.Backoff;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.SafeLog;
import com.handinger.spring.transport.Redaction;
import com.handinger.spring.worker.HandingerWorkersClient;
import com.handinger.spring.worker.WebhookExecution;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

import org.springframework.util.StringUtils;

/**
 * Reads Handinger's list of executions, and sees to the deliveries that have failed. The
 * mark is the oldest that is still open: what is newer is read again by the next pass.
 */
final class WebhookReconciliation {

	private static final SafeLog logger = SafeLog.of(WebhookReconciliation.class);

	/**
	 * An execution may be listed later than others that are newer.
	 */
	private static final Duration OVERLAP = Duration.ofMinutes(10);

	private static final int CONCURRENCY = 8;

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	/**
	 * As many as the client reads.
	 */
	private static final int MOST_EXECUTIONS = 9_000;

	/**
	 * The API did not send a date before.
	 */
	private static final Instant FIRST_DATE = Instant.parse("2020-01-01T00:00:00Z");

	private static final int MOST_DOUBLINGS = 3;

	private final WebhookSettings settings;

	private final HandingerWorkersClient workers;

	private final Deliveries deliveries;

	private final Checkpoints marks;

	private final Scheduler scheduler;

	private final Clock clock;

	/**
	 * The executions that need nothing more, by worker.
	 */
	private final Map<String, Set<String>> settled = new ConcurrentHashMap<>();

	private final Map<String, Integer> open = new ConcurrentHashMap<>();

	private final RejectedDeliveries rejected = new RejectedDeliveries();

	private final AtomicLong lastPass;

	private final AtomicLong abandoned = new AtomicLong();

	private final AtomicLong unresolvable = new AtomicLong();

	private final AtomicInteger failures = new AtomicInteger();

	private final Disposable.Swap loop = Disposables.swap();

	/**
	 * Create a new reconciliation, which has to be started.
	 * @param settings what the application has set
	 * @param workers the client of the workers
	 * @param deliveries sees to what was missed
	 * @param marks up to when the executions are settled
	 * @param scheduler where marks are read and kept, which may block
	 * @param clock tells the time
	 */
	WebhookReconciliation(WebhookSettings settings, HandingerWorkersClient workers, Deliveries deliveries,
			Checkpoints marks, Scheduler scheduler, Clock clock) {
		this.settings = settings;
		this.workers = workers;
		this.deliveries = deliveries;
		this.marks = marks;
		this.scheduler = scheduler;
		this.clock = clock;
		this.lastPass = new AtomicLong(clock.millis());
	}

	boolean isEnabled() {
		return this.settings.reconciliation().enabled();
	}

	/**
	 * Make a pass now, and then one at each interval.
	 */
	void start() {
		if (isEnabled()) {
			this.loop.update(Mono.defer(this::passAndWait).repeat().subscribe(null, WebhookReconciliation::giveUp));
		}
	}

	void stop() {
		this.loop.update(Disposables.disposed());
	}

	/**
	 * Return the delivery of each worker that was rejected last, unless a later one has
	 * succeeded.
	 */
	Map<String, String> rejections() {
		return this.rejected.descriptions();
	}

	void register(WebhookMeters meters) {
		meters.gauge("age", "seconds", "Time since the last pass over the executions that was complete", this,
				(all) -> (all.clock.millis() - all.lastPass.get()) / 1000.0);
		meters.gauge("backlog", "", "Executions that have failed and are not seen to yet", this,
				(all) -> all.open.values().stream().mapToInt(Integer::intValue).sum());
		meters.gauge("abandoned", "", "Executions that were given up, since they are too old", this,
				(all) -> all.abandoned.get());
		meters.gauge("unresolvable", "", "Executions that name no task", this, (all) -> all.unresolvable.get());
	}

	private static void giveUp(Throwable failure) {
		logger.warn("Missed deliveries are not looked for any more: " + sentences(failure));
	}

	private Mono<Long> passAndWait() {
		return pass().then(Mono.fromSupplier(() -> {
			this.failures.set(0);
			this.lastPass.set(this.clock.millis());
			return this.settings.reconciliation().interval();
		}))
			.onErrorResume((failure) -> !isOfMock(failure), (failure) -> Mono.fromSupplier(() -> waitAfter(failure)))
			.flatMap((wait) -> Mono.delay(Backoff.jittered(wait)));
	}

	/**
	 * An outage is no reason to ask more often.
	 */
	private Duration waitAfter(Throwable failure) {
		int failures = this.failures.incrementAndGet();
		if (failures == 1) {
			logger.warn("Handinger's list of webhook executions can't be worked through, which is tried again: "
					+ sentences(failure));
		}
		Duration wait = this.settings.reconciliation()
			.interval()
			.multipliedBy(1L << Math.min(failures, MOST_DOUBLINGS));
		return Exceptions.unwrapMultiple(failure)
			.stream()
			.map(Backoff::retryAfter)
			.filter(Objects::nonNull)
			.reduce(wait, (one, other) -> (one.compareTo(other) > 0) ? one : other);
	}

	private static boolean isOfMock(Throwable failure) {
		return Exceptions.unwrapMultiple(failure).stream().anyMatch(MockedClientException.class::isInstance);
	}

	/**
	 * Each worker may have failed.
	 */
	private static String sentences(Throwable failure) {
		return Exceptions.unwrapMultiple(failure)
			.stream()
			.map(Throwable::getMessage)
			.distinct()
			.collect(Collectors.joining("; "));
	}

	/**
	 * Work once through the executions of all workers.
	 */
	Mono<Void> pass() {
		// Unlike concatMapDelayError, flatMapDelayError keeps all errors.
		return Flux.fromIterable(this.settings.registration().workerIds())
			.flatMapDelayError(this::pass, 1, 1)
			.then()
			.contextWrite(HandingerTransport::expectLateFailures);
	}

	private Mono<Void> pass(String workerId) {
		return Mono.fromCallable(() -> new Pass(workerId, this.clock.instant(), this.marks.get(workerId)))
			.subscribeOn(this.scheduler)
			.flatMap((pass) -> pass.run());
	}

	/**
	 * Once through the executions of a worker.
	 */
	private final class Pass {

		private final String workerId;

		private final Instant oldest;

		private final Instant mark;

		private final Instant now;

		/**
		 * Whether all executions since the mark were read.
		 */
		private final AtomicBoolean reachedStart = new AtomicBoolean();

		Pass(String workerId, Instant now, @Nullable Instant mark) {
			this.workerId = workerId;
			this.now = now;
			this.oldest = now.minus(WebhookReconciliation.this.settings.reconciliation().maxAge());
			this.mark = (mark != null) ? mark : this.oldest;
		}

		Mono<Void> run() {
			Instant from = this.mark.minus(OVERLAP);
			return MockedClientException
				.many("HandingerWorkersClient.webhookExecutions",
						() -> WebhookReconciliation.this.workers.webhookExecutions(this.workerId))
				.takeWhile((execution) -> isUndated(execution.createdAt()) || !isBefore(execution, from))
				.collect(Collectors.toMap(WebhookExecution::id, (execution) -> execution, (first, again) -> first,
						LinkedHashMap::new))
				.flatMap((executions) -> settle(List.copyOf(executions.values())));
		}

		private boolean isBefore(WebhookExecution execution, Instant from) {
			boolean isBefore = execution.createdAt().isBefore(from);
			if (isBefore) {
				this.reachedStart.set(true);
			}
			return isBefore;
		}

		private Mono<Void> settle(List<WebhookExecution> executions) {
			WebhookReconciliation.this.rejected.note(this.workerId, executions.stream().filter(this::isOurs).toList());
			Set<String> settled = WebhookReconciliation.this.settled.computeIfAbsent(this.workerId,
					(id) -> ConcurrentHashMap.newKeySet());
			settled.retainAll(executions.stream().map(WebhookExecution::id).collect(Collectors.toSet()));
			Map<String, List<WebhookExecution>> byTask = candidates(executions, settled);
			Map<String, Instant> open = new ConcurrentHashMap<>();
			byTask.values().forEach((missed) -> missed.forEach((each) -> open.put(each.id(), each.createdAt())));
			WebhookReconciliation.this.open.put(this.workerId, open.size());
			return Flux.fromIterable(byTask.entrySet())
				.flatMap((missed) -> settle(missed.getKey(), missed.getValue()).doOnNext((done) -> {
					if (done) {
						missed.getValue().forEach((each) -> {
							settled.add(each.id());
							open.remove(each.id());
						});
						WebhookReconciliation.this.open.put(this.workerId, open.size());
					}
				}), CONCURRENCY)
				.then(Mono.<Void>fromRunnable(() -> keepMark(executions, open))
					.subscribeOn(WebhookReconciliation.this.scheduler));
		}

		/**
		 * Return what was missed, by task.
		 */
		private Map<String, List<WebhookExecution>> candidates(List<WebhookExecution> executions, Set<String> settled) {
			Map<String, Instant> successes = new HashMap<>();
			Map<String, List<WebhookExecution>> missed = new LinkedHashMap<>();
			for (WebhookExecution execution : executions) {
				String taskId = execution.taskId();
				if (!isOurs(execution) || settled.contains(execution.id())) {
					continue;
				}
				if (execution.requestStatus() == WebhookExecution.RequestStatus.SUCCESS) {
					if (taskId != null) {
						successes.merge(taskId, execution.createdAt(),
								(one, other) -> one.isAfter(other) ? one : other);
					}
				}
				else if (taskId == null || !DeliveryBody.isId(taskId)) {
					giveUp(execution, settled, WebhookReconciliation.this.unresolvable, "it names no task");
				}
				// What a success means after a restart, only lasting claims know.
				else if (isSucceeded(execution, successes.get(taskId))
						&& WebhookReconciliation.this.deliveries.isDurable()) {
					settled.add(execution.id());
				}
				else if (!isUndated(execution.createdAt()) && execution.createdAt().isBefore(this.oldest)) {
					if (!isSucceeded(execution, successes.get(taskId))) {
						giveUp(execution, settled, WebhookReconciliation.this.abandoned,
								"it is older than handinger.webhook.reconciliation.max-age");
					}
				}
				else {
					missed.computeIfAbsent(taskId, (id) -> new ArrayList<>()).add(execution);
				}
			}
			return missed;
		}

		private static boolean isSucceeded(WebhookExecution execution, @Nullable Instant success) {
			return success != null && !success.isBefore(execution.createdAt());
		}

		private boolean isOurs(WebhookExecution execution) {
			String url = WebhookReconciliation.this.settings.registration().url();
			return url == null || execution.url().isEmpty()
					|| withoutSlash(url).equalsIgnoreCase(withoutSlash(execution.url()));
		}

		private static String withoutSlash(String url) {
			return StringUtils.trimTrailingCharacter(url, '/');
		}

		private void giveUp(WebhookExecution execution, Set<String> settled, AtomicLong count, String reason) {
			if (settled.add(execution.id())) {
				count.incrementAndGet();
				logger.warn("The webhook execution " + Redaction.of(execution.id()) + " of worker " + this.workerId
						+ " has failed and is given up, since " + reason
						+ ((execution.taskId() != null) ? ": look at its task in the dashboard" : ""));
			}
		}

		/**
		 * Return whether nothing more is to be done for a task. An outage ends the pass.
		 */
		private Mono<Boolean> settle(String taskId, List<WebhookExecution> missed) {
			Delivery delivery = Delivery.missed(taskId, WebhookReconciliation.this.clock.instant(),
					missed.get(0).createdAt());
			Mono<Outcome> work = WebhookReconciliation.this.deliveries.process(delivery);
			// A listener that never ends must not keep the others from theirs.
			return Mono.fromFuture(work.toFuture(), true)
				.timeout(PATIENCE, Mono.just(Outcome.TIMED_OUT))
				.flatMap((outcome) -> {
					if (outcome == Outcome.TIMED_OUT) {
						logger.warn("The end of the task " + taskId + " is not handled within " + PATIENCE.toSeconds()
								+ " s; the work goes on");
					}
					if (outcome == Outcome.OUTAGE) {
						return Mono
							.error(new IllegalStateException("the task " + taskId + " can't be looked up or handled"));
					}
					if (outcome == Outcome.UNKNOWN_TASK) {
						logger.warn("The task of the webhook execution " + Redaction.of(missed.get(0).id())
								+ " of worker " + this.workerId + " is not there for our key, so it is given up");
					}
					return Mono.just(outcome.isFinal());
				});
		}

		private void keepMark(List<WebhookExecution> executions, Map<String, Instant> open) {
			if (!this.reachedStart.get() && executions.size() >= MOST_EXECUTIONS) {
				logger.warn("Worker " + this.workerId + " has more webhook executions since " + this.mark
						+ " than can be read, so older ones may be missed: look at them in the dashboard");
			}
			Instant next = open.values()
				.stream()
				.filter((at) -> !isUndated(at))
				.min(Instant::compareTo)
				.or(() -> executions.stream()
					.map(WebhookExecution::createdAt)
					.filter((at) -> !isUndated(at) && at.isBefore(this.now))
					.max(Instant::compareTo))
				.orElse(this.mark);
			if (next.isAfter(this.now)) {
				next = this.now;
			}
			if (!next.equals(this.mark)) {
				WebhookReconciliation.this.marks.put(this.workerId, next);
			}
		}

	}

	/**
	 * The client gives such a date where the API sends none that can be read.
	 */
	private static boolean isUndated(Instant createdAt) {
		return createdAt.isBefore(FIRST_DATE);
	}

}
