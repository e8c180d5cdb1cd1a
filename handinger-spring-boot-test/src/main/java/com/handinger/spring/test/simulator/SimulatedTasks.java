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

package com.handinger.spring.test.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * All tasks of the simulator. They progress on the simulator's clock, whether or not a
 * client waits for them.
 * <p>
 * The turns of one task run one after the other: a turn that arrives while another one
 * runs is queued, and the task does not end in between. The oldest ended tasks are
 * evicted when there are too many.
 */
final class SimulatedTasks {

	private static final int MOST_ENDED_TASKS = 100_000;

	private static final long MOST_ENDED_CHARACTERS = 64L * 1024 * 1024;

	private static final int MOST_NAMED = 10;

	private static final Duration DIRECTIVE_RETRY_AFTER = Duration.ofSeconds(1);

	private static final Duration PATIENCE = Duration.ofSeconds(2);

	private final ApiVersion apiVersion;

	private final Scheduler clock;

	private final SimulatedWorkers workers;

	private final Consumer<SimulatedTurn> webhooks;

	private final Rules rules;

	private final Duration turnDuration;

	private final Map<String, SimulatedTask> tasks = new LinkedHashMap<>();

	private final Set<SimulatedTask> endedTasks = new LinkedHashSet<>();

	private final PostCounts posts = new PostCounts();

	private final Rejections rejections = new Rejections();

	private final Set<SimulatedTask> runningTasks = new LinkedHashSet<>();

	private BiConsumer<Rejections.Attempt, Duration> onRejection = (attempt, retryAfter) -> {
	};

	private Consumer<Rejections.Attempt> onRetry = (attempt) -> {
	};

	private boolean held;

	private long allPosts;

	private long tasksRun;

	private long turnsRun;

	private long rejected;

	private long running;

	private long endedCharacters;

	/**
	 * Create an empty collection of tasks.
	 * @param apiVersion the version of the API for tasks without a directive
	 * @param clock the scheduler that runs the turns
	 * @param workers the workers
	 * @param webhooks called on the clock to deliver the end of a turn
	 * @param rules the rules
	 * @param turnDuration the default duration of a turn
	 */
	SimulatedTasks(ApiVersion apiVersion, Scheduler clock, SimulatedWorkers workers, Consumer<SimulatedTurn> webhooks,
			Rules rules, Duration turnDuration) {
		this.apiVersion = apiVersion;
		this.clock = clock;
		this.workers = workers;
		this.webhooks = webhooks;
		this.rules = rules;
		this.turnDuration = turnDuration;
	}

	/**
	 * Observe rejections, which must happen before the first request.
	 * @param onRejection called when a request is rejected for a time
	 * @param onRetry called when such a request is no longer rejected
	 */
	void onRejection(BiConsumer<Rejections.Attempt, Duration> onRejection, Consumer<Rejections.Attempt> onRetry) {
		this.onRejection = onRejection;
		this.onRetry = onRetry;
	}

	/**
	 * Count a request to run a task, whatever its outcome.
	 */
	synchronized void countPost() {
		this.allPosts++;
	}

	/**
	 * Count a request that names a task.
	 */
	synchronized void countPost(String taskId) {
		this.posts.count(taskId);
	}

	/**
	 * Accept and start a turn, as the first rule that matches it says.
	 * @throws ApiError if the turn is not accepted
	 */
	SimulatedTurn accept(TaskRequest request) {
		Script script = this.rules.match(request.withWorkerId(workerId(request)));
		return accept(request.withScript(script), script.rejection());
	}

	/**
	 * Return whether there are rules, and none of them says anything about a turn.
	 */
	boolean missesRules(SimulatedTurn turn) {
		return turn.request().script() == Script.NONE && !this.rules.isEmpty();
	}

