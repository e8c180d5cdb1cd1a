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

import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;

import com.handinger.spring.http.AuthenticationException;
import com.handinger.spring.http.BadRequestException;
import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.http.PermissionDeniedException;
import com.handinger.spring.http.RateLimitedException;
import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.http.UnprocessableContentException;
import com.handinger.spring.transport.Backoff;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.OneTimeCall;
import com.handinger.spring.transport.SafeLog;
import com.handinger.spring.transport.Scheduling;
import com.handinger.spring.worker.Worker;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The request of a run, which is carried out at most once, and the turn that it adds. A
 * request that was rejected with a 429 waits and is sent again. One whose new id the
 * server refuses is sent again without the id.
 */
final class RunRequest {

	/**
	 * In place of the number of turns, if there was no task before the run.
	 */
	private static final long NO_TASK = -1;

	private static final SafeLog logger = SafeLog.of(RunRequest.class);

	private final CreateTask task;

	private final RunEnvironment environment;

	private final TaskRun run;

	private volatile OneTimeCall<Worker> call;

	private volatile @Nullable String taskId;

	private volatile long turnsBefore = NO_TASK;

	/**
	 * Whether the task had ended before this request, so that it runs again by its turn.
	 */
	private volatile boolean wasIdle;

	/**
	 * Whether the task with the key of this request existed, so that nothing was sent.
	 */
	private volatile boolean joined;

	/**
	 * Create a request, which is not sent yet.
	 * @param task the task to run
	 * @param environment what it shares with others
	 * @param run the run, which is told when the request is sent and rejected
	 */
	RunRequest(CreateTask task, RunEnvironment environment, TaskRun run) {
		this.task = task;
		this.environment = environment;
		this.run = run;
		boolean isNew = task.taskId() == null;
		this.taskId = (isNew && !environment.refusesIds().get()) ? TaskIds.next(environment.now()) : task.taskId();
		this.call = prepare(this.taskId);
	}

	private OneTimeCall<Worker> prepare(@Nullable String taskId) {
		CreateTask sent = Objects.equals(taskId, this.task.taskId()) ? this.task : this.task.withTaskId(taskId);
		return this.environment.transport().prepare(TasksApi.create(sent), this.run::onSent);
	}

	CreateTask task() {
		return this.task;
	}

	/**
	 * Return the id of the task, or {@code null} if it is not known (yet).
	 */
	@Nullable String taskId() {
		return this.taskId;
	}

	/**
	 * Take the id of a new task from the answer, if that has one.
	 */
	void adoptTaskId(Worker answer) {
		String taskId = SynthesizedTask.taskId(answer);
		if (taskId != null && (this.task.taskId() == null || isKeyed())) {
			if (isKeyed() && !taskId.equals(this.taskId)) {
				logger.warn("Keys do not work with this server, so that each request pays: it has named " + taskId
						+ " what was sent as " + this.taskId);
			}
			this.taskId = taskId;
		}
	}

	private boolean isKeyed() {
		return this.task.key() != null;
	}

	boolean mayHaveReached() {
		return this.joined || this.call.mayHaveReached();
	}

	/**
	 * Return the number of turns before this request, which is negative if there was no
	 * task.
	 */
	long turnsBefore() {
		return this.turnsBefore;
	}

	/**
	 * Return whether the task has ended with the turn of this request. While it waits to
	 * be sent, further turns are those of others, except that any run of a task with a
	 * key is the one.
	 */
	boolean isEndedBy(TaskWithTurns state) {
		return (isKeyed() || mayHaveReached()) && state.isEndedAfter(this.turnsBefore);
	}

	/**
	 * Return whether there is a further turn by any sign, even if the API does not show
	 * it as it should.
	 */
	boolean hasFurtherTurn(TaskWithTurns state) {
		return state.turnCount() > this.turnsBefore;
	}

	/**
	 * Return whether a task that may not have ended shows that the turn has begun. Some
	 * servers count a turn when it has ended.
	 */
	boolean hasBegun(TaskWithTurns state) {
		return mayHaveReached() && (hasFurtherTurn(state) || (this.wasIdle && !state.task().hasEnded()));
	}

	/**
	 * Return the handle of the turn, or {@code null} if the id of the task is not known
	 * (yet).
	 */
	@Nullable TaskHandle handle() {
		String taskId = this.taskId;
		return (taskId != null) ? new TaskHandle(taskId, Math.max(this.turnsBefore, 0)) : null;
	}

	/**
	 * Return whether a failure is a refusal of the key, by which nothing was carried out.
	 */
	static boolean isKeyRefused(Throwable error) {
		return error instanceof AuthenticationException || error instanceof PermissionDeniedException;
	}

	/**
	 * Return whether a failure of the request leaves open whether it was carried out.
	 */
	static boolean isLost(Throwable error) {
		return error instanceof OutcomeUnknownException
				|| (error instanceof UnexpectedResponseException unexpected && unexpected.status() / 100 == 2);
	}

