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
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;

import com.handinger.spring.http.OutcomeUnknownException;
import com.handinger.spring.transport.SafeLog;
import com.handinger.spring.transport.Scheduling;
import com.handinger.spring.worker.Worker;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink.OverflowStrategy;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.context.Context;

/**
 * The runs of a client: who waits for one, who owns it, and which calls share it.
 * <p>
 * A run belongs to those who subscribe to its end, unless it was started: then it belongs
 * to the client as soon as Handinger has the task. The {@link TaskWaiters} end it with
 * the application.
 */
final class TaskRuns {

	private static final SafeLog logger = SafeLog.of(TaskRuns.class);

	private final RunEnvironment environment;

	/**
	 * The runs of tasks with a key, by the id of the task, while one of them may send its
	 * request or the task may yet appear.
	 */
	private final Map<String, SharedRun> shared = new ConcurrentHashMap<>();

	/**
	 * Create new runs.
	 * @param environment what they share with others
	 */
	TaskRuns(RunEnvironment environment) {
		this.environment = environment;
	}

	Mono<TaskWithTurns> run(CreateTask task) {
		return (task.key() == null) ? new TaskRun(task, this.environment, List.of()).end()
				: Mono.fromDirect(call(task, (run, end) -> end));
	}

	Mono<TaskHandle> start(CreateTask task) {
		return Mono.fromDirect(call(task, this::start));
	}

	Flux<TaskWithTurns> follow(CreateTask task) {
		return Flux.from(call(task, TaskRuns::follow));
	}

	/**
	 * Return the response to the request of a task with a key, or the worker as it is
	 * after the task if another call or process has sent the request.
	 */
	Mono<Worker> create(CreateTask task) {
		TasksApi api = new TasksApi(this.environment.transport()::send);
		return Mono.fromDirect(call(task, (run, end) -> end.flatMap(
				(ended) -> Mono.justOrEmpty(run.answer()).switchIfEmpty(Mono.defer(() -> api.worker(ended.task()))))));
	}

	/**
	 * Call a run, which is that of all calls with the same key. What is called subscribes
	 * to its end once.
	 */
	private <T> Publisher<T> call(CreateTask task, BiFunction<TaskRun, Mono<TaskWithTurns>, Publisher<T>> call) {
		if (task.key() == null) {
			TaskRun run = newRun(task);
			return call.apply(run, run.end());
		}
		String taskId = String.valueOf(task.taskId());
		AtomicReference<@Nullable TaskRun> last = new AtomicReference<>();
		return Flux.defer(() -> {
			TaskRun run = hold(taskId, task, last.get());
			last.set(run);
			// Whoever gets the end finds the run released, so that a further call starts
			// afresh. A run that is cancelled is released when its request is.
			return call.apply(run, Mono.using(() -> run, TaskRun::end, (held) -> release(taskId, held)));
		});
	}

	private TaskRun newRun(CreateTask task) {
		return new TaskRun(task, this.environment, new CopyOnWriteArrayList<>());
	}

	/**
	 * Hold the run that others hold, unless it is over, or else that of an earlier
	 * subscriber, which never sends its request again.
	 */
	private TaskRun hold(String taskId, CreateTask task, @Nullable TaskRun last) {
		return Objects
			.requireNonNull(this.shared.compute(taskId, (id, held) -> (held != null && !held.run().hasOutcome())
					? held.plus(1) : new SharedRun((last != null) ? last : newRun(task), 1)))
			.run();
	}

	/**
	 * A request whose connection was lost may be carried out all the same, so a further
	 * call must not send another before the task had time to appear.
	 */
	private void release(String taskId, TaskRun run) {
		Runnable release = () -> this.shared.computeIfPresent(taskId,
				(id, held) -> (held.run() != run) ? held : (held.holders() > 1) ? held.plus(-1) : null);
		long wait = run.timeToAppear();
		if (wait > 0) {
			Scheduling.delay(Duration.ofMillis(wait), this.environment.clock()).subscribe((over) -> release.run());
		}
		else {
			release.run();
		}
	}

	/**
	 * Return the handle of a run that goes on without its subscriber from then on. The
	 * run keeps the context of its subscriber, in which it is observed, but not the
	 * subscriber.
	 */
	private Mono<TaskHandle> start(TaskRun run, Mono<TaskWithTurns> end) {
		return Mono.deferContextual((context) -> {
			Sinks.One<TaskHandle> shown = Sinks.one();
			Runnable onShown = () -> Optional.ofNullable(run.handle()).ifPresent(shown::tryEmitValue);
			Disposable follower = run.follow((state) -> onShown.run());
			onShown.run();
			Disposable waiting = end.subscribe((task) -> {
				onShown.run();
				shown.tryEmitError(new OutcomeUnknownException("A task has run, but its id is not known: "
						+ "do not send it again, but look for it in the dashboard", null, null));
			}, (error) -> {
				onShown.run();
				if (shown.tryEmitError(error).isFailure() && !(error instanceof TaskFailedException)
						&& !this.environment.waiters().isClosed()) {
					logger.warn("The run " + run.handle() + " was started and is not polled any more: "
							+ error.getMessage());
				}
			}, null, Context.of(context));
			return shown.asMono().doFinally((signal) -> {
				follower.dispose();
				// Not if it cancels because it has the handle.
				if (shown.tryEmitEmpty().isSuccess()) {
					waiting.dispose();
				}
			});
		});
	}

	/**
	 * Return each state of a run. Its end comes on a way of its own, after which there is
	 * no state.
	 */
	private static Flux<TaskWithTurns> follow(TaskRun run, Mono<TaskWithTurns> end) {
		Flux<TaskWithTurns> states = Flux.create((sink) -> sink.onDispose(run.follow((state) -> {
			if (state != null && !state.task().hasEnded()) {
				sink.next(state);
			}
		})), OverflowStrategy.LATEST);
		return states.takeUntilOther(withFailed(end)).concatWith(withFailed(run.end())).distinctUntilChanged();
	}

	private static Mono<TaskWithTurns> withFailed(Mono<TaskWithTurns> end) {
		return end.onErrorResume(TaskFailedException.class, (failed) -> Mono.just(failed.task()));
	}

	/**
	 * A run and the number of subscriptions that keep it.
	 *
	 * @param run the run
	 * @param holders the number of subscriptions
	 */
	private record SharedRun(TaskRun run, int holders) {

		SharedRun plus(int more) {
			return new SharedRun(this.run, this.holders + more);
		}

	}

	/**
	 * The end of a wait for a run.
	 *
	 * @param task the ended task, or {@code null} if it is not known or was told already
	 * @param outcome the ended task or the failure
	 * @param isFinal whether later subscribers get the same outcome, rather than resume
	 * @param count counts the task
	 */
	record End(@Nullable TaskWithTurns task, Mono<TaskWithTurns> outcome, boolean isFinal, Consumer<TaskMeters> count) {

		static final Consumer<TaskMeters> NOT_COUNTED = (meters) -> {
		};

		/**
		 * Return this end of a task that others who wait for it know already.
		 */
		End told() {
			return new End(null, this.outcome, this.isFinal, this.count);
		}

		static End failure(Throwable error, boolean isFinal) {
			return new End(null, Mono.error(error), isFinal, NOT_COUNTED);
		}

	}

}
