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
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import com.handinger.spring.http.HandingerException;
import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.http.RateLimitedException;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.PluggedInCode.GuardedObservation;
import com.handinger.spring.transport.SafeLog;
import com.handinger.spring.transport.SingleFlight;
import com.handinger.spring.worker.Worker;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.FluxSink.OverflowStrategy;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Signal;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * One run of a task, for any number of subscribers. It has a {@link RunState}, which the
 * events below change. Its {@link RunRequest request} is carried out at most once; its
 * end is found by {@link Polling} whatever happens to the connection.
 */
final class TaskRun {

	private static final SafeLog logger = SafeLog.of(TaskRun.class);

	private final RunEnvironment environment;

	private final RunRequest request;

	private final SingleFlight<TaskWithTurns> flight;

	private final AtomicReference<RunState> state = new AtomicReference<>(RunState.PREPARING);

	/**
	 * The answer to the request, from {@link RunState#ANSWERED} on.
	 */
	private volatile @Nullable Worker answer;

	/**
	 * The failure of the request, in {@link RunState#LOST} and {@link RunState#REFUSED}.
	 */
	private volatile @Nullable Throwable failure;

	/**
	 * What all subscribers get, in {@link RunState#ENDED}. The one that it was meant for
	 * may leave before it comes.
	 */
	private volatile @Nullable Signal<TaskWithTurns> outcome;

	private volatile @Nullable Attempt attempt;

	/**
	 * Create a run, which sends nothing yet.
	 * @param task the task to run
	 * @param environment what it shares with others
	 */
	TaskRun(CreateTask task, RunEnvironment environment) {
		this.environment = environment;
		this.request = new RunRequest(task, environment, this::onSent, () -> enter(RunState.PREPARING));
		this.flight = new SingleFlight<>(Mono.deferContextual(this::attempt),
				(error) -> this.state.get() == RunState.ENDED, () -> null);
	}

	/**
	 * Return the task at its end, for any number of subscribers.
	 */
	Mono<TaskWithTurns> end() {
		return this.flight.mono();
	}

	private Mono<TaskWithTurns> attempt(ContextView context) {
		Signal<TaskWithTurns> outcome = this.outcome;
		if (outcome != null) {
			return Mono.just(outcome).dematerialize();
		}
		TaskObservationContext observed = new TaskObservationContext(this.request.task(), this.request.taskId());
		GuardedObservation observation = TaskObservation.create(observed, context, this.environment);
		Mono<TaskWithTurns> attempt = Mono.create((sink) -> new Attempt(sink, observed, observation.start()).start());
		return observation.observation().isNoop() ? attempt
				: attempt.contextWrite((all) -> all.put(TaskObservation.CONTEXT_KEY, observation.observation()));
	}

	/**
	 * The request goes out, on any thread and maybe when its subscriber has just left.
	 */
	private void onSent() {
		Attempt attempt = this.attempt;
		if (this.state.compareAndSet(RunState.PREPARING, RunState.SENT) && attempt != null) {
			attempt.startPolling(RunState.SENT);
		}
	}

	private void enter(RunState next) {
		Attempt attempt = this.attempt;
		if (attempt != null) {
			// Before the state, or a poll could find that its grace is over.
			attempt.grace.restart();
			this.state.updateAndGet((current) -> (current == RunState.ENDED) ? current : next);
			attempt.startPolling(next);
		}
	}

	private void conclude(Signal<TaskWithTurns> outcome) {
		// Before the state, since whoever finds that the run has ended needs it.
		this.outcome = outcome;
		this.state.set(RunState.ENDED);
	}

	/**
	 * Return whether the outcome of the request is known, so that only polling can show
	 * more.
	 */
	private boolean hasRequestEnded() {
		return this.state.get().compareTo(RunState.ANSWERED) >= 0;
	}

	/**
	 * What is under way for those who wait together. Its events come from any thread, and
	 * only the first of those that end it counts.
	 */
	private final class Attempt {

		private final MonoSink<TaskWithTurns> sink;

		private final TaskObservationContext observed;

		private final GuardedObservation observation;

		private final Mono<TaskWithTurns> poll;

		/**
		 * Whether the request is still to be sent.
		 */
		private final boolean sends;

		private final Disposable.Composite work = Disposables.composite();

		private final AtomicBoolean ended = new AtomicBoolean();

		/**
		 * The time in which the task must appear or, after the answer, show its end.
		 */
		private final Polling.Grace grace;

		private volatile @Nullable FluxSink<RunState> states;

		/**
		 * The task, if the last poll that was answered has shown that it had ended.
		 */
		private volatile @Nullable TaskWithTurns seen;

		/**
		 * The failure that has ended all polling.
		 */
		private volatile @Nullable Throwable breakage;

