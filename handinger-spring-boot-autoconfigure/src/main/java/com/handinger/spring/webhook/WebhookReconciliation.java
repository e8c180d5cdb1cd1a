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
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.handinger.spring.transport.Backoff;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.Redaction;
import com.handinger.spring.transport.SafeLog;
import com.handinger.spring.webhook.WebhookMeters.WebhookMeter;
import com.handinger.spring.worker.HandingerWorkersClient;
import com.handinger.spring.worker.WebhookExecution;
import com.handinger.spring.worker.WebhookExecution.RequestStatus;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

import org.springframework.util.StringUtils;

/**
 * Reads Handinger's list of webhook executions, and recovers the deliveries that have
 * failed. The checkpoint of a worker is its oldest open execution: the next pass reads
 * what is newer again.
 */
final class WebhookReconciliation {

	private static final SafeLog logger = SafeLog.of(WebhookReconciliation.class);

	/**
	 * An execution may be listed later than newer ones.
	 */
	private static final Duration OVERLAP = Duration.ofMinutes(10);

	private static final int CONCURRENCY = 8;

	private static final Duration PATIENCE = Duration.ofMinutes(1);

	/**
	 * Almost as many as the client reads, which are 200 pages of 50.
	 */
	private static final int MAX_EXECUTIONS = 9_000;

	/**
	 * The client uses an earlier date if the API sends none that can be read.
	 */
	private static final Instant FIRST_DATE = Instant.parse("2020-01-01T00:00:00Z");

	private static final int MAX_DOUBLINGS = 3;

	private final WebhookSettings settings;

	private final HandingerWorkersClient workers;

	private final Function<Delivery, Mono<Outcome>> recovery;

	private final Claims claims;

	private final Scheduler scheduler;

	private final Clock clock;

	private final List<Ledger> ledgers;

	private final RejectedDeliveries rejected = new RejectedDeliveries();

	private final AtomicLong lastPass;

	private final AtomicLong abandoned = new AtomicLong();

	private final AtomicLong unresolvable = new AtomicLong();

	private final AtomicBoolean started = new AtomicBoolean();

	private final Disposable.Swap loop = Disposables.swap();

	/**
	 * Create a new reconciliation, which has to be started.
	 * @param settings the settings
	 * @param workers reads the executions
	 * @param recovery recovers missed deliveries
	 * @param claims stores the checkpoints
	 * @param scheduler runs calls of the claims, which may block
	 * @param clock the clock
	 */
	WebhookReconciliation(WebhookSettings settings, HandingerWorkersClient workers,
			Function<Delivery, Mono<Outcome>> recovery, Claims claims, Scheduler scheduler, Clock clock) {
		this.settings = settings;
		this.workers = workers;
		this.recovery = recovery;
		this.claims = claims;
		this.scheduler = scheduler;
		this.clock = clock;
		this.ledgers = settings.registration().workerIds().stream().distinct().map(Ledger::new).toList();
		this.lastPass = new AtomicLong(clock.millis());
	}

	/**
	 * Make a pass now, and then one at each interval, unless that has begun. During an
	 * outage, passes become rarer.
	 */
	void start() {
		if (this.settings.reconciliation().isEnabled() && this.started.compareAndSet(false, true)) {
			this.loop.update(Mono.defer(this::pass)
				.then(Mono.defer(this::pause))
				.repeat()
				.retryWhen(Retry.from((failures) -> failures.concatMap((failed) -> Mono
					.delay(Backoff.jittered(waitAfter(failed.failure(), failed.totalRetriesInARow()))))))
				.subscribe(null, (failure) -> logger
					.warn("Reconciliation has stopped, so missed deliveries are not recovered: " + messages(failure))));
		}
	}

	void stop() {
		this.started.set(false);
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
		meters.gauge(WebhookMeter.AGE, "seconds", this, (it) -> (it.clock.millis() - it.lastPass.get()) / 1000.0);
		meters.gauge(WebhookMeter.BACKLOG, null, this,
				(it) -> it.ledgers.stream().mapToLong((each) -> each.open().count()).sum());
		meters.gauge(WebhookMeter.ABANDONED, null, this.abandoned, AtomicLong::get);
		meters.gauge(WebhookMeter.UNRESOLVABLE, null, this.unresolvable, AtomicLong::get);
	}

	private Mono<Long> pause() {
		this.lastPass.set(this.clock.millis());
		return Mono.delay(Backoff.jittered(this.settings.reconciliation().interval()));
	}

