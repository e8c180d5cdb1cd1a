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

import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

import com.handinger.spring.http.AuthenticationException;
import com.handinger.spring.http.BadRequestException;
import com.handinger.spring.transport.Delay;
import com.handinger.spring.http.HandingerApiException;
import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.http.PermissionDeniedException;
import com.handinger.spring.http.RateLimitedException;
import com.handinger.spring.transport.SingleFlight;
import com.handinger.spring.http.UnexpectedResponseException;
import com.handinger.spring.http.UnprocessableContentException;
import com.handinger.spring.transport.OneTimeCall;
import com.handinger.spring.worker.Worker;
import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;
import reactor.util.context.ContextView;
import reactor.util.retry.Retry;

/**
 * One run of a task, whoever subscribes to it and however often. Its request is carried
 * out at most once; whatever becomes of the connection after that, the end of the task is
 * found by looking it up.
 */
final class TaskRun {

	/**
	 * Micrometer's key for the observation that is the parent of those below.
	 */
	private static final String OBSERVATION = "micrometer.observation";

	/**
	 * In place of the number of turns, if there was no task before the run.
	 */
	private static final long NO_TASK = -1;

	private static final long NEVER = Long.MAX_VALUE;

	private final TaskRuns runs;

	private final CreateTask request;

	private final SingleFlight<TaskWithTurns> flight;

	private volatile OneTimeCall<Worker> call;

	private volatile @Nullable String taskId;

	private volatile @Nullable Long turnsBefore;

	private volatile @Nullable Worker answer;

	private volatile @Nullable Throwable lost;

	/**
	 * An answer that says that the task was not taken. Since it costs credits, a look
	 * whether it runs after all comes first.
	 */
	private volatile @Nullable Throwable refusal;

	private volatile boolean refused;

	private volatile @Nullable Attempt attempt;

	/**
	 * Create a new run, which sends nothing yet.
	 * @param runs what it shares with others
	 * @param request what the caller asks for
	 */
	TaskRun(TaskRuns runs, CreateTask request) {
		this.runs = runs;
		this.request = request;
		this.taskId = (request.taskId() != null) ? request.taskId() : runs.newTaskId();
		this.turnsBefore = (request.taskId() != null) ? null : NO_TASK;
		this.call = prepare(this.taskId);
		this.flight = new SingleFlight<>(Mono.deferContextual(this::attempt), this::isFinal, () -> null);
	}

	/**
	 * Return the task at its end, for any number of subscribers.
	 */
	Mono<TaskWithTurns> end() {
		return this.flight.mono();
	}

	private OneTimeCall<Worker> prepare(@Nullable String taskId) {
		return this.runs.transport().prepare(TasksApi.create(this.request.withTaskId(taskId)), this::onSend);
	}

	private void onSend() {
		Attempt attempt = this.attempt;
		if (attempt != null && this.taskId != null) {
			attempt.poll(attempt.lookUps::startLater);
		}
	}

	private Mono<TaskWithTurns> attempt(ContextView context) {
		TaskObservationContext observed = new TaskObservationContext(this.request, this.taskId);
		Observation parent = (context.getOrDefault(OBSERVATION, null) instanceof Observation value) ? value : null;
		Observation observation = this.runs.observe(observed, parent);
		Mono<TaskWithTurns> attempt = Mono.create((sink) -> new Attempt(sink, observed, observation).start());
		if (observation == null) {
			return attempt;
		}
		observation.start();
		return attempt.contextWrite((all) -> all.put(OBSERVATION, observation));
	}

	private boolean isFinal(@Nullable Throwable error) {
		return this.refused || error instanceof TaskFailedException;
	}

	private Mono<Worker> send() {
		Mono<Worker> sent = sendAwaitingRateLimit();
		if (this.request.taskId() == null && this.taskId != null && this.request.isRepeatable()) {
			sent = sent.onErrorResume(TaskRun::isRefusedId, (ex) -> sendWithoutId());
		}
		return (this.turnsBefore == null) ? countTurns().then(sent) : sent;
	}

	private Mono<Worker> sendAwaitingRateLimit() {
		Predicate<Throwable> isWaitedOut = (error) -> error instanceof RateLimitedException
				&& this.request.isRepeatable();
		return patiently(Mono.defer(() -> this.call.send()), isWaitedOut);
	}

	/**
	 * A server that takes no ids did not run the task.
	 */
	private Mono<Worker> sendWithoutId() {
		this.taskId = null;
		this.call = prepare(null);
		pauseLookUps();
		return sendAwaitingRateLimit().doOnSuccess((worker) -> this.runs.refuseIds());
	}