		Attempt(MonoSink<TaskWithTurns> sink, TaskObservationContext observed, GuardedObservation observation) {
			this.sink = sink;
			this.observed = observed;
			this.observation = observation;
			this.grace = TaskRun.this.environment.polling().new Grace();
			TasksApi api = new TasksApi(TaskRun.this.environment.transport()::poll);
			this.sends = !hasRequestEnded() && !TaskRun.this.request.mayHaveReached();
			this.poll = Polling.logged(TaskRun.this.environment
				.guarded(Mono.defer(() -> api.retrieveEnd(String.valueOf(TaskRun.this.request.taskId())))));
		}

		void start() {
			TaskRun.this.attempt = this;
			this.sink.onDispose(this::onCancel);
			RunEnvironment environment = TaskRun.this.environment;
			Context context = HandingerTransport.expectLateFailures(this.sink.contextView());
			this.work.add(environment.waiters()
				.ends(Objects.requireNonNullElseGet(TaskRun.this.request.taskId(),
						() -> TaskIds.next(environment.polling().now())), environment.polling().scheduler())
				.subscribe(this::onDelivery, this::onBrokenPolling, this::onClose));
			this.work.add(Flux.<RunState>create((states) -> this.states = states, OverflowStrategy.IGNORE)
				.switchMap(this::poll)
				.subscribe(this::onPoll, this::onBrokenPolling, null, context));
			if (this.sends) {
				TaskRun.this.state.set(RunState.PREPARING);
				this.work.add(TaskRun.this.request.send().subscribe(this::onAnswer, this::onFailure, null, context));
			}
			else {
				onResume();
			}
		}

		void startPolling(RunState state) {
			FluxSink<RunState> states = this.states;
			if (states != null) {
				states.next(state);
			}
			endIfBroken();
		}

		/**
		 * Poll as a state demands.
		 */
		private Flux<Signal<TaskWithTurns>> poll(RunState state) {
			Polling polling = TaskRun.this.environment.polling();
			return switch (state) {
				case PREPARING, ENDED -> Flux.empty();
				case SENT -> (TaskRun.this.request.taskId() != null)
						? polling.poll(this.poll, polling.initialInterval(), Polling.UNLIMITED) : Flux.empty();
				case ANSWERED -> polling.poll(this.poll, Duration.ZERO, Polling.UNLIMITED)
					.timeout(this.grace.end(), (polled) -> this.grace.end(), Mono.fromRunnable(this::endAsAnswered));
				case LOST -> polling.poll(this.poll, this.sends ? polling.waitBefore(0, null) : Duration.ZERO,
						this.grace::longestWait);
				case REFUSED -> polling.poll(this.poll, Duration.ZERO, this.grace::longestWait);
			};
		}

		private boolean isOverdue() {
			return hasRequestEnded() && this.grace.left() <= 0;
		}

		// What happens to a run, from its request to its end.

		/**
		 * A subscriber comes after an earlier one has left or got an error, when the
		 * request was sent already.
		 */
		private void onResume() {
			RunState state = TaskRun.this.state.get();
			Signal<TaskWithTurns> outcome = TaskRun.this.outcome;
			if (outcome != null && this.ended.compareAndSet(false, true)) {
				// Found by an earlier attempt since this one was created.
				signal(outcome);
			}
			else if (TaskRun.this.request.taskId() == null) {
				fail(TaskRun.this.request.outcomeUnknown("its id is not known after its connection was lost",
						TaskRun.this.failure));
			}
			else {
				enter((state == RunState.PREPARING || state == RunState.SENT) ? RunState.LOST : state);
			}
		}

		private void onAnswer(Worker worker) {
			TaskRun.this.answer = worker;
			TaskRun.this.request.adoptTaskId(worker);
			if (TaskRun.this.request.taskId() == null) {
				endAsAnswered();
			}
			else {
				enter(RunState.ANSWERED);
			}
		}

		/**
		 * The request has failed, after all retries that are allowed.
		 */
		private void onFailure(Throwable error) {
			if (!TaskRun.this.request.mayRunAfter(error)) {
				refuse(error);
				return;
			}
			boolean isLost = RunRequest.isLost(error);
			if (isLost) {
				logger.debug(() -> "POST /api/tasks: connection lost, polling " + TaskRun.this.request.taskId() + ": "
						+ error.getMessage());
			}
			TaskRun.this.failure = error;
			enter(isLost ? RunState.LOST : RunState.REFUSED);
		}

		private void onPoll(Signal<TaskWithTurns> polled) {
			TaskWithTurns task = polled.get();
			Throwable failure = polled.getThrowable();
			if (task != null) {
				onTask(task);
			}
			else if (failure instanceof NotFoundException) {
				onMissing(null);
			}
			else if (failure != null && HandingerTransport.isTransient(failure)) {
				if (TaskRun.this.answer == null) {
					this.grace.restart();
				}
			}
			else if (failure != null && (isOverdue() || RunRequest.isKeyRefused(failure))) {
				onUnreadable(failure);
			}
		}

		private void onTask(TaskWithTurns task) {
			if (TaskRun.this.request.isEndedBy(task)) {
				end(task);
				return;
			}
			this.seen = task.task().hasEnded() ? task : null;
			if (task.task().hasEnded()) {
				onMissing(task);
			}
			else {
				TaskRun.this.state.compareAndSet(RunState.REFUSED, RunState.LOST);
				this.grace.restart();
			}
		}