	private synchronized SimulatedTurn accept(TaskRequest request, @Nullable Rejection rejection) {
		String id = (request.taskId() != null) ? request.taskId() : "tsk_" + Ulid.next();
		checkNotRejected(request, rejection);
		SimulatedTask task = task(id, request);
		if (request.taskId() == null) {
			this.posts.count(id);
		}
		this.posts.keep(id);
		return addTurn(task, request);
	}

	/**
	 * Run a task of a worker that no client has asked for, and that is not rejected.
	 */
	void run(TaskRequest request, SimulatedWorker worker) {
		TaskRequest scripted = request.withScript(this.rules.match(request));
		synchronized (this) {
			SimulatedTask task = newTask("tsk_" + Ulid.next(), worker, request);
			this.tasks.put(task.id(), task);
			addTurn(task, scripted);
		}
	}

	private synchronized @Nullable String workerId(TaskRequest request) {
		SimulatedTask task = (request.taskId() != null) ? this.tasks.get(request.taskId()) : null;
		return (task != null) ? task.worker().id() : request.workerId();
	}

	private void checkNotRejected(TaskRequest request, @Nullable Rejection rejection) {
		if (rejection != null) {
			checkNotRejected(request, rejection.status(), rejection.retryAfter());
		}
		Integer status = request.directives().rejectStatus();
		if (status != null) {
			Rejections.Attempt attempt = Rejections.Attempt.of(request);
			// One rejection, however soon the next attempt is made.
			if (this.rejections.remaining(attempt, Duration.ZERO, now()) != null) {
				throw reject(status, DIRECTIVE_RETRY_AFTER);
			}
		}
	}

	private void checkNotRejected(TaskRequest request, int status, @Nullable Duration retryAfter) {
		if (retryAfter == null) {
			throw reject(status, null);
		}
		Rejections.Attempt attempt = Rejections.Attempt.of(request);
		Duration remaining = this.rejections.remaining(attempt, retryAfter, now());
		if (remaining != null) {
			this.onRejection.accept(attempt, remaining);
			throw reject(status, remaining);
		}
		this.onRetry.accept(attempt);
	}

	private ApiError reject(int status, @Nullable Duration retryAfter) {
		this.rejected++;
		return ApiError.rejected(status, retryAfter);
	}

	private SimulatedTask task(String id, TaskRequest request) {
		String workerId = request.workerId();
		SimulatedTask task = this.tasks.get(id);
		if (task == null) {
			SimulatedWorker worker = (workerId != null) ? this.workers.findOrMakeForTask(workerId)
					: this.workers.makeForTask();
			task = newTask(id, worker, request);
			this.tasks.put(id, task);
		}
		else if (workerId != null && !workerId.equals(task.worker().id())) {
			throw ApiError
				.conflict("The task belongs to another worker: leave out 'workerId', or set it to that worker.");
		}
		return task;
	}

	private SimulatedTask newTask(String id, SimulatedWorker worker, TaskRequest request) {
		return new SimulatedTask(id, "Task " + ++this.tasksRun, worker, request.triggeredBy(), this.apiVersion, now());
	}

	private SimulatedTurn addTurn(SimulatedTask task, TaskRequest request) {
		if (this.endedTasks.remove(task)) {
			this.endedCharacters -= task.characters();
		}
		Duration runTime = request.directives().runTime();
		SimulatedTurn turn = task.add(request, (runTime != null) ? runTime : this.turnDuration, now());
		this.runningTasks.add(task);
		task.worker().worksOn(task.id());
		this.turnsRun++;
		this.running++;
		if (task.isNext(turn)) {
			begin(turn);
		}
		notifyAll();
		return turn;
	}

	private void begin(SimulatedTurn turn) {
		turn.begin(now());
		after(turn.pendingTime(), () -> run(turn));
	}

	private synchronized void run(SimulatedTurn turn) {
		if (turn.task().isNext(turn)) {
			turn.run();
			after(turn.runningTime(), () -> finish(turn));
		}
	}

	/**
	 * Finish a turn that has run long enough, unless it is held or was finished before.
	 */
	private void finish(SimulatedTurn turn) {
		synchronized (this) {
			if (this.held || !turn.startEnding()) {
				return;
			}
		}
		deliverAndEnd(turn);
	}

