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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;

import com.handinger.spring.transport.Backoff;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.Redaction;
import com.handinger.spring.transport.SafeLog;
import com.handinger.spring.webhook.WebhookMeters.WebhookMeter;
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
	 * As many as the client reads.
	 */
	private static final int MAX_EXECUTIONS = 9_000;

	/**
	 * The client uses an earlier date if the API sends none that can be read.
	 */
	private static final Instant FIRST_DATE = Instant.parse("2020-01-01T00:00:00Z");

	private static final int MAX_DOUBLINGS = 3;

	private final WebhookSettings settings;

	private final HandingerWorkersClient workers;

	private final Deliveries deliveries;

	private final Claims claims;

	private final Scheduler scheduler;

	private final Clock clock;

	private final List<Ledger> ledgers;

	private final RejectedDeliveries rejected = new RejectedDeliveries();

	private final AtomicLong lastPass;

	private final AtomicLong abandoned = new AtomicLong();

	private final AtomicLong unresolvable = new AtomicLong();

	private final AtomicInteger failures = new AtomicInteger();

	private final Disposable.Swap loop = Disposables.swap();

	/**
	 * Create a new reconciliation, which has to be started.
	 * @param settings the settings
	 * @param workers reads the executions
	 * @param deliveries handles missed deliveries
	 * @param claims stores the checkpoints
	 * @param scheduler runs calls of the claims, which may block
	 * @param clock the clock
	 */
	WebhookReconciliation(WebhookSettings settings, HandingerWorkersClient workers, Deliveries deliveries,
			Claims claims, Scheduler scheduler, Clock clock) {
		this.settings = settings;
		this.workers = workers;
		this.deliveries = deliveries;
		this.claims = claims;
		this.scheduler = scheduler;
		this.clock = clock;
		this.ledgers = settings.registration().workerIds().stream().distinct().map(Ledger::new).toList();
		this.lastPass = new AtomicLong(clock.millis());
	}

	/**
	 * Make a pass now, and then one at each interval.
	 */
	void start() {
		if (this.settings.reconciliation().isEnabled()) {
			this.loop.update(Mono.defer(this::passAndWait)
				.repeat()
				.subscribe(null, (failure) -> logger
					.warn("Missed deliveries are not looked for any more: " + messages(failure))));
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
		meters.gauge(WebhookMeter.AGE, "seconds", this, (it) -> (it.clock.millis() - it.lastPass.get()) / 1000.0);
		meters.gauge(WebhookMeter.BACKLOG, null, this,
				(it) -> it.ledgers.stream().mapToInt((each) -> each.open.size()).sum());
		meters.gauge(WebhookMeter.ABANDONED, null, this.abandoned, AtomicLong::get);
		meters.gauge(WebhookMeter.UNRESOLVABLE, null, this.unresolvable, AtomicLong::get);
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
	 * During an outage, passes become rarer, and the longest {@code Retry-After} counts.
	 */
	private Duration waitAfter(Throwable failure) {
		int failures = this.failures.incrementAndGet();
		if (failures == 1) {
			logger.warn("Handinger's list of webhook executions cannot be processed. Reconciliation is retried: "
					+ messages(failure));
		}
		Duration wait = this.settings.reconciliation().interval().multipliedBy(1L << Math.min(failures, MAX_DOUBLINGS));
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
	 * The pass of each worker may have failed.
	 */
	private static String messages(Throwable failure) {
		return Exceptions.unwrapMultiple(failure)
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
		return Mono.fromCallable(() -> new Pass(ledger, this.clock.instant(), this.claims.checkpoint(ledger.workerId)))
			.subscribeOn(this.scheduler)
			.flatMap(Pass::run);
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

	/**
	 * What is known of the executions of a worker since its checkpoint.
	 */
	private static final class Ledger {

		private final String workerId;

		/**
		 * Executions that were read before and need nothing more.
		 */
		private final Set<String> settled = ConcurrentHashMap.newKeySet();

		/**
		 * Failed executions that are not recovered yet. Replaced as a whole, since a
		 * gauge reads its size at any time.
		 */
		private volatile Map<String, WebhookExecution> open = new ConcurrentHashMap<>();

		Ledger(String workerId) {
			this.workerId = workerId;
		}

		void settle(WebhookExecution execution) {
			this.settled.add(execution.id());
			this.open.remove(execution.id());
		}

	}

	/**
	 * One pass over the executions of a worker.
	 */
	private final class Pass {

		private final Ledger ledger;

		private final Instant now;

		private final Instant oldest;

		private final Instant checkpoint;

		Pass(Ledger ledger, Instant now, @Nullable Instant checkpoint) {
			this.ledger = ledger;
			this.now = now;
			this.oldest = now.minus(WebhookReconciliation.this.settings.reconciliation().maxAge());
			this.checkpoint = (checkpoint != null) ? checkpoint : this.oldest;
		}

		Mono<Void> run() {
			return read().flatMap((executions) -> {
				open(executions);
				return recover().then(Mono.<Void>fromRunnable(() -> storeCheckpoint(executions))
					.subscribeOn(WebhookReconciliation.this.scheduler));
			});
		}

		/**
		 * Read the executions since the checkpoint, newest first. One that is listed
		 * twice has moved to the next page.
		 */
		private Mono<Collection<WebhookExecution>> read() {
			Instant from = this.checkpoint.minus(OVERLAP);
			return MockedClientException
				.many("HandingerWorkersClient.webhookExecutions",
						() -> WebhookReconciliation.this.workers.webhookExecutions(this.ledger.workerId))
				.takeWhile((execution) -> !isDated(execution) || !execution.createdAt().isBefore(from))
				.collect(Collectors.toMap(WebhookExecution::id, (execution) -> execution, (first, again) -> first,
						LinkedHashMap::new))
				.map(Map::values);
		}

		/**
		 * Find the executions to recover.
		 */
		private void open(Collection<WebhookExecution> executions) {
			List<WebhookExecution> ours = executions.stream().filter(WebhookReconciliation.this::isOurs).toList();
			WebhookReconciliation.this.rejected.note(this.ledger.workerId, ours);
			this.ledger.settled.retainAll(executions.stream().map(WebhookExecution::id).collect(Collectors.toSet()));
			Map<String, WebhookExecution> open = new ConcurrentHashMap<>();
			Map<String, Instant> successes = new HashMap<>();
			for (WebhookExecution execution : ours) {
				String taskId = execution.taskId();
				if (this.ledger.settled.contains(execution.id())) {
					continue;
				}
				if (execution.requestStatus() == WebhookExecution.RequestStatus.SUCCESS) {
					successes.merge(String.valueOf(taskId), execution.createdAt(),
							(one, other) -> one.isAfter(other) ? one : other);
				}
				else if (taskId == null || !Delivery.isId(taskId)) {
					giveUp(execution, WebhookReconciliation.this.unresolvable, "it names no task");
				}
				else {
					Instant success = successes.get(taskId);
					open(execution, success != null && !success.isBefore(execution.createdAt()), open);
				}
			}
			this.ledger.open = open;
		}

		private void open(WebhookExecution execution, boolean succeededLater, Map<String, WebhookExecution> open) {
			// Only durable claims know whether that success counts after a restart.
			if (succeededLater && WebhookReconciliation.this.claims.isDurable()) {
				this.ledger.settle(execution);
			}
			else if (!isDated(execution) || !execution.createdAt().isBefore(this.oldest)) {
				open.put(execution.id(), execution);
			}
			else if (!succeededLater) {
				giveUp(execution, WebhookReconciliation.this.abandoned,
						"it is older than handinger.webhook.reconciliation.max-age");
			}
		}

		private void giveUp(WebhookExecution execution, AtomicLong count, String reason) {
			this.ledger.settle(execution);
			count.incrementAndGet();
			logger.warn("The failed webhook execution " + Redaction.of(execution.id()) + " of worker "
					+ this.ledger.workerId + " is not recovered, because " + reason
					+ ((execution.taskId() != null) ? ". Check its task in the dashboard" : ""));
		}

		private Mono<Void> recover() {
			Map<String, List<WebhookExecution>> byTask = new LinkedHashMap<>();
			this.ledger.open.values()
				.stream()
				.sorted((one, other) -> other.createdAt().compareTo(one.createdAt()))
				.forEach((each) -> byTask.computeIfAbsent(String.valueOf(each.taskId()), (id) -> new ArrayList<>())
					.add(each));
			return Flux.fromIterable(byTask.entrySet())
				.flatMap((missed) -> recover(missed.getKey(), missed.getValue().get(0)).filter(Outcome::isFinal)
					.doOnNext((outcome) -> missed.getValue().forEach(this.ledger::settle)), CONCURRENCY)
				.then();
		}

		/**
		 * Recover a task whose deliveries have failed. An outage ends the pass. A
		 * listener that never returns must not keep the others waiting, and
		 * {@code cache()} does not pass the cancellation on to it.
		 */
		private Mono<Outcome> recover(String taskId, WebhookExecution newest) {
			Instant foundAt = WebhookReconciliation.this.clock.instant();
			return WebhookReconciliation.this.deliveries.process(Delivery.missed(taskId, foundAt, newest.createdAt()))
				.cache()
				.timeout(PATIENCE, Mono.just(Outcome.TIMED_OUT))
				.flatMap((outcome) -> {
					if (outcome == Outcome.OUTAGE) {
						return Mono.error(new IllegalStateException("the task " + taskId + " cannot be read"));
					}
					if (outcome == Outcome.TIMED_OUT) {
						logger.warn("The missed delivery of task " + taskId + " is not handled within "
								+ PATIENCE.toSeconds() + " s. The work continues");
					}
					if (outcome == Outcome.UNKNOWN_TASK) {
						logger.warn("The webhook execution " + Redaction.of(newest.id()) + " of worker "
								+ this.ledger.workerId + " is not recovered, because its task does not exist for the "
								+ "API key");
					}
					return Mono.just(outcome);
				});
		}

		private void storeCheckpoint(Collection<WebhookExecution> executions) {
			if (executions.size() >= MAX_EXECUTIONS) {
				logger.warn("Worker " + this.ledger.workerId + " has more webhook executions since " + this.checkpoint
						+ " than can be read, so older ones may be missed. Check them in the dashboard");
			}
			Instant next = this.ledger.open.values()
				.stream()
				.filter(WebhookReconciliation::isDated)
				.map(WebhookExecution::createdAt)
				.min(Instant::compareTo)
				.or(() -> executions.stream()
					.filter((each) -> isDated(each) && each.createdAt().isBefore(this.now))
					.map(WebhookExecution::createdAt)
					.max(Instant::compareTo))
				.orElse(this.checkpoint);
			next = next.isAfter(this.now) ? this.now : next;
			if (!next.equals(this.checkpoint)) {
				WebhookReconciliation.this.claims.checkpoint(this.ledger.workerId, next);
			}
		}

	}

}