	/**
	 * Return whether the task may run all the same, so that polls must show it.
	 */
	boolean mayRunAfter(Throwable error) {
		return this.taskId != null && mayHaveReached() && !isKeyRefused(error)
				&& (isLost(error) || this.turnsBefore == NO_TASK);
	}

	/**
	 * Return the failure of a run whose task may run all the same.
	 */
	OutcomeUnknownException outcomeUnknown(String reason, @Nullable Throwable cause) {
		String taskId = this.taskId;
		return new OutcomeUnknownException(
				"A task may run, but " + reason + ": do not send it again, but "
						+ ((taskId != null) ? "look it up by its id, " + taskId : "look for it in the dashboard"),
				cause, taskId);
	}

	/**
	 * Return the failure of a run that the application does not live to see the end of.
	 */
	HandingerException applicationEnded(@Nullable Throwable cause) {
		return mayHaveReached() ? outcomeUnknown("the application ended before it did", cause)
				: new HandingerConnectionException("The application ended before the task was sent: run it again", null,
						this.taskId, false);
	}

	Mono<Worker> send() {
		Mono<Worker> sent = sendAwaitingRateLimit();
		boolean isIdOptional = this.task.taskId() == null && this.taskId != null && this.task.isRepeatable();
		return isIdOptional ? sent.onErrorResume(RunRequest::isRefusedId, (ex) -> sendWithoutId()) : sent;
	}

	/**
	 * A task that may exist is looked up before each attempt, since others may have sent
	 * it, or a turn of it, during the wait before.
	 */
	private Mono<Worker> sendAwaitingRateLimit() {
		Mono<?> check = (this.task.taskId() != null) ? lookUp().filter(this::isSentAfter) : Mono.just(true);
		return retry(Mono.defer(() -> this.call.send(check)),
				(error) -> error instanceof RateLimitedException && this.task.isRepeatable());
	}

	/**
	 * A task with a key is sent only if it does not exist.
	 */
	private boolean isSentAfter(Optional<TaskWithTurns> shown) {
		if (isKeyed() && shown.isPresent()) {
			this.joined = true;
			this.run.onJoined(shown.get());
			return false;
		}
		this.wasIdle = shown.filter((task) -> task.task().hasEnded()).isPresent();
		this.turnsBefore = shown.map(TaskWithTurns::turnCount).orElse(NO_TASK);
		return true;
	}

	/**
	 * A server that refuses ids did not run the task.
	 */
	private Mono<Worker> sendWithoutId() {
		this.taskId = null;
		this.call = prepare(null);
		this.run.onRejected();
		return sendAwaitingRateLimit().doOnSuccess((worker) -> this.environment.refusesIds().set(true));
	}

	private static boolean isRefusedId(Throwable error) {
		return error instanceof BadRequestException || error instanceof NotFoundException
				|| error instanceof UnprocessableContentException;
	}

	/**
	 * Poll the task.
	 * @param withTurns whether to read its turns even if it has not ended
	 */
	Mono<TaskWithTurns> poll(boolean withTurns) {
		TasksApi api = new TasksApi(this.environment.transport()::poll);
		String taskId = String.valueOf(this.taskId);
		return this.environment.guarded(withTurns ? api.poll(taskId) : api.pollEnd(taskId));
	}

	private Mono<Optional<TaskWithTurns>> lookUp() {
		Mono<Optional<TaskWithTurns>> task = poll(true).map(Optional::of)
			.onErrorResume(NotFoundException.class, (ex) -> Mono.just(Optional.empty()));
		return retry(task, (error) -> HandingerTransport.isTransient(error)
				&& !(error instanceof HandingerConnectionException unanswered && !unanswered.mayHaveReached()));
	}

	private <T> Mono<T> retry(Mono<T> call, Predicate<Throwable> isRetried) {
		return Backoff.retry(call,
				(retries, failure) -> isRetried.test(failure) ? backoff(retries, failure) : Mono.error(failure));
	}

	private Mono<Long> backoff(long retries, Throwable failure) {
		this.run.onRejected();
		return Scheduling.delay(this.environment.polling().waitBefore(retries, Backoff.retryAfter(failure)),
				this.environment.clock());
	}

	/**
	 * The states of a {@link TaskRun run}, as in the diagram in
	 * {@code docs/internals.md}.
	 */
	enum State {

		/**
		 * The request has not reached Handinger: it is about to be sent, for the first
		 * time or after a 429. There is nothing to poll.
		 */
		PREPARING,

		/**
		 * The request may have reached Handinger and is not answered yet. The task is
		 * polled after the initial interval, and may be missing.
		 */
		SENT,

		/**
		 * Handinger has answered that the task was carried out. The task is polled at
		 * once, and the answer is the result if polling does not show the end within the
		 * grace.
		 */
		ANSWERED,

		/**
		 * There is no answer, or one that can't be read. The task is polled, and may be
		 * missing for the grace.
		 */
		LOST,

		/**
		 * Handinger has answered that it did not take a new task. Since that costs
		 * credits, a poll checks that the task does not run after all.
		 */
		REFUSED,

		/**
		 * The outcome is final. All subscribers get it, and nothing is sent or polled.
		 */
		ENDED

	}

}