	private static boolean isRefusedId(Throwable error) {
		return error instanceof BadRequestException || error instanceof NotFoundException
				|| error instanceof UnprocessableContentException;
	}

	private Mono<Long> countTurns() {
		Mono<Long> turns = new TasksApi(this.runs.transport()::send).poll(String.valueOf(this.taskId))
			.map(TaskWithTurns::turnCount)
			.onErrorResume(NotFoundException.class, (ex) -> Mono.just(NO_TASK))
			.doOnNext((count) -> this.turnsBefore = count);
		return patiently(turns, (error) -> HandingerTransport.isTransient(error)
				&& !(error instanceof HandingerConnectionException unanswered && !unanswered.mayHaveReached()));
	}

	private <T> Mono<T> patiently(Mono<T> call, Predicate<Throwable> isWaitedOut) {
		// Only a call that fails pays for what a retryWhen holds.
		return call.onErrorResume(isWaitedOut,
				(failure) -> backoff(0, failure).then(call
					.retryWhen(Retry.from((failures) -> failures.concatMap((next) -> isWaitedOut.test(next.failure())
							? backoff(next.totalRetries() + 1, next.failure()) : Mono.error(next.failure()))))));
	}

	private Mono<Long> backoff(long retries, Throwable failure) {
		pauseLookUps();
		return Delay.of(this.runs.polling()
			.waitBefore((int) Math.min(retries, Integer.MAX_VALUE),
					(failure instanceof HandingerApiException answered) ? answered.retryAfter() : null));
	}

	private void pauseLookUps() {
		Attempt attempt = this.attempt;
		if (attempt != null) {
			attempt.lookUps.pause();
		}
	}

	private static boolean isKeyRefused(Throwable error) {
		return error instanceof AuthenticationException || error instanceof PermissionDeniedException;
	}

	private static boolean isLost(Throwable error) {
		return error instanceof OutcomeUnknownException
				|| (error instanceof UnexpectedResponseException unexpected && unexpected.status() / 100 == 2);
	}

	private static long now() {
		return Schedulers.parallel().now(TimeUnit.MILLISECONDS);
	}

	/**
	 * What is under way for those who wait together.
	 */
	private final class Attempt implements LookUps.Observer, TaskWaiters.Listener, Disposable {

		private final MonoSink<TaskWithTurns> sink;

		private final TaskObservationContext observed;

		private final @Nullable Observation observation;

		/**
		 * Stays the same when the server turns out to take no ids.
		 */
		private final String awaitedId;

		private final LookUps lookUps;

		private final Disposable.Swap sending = Disposables.swap();

		private final Disposable.Swap deadlineTimer = Disposables.swap();

		private final AtomicBoolean ended = new AtomicBoolean();

		/**
		 * When it is too late for the task to leave a first trace, or to show the end
		 * that was answered. As long as the request is under way it never is.
		 */
		private volatile long deadline = NEVER;

		/**
		 * Whether that is what the last look-up has shown. Otherwise the next must not
		 * come before its time.
		 */
		private volatile boolean notFound;

		/**
		 * What the API has shown of the task last, after the request was answered.
		 */
		private volatile @Nullable TaskWithTurns seen;

		Attempt(MonoSink<TaskWithTurns> sink, TaskObservationContext observed, @Nullable Observation observation) {
			this.sink = sink;
			this.observed = observed;
			this.observation = observation;
			this.awaitedId = Objects.requireNonNullElseGet(TaskRun.this.taskId, () -> TaskIds.next(Clock.systemUTC()));
			TasksApi api = new TasksApi(TaskRun.this.runs.transport()::lookUp);
			this.lookUps = new LookUps(Mono.defer(() -> api.retrieveEnd(String.valueOf(TaskRun.this.taskId))),
					TaskRun.this.runs.polling(), this, sink.contextView());
		}

		void start() {
			TaskRun.this.attempt = this;
			TaskRun.this.runs.taskWaiters().add(this.awaitedId, this);
			this.sink.onDispose(this);
			if (!TaskRun.this.call.mayHaveReached()) {
				this.sending.update(
						send().subscribe(this::answered, this::notAnswered, null, Context.of(this.sink.contextView())));
			}
			else if (TaskRun.this.taskId != null) {
				setDeadline();
				poll(this.lookUps::startNow);
			}
			else {
				fail(outcomeUnknown());
			}
		}

