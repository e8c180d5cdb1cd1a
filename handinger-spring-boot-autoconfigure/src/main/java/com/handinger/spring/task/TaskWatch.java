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

import java.util.concurrent.atomic.AtomicReference;

import com.handinger.spring.http.HandingerConnectionException;
import com.handinger.spring.http.HandingerException;
import com.handinger.spring.transport.HandingerTransport;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;

/**
 * Follows a task that anybody has started to its end.
 */
final class TaskWatch implements LookUps.Observer, TaskWaiters.Listener, Disposable {

	private final String taskId;

	private final FluxSink<TaskWatch> sink;

	private final TaskWaiters taskWaiters;

	private final LookUps lookUps;

	private final AtomicReference<@Nullable TaskWithTurns> state = new AtomicReference<>();

	private TaskWatch(String taskId, FluxSink<TaskWatch> sink, Mono<TaskWithTurns> lookUp, Polling polling,
			TaskWaiters taskWaiters) {
		this.taskId = taskId;
		this.sink = sink;
		this.taskWaiters = taskWaiters;
		this.lookUps = new LookUps(lookUp, polling, this, sink.contextView());
	}

	/**
	 * Return the states of a task. A subscriber that does not keep up misses those in
	 * between, and never the last.
	 * @param taskId the id of the task
	 * @param lookUp a single look-up of the task
	 * @param polling how often to look
	 * @param taskWaiters tells of the end when it is known
	 */
	static Flux<TaskWithTurns> states(String taskId, Mono<TaskWithTurns> lookUp, Polling polling,
			TaskWaiters taskWaiters) {
		// The state is read when it is delivered, so that none comes after the end.
		return Flux
			.<TaskWatch>create((sink) -> new TaskWatch(taskId, sink, lookUp, polling, taskWaiters).start(),
					FluxSink.OverflowStrategy.LATEST)
			.mapNotNull((watch) -> watch.state.get())
			.distinctUntilChanged()
			.takeUntil(TaskWatch::isEnd);
	}

	private void start() {
		this.taskWaiters.add(this.taskId, this);
		this.sink.onDispose(this);
		this.lookUps.startNow();
	}

	private static boolean isEnd(@Nullable TaskWithTurns state) {
		return state != null && state.task().hasEnded();
	}

	@Override
	public boolean onState(TaskWithTurns state) {
		TaskWithTurns now = this.state.updateAndGet((before) -> isEnd(before) ? before : state);
		this.sink.next(this);
		if (isEnd(now)) {
			this.sink.complete();
		}
		return !isEnd(now);
	}

	@Override
	public boolean onFailure(HandingerException failure) {
		if (HandingerTransport.isTransient(failure) || failure instanceof OtherTaskException) {
			return true;
		}
		this.sink.error(failure);
		return false;
	}

	@Override
	public void onError(Throwable error) {
		this.sink.error(error);
	}

	@Override
	public void onFinished(TaskWithTurns state) {
		if (isEnd(state)) {
			onState(state);
		}
	}

	@Override
	public void onClose() {
		this.sink.error(new HandingerConnectionException("The application ended while it waited for the task "
				+ this.taskId + ", which goes on: wait for it again", null, this.taskId, true));
	}

	@Override
	public void dispose() {
		this.lookUps.dispose();
		this.taskWaiters.remove(this.taskId, this);
	}

}