	/**
	 * Finish the current turn of a task now, and return when the task shows its end.
	 */
	void finishNow(SimulatedTask task) {
		SimulatedTurn turn;
		synchronized (this) {
			turn = task.next();
			if (turn == null || !turn.startEnding()) {
				throw new IllegalStateException("Task " + task.id() + " has no running turn: its status is "
						+ task.status().wireName() + ". Call hold() before the task is run.");
			}
		}
		Mono<SimulatedTurn> end = turn.end();
		after(Duration.ZERO, () -> deliverAndEnd(turn));
		end.block(RealTime.LONGEST_AWAIT);
	}

	/**
	 * Schedule the delivery, which follows this step on the clock, and then the end.
	 */
	private void deliverAndEnd(SimulatedTurn turn) {
		DeliveryPlan delivery = turn.request().directives().delivery();
		after(delivery.lateness(), () -> this.webhooks.accept(turn));
		if (delivery.early()) {
			after(delivery.untilShown(), () -> end(turn));
		}
		else {
			end(turn);
		}
	}

	private void end(SimulatedTurn turn) {
		complete(turn);
		turn.tellEnd();
	}

	private synchronized void complete(SimulatedTurn turn) {
		SimulatedTask task = turn.task();
		if (this.tasks.get(task.id()) != task) {
			return;
		}
		task.complete(turn, now());
		this.running--;
		SimulatedTurn next = task.next();
		if (next != null) {
			begin(next);
		}
		else {
			this.runningTasks.remove(task);
			this.endedTasks.add(task);
			this.endedCharacters += task.characters();
			forgetOldest();
		}
	}

	private void forgetOldest() {
		while (this.endedTasks.size() > MOST_ENDED_TASKS
				|| (this.endedCharacters > MOST_ENDED_CHARACTERS && this.endedTasks.size() > 1)) {
			SimulatedTask oldest = this.endedTasks.iterator().next();
			this.endedTasks.remove(oldest);
			this.tasks.remove(oldest.id());
			this.posts.forget(oldest.id());
			this.endedCharacters -= oldest.characters();
		}
	}

	private void after(Duration time, Runnable step) {
		this.clock.schedule(step, SimulatorClock.nanos(time), TimeUnit.NANOSECONDS);
	}

	private Instant now() {
		return SimulatorClock.now(this.clock);
	}

	/**
	 * End no turn from now on, except by {@link #finishNow(SimulatedTask)}.
	 */
	synchronized void hold() {
		this.held = true;
	}

	/**
	 * Return a task, and wait a moment for it if it has not arrived yet.
	 */
	synchronized SimulatedTask awaitTask(String taskId) {
		// For the first task, a client starts.
		await(() -> this.tasks.containsKey(taskId), this.tasks.isEmpty() ? RealTime.LONGEST_AWAIT : PATIENCE);
		SimulatedTask task = this.tasks.get(taskId);
		if (task == null) {
			throw unknown(taskId);
		}
		return task;
	}

	/**
	 * Wait until a number of tasks have arrived, and return whether they have.
	 */
	synchronized boolean await(int count) {
		return await(() -> this.tasksRun >= count, RealTime.LONGEST_AWAIT);
	}

	private boolean await(BooleanSupplier condition, Duration limit) {
		if (!condition.getAsBoolean() && Schedulers.isInNonBlockingThread()) {
			throw new IllegalStateException("The simulator waits for a task: call it from the thread of the test.");
		}
		return RealTime.await(this, condition, limit);
	}

	synchronized long count() {
		return this.tasksRun;
	}

	private IllegalArgumentException unknown(String taskId) {
		return new IllegalArgumentException("There is no task " + taskId + " in the simulator: "
				+ (this.tasks.isEmpty() ? "no task has arrived. Call awaitTasks(1) before."
						: "use one of " + this.tasks.keySet().stream().limit(MOST_NAMED).toList() + "."));
	}

