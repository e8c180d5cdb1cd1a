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
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

import com.handinger.spring.http.NotFoundException;
import com.handinger.spring.http.RateLimitedException;
import com.handinger.spring.task.RunRequest.State;
import com.handinger.spring.task.TaskObservationContext.Outcome;
import com.handinger.spring.task.TaskRuns.End;
import com.handinger.spring.transport.Backoff;
import com.handinger.spring.transport.HandingerTransport;
import com.handinger.spring.transport.SafeLog;
import com.handinger.spring.transport.Scheduling;
import com.handinger.spring.transport.SingleFlight;
import com.handinger.spring.worker.Worker;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * One run of a task, for any number of subscribers. It has a {@link State}, which the
 * events below change. Its {@link RunRequest request} is carried out at most once; its
 * end is found by {@link Polling} whatever happens to the connection.
 * <p>
 * Events come from any thread. Those of polls return what ends the wait, or {@code null}
 * if it goes on. Only the first end counts.
 */
final class TaskRun {

	private static final SafeLog logger = SafeLog.of(TaskRun.class);

	private final RunEnvironment environment;

	private final RunRequest request;

	private final SingleFlight<TaskWithTurns> flight;

	private final Mono<TaskWithTurns> poll;

	/**
	 * Those who are told that the task has begun and, with {@code null}, that the request
	 * was answered. The end comes by {@link #end()} alone.
	 */
	private final List<Consumer<@Nullable TaskWithTurns>> followers;

	private final AtomicReference<State> state = new AtomicReference<>(State.PREPARING);

	/**
	 * Where each state starts its polls, for those who wait together.
	 */
	private volatile @Nullable FluxSink<Flux<End>> polls;

	/**
	 * The time by which the task must appear or, after the answer, show its end. It is
	 * {@link Polling#notFoundGrace()} after the last sign of life.
	 */
	private volatile long graceEnd;

	/**
	 * The time from which the server lets the task be polled again.
	 */
	private volatile long pollsFrom;

	/**
	 * Whether Handinger has the task, by any sign.
	 */
	private volatile boolean shown;

	/**
	 * Whether those who wait together came when the request was sent already.
	 */
	private volatile boolean resumed;

	/**
	 * The answer to the request, from {@link State#ANSWERED} on.
	 */
	private volatile @Nullable Worker answer;

	/**
	 * The failure of the request, in {@link State#LOST} and {@link State#REFUSED}.
	 */
	private volatile @Nullable Throwable failure;

	/**
	 * The task, if the last poll that was answered has shown that it had ended.
	 */
	private volatile @Nullable TaskWithTurns seen;

	/**
	 * The failure that has ended all polling.
	 */
	private volatile @Nullable Throwable breakage;

	/**
	 * The outcome for all subscribers, in {@link State#ENDED}. The subscriber that waited
	 * for it may have left.
	 */
	private volatile @Nullable Mono<TaskWithTurns> outcome;

	/**
	 * Create a run, which sends nothing yet.
	 * @param task the task to run
	 * @param environment what it shares with others
	 * @param followers an empty list, which is mutable if the run may have followers
	 */
	TaskRun(CreateTask task, RunEnvironment environment, List<Consumer<@Nullable TaskWithTurns>> followers) {
		this.environment = environment;
		this.followers = followers;
		this.request = new RunRequest(task, environment, this);
		// A later subscriber finds a final failure in the outcome of this run.
		this.flight = new SingleFlight<>(Mono.deferContextual(this::attempt), (error) -> false, () -> null);
		this.poll = Polling.logged(Mono.defer(() -> this.request.poll(!this.followers.isEmpty())));
	}

	/**
	 * Return the task at its end, for any number of subscribers.
	 */
	Mono<TaskWithTurns> end() {
		return this.flight.mono();
	}

	/**
	 * Follow the task on its way to the end, until that is disposed.
	 */
	Disposable follow(Consumer<@Nullable TaskWithTurns> follower) {
		this.followers.add(follower);
		return () -> this.followers.remove(follower);
	}

	/**
	 * Return the handle of the run, or {@code null} if Handinger has not shown the task,
	 * or its id is not known.
	 */
	@Nullable TaskHandle handle() {
		return this.shown ? this.request.handle() : null;
	}