		/**
		 * Start to poll. The HTTP library may fail when it is to cancel the poll before.
		 */
		void poll(Runnable start) {
			TaskRun.this.runs.call("Polling", start);
		}

		private void answered(Worker worker) {
			TaskRun.this.answer = worker;
			String taskId = SynthesizedTask.taskId(worker);
			if (taskId != null && TaskRun.this.request.taskId() == null) {
				TaskRun.this.taskId = taskId;
			}
			if (TaskRun.this.taskId == null) {
				endAsAnswered();
			}
			else {
				setDeadline();
				poll(this.lookUps::startNow);
			}
		}

		private void notAnswered(Throwable error) {
			if (TaskRun.this.taskId == null || !TaskRun.this.call.mayHaveReached() || isKeyRefused(error)) {
				refuse(error);
			}
			else if (isLost(error)) {
				TaskRun.this.lost = error;
				TaskRun.this.runs.logLoss(TaskRun.this.taskId, error);
				setDeadline();
				poll(this.lookUps::startWithJitter);
			}
			else if (Objects.equals(TaskRun.this.turnsBefore, NO_TASK)) {
				TaskRun.this.refusal = error;
				setDeadline();
				poll(this.lookUps::startNow);
			}
			else {
				refuse(error);
			}
		}

		private void refuse(Throwable error) {
			// What was read for a request that was rejected can't be read again.
			TaskRun.this.refused = TaskRun.this.call.mayHaveReached() || error instanceof RateLimitedException;
			fail(error);
		}

		private void setDeadline() {
			this.deadline = now() + TaskRun.this.runs.polling().notFoundGrace().toMillis();
			awaitDeadline();
		}

		/**
		 * The next look-up may be long in coming.
		 */
		private void awaitDeadline() {
			this.deadlineTimer.update(Delay.of(Duration.ofMillis(Math.max(this.deadline - now(), 1)))
				.subscribe((due) -> poll(this::onDeadline), this::onError));
		}

		private void onDeadline() {
			if (now() < this.deadline) {
				awaitDeadline();
			}
			else if (TaskRun.this.answer != null) {
				endAsAnswered();
			}
			else if (this.notFound) {
				this.lookUps.startNow();
			}
		}

		private void postponeDeadline() {
			if (this.deadline != NEVER) {
				boolean wasOver = now() >= this.deadline;
				this.deadline = now() + TaskRun.this.runs.polling().notFoundGrace().toMillis();
				if (wasOver) {
					awaitDeadline();
				}
			}
		}

		@Override
		public boolean onState(TaskWithTurns state) {
			if (isEnd(state)) {
				end(state);
				return false;
			}
			this.seen = state;
			if (state.task().hasEnded()) {
				return onNoTrace(state);
			}
			TaskRun.this.refusal = null;
			this.notFound = false;
			postponeDeadline();
			return true;
		}

		private boolean isEnd(TaskWithTurns state) {
			Long turnsBefore = TaskRun.this.turnsBefore;
			return turnsBefore != null && state.task().hasEnded()
					&& (turnsBefore == NO_TASK || state.hasEndedTurnAfter(turnsBefore));
		}

		@Override
		public boolean onFailure(HandingerException failure) {
			if (failure instanceof NotFoundException) {
				return onNoTrace(null);
			}
			if (HandingerTransport.isTransient(failure)) {
				this.notFound = false;
				if (TaskRun.this.answer == null) {
					postponeDeadline();
				}
				return true;
			}
			return onUnreadable(failure);
		}

		private boolean onUnreadable(HandingerException failure) {
			if (now() < this.deadline && !isKeyRefused(failure)) {
				return true;
			}
			if (TaskRun.this.answer == null) {
				return end((failure instanceof OtherTaskException)
						? outcomeUnknown("another task is shown in its place", failure) : failure);
			}
			TaskRun.this.runs.warnOfAnswer(String.valueOf(TaskRun.this.taskId), failure);
			endAsAnswered();
			return false;
		}

		/**
		 * The API does not show in time what it has answered.
		 */
		private void endAsAnswered() {
			Worker answer = TaskRun.this.answer;
			if (answer != null) {
				TaskWithTurns seen = this.seen;
				end(SynthesizedTask.toTask(answer, Objects.requireNonNullElse(TaskRun.this.taskId, ""),
						(seen != null && seen.task().hasEnded()) ? seen : null),
						() -> TaskRun.this.runs.count(TaskRun.this.request, answer));
			}
		}