	/**
	 * Return the latest turn of a task that has ended.
	 */
	synchronized SimulatedTurn latestEnd(SimulatedTask task) {
		SimulatedTurn turn = task.latestEnd();
		if (turn == null) {
			throw new IllegalStateException("Task " + task.id() + " has not ended, so there is nothing to deliver: "
					+ "call finish(taskId) or advance(duration) before.");
		}
		return turn;
	}

	synchronized List<RecordedTask> record() {
		return this.tasks.values().stream().map((task) -> task.toRecord(this.posts.count(task.id(), 0))).toList();
	}

	synchronized RecordedTask record(String taskId) {
		SimulatedTask task = this.tasks.get(taskId);
		if (task == null) {
			throw unknown(taskId);
		}
		return task.toRecord(this.posts.count(taskId, 0));
	}

	/**
	 * Forget everything. Requests that wait for a task are given up.
	 */
	void clear() {
		List<SimulatedTask> abandoned;
		synchronized (this) {
			abandoned = List.copyOf(this.runningTasks);
			this.tasks.clear();
			this.endedTasks.clear();
			this.runningTasks.clear();
			this.posts.clear();
			this.rejections.clear();
			this.held = false;
			this.allPosts = 0;
			this.tasksRun = 0;
			this.turnsRun = 0;
			this.rejected = 0;
			this.running = 0;
			this.endedCharacters = 0;
		}
		abandoned.forEach(SimulatedTask::abandon);
	}

	synchronized TaskJson.WithTurns retrieve(String taskId, String baseUrl) {
		return known(taskId).toJson(baseUrl);
	}

	synchronized TaskJson.TurnList turns(String taskId, String baseUrl) {
		return known(taskId).toTurnList(baseUrl);
	}

	/**
	 * Archive a task, which has no visible effect.
	 */
	synchronized void archive(String taskId) {
		known(taskId);
	}

	private SimulatedTask known(String taskId) {
		SimulatedTask task = this.tasks.get(taskId);
		if (task == null) {
			throw ApiError.notFound("There is no task with this id.");
		}
		return task;
	}

	/**
	 * Return the worker as of an ended turn, with all messages of its task until then.
	 */
	synchronized Conversation conversation(SimulatedTurn ended, String baseUrl) {
		return ended.task().toConversation(ended, baseUrl);
	}

	/**
	 * Return a worker with the messages of the given task, or of its latest task.
	 */
	synchronized Conversation conversation(String workerId, @Nullable String taskId, String baseUrl) {
		SimulatedWorker worker = this.workers.known(workerId);
		String id = (taskId != null) ? taskId : worker.latestTaskId();
		SimulatedTask task = (id != null) ? this.tasks.get(id) : null;
		if (taskId != null && (task == null || !task.worker().id().equals(workerId))) {
			throw ApiError.notFound("The worker has no task with this id.");
		}
		return (task != null) ? task.toConversation(baseUrl)
				: Conversation.of(worker, List.of(), this.apiVersion, baseUrl);
	}

	synchronized SimulatorState state(int workers, SimulatorState.DeliveryCounts deliveries) {
		Map<String, SimulatorState.TaskState> states = new LinkedHashMap<>();
		this.posts.forEach((id, posts) -> states.put(id, state(posts, this.tasks.get(id))));
		// Nobody has posted the tasks of schedules.
		this.tasks.forEach((id, task) -> states.computeIfAbsent(id, (missing) -> state(0, task)));
		return new SimulatorState(this.allPosts, this.tasksRun, this.turnsRun, this.rejected, this.running, workers,
				deliveries, states);
	}

	private static SimulatorState.TaskState state(long posts, @Nullable SimulatedTask task) {
		return (task != null)
				? new SimulatorState.TaskState(posts, task.turnCount(), task.deliveryCount(), task.status())
				: new SimulatorState.TaskState(posts, 0, 0, null);
	}

}