	/**
	 * Return for how many milliseconds a task that is missing may yet appear, which is 0
	 * or less if the outcome is known.
	 */
	long timeToAppear() {
		return (hasOutcome() || !this.request.mayHaveReached()) ? 0
				: hasRequestEnded() ? graceLeft() : this.environment.polling().notFoundGrace().toMillis();
	}

	boolean hasOutcome() {
		return this.outcome != null;
	}

	@Nullable Worker answer() {
		return this.answer;
	}

	/**
	 * Wait for the end, together with all who come meanwhile. Whoever gets it finds
	 * nothing of the run under way, and it observed to its end.
	 */
	private Mono<TaskWithTurns> attempt(ContextView context) {
		Mono<TaskWithTurns> outcome = this.outcome;
		if (outcome != null) {
			return outcome;
		}
		Mono<TaskWithTurns> end = Polling.latest(this::start).next().flatMap(this::conclude);
		return this.environment.observations().isNoop() ? end
				: TaskObservation.observe(end, new TaskObservationContext(this.request.task(), this.request.taskId()),
						() -> (this.answer != null) ? Outcome.ANSWERED : Outcome.RECOVERED, context, this.environment);
	}

	private Mono<TaskWithTurns> conclude(End end) {
		TaskWithTurns task = end.task();
		if (end.isFinal()) {
			// Before the state, since whoever finds that the run has ended needs it.
			this.outcome = end.outcome();
			this.state.set(State.ENDED);
		}
		this.environment.count(end.count());
		if (task != null) {
			if (this.answer == null) {
				logger.debug(() -> "POST /api/tasks: recovered " + task.task().id() + " by polling: "
						+ task.task().status().name().toLowerCase(Locale.ROOT));
			}
			this.environment.code().run("A waiter of a task", () -> this.environment.waiters().publish(task));
		}
		return end.outcome();
	}

	/**
	 * Send the request, unless that was done for those who have left or got an error.
	 */
	private void start(FluxSink<Flux<End>> polls) {
		this.polls = polls;
		this.breakage = null;
		// A run whose task has no id yet waits for the end of the application alone.
		Disposable waiter = this.environment.waiters()
			.add(Objects.requireNonNullElseGet(this.request.taskId(), () -> TaskIds.next(this.environment.now())),
					this::onDelivery, this.environment.clock());
		Disposable.Swap sending = Disposables.swap();
		polls.onDispose(() -> {
			waiter.dispose();
			this.environment.code().run("Cancelling a request", sending::dispose);
		});
		this.resumed = hasRequestEnded() || this.request.mayHaveReached();
		if (this.resumed) {
			onResume();
		}
		else {
			this.state.set(State.PREPARING);
			sending.update(this.request.send()
				.subscribe(this::onAnswer, (error) -> onFailure(error, polls), null, Context.of(polls.contextView())));
		}
	}

	private void enter(State next) {
		// Before the state, or a poll could find that its grace is over.
		restartGrace();
		this.state.updateAndGet((current) -> (current == State.ENDED) ? current : next);
		startPolling(next);
	}

	private void startPolling(State state) {
		Throwable breakage = this.breakage;
		Flux<Signal<TaskWithTurns>> polls = (breakage != null) ? Flux.error(breakage) : polls(state);
		Objects.requireNonNull(this.polls).next(polls.mapNotNull(this::onPoll).onErrorResume(this::onBrokenPolling));
	}

	private void end(End end) {
		Objects.requireNonNull(this.polls).next(Flux.just(end));
	}

	/**
	 * Poll as a state demands. {@link Signal#complete()} is the end of the grace for an
	 * answered task.
	 */
	private Flux<Signal<TaskWithTurns>> polls(State state) {
		Polling polling = this.environment.polling();
		boolean isIdKnown = this.request.taskId() != null;
		return switch (state) {
			case PREPARING, ENDED -> Flux.empty();
			case SENT ->
				isIdKnown ? poll(polling.firstWait(!this.followers.isEmpty()), Polling.UNLIMITED) : Flux.empty();
			case ANSWERED -> isIdKnown ? poll(Duration.ZERO, Polling.UNLIMITED).timeout(untilGraceEnds(),
					(polled) -> untilGraceEnds(), Mono.just(Signal.complete())) : Flux.just(Signal.complete());
			case LOST -> poll(this.resumed ? Duration.ZERO : polling.waitBefore(0, null), this::longestWait);
			case REFUSED -> poll(Duration.ZERO, this::longestWait);
		};
	}