		private boolean end(HandingerException failure) {
			Throwable refusal = TaskRun.this.refusal;
			if (refusal != null) {
				refuse(refusal);
			}
			else {
				fail(failure);
			}
			return false;
		}

		private boolean onNoTrace(@Nullable TaskWithTurns state) {
			Throwable refusal = TaskRun.this.refusal;
			if (refusal != null) {
				refuse(refusal);
				return false;
			}
			this.notFound = true;
			if (now() < this.deadline) {
				return true;
			}
			if (TaskRun.this.answer != null) {
				endAsAnswered();
			}
			else if (state != null && hasFurtherTurn(state)) {
				end(state);
			}
			else {
				fail(outcomeUnknown());
			}
			return false;
		}

		/**
		 * Whether there is a further turn by whatever tells of one, even if the API does
		 * not show it as it should.
		 */
		private boolean hasFurtherTurn(TaskWithTurns state) {
			Long turnsBefore = TaskRun.this.turnsBefore;
			return turnsBefore != null && state.turnCount() > turnsBefore;
		}

		private OutcomeUnknownException outcomeUnknown() {
			return outcomeUnknown(((TaskRun.this.taskId != null) ? "leaves no trace" : "its id is not known")
					+ " after its connection was lost", TaskRun.this.lost);
		}

		private OutcomeUnknownException outcomeUnknown(String reason, @Nullable Throwable cause) {
			String taskId = TaskRun.this.taskId;
			return new OutcomeUnknownException(
					"A task may run, but " + reason + ": do not send it again, but "
							+ ((taskId != null) ? "look it up by its id, " + taskId : "look for it in the dashboard"),
					cause, taskId);
		}

		/**
		 * There is no further look-up. The request may be answered all the same.
		 */
		@Override
		public void onError(Throwable error) {
			TaskRun.this.runs.report("Polling", error);
			if (TaskRun.this.answer != null) {
				endAsAnswered();
			}
			else if (this.deadline != NEVER) {
				fail(outcomeUnknown("can't be polled any more", error));
			}
		}

		@Override
		public void onFinished(TaskWithTurns state) {
			if (isEnd(state)) {
				end(state);
			}
		}

		@Override
		public void onClose() {
			endAsAnswered();
			fail(TaskRun.this.call.mayHaveReached()
					? outcomeUnknown("the application ended before it did", TaskRun.this.lost)
					: new HandingerConnectionException("The application ended before the task was sent: run it again",
							null, TaskRun.this.taskId, false));
		}

		private void end(TaskWithTurns state) {
			Long turnsBefore = TaskRun.this.turnsBefore;
			end(state, () -> TaskRun.this.runs.count(TaskRun.this.request, state,
					(turnsBefore != null) ? turnsBefore : NO_TASK));
		}

		private void end(TaskWithTurns state, Runnable count) {
			if (this.ended.compareAndSet(false, true)) {
				boolean failed = state.task().hasFailed();
				boolean answered = TaskRun.this.answer != null;
				this.observed.setEnd(state);
				this.observed.setOutcome(failed ? TaskObservationContext.Outcome.FAILED : answered
						? TaskObservationContext.Outcome.ANSWERED : TaskObservationContext.Outcome.RECOVERED);
				if (!answered) {
					TaskRun.this.runs.logRecovery(state);
				}
				count.run();
				if (failed) {
					signal(new TaskFailedException(state));
				}
				else {
					release();
					this.sink.success(state);
				}
			}
		}

		private void fail(Throwable error) {
			if (this.ended.compareAndSet(false, true)) {
				this.observed.setOutcome(TaskObservationContext.Outcome.FAILED);
				signal(error);
			}
		}

		private void signal(Throwable error) {
			if (this.observation != null) {
				this.observation.error(error);
			}
			release();
			this.sink.error(error);
		}

		@Override
		public void dispose() {
			if (this.ended.compareAndSet(false, true)) {
				release();
			}
		}

		/**
		 * Whoever gets the result finds nothing of the run under way, and it observed to
		 * its end.
		 */
		private void release() {
			TaskRun.this.runs.call("Cancelling a request", this.sending::dispose);
			TaskRun.this.runs.call("Cancelling a timer", this.deadlineTimer::dispose);
			TaskRun.this.runs.call("Cancelling a look-up", this.lookUps::dispose);
			TaskRun.this.runs.taskWaiters().remove(this.awaitedId, this);
			if (this.observation != null) {
				this.observation.stop();
			}
		}

	}

}
