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
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

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

	private final ApiVersion apiVersion;

	private final Scheduler clock;

	private final SimulatedWorkers workers;

	private final Consumer<SimulatedTurn> webhooks;

	private final Map<String, SimulatedTask> tasks = new LinkedHashMap<>();

	private final Set<SimulatedTask> endedTasks = new LinkedHashSet<>();

	private final PostCounts posts = new PostCounts();

	private final Rejections rejections = new Rejections();

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
	 */
	SimulatedTasks(ApiVersion apiVersion, Scheduler clock, SimulatedWorkers workers, Consumer<SimulatedTurn> webhooks) {
		this.apiVersion = apiVersion;
		this.clock = clock;
		this.workers = workers;
		this.webhooks = webhooks;
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
	 * Accept and start a turn.
	 * @throws ApiError if the turn is not accepted
	 */
	synchronized SimulatedTurn accept(TaskRequest request) {
		String id = (request.taskId() != null) ? request.taskId() : "tsk_" + Ulid.next();
		checkNotRejected(request);
		SimulatedTask task = task(id, request.workerId());
		if (request.taskId() == null) {
			this.posts.count(id);
		}
		this.posts.keep(id);
		return addTurn(task, request);
	}

	private void checkNotRejected(TaskRequest request) {
		Integer status = request.directives().rejectStatus();
		if (status != null && this.rejections.reject(request)) {
			this.rejected++;
			throw ApiError.rejected(status);
		}
	}

	private SimulatedTask task(String id, @Nullable String workerId) {
		SimulatedTask task = this.tasks.get(id);
		if (task == null) {
			SimulatedWorker worker = (workerId != null) ? this.workers.findOrMakeForTask(workerId)
					: this.workers.makeForTask();
			task = new SimulatedTask(id, "Task " + ++this.tasksRun, worker, this.apiVersion);
			this.tasks.put(id, task);
		}
		else if (workerId != null && !workerId.equals(task.worker().id())) {
			throw ApiError
				.conflict("The task belongs to another worker: leave out 'workerId', or set it to that worker.");
		}
		return task;
	}

	private SimulatedTurn addTurn(SimulatedTask task, TaskRequest request) {
		if (this.endedTasks.remove(task)) {
			this.endedCharacters -= task.characters();
		}
		SimulatedTurn turn = task.add(request);
		task.worker().worksOn(task.id());
		this.turnsRun++;
		this.running++;
		if (task.isNext(turn)) {
			begin(turn);
		}
		return turn;
	}

	private void begin(SimulatedTurn turn) {
		turn.begin();
		after(turn.pendingTime(), () -> run(turn));
	}

	private synchronized void run(SimulatedTurn turn) {
		turn.run();
		after(turn.runningTime(), () -> finish(turn));
	}

	/**
	 * Schedule the delivery, which follows this step on the clock, and then the end.
	 */
	private void finish(SimulatedTurn turn) {
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
		task.complete(turn);
		this.running--;
		SimulatedTurn next = task.next();
		if (next != null) {
			begin(next);
		}
		else {
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
		this.clock.schedule(step, time.toMillis(), TimeUnit.MILLISECONDS);
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
		return new SimulatorState(this.allPosts, this.tasksRun, this.turnsRun, this.rejected, this.running, workers,
				deliveries, states);
	}

	private static SimulatorState.TaskState state(long posts, @Nullable SimulatedTask task) {
		return (task != null) ? new SimulatorState.TaskState(posts, task.turnCount(), task.status())
				: new SimulatorState.TaskState(posts, 0, null);
	}

}