	private Flux<Signal<TaskWithTurns>> poll(Duration firstWait, ToLongFunction<Signal<TaskWithTurns>> longestWait) {
		long wait = Math.max(firstWait.toMillis(), this.pollsFrom - this.environment.now());
		return this.environment.polling()
			.poll(this.poll, Duration.ofMillis(wait), longestWait, this.environment.clock());
	}

	/**
	 * Return whether the outcome of the request is known, so that only polling can show
	 * more.
	 */
	private boolean hasRequestEnded() {
		return this.state.get().compareTo(State.ANSWERED) >= 0;
	}

	private void restartGrace() {
		this.graceEnd = this.environment.now() + this.environment.polling().notFoundGrace().toMillis();
	}

	private long graceLeft() {
		return this.graceEnd - this.environment.now();
	}

	private Mono<Long> untilGraceEnds() {
		return Scheduling.delay(Duration.ofMillis(Math.max(graceLeft(), 1)), this.environment.clock());
	}

	/**
	 * A task that is missing is polled once more when the grace is over.
	 */
	private long longestWait(Signal<TaskWithTurns> polled) {
		return Polling.isMissing(polled) ? graceLeft() : Long.MAX_VALUE;
	}

	private boolean isOverdue() {
		return hasRequestEnded() && graceLeft() <= 0;
	}

	// What happens to a run, from its request to its end.

	/**
	 * A subscriber comes after an earlier one has left or got an error, when the request
	 * was sent already.
	 */
	private void onResume() {
		State state = this.state.get();
		// Read after the state, because it is set before that.
		Mono<TaskWithTurns> outcome = this.outcome;
		if (outcome != null) {
			end(new End(null, outcome, false, End.NOT_COUNTED));
		}
		else if (this.request.taskId() == null) {
			end(End.failure(
					this.request.outcomeUnknown("its id is not known after its connection was lost", this.failure),
					false));
		}
		else {
			enter((state == State.PREPARING || state == State.SENT) ? State.LOST : state);
		}
	}

	/**
	 * The request goes out, on any thread and maybe when its subscriber has just left.
	 */
	void onSent() {
		if (this.state.compareAndSet(State.PREPARING, State.SENT)) {
			startPolling(State.SENT);
		}
	}

	/**
	 * The request was not carried out, and will be sent again, unless its subscribers
	 * have just left.
	 */
	void onRejected() {
		if (!this.resumed) {
			enter(State.PREPARING);
		}
	}

	private void onAnswer(Worker answer) {
		this.answer = answer;
		this.request.adoptTaskId(answer);
		enter(State.ANSWERED);
		show(null);
	}

	/**
	 * There is a task with the key of this run, so that nothing is sent.
	 */
	void onJoined(TaskWithTurns task) {
		End end = onTask(task);
		if (end != null) {
			// Whoever ran it has counted it.
			end(new End(task, end.outcome(), true, End.NOT_COUNTED));
		}
		else {
			enter(State.LOST);
		}
	}

	/**
	 * The request has failed, after all retries that are allowed.
	 * @param polls those of its subscribers, who may leave meanwhile. Whoever comes then
	 * waits for more than this failure.
	 */
	private void onFailure(Throwable error, FluxSink<Flux<End>> polls) {
		if (polls != this.polls) {
			return;
		}
		if (!this.request.mayRunAfter(error)) {
			polls.next(Flux.just(refused(error)));
			return;
		}
		boolean isLost = RunRequest.isLost(error);
		if (isLost) {
			logger.debug(() -> "POST /api/tasks: connection lost, polling " + this.request.taskId() + ": "
					+ error.getMessage());
		}
		this.failure = error;
		enter(isLost ? State.LOST : State.REFUSED);
	}

	private @Nullable End onPoll(Signal<TaskWithTurns> polled) {
		TaskWithTurns task = polled.get();
		Throwable failure = polled.getThrowable();
		if (task != null) {
			return onTask(task);
		}
		if (failure == null) {
			return answeredOr(IllegalStateException::new);
		}
		if (failure instanceof NotFoundException) {
			return onMissing(null);
		}
		if (HandingerTransport.isTransient(failure)) {
			onOutage(Backoff.retryAfter(failure));
			return null;
		}
		return (isOverdue() || RunRequest.isKeyRefused(failure)) ? onUnreadable(failure) : null;
	}