	/**
	 * The longest {@code Retry-After} counts. A mocked client ends the loop, because it
	 * would fail for ever.
	 */
	private Duration waitAfter(Throwable failure, long failuresBefore) {
		List<Throwable> failures = Exceptions.unwrapMultiple(failure);
		if (failures.stream().anyMatch(MockedClientException.class::isInstance)) {
			throw Exceptions.propagate(failure);
		}
		if (failuresBefore == 0) {
			logger.warn("Handinger's list of webhook executions cannot be processed. Reconciliation is retried: "
					+ messages(failure));
		}
		long doublings = Math.min(failuresBefore + 1, MAX_DOUBLINGS);
		Duration wait = this.settings.reconciliation().interval().multipliedBy(1L << doublings);
		return failures.stream()
			.map(Backoff::retryAfter)
			.filter(Objects::nonNull)
			.reduce(wait, BinaryOperator.maxBy(Comparator.naturalOrder()));
	}

	/**
	 * The pass of each worker may have failed.
	 */
	private static String messages(Throwable failure) {
		return Exceptions.unwrapMultiple(Exceptions.unwrap(failure))
			.stream()
			.map(Throwable::getMessage)
			.distinct()
			.collect(Collectors.joining("; "));
	}

	/**
	 * Process the executions of all workers once.
	 */
	Mono<Void> pass() {
		// Unlike concatMapDelayError, flatMapDelayError keeps all errors.
		return Flux.fromIterable(this.ledgers)
			.flatMapDelayError(this::pass, 1, 1)
			.then()
			.contextWrite(HandingerTransport::expectLateFailures);
	}

	private Mono<Void> pass(Ledger ledger) {
		Instant now = this.clock.instant();
		Instant oldest = now.minus(this.settings.reconciliation().maxAge());
		return Mono.fromCallable(() -> Objects.requireNonNullElse(this.claims.checkpoint(ledger.workerId), oldest))
			.subscribeOn(this.scheduler)
			.flatMap((checkpoint) -> read(ledger.workerId, checkpoint).flatMap((executions) -> {
				open(ledger, executions, oldest);
				return recover(ledger)
					.then(Mono.<Void>fromRunnable(() -> storeCheckpoint(ledger, executions, checkpoint, now))
						.subscribeOn(this.scheduler));
			}));
	}

	/**
	 * Read the executions since the checkpoint, newest first. One that is listed twice
	 * has moved to the next page.
	 */
	private Mono<Collection<WebhookExecution>> read(String workerId, Instant checkpoint) {
		Instant from = checkpoint.minus(OVERLAP);
		return MockedClientException
			.many("HandingerWorkersClient.webhookExecutions", () -> this.workers.webhookExecutions(workerId))
			.takeWhile((execution) -> !isDatedBefore(execution, from))
			.collect(Collectors.toMap(WebhookExecution::id, Function.identity(), (first, again) -> first,
					LinkedHashMap::new))
			.map(Map::values);
	}

	/**
	 * Find the executions to recover.
	 */
	private void open(Ledger ledger, Collection<WebhookExecution> executions, Instant oldest) {
		List<WebhookExecution> ours = executions.stream().filter(this::isOurs).toList();
		this.rejected.note(ledger.workerId, ours);
		List<WebhookExecution> open = new ArrayList<>();
		Map<String, Instant> successes = new HashMap<>();
		// Later executions are listed first.
		for (WebhookExecution execution : ours) {
			String taskId = String.valueOf(execution.taskId());
			if (execution.requestStatus() == RequestStatus.SUCCESS) {
				successes.merge(taskId, execution.createdAt(), BinaryOperator.maxBy(Comparator.naturalOrder()));
			}
			else if (!ledger.settled.contains(execution.id())) {
				Instant success = successes.get(taskId);
				boolean succeededLater = success != null && !success.isBefore(execution.createdAt());
				if (isToRecover(ledger, execution, oldest, succeededLater)) {
					open.add(execution);
				}
			}
		}
		ledger.open = open;
		ledger.settled.retainAll(executions.stream().map(WebhookExecution::id).collect(Collectors.toSet()));
	}

	private boolean isToRecover(Ledger ledger, WebhookExecution execution, Instant oldest, boolean succeededLater) {
		if (execution.taskId() == null || !Delivery.isId(execution.taskId())) {
			giveUp(ledger, execution, this.unresolvable, "it names no task");
			return false;
		}
		// Only durable claims know whether that success counts after a restart.
		if (succeededLater && this.claims.isDurable()) {
			ledger.settled.add(execution.id());
			return false;
		}
		boolean isTooOld = isDatedBefore(execution, oldest);
		if (isTooOld && !succeededLater) {
			giveUp(ledger, execution, this.abandoned, "it is older than handinger.webhook.reconciliation.max-age");
		}
		return !isTooOld;
	}

