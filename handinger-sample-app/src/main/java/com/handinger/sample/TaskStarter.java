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

package com.handinger.sample;

import java.time.Duration;

import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.task.CreateTask;
import com.handinger.spring.task.HandingerTasksClient;
import com.handinger.spring.task.TaskWithTurns;
import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Starts tasks in the background, follows them until they have finished, and records
 * their results.
 */
@Component
final class TaskStarter {

	private static final Log logger = LogFactory.getLog(TaskStarter.class);

	private static final Duration LONGEST_START = Duration.ofSeconds(5);

	static final Duration SHORTEST_WAIT = Duration.ofMillis(50);

	private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);

	static final Duration LONGEST_OUTAGE_WAIT = Duration.ofSeconds(10);

	private static final int LOOK_UPS = 30;

	private static final int WRITES = 10;

	private final HandingerTasksClient client;

	private final StartedTasks startedTasks;

	private final Arrivals arrivals;

	private final Sources sources;

	private final SampleConnectionDetails connectionDetails;

	private final TaskStore store;

	private final Disposable.Composite running = Disposables.composite();

	TaskStarter(HandingerTasksClient client, StartedTasks startedTasks, Arrivals arrivals, Sources sources,
			SampleConnectionDetails connectionDetails, TaskStore store) {
		this.client = client;
		this.startedTasks = startedTasks;
		this.arrivals = arrivals;
		this.sources = sources;
		this.connectionDetails = connectionDetails;
		this.store = store;
	}

	/**
	 * Start a task.
	 * @return the id of the task as soon as Handinger knows it or some seconds have
	 * passed, or the failure if it could not be started
	 */
	Mono<String> start(CreateTask task) {
		return start(task, () -> {
		});
	}

	/**
	 * Start a task.
	 * @param afterwards called when the attachments of the task are no longer needed
	 * @return the id of the task as soon as Handinger knows it or some seconds have
	 * passed, or the failure if it could not be started
	 */
	Mono<String> start(CreateTask task, Runnable afterwards) {
		String taskId = String.valueOf(task.taskId());
		return turnCount(taskId).doOnError((ex) -> afterwards.run())
			.flatMap((turnsBefore) -> start((turnsBefore == 0) ? withWorker(task) : task, taskId, turnsBefore,
					afterwards))
			.thenReturn(taskId);
	}

	private CreateTask withWorker(CreateTask task) {
		return (task.workerId() != null) ? task : task.withWorkerId(this.connectionDetails.defaultWorkerId());
	}

	private Mono<Long> turnCount(String taskId) {
		return this.client.retrieve(taskId).map(TaskWithTurns::turnCount).onErrorReturn(NotFoundException.class, 0L);
	}

	private Mono<Void> start(CreateTask task, String taskId, long turnsBefore, Runnable afterwards) {
		StartedTask started = StartedTask.running(taskId, task.input());
		Mono<Void> creation = this.client.create(task)
			.flatMap((worker) -> this.sources.add(taskId, worker.sources()))
			.doFinally((signal) -> afterwards.run())
			.cache();
		Mono<Void> accepted = this.store.add(started, turnsBefore)
			.doOnError((ex) -> afterwards.run())
			.then(Mono.firstWithSignal(isVisible(taskId, turnsBefore), isAccepted(creation, taskId, turnsBefore))
				.timeout(LONGEST_START, Mono.empty()))
			.onErrorResume((ex) -> this.store.remove(started).onErrorComplete().then(Mono.error(ex)))
			.doOnSuccess((done) -> this.startedTasks.add(started))
			.cache();
		run(started, accepted.then(awaitEnd(started, creation, turnsBefore)));
		return accepted;
	}

	/**
	 * Follow a task until its end is known, stored and shown.
	 */
	void run(StartedTask started, Mono<TaskEnd> end) {
		Disposable.Swap running = Disposables.swap();
		this.running.add(running);
		running.update(end.onErrorResume((ex) -> Mono.just(TaskEnd.unknown(started, ex)))
			.flatMap(this::keep)
			.doFinally((signal) -> this.running.remove(running))
			.subscribe(this::show));
	}

	/**
	 * Store the end of a task before it is shown. Retries while the database is
	 * unavailable.
	 */
	private Mono<TaskEnd> keep(TaskEnd end) {
		return this.store.end(end)
			.retryWhen(Retry.backoff(WRITES, SHORTEST_WAIT).maxBackoff(LONGEST_OUTAGE_WAIT))
			.thenReturn(end)
			.onErrorResume((ex) -> {
				logger.error("The result of the task " + end.task().taskId() + " could not be stored", ex);
				return Mono.just(new TaskEnd(end.task()
					.failed("The result of the task could not be stored: it is read again when the sample restarts"),
						end.found(), end.arrival()));
			});
	}

	private void show(TaskEnd end) {
		if (end.arrival() != null) {
			this.arrivals.add(end.task().taskId(), end.arrival());
		}
		this.startedTasks.update(end.task(), (task) -> end.task());
	}

	/**
	 * Complete when a task has been accepted. A task with an unknown outcome may be
	 * running: then it becomes visible, or some seconds pass. After any other error, a
	 * task that Handinger shows is running.
	 */
	private Mono<Void> isAccepted(Mono<Void> creation, String taskId, long turnsBefore) {
		return creation.onErrorResume(HandingerException.class, (ex) -> {
			if (ex instanceof HandingerConnectionException) {
				return Mono.error(ex);
			}
			if (ex instanceof OutcomeUnknownException || ex instanceof UnexpectedResponseException) {
				return Mono.never();
			}
			return show(taskId, turnsBefore).switchIfEmpty(Mono.error(ex)).then();
		});
	}

	/**
	 * Poll until the turn is visible. Errors of polling are ignored: the creation of the
	 * task reports them.
	 */
	private Mono<Void> isVisible(String taskId, long turnsBefore) {
		return show(taskId, turnsBefore).repeatWhenEmpty(TaskStarter::waits).then();
	}

	private Mono<TaskWithTurns> show(String taskId, long turnsBefore) {
		return this.client.retrieve(taskId)
			.filter((found) -> found.turnCount() > turnsBefore)
			.onErrorComplete(HandingerException.class);
	}

	static Flux<Long> waits(Flux<Long> lookUps) {
		return lookUps.concatMap((count) -> Mono.delay(waitAfter(count)));
	}

	private static Duration waitAfter(long count) {
		Duration wait = SHORTEST_WAIT.multipliedBy(count + 1);
		return (wait.compareTo(LONGEST_WAIT) < 0) ? wait : LONGEST_WAIT;
	}

	/**
	 * Wait until an accepted task has finished. A failure of its creation is reported
	 * only if the task cannot be found.
	 */
	private Mono<TaskEnd> awaitEnd(StartedTask started, Mono<Void> creation, long turnsBefore) {
		Mono<TaskWithTurns> end = awaitEnd(started.taskId(), turnsBefore);
		return creation.then(end.map((found) -> TaskEnd.found(started, found, Arrival.Way.ANSWER)))
			.onErrorResume(HandingerException.class,
					(failure) -> end.map((found) -> TaskEnd.found(started, found, Arrival.Way.LOOK_UP))
						.onErrorMap((ex) -> failure));
	}

	private Mono<TaskWithTurns> awaitEnd(String taskId, long turnsBefore) {
		return lookUpEnd(this.client.retrieve(taskId)
			.retryWhen(Retry.fixedDelay(LOOK_UPS, LONGEST_WAIT)
				.filter(HandingerException.class::isInstance)
				.onRetryExhaustedThrow((retry, signal) -> signal.failure())), turnsBefore);
	}

	/**
	 * Poll until a further turn has finished.
	 */
	static Mono<TaskWithTurns> lookUpEnd(Mono<TaskWithTurns> lookUp, long turnsBefore) {
		return lookUp.filter((found) -> found.hasEnded() && found.turnCount() > turnsBefore)
			.repeatWhenEmpty(Integer.MAX_VALUE, TaskStarter::waits);
	}

	/**
	 * Retrieve a task. Retries while a task that was just started is not visible yet, and
	 * falls back to the stored result if Handinger no longer knows the task.
	 */
	Mono<TaskWithTurns> retrieve(String taskId) {
		return this.client.retrieve(taskId)
			.retryWhen(Retry.backoff(5, SHORTEST_WAIT)
				.filter((ex) -> ex instanceof NotFoundException && this.startedTasks.isRunning(taskId))
				.onRetryExhaustedThrow((retry, signal) -> signal.failure()))
			.onErrorResume(NotFoundException.class, (ex) -> this.store.result(taskId).switchIfEmpty(Mono.error(ex)));
	}

	/**
	 * Cancel running tasks before their connections are closed: a pending poll would
	 * delay the shutdown of the event loops.
	 */
	@EventListener(ContextClosedEvent.class)
	void stop() {
		this.running.dispose();
	}

}