		/**
		 * A poll shows no task (a 404), or one without the turn of this run.
		 */
		private void onMissing(@Nullable TaskWithTurns task) {
			if (TaskRun.this.state.get() == RunState.REFUSED) {
				refuse(Objects.requireNonNull(TaskRun.this.failure));
			}
			else if (isOverdue()) {
				endAsAnswered();
				if (task != null && TaskRun.this.request.hasFurtherTurn(task)) {
					end(task);
				}
				fail(TaskRun.this.request.outcomeUnknown("leaves no trace after its connection was lost",
						TaskRun.this.failure));
			}
		}

		/**
		 * Polls are refused, or have had no readable response within the grace.
		 */
		private void onUnreadable(Throwable failure) {
			if (TaskRun.this.state.get() == RunState.REFUSED) {
				refuse(Objects.requireNonNull(TaskRun.this.failure));
			}
			else if (TaskRun.this.answer != null) {
				logger.warn("The task " + TaskRun.this.request.taskId()
						+ " was answered and can't be polled, so its result is put together from the answer: "
						+ failure.getMessage());
				endAsAnswered();
			}
			else {
				fail((failure instanceof TasksApi.OtherTaskException)
						? TaskRun.this.request.outcomeUnknown("another task is shown in its place", failure) : failure);
			}
		}

		/**
		 * Polling has ended with a failure that is not Handinger's. The request may be
		 * answered all the same, and the run ends as soon as it is.
		 */
		private void onBrokenPolling(Throwable error) {
			TaskRun.this.environment.code().report("Polling", error);
			this.breakage = error;
			endIfBroken();
		}

		private void endIfBroken() {
			Throwable breakage = this.breakage;
			if (breakage != null && hasRequestEnded()) {
				endAsAnswered();
				fail(TaskRun.this.request.outcomeUnknown("can't be polled any more", breakage));
			}
		}

		/**
		 * The application has learned of the end of the task otherwise.
		 */
		private void onDelivery(TaskWithTurns task) {
			if (TaskRun.this.request.isEndedBy(task)) {
				end(task);
			}
		}

		/**
		 * The application ends.
		 */
		private void onClose() {
			endAsAnswered();
			fail(TaskRun.this.request.applicationEnded(TaskRun.this.failure));
		}

		/**
		 * All subscribers have left. The next one resumes.
		 */
		private void onCancel() {
			if (this.ended.compareAndSet(false, true)) {
				release();
			}
		}

		private void end(TaskWithTurns task) {
			end(task, (meters) -> meters.record(TaskRun.this.request.task().budget(), task,
					TaskRun.this.request.turnsBefore(), TaskRun.this.environment.code()));
		}

		/**
		 * End with the answer, if there is one, where polling does not show the task.
		 */
		private void endAsAnswered() {
			Worker answer = TaskRun.this.answer;
			if (answer != null) {
				end(SynthesizedTask.toTask(answer, Objects.requireNonNullElse(TaskRun.this.request.taskId(), ""),
						this.seen),
						(meters) -> meters.record(TaskRun.this.request.task().budget(), answer,
								TaskRun.this.environment.code()));
			}
		}

		private void end(TaskWithTurns task, Consumer<TaskMeters> count) {
			if (!this.ended.compareAndSet(false, true)) {
				return;
			}
			Signal<TaskWithTurns> outcome = task.task().hasFailed() ? Signal.error(new TaskFailedException(task))
					: Signal.next(task);
			conclude(outcome);
			boolean isRecovered = TaskRun.this.answer == null;
			this.observed.ended(task, isRecovered);
			if (isRecovered) {
				logger.debug(() -> "POST /api/tasks: recovered " + task.task().id() + " by polling: "
						+ task.task().status().name().toLowerCase(Locale.ROOT));
			}
			TaskRun.this.environment.count(count);
			signal(outcome);
		}

		/**
		 * End with a failure of the request that leaves nothing to resume, unless nothing
		 * was sent. A request body that was read for a 429 may not be readable again.
		 */
		private void refuse(Throwable error) {
			fail(error, TaskRun.this.request.mayHaveReached() || error instanceof RateLimitedException);
		}

		private void fail(Throwable error) {
			fail(error, false);
		}

		private void fail(Throwable error, boolean isFinal) {
			if (this.ended.compareAndSet(false, true)) {
				if (isFinal) {
					conclude(Signal.error(error));
				}
				this.observed.failed();
				signal(Signal.error(error));
			}
		}

		private void signal(Signal<TaskWithTurns> outcome) {
			Throwable error = outcome.getThrowable();
			if (error == null) {
				release();
				this.sink.success(outcome.get());
				return;
			}
			this.observation.error(error);
			release();
			this.sink.error(error);
		}

		/**
		 * Whoever gets the result finds nothing of the run under way, and it observed to
		 * its end.
		 */
		private void release() {
			TaskRun.this.environment.code().run("Cancelling a request", this.work::dispose);
			this.observation.stop();
		}

	}

}