	private void onOutage(@Nullable Duration retryAfter) {
		this.pollsFrom = (retryAfter != null) ? this.environment.now() + Backoff.jittered(retryAfter).toMillis() : 0;
		if (this.answer == null) {
			restartGrace();
		}
	}

	private @Nullable End onTask(TaskWithTurns task) {
		if (this.request.isEndedBy(task)) {
			return ended(task);
		}
		boolean hasEnded = task.task().hasEnded();
		this.seen = hasEnded ? task : null;
		if (!hasEnded) {
			this.state.compareAndSet(State.REFUSED, State.LOST);
			restartGrace();
		}
		if (this.request.hasBegun(task)) {
			// After the grace, since it calls code of the application.
			show(task);
		}
		return hasEnded ? onMissing(task) : null;
	}

	private void show(@Nullable TaskWithTurns state) {
		this.shown = true;
		this.followers
			.forEach((follower) -> this.environment.code().run("A subscriber of a run", () -> follower.accept(state)));
	}

	/**
	 * A poll shows no task (a 404), or one without the turn of this run.
	 */
	private @Nullable End onMissing(@Nullable TaskWithTurns task) {
		if (this.state.get() != State.REFUSED && !isOverdue()) {
			return null;
		}
		boolean isShown = this.answer == null && task != null && this.request.hasFurtherTurn(task);
		return isShown ? ended(task) : unshown(() -> this.request.outcomeUnknown("it has left no trace", this.failure));
	}

	/**
	 * Polls are refused, or have had no readable response within the grace.
	 */
	private End onUnreadable(Throwable failure) {
		if (this.answer != null) {
			logger.warn("The task " + this.request.taskId()
					+ " was answered and can't be polled, so its result is put together from the answer: "
					+ failure.getMessage());
		}
		return unshown(() -> (failure instanceof TasksApi.OtherTaskException)
				? this.request.outcomeUnknown("another task is shown in its place", failure) : failure);
	}

	/**
	 * Polling has ended with a failure that is not Handinger's. The request may be
	 * answered all the same, and the run ends as soon as it is.
	 */
	private Flux<End> onBrokenPolling(Throwable error) {
		this.environment.code().report("Polling", error);
		this.breakage = error;
		return hasRequestEnded()
				? Flux.just(answeredOr(() -> this.request.outcomeUnknown("it can't be polled any more", error)))
				: Flux.empty();
	}

	/**
	 * A delivery shows the end of the task, or the application ends.
	 */
	private void onDelivery(Signal<TaskWithTurns> delivered) {
		TaskWithTurns task = delivered.get();
		if (task == null) {
			end(answeredOr(() -> this.request.applicationEnded(this.failure)));
		}
		else if (this.request.isEndedBy(task)) {
			end(ended(task).told());
		}
	}

	// What ends the wait.

	private End ended(TaskWithTurns task) {
		return end(task, (meters) -> meters.record(this.request.task().budget(), task, this.request.turnsBefore(),
				this.environment.code()));
	}

	/**
	 * End with the answer, where polling does not show the task, or with a failure if
	 * there is no answer.
	 */
	private End answeredOr(Supplier<Throwable> failure) {
		Worker answer = this.answer;
		if (answer == null) {
			return End.failure(failure.get(), false);
		}
		return end(SynthesizedTask.of(answer, Objects.requireNonNullElse(this.request.taskId(), ""), this.seen),
				(meters) -> meters.record(this.request.task().budget(), answer, this.environment.code()));
	}

	private End end(TaskWithTurns task, Consumer<TaskMeters> count) {
		// Before the outcome, since whoever gets that may ask for the handle.
		this.shown = true;
		return new End(task, task.task().hasFailed() ? Mono.error(new TaskFailedException(task)) : Mono.just(task),
				true, count);
	}

	/**
	 * End where polls show nothing more.
	 */
	private End unshown(Supplier<Throwable> failure) {
		return (this.state.get() == State.REFUSED) ? refused(Objects.requireNonNull(this.failure))
				: answeredOr(failure);
	}

	/**
	 * End with a failure of the request that leaves nothing to resume, unless nothing was
	 * sent. A request body that was read for a 429 may not be readable again.
	 */
	private End refused(Throwable error) {
		return End.failure(error, this.request.mayHaveReached() || error instanceof RateLimitedException);
	}

}