	private boolean isOurs(WebhookExecution execution) {
		String url = this.settings.registration().url();
		return url == null || execution.url().isEmpty()
				|| withoutSlash(url).equalsIgnoreCase(withoutSlash(execution.url()));
	}

	private static String withoutSlash(String url) {
		return StringUtils.trimTrailingCharacter(url, '/');
	}

	private static boolean isDated(WebhookExecution execution) {
		return !execution.createdAt().isBefore(FIRST_DATE);
	}

	private static boolean isDatedBefore(WebhookExecution execution, Instant time) {
		return isDated(execution) && execution.createdAt().isBefore(time);
	}

	private void giveUp(Ledger ledger, WebhookExecution execution, AtomicLong count, String reason) {
		ledger.settled.add(execution.id());
		count.incrementAndGet();
		logger.warn("The failed webhook execution " + Redaction.of(execution.id()) + " of worker " + ledger.workerId
				+ " is not recovered, because " + reason
				+ ((execution.taskId() != null) ? ". Check its task in the dashboard" : ""));
	}

	private Mono<Void> recover(Ledger ledger) {
		Map<String, List<WebhookExecution>> byTask = ledger.open()
			.sorted(Comparator.comparing(WebhookExecution::createdAt).reversed())
			.collect(Collectors.groupingBy((each) -> String.valueOf(each.taskId()), LinkedHashMap::new,
					Collectors.toList()));
		return Flux.fromIterable(byTask.entrySet())
			.flatMap(
					(missed) -> recover(ledger.workerId, missed.getKey(), missed.getValue().get(0))
						.filter(Outcome::isFinal)
						.doOnNext((outcome) -> missed.getValue().forEach((each) -> ledger.settled.add(each.id()))),
					CONCURRENCY)
			.then();
	}

	/**
	 * Recover a task whose deliveries have failed. An outage ends the pass. A listener
	 * that never returns must not keep the others waiting, and {@code cache()} does not
	 * pass the cancellation on to it.
	 */
	private Mono<Outcome> recover(String workerId, String taskId, WebhookExecution newest) {
		return this.recovery.apply(Delivery.missed(taskId, this.clock.instant(), newest.createdAt()))
			.cache()
			.timeout(PATIENCE, Mono.just(Outcome.TIMED_OUT))
			.doOnNext((outcome) -> {
				if (outcome == Outcome.OUTAGE) {
					throw new IllegalStateException("the task " + taskId + " cannot be read");
				}
				if (outcome == Outcome.TIMED_OUT) {
					logger.warn("The missed delivery of task " + taskId + " is not handled within "
							+ PATIENCE.toSeconds() + " s. The work continues");
				}
				if (outcome == Outcome.UNKNOWN_TASK) {
					logger.warn("The webhook execution " + Redaction.of(newest.id()) + " of worker " + workerId
							+ " is not recovered, because its task does not exist for the API key");
				}
			});
	}

	private void storeCheckpoint(Ledger ledger, Collection<WebhookExecution> executions, Instant checkpoint,
			Instant now) {
		if (executions.size() >= MAX_EXECUTIONS) {
			logger.warn("Worker " + ledger.workerId + " has more webhook executions since " + checkpoint
					+ " than can be read, so older ones may be missed. Check them in the dashboard");
		}
		Instant next = dates(ledger.open()).min(Comparator.naturalOrder())
			.or(() -> dates(executions.stream()).filter((date) -> date.isBefore(now)).max(Comparator.naturalOrder()))
			.orElse(checkpoint);
		next = next.isAfter(now) ? now : next;
		if (!next.equals(checkpoint)) {
			this.claims.checkpoint(ledger.workerId, next);
		}
	}

	private static Stream<Instant> dates(Stream<WebhookExecution> executions) {
		return executions.filter(WebhookReconciliation::isDated).map(WebhookExecution::createdAt);
	}

	/**
	 * The executions of a worker since its checkpoint.
	 */
	private static final class Ledger {

		private final String workerId;

		/**
		 * Ids of executions that need nothing more.
		 */
		private final Set<String> settled = ConcurrentHashMap.newKeySet();

		/**
		 * Failed executions that were to be recovered by the last pass. Replaced as a
		 * whole, since a gauge reads them at any time.
		 */
		private volatile List<WebhookExecution> open = List.of();

		Ledger(String workerId) {
			this.workerId = workerId;
		}

		Stream<WebhookExecution> open() {
			return this.open.stream().filter((execution) -> !this.settled.contains(execution.id()));
		}

	}

}
